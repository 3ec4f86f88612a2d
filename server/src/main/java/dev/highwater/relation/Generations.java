package dev.highwater.relation;

import static dev.highwater.relation.RelationTables.current;
import static dev.highwater.relation.RelationTables.history;

import dev.highwater.journal.Column;
import dev.highwater.sql.Identifiers;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The generations of one name, and queries over all of them in the columns of the newest. Columns
/// are the same where they have the same name: one that an earlier generation did not have is null
/// there, and a value of another type is read as one of the newest's.
///
/// A relation's past is that of its present name, also what it was before it took it; but what
/// another one of the name was then is shown in its place.
///
/// @param all in the order in which they took the name; of those before the last, all can be read
record Generations(List<Relation> all) {
    private static final boolean EXACTLY = true;

    /// Below it are the types that PostgreSQL itself has, the same everywhere.
    private static final int FIRST_USER_OID = 16_384;

    Relation newest() {
        return all.getLast();
    }

    /// The position from which on a generation is what the name means: 0 unless it was beside an
    /// earlier one before it took the name.
    long from(Relation generation) {
        Long since = generation.since();
        boolean beside =
                since != null
                        && all.stream()
                                .takeWhile(g -> g.id() != generation.id())
                                .anyMatch(g -> g.since() != null && g.until().orElse(0) > since);
        return beside ? generation.namedFrom() : 0;
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
                            long from = from(g);
                            String begins =
                                    from == 0 ? "_from" : "greatest(_from, %d)".formatted(from);
                            String later = from == 0 ? "" : " where _to > " + from;
                            return Stream.of(
                                    // What was current at its end was so until then.
                                    """
                                    select _shard, %s as _from,
                                      (select r.until from highwater.relation r where r.id = %d) as _to, %s from %s
                                    """
                                            .formatted(
                                                    begins,
                                                    g.id(),
                                                    values,
                                                    rows(g, current(g.id()))),
                                    "select _shard, %s as _from, _to, %s from %s%s"
                                            .formatted(
                                                    begins,
                                                    values,
                                                    rows(g, history(g.id())),
                                                    later));
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
                        : "(select highwater.as_of(%d, '{%s}', '{%s}'))"
                                .formatted(
                                        id,
                                        joined(g -> Integer.toString(g.id())),
                                        joined(g -> Long.toString(from(g))));
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

    private String joined(Function<Relation, String> each) {
        return all.stream().map(each).collect(Collectors.joining(","));
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
        if (generation.id() == newest().id()) {
            return RelationTables.column(wanted);
        }
        // As its table says: a type of this name may be another one by now.
        String none =
                "(null::%s).%s".formatted(current(newest().id()), RelationTables.column(wanted));
        for (var column : generation.definition().columns()) {
            if (column.name().equals(wanted.name())) {
                String stored = RelationTables.column(column);
                boolean same =
                        column.type().equals(wanted.type())
                                && column.typeOid() == wanted.typeOid()
                                && column.typeOid() < FIRST_USER_OID;
                return same
                        ? stored
                        : "highwater.held_as(%s, %s, %b)".formatted(stored, none, exactly);
            }
        }
        return none;
    }
}
