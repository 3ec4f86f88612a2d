package dev.highwater.relation;

import static dev.highwater.journal.ChangeText.UNCHANGED;

import dev.highwater.journal.Column;
import dev.highwater.journal.TableDefinition;
import dev.highwater.sql.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// While a relation is being filled: the keys that changes have touched since it was published, and
/// of each the columns that these changes left out and that are not here yet, its *holes*. The rows
/// from before give way to what is touched, and fill the holes.
final class TouchedKeys {
    private final VersionSql versions;
    private final TableDefinition definition;
    private final List<Column> columns;
    private final List<Column> key;
    private final List<Integer> keyIndexes;
    private final String table;
    private final String add;

    TouchedKeys(VersionSql versions, Relation relation) {
        var definition = relation.definition().written();
        this.versions = versions;
        this.definition = definition;
        this.columns = definition.columns();
        this.key = definition.keyColumns();
        this.keyIndexes = definition.key();
        this.table = RelationTables.touched(relation.id());
        add =
                """
                insert into %s (%s) select %s from unnest(%s) as d(%s)
                on conflict (%s) do update set holes = null
                """
                        .formatted(
                                table,
                                RelationTables.columns(key, ""),
                                VersionSql.list(
                                        key, c -> "d." + VersionSql.name(c) + "::" + c.type()),
                                VersionSql.arrays(key.size()),
                                RelationTables.columns(key, ""),
                                RelationTables.columns(key, ""));
    }

    /// Keeps a row of a relation that is still being filled, whose left-out values are not here
    /// yet; they are taken from the row from before when it comes.
    @SuppressWarnings("ReferenceEquality") // UNCHANGED is an identity
    void insertWithHoles(Connection connection, VersionWriter.Pending p) throws SQLException {
        var open = java.util.Objects.requireNonNull(p.open);
        var row = open.row().clone();
        var holes = new ArrayList<Integer>();
        for (int i = 0; i < row.length; i++) {
            if (row[i] == UNCHANGED) {
                holes.add(columns.get(i).number());
                row[i] = null;
            }
        }
        versions.copyRows(connection, open.from(), List.<@Nullable String[]>of(row));
        String text =
                "insert into %s (%s, holes) values (%s, ?)"
                        .formatted(
                                table,
                                RelationTables.columns(key, ""),
                                VersionSql.list(key, c -> "?::" + c.type()));
        try (var statement = connection.prepareStatement(text)) {
            int at = VersionSql.setKey(statement, 1, keyIndexes, p.keyRow);
            statement.setArray(at, connection.createArrayOf("int4", holes.toArray()));
            statement.executeUpdate();
        }
    }

    /// After a patch while the relation is being filled: what it set is no hole any more.
    @SuppressWarnings("ReferenceEquality") // UNCHANGED is an identity
    void addPatched(Connection connection, VersionWriter.Pending p) throws SQLException {
        var row = java.util.Objects.requireNonNull(p.open).row();
        var set =
                IntStream.range(0, row.length)
                        .filter(i -> row[i] != UNCHANGED)
                        .mapToObj(i -> columns.get(i).number())
                        .toArray();
        String text =
                """
                insert into %s as t (%s) values (%s) on conflict (%s) do update
                set holes = array(select unnest(t.holes) except select unnest(?::int[]))
                """
                        .formatted(
                                table,
                                RelationTables.columns(key, ""),
                                VersionSql.list(key, c -> "?::" + c.type()),
                                RelationTables.columns(key, ""));
        try (var statement = connection.prepareStatement(text)) {
            int at = VersionSql.setKey(statement, 1, keyIndexes, p.keyRow);
            statement.setArray(at, connection.createArrayOf("int4", set));
            statement.executeUpdate();
        }
    }

    /// Remembers keys that changes touched.
    void add(Connection connection, List<VersionWriter.Pending> rows) throws SQLException {
        var values = new @Nullable String[key.size()][rows.size()];
        for (int i = 0; i < rows.size(); i++) {
            for (int k = 0; k < values.length; k++) {
                values[k][i] = rows.get(i).keyRow[keyIndexes.get(k)];
            }
        }
        try (var statement = connection.prepareStatement(add)) {
            VersionSql.setArrays(connection, statement, 1, values);
            statement.executeUpdate();
        }
    }

    /// Whether no change touched a key.
    boolean isEmpty(Connection connection) throws SQLException {
        return Sql.first(connection, "select 1 from " + table + " limit 1", row -> row.getInt(1))
                .isEmpty();
    }

    /// Which of these rows have keys that changes touched, by their index, each with the numbers of
    /// the columns that the changes left out.
    Map<Integer, List<Integer>> among(Connection connection, List<@Nullable String[]> rows)
            throws SQLException {
        var values = new @Nullable String[key.size()][rows.size()];
        for (int i = 0; i < rows.size(); i++) {
            for (int k = 0; k < values.length; k++) {
                values[k][i] = rows.get(i)[keyIndexes.get(k)];
            }
        }
        String text =
                """
                select d.n, t.holes from unnest(%s) with ordinality as d(%s, n)
                cross join lateral (select holes from %s t where %s offset 0) t
                """
                        .formatted(
                                VersionSql.arrays(key.size()),
                                RelationTables.columns(key, ""),
                                table,
                                key.stream()
                                        .map(
                                                c ->
                                                        definition.equal(
                                                                c,
                                                                "t." + VersionSql.name(c),
                                                                "d.%s::%s"
                                                                        .formatted(
                                                                                VersionSql.name(c),
                                                                                c.type())))
                                        .collect(Collectors.joining(" and ")));
        var result = new HashMap<Integer, List<Integer>>();
        try (var statement = connection.prepareStatement(text)) {
            VersionSql.setArrays(connection, statement, 1, values);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    var holes = row.getArray(2);
                    result.put(
                            row.getInt(1) - 1,
                            holes == null ? List.of() : List.of((Integer[]) holes.getArray()));
                }
            }
        }
        return result;
    }

    /// Puts the values that changes had left out into a row that is being filled in.
    ///
    /// @return a row that holds these values and its key, and
    ///   [dev.highwater.journal.ChangeText#UNCHANGED] elsewhere
    @Nullable String[] fillHoles(
            Connection connection, long position, @Nullable String[] row, List<Integer> holes)
            throws SQLException {
        var values = new @Nullable String[row.length];
        for (int i = 0; i < row.length; i++) {
            boolean given = keyIndexes.contains(i) || holes.contains(columns.get(i).number());
            values[i] = given ? row[i] : UNCHANGED;
        }
        // What was there was never whole, so it leaves no version: it ends before it came.
        var pending = new VersionWriter.Pending(row, 0, false);
        pending.open = new VersionWriter.Version(position, position, values);
        versions.patch(connection, pending, new RowAddresses());
        return values;
    }
}
