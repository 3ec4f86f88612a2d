package dev.highwater.web;

import dev.highwater.failure.Failure;
import dev.highwater.relation.Catalog;
import dev.highwater.relation.Lookup;
import dev.highwater.relation.Relation;
import dev.highwater.sql.Identifiers;
import dev.highwater.sql.QualifiedName;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// Says of a table that the source has and that cannot be followed why that is, where there would
/// otherwise be no relation of that name.
final class Refusals {
    private final NodeAccess node;

    Refusals(NodeAccess node) {
        this.node = node;
    }

    /// The newest generation of this name.
    ///
    /// @throws Failure.NotFound `unknown-relation`
    /// @throws Failure.Conflict `refused`
    Relation named(Catalog catalog, QualifiedName name) {
        return explained(name, () -> Lookup.named(catalog, name));
    }

    /// The generation of this name that is exact at a position.
    ///
    /// @throws Failure.NotFound `unknown-relation`
    /// @throws Failure.Conflict `refused`, `filling`, `stopped`
    /// @throws Failure.Gone `not-kept`, `ended`
    Relation readable(Catalog catalog, QualifiedName name, long position) {
        return explained(name, () -> Lookup.readable(catalog, name, position));
    }

    /// What to add to the reason why a query cannot be a view: that it names a refused table.
    String inQuery(String query) {
        var spokenOf = Identifiers.spokenOfIn(query);
        return refused(name -> spokenOf.test(name.name()))
                .map(table -> "; " + line(table))
                .orElse("");
    }

    private Relation explained(QualifiedName name, Supplier<Relation> found) {
        try {
            return found.get();
        } catch (Failure.NotFound unknown) {
            throw refused(name::equals)
                    .<Failure>map(table -> new Failure.Conflict("refused", line(table)))
                    .orElse(unknown);
        }
    }

    private Optional<Publishing.Table> refused(Predicate<QualifiedName> wanted) {
        try {
            return node.publishing().refused().stream()
                    .filter(table -> wanted.test(table.name()))
                    .findFirst();
        } catch (Failure.Unavailable _) {
            return Optional.empty(); // The source, which would know, is away.
        }
    }

    private static String line(Publishing.Table table) {
        return table.name() + " is refused: " + table.reason();
    }
}
