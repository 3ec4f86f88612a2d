package dev.highwater.apply;

import dev.highwater.journal.Column;
import dev.highwater.journal.TableDefinition;
import dev.highwater.relation.Catalog;
import dev.highwater.relation.Relation;
import dev.highwater.view.Unreadable;
import dev.highwater.view.View;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Whether DDL since a view was made has taken the meaning from its text.
final class Redefinition {
    /// How PostgreSQL prints a whole row.
    private static final Pattern ROW = Pattern.compile("[\\w\"]\\.\\*");

    private Redefinition() {}

    /// Looks at every relation that a view reads. A column that the text only seems to mean,
    /// because another table has one of the same name, is taken for one that it means.
    ///
    /// @return what has changed that the view cannot follow, or null
    static @Nullable String of(Relation relation, View view, Catalog catalog) {
        long made = relation.definitions().getFirst().position();
        for (int id : view.depends()) {
            var read = catalog.byId(id).orElseThrow();
            String change = of(read.definitionAt(made), read.definition(), view.body());
            if (change != null) {
                return change;
            }
        }
        return null;
    }

    private static @Nullable String of(TableDefinition then, TableDefinition now, String body) {
        if (then.equals(now)) {
            return null;
        }
        if (!then.name().equals(now.name())) {
            return Unreadable.reason(then.name(), "is called " + now.name() + " now");
        }
        for (var column : then.columns()) {
            var later = now.column(column.number());
            if ((later == null || !later.name().equals(column.name())) && mentions(body, column)) {
                return Unreadable.reason(
                        then.name(), "has no column " + column.name() + " any more");
            }
        }
        if (!then.columns().equals(now.columns()) && ROW.matcher(body).find()) {
            return Unreadable.reason(then.name(), "has other columns now, and it reads whole rows");
        }
        return null;
    }

    private static boolean mentions(String body, Column column) {
        String quoted = column.name().replace("\"", "\"\"");
        return Pattern.compile("(?<![\\w$])" + Pattern.quote(quoted) + "(?![\\w$])")
                .matcher(body)
                .find();
    }
}
