package dev.highwater.relation;

import static dev.highwater.relation.RelationTables.current;
import static dev.highwater.relation.RelationTables.history;

import dev.highwater.journal.Column;
import dev.highwater.sql.Identifiers;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The generations of one name that can be read, and queries over all of them in the columns of the
/// newest. Columns are the same where they have the same name: one that an earlier generation did
/// not have is null there, and a value of another type is read as one of the newest's.
///
/// @param all oldest first, never empty
record Generations(List<Relation> all) {
    private static final boolean EXACTLY = true;

    Relation newest() {
        return all.getLast();
    }

    /// Every version of every generation, the columns named as they are stored in the newest.
    /// Values that its types cannot hold are null.
    String versions() {
        boolean counts = newest().definition().isBag();
        // The first gives the columns their names.
        return all.reversed().stream()
                .flatMap(
                        g -> {
                            String values =
                                    (counts ? count(g) : "")
                                            + values(g, !EXACTLY, RelationTables::column);
                            return Stream.of(
                                    // What was current at its end was so until then.
                                    """
                                    select _shard, _from,
                                      (select r.until from highwater.relation r where r.id = %d) as _to, %s from %s
                                    """
                                            .formatted(g.id(), values, rows(g, current(g.id()))),
                                    "select _shard, _from, _to, %s from %s"
                                            .formatted(values, rows(g, history(g.id()))));
                        })
                .collect(Collectors.joining(" union all "));
    }

    /// The rows at the position in the setting `highwater.as_of`; an error where none of the
    /// generations is exact, and where a value then is none of the newest's type.
    String asOf(int shard) {
        return all.reversed().stream()
                .map(g -> asOf(shard, g))
                .collect(Collectors.joining(" union all "));
    }

    private String asOf(int shard, Relation generation) {
        int id = generation.id();
        String position =
                all.size() == 1
                        ? "(select highwater.as_of(%d))".formatted(id)
                        : "(select highwater.as_of(%d, '{%s}'))"
                                .formatted(
                                        id,
                                        all.stream()
                                                .map(g -> Integer.toString(g.id()))
                                                .collect(Collectors.joining(",")));
        // Asked for by itself, it is an error also where there is no row to compare it with.
        String then =
                "%s is not null and _shard = %d and _from <= %s"
                        .formatted(position, shard, position);
        String values = values(generation, EXACTLY, c -> Identifiers.quote(c.name()));
        return """
        select %s from %s where %s
        union all
        select %s from %s where %s and _to > %s
        """
                .formatted(
                        values,
                        RelationViews.each(generation, current(id)),
                        then,
                        values,
                        RelationViews.each(generation, history(id)),
                        then,
                        position);
    }

    /// A stored table of a generation, its rows counted only if the newest counts them.
    private String rows(Relation generation, String table) {
        return newest().definition().isBag() ? table : RelationViews.each(generation, table);
    }

    private static String count(Relation generation) {
        return generation.definition().isBag() ? "_n, " : "1::bigint as _n, ";
    }

    /// The values of a generation for the newest's columns.
    private String values(Relation generation, boolean exactly, Function<Column, String> name) {
        return newest().definition().columns().stream()
                .map(c -> value(generation, c, exactly) + " as " + name.apply(c))
                .collect(Collectors.joining(", "));
    }

    private String value(Relation generation, Column wanted, boolean exactly) {
        // A domain may allow no null; its column holds values of the type below.
        String type = wanted.under() == null ? wanted.type() : wanted.under();
        for (var column : generation.definition().columns()) {
            if (column.name().equals(wanted.name())) {
                String stored = RelationTables.column(column);
                return column.type().equals(wanted.type())
                        ? stored
                        : "highwater.held_as(%s::text, null::%s, %b)"
                                .formatted(stored, type, exactly);
            }
        }
        return "null::" + type;
    }
}
