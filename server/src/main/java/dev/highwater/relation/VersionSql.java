package dev.highwater.relation;

import static dev.highwater.journal.ChangeText.UNCHANGED;

import dev.highwater.journal.Column;
import dev.highwater.journal.TableDefinition;
import dev.highwater.sql.CopyText;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The statements that write one relation's versions. Values travel as arrays of their text form
/// and are cast to the column's type, so that one statement serves any number of rows in one round
/// trip.
final class VersionSql {
    /// From this many new rows on COPY is cheaper than arrays.
    static final int COPY_FROM = 100;

    /// With more columns the old row and the new one do not fit one list: the old one is read
    /// twice.
    private static final int WIDE = 800;

    private final int shard;
    private final TableDefinition definition;
    private final List<Column> columns;
    private final List<Column> key;
    private final List<Integer> keyIndexes;
    private final String current;
    private final String history;

    private final String insert;
    private final String change;
    private final String replace;
    private final String insertClosed;
    private final String truncate;
    private final String copy;
    private final String read;

    VersionSql(int shard, Relation relation) {
        var definition = relation.definition().written();
        this.shard = shard;
        this.definition = definition;
        this.columns = definition.columns();
        this.key = definition.keyColumns();
        this.keyIndexes = definition.key();
        this.current = RelationTables.current(relation.id());
        this.history = RelationTables.history(relation.id());
        String stored = RelationTables.columns(columns, "");
        String arrays = arrays(columns.size());
        String cast = list(columns, c -> "d." + name(c) + "::" + c.type());
        insert =
                """
                insert into %s (_shard, _from, _born, %s)
                select %d, d._open, d._open, %s from unnest(?::bigint[], %s) as d(_open, %s)
                """
                        .formatted(current, stored, shard, cast, arrays, stored);
        // Every part sees the current rows as they were before the statement. The plan is kept, and
        // made when the table may be empty: `lateral` with `offset 0` and the row addresses leave
        // it no other way than from the new rows to the stored ones. In the order of their keys,
        // neighbours share pages of the indexes.
        boolean wide = columns.size() > WIDE;
        String before =
                """
                with d as materialized (
                  select _open, _end, %s from unnest(?::bigint[], %s, ?::bigint[]) as d(_open, %s, _end)
                  order by %s),
                old as materialized (
                  select d.*, c.* from d left join lateral (
                    select c.ctid as _tid, c._from%s from %s c where %s offset 0) c on true),
                gone as (
                  insert into %s (_shard, _from, _to, %s)
                  select %d, o._from, o._end, %s from old o%s where o._tid is not null and o._from < o._end)
                """
                        .formatted(
                                list(
                                        columns,
                                        c -> "d." + name(c) + "::" + c.type() + " as " + name(c)),
                                arrays,
                                stored,
                                RelationTables.columns(key, ""),
                                wide
                                        ? ""
                                        : list(
                                                columns,
                                                c -> ", c." + name(c) + " as " + was(c),
                                                ""),
                                current,
                                match("c", key, c -> "d." + name(c)),
                                history,
                                stored,
                                shard,
                                list(columns, c -> wide ? "w." + name(c) : "o." + was(c)),
                                wide
                                        ? " cross join lateral (select * from "
                                                + current
                                                + " w where w.ctid = o._tid offset 0) w"
                                        : "");
        String deleted =
                ", deleted as (delete from %s where ctid = any (array(select _tid from old where _open is null)))"
                        .formatted(current);
        // The key changes too: 1.5 and 1.50 are the same key, but not the same row.
        String after =
                """
                , changed as (
                  update %s c set _from = o._open, %s from old o
                  where c.ctid = o._tid and o._open is not null)
                insert into %s (_shard, _from, _born, %s)
                select %d, _open, _open, %s from old where _tid is null and _open is not null
                """
                        .formatted(
                                current,
                                list(columns, c -> name(c) + " = o." + name(c)),
                                current,
                                stored,
                                shard,
                                stored);
        change = before + after;
        replace = before + deleted + after;
        insertClosed =
                """
                insert into %s (_shard, _from, _to, %s)
                select %d, d._from, d._to, %s
                from unnest(?::bigint[], ?::bigint[], %s) as d(_from, _to, %s)
                """
                        .formatted(history, stored, shard, cast, arrays, stored);
        truncate =
                """
                with gone as (delete from %s where _shard = %d and %%s returning *)
                insert into %s (_shard, _from, _to, %s)
                select _shard, _from, ?, %s from gone where _from < ?
                """
                        .formatted(current, shard, history, stored, stored);
        copy = "copy " + current + " (_shard, _from, _born, " + stored + ") from stdin";
        read =
                "select %s from %s c where %s"
                        .formatted(
                                list(columns, c -> name(c) + "::text"),
                                current,
                                match("c", key, c -> "?::" + c.type()));
    }

    /// Writes rows under keys that had none.
    void insert(Connection connection, Collection<VersionWriter.Pending> rows) throws SQLException {
        write(connection, insert, List.copyOf(rows), false);
    }

    /// Writes complete rows that opened, and rows that went.
    void replace(Connection connection, List<VersionWriter.Pending> rows) throws SQLException {
        boolean deletes = rows.stream().anyMatch(p -> p.open == null);
        write(connection, deletes ? replace : change, rows, true);
    }

    private void write(
            Connection connection, String text, List<VersionWriter.Pending> rows, boolean withEnds)
            throws SQLException {
        int n = rows.size();
        var ends = new Long[n];
        var opens = new @Nullable Long[n];
        var values = new @Nullable String[columns.size()][n];
        for (int i = 0; i < n; i++) {
            var p = rows.get(i);
            ends[i] = p.end;
            opens[i] = p.open == null ? null : p.open.from();
            fill(values, i, p.open == null ? p.keyRow : p.open.row());
        }
        try (var statement = connection.prepareStatement(text)) {
            statement.setArray(1, connection.createArrayOf("int8", opens));
            setArrays(connection, statement, 2, values);
            if (withEnds) {
                statement.setArray(2 + values.length, connection.createArrayOf("int8", ends));
            }
            statement.executeUpdate();
        }
    }

    /// Writes versions that came and went.
    void insertClosed(Connection connection, List<VersionWriter.Version> versions)
            throws SQLException {
        int n = versions.size();
        var from = new Long[n];
        var to = new Long[n];
        var values = new @Nullable String[columns.size()][n];
        for (int i = 0; i < n; i++) {
            from[i] = versions.get(i).from();
            to[i] = versions.get(i).to();
            fill(values, i, versions.get(i).row());
        }
        try (var statement = connection.prepareStatement(insertClosed)) {
            statement.setArray(1, connection.createArrayOf("int8", from));
            statement.setArray(2, connection.createArrayOf("int8", to));
            setArrays(connection, statement, 3, values);
            statement.executeUpdate();
        }
    }

    /// Writes a row that left out values: the stored ones stay where they are, however large.
    ///
    /// @return whether there was a row
    @SuppressWarnings("ReferenceEquality") // UNCHANGED is an identity
    boolean patch(Connection connection, VersionWriter.Pending p) throws SQLException {
        var open = java.util.Objects.requireNonNull(p.open);
        var present = new ArrayList<Integer>();
        for (int i = 0; i < columns.size(); i++) {
            if (open.row()[i] != UNCHANGED) {
                present.add(i);
            }
        }
        String match = match("c", key, c -> "?::" + c.type());
        String all = RelationTables.columns(columns, "c.");
        String text =
                """
                with gone as (
                  insert into %s (_shard, _from, _to, %s)
                  select c._shard, c._from, ?, %s from %s c where %s and c._from < ?)
                update %s c set _from = ?, %s where %s
                """
                        .formatted(
                                history,
                                RelationTables.columns(columns, ""),
                                all,
                                current,
                                match,
                                current,
                                present.stream()
                                        .map(columns::get)
                                        .map(c -> name(c) + " = ?::" + c.type())
                                        .collect(Collectors.joining(", ")),
                                match);
        boolean found;
        try (var statement = connection.prepareStatement(text)) {
            int at = 1;
            statement.setLong(at++, p.end);
            at = setKey(statement, at, keyIndexes, p.keyRow);
            statement.setLong(at++, p.end);
            statement.setLong(at++, open.from());
            for (int i : present) {
                statement.setString(at++, open.row()[i]);
            }
            setKey(statement, at, keyIndexes, p.keyRow);
            found = statement.executeUpdate() > 0;
        }
        return found;
    }

    /// Copies new rows straight into the current table.
    void copyNew(Connection connection, Collection<VersionWriter.Pending> rows)
            throws SQLException {
        try (var out = CopyText.start(connection, copy)) {
            for (var p : rows) {
                var open = java.util.Objects.requireNonNull(p.open);
                add(out, open.from(), open.row());
            }
            out.end();
        }
    }

    /// As [#copyNew] for rows that come at one position.
    void copyRows(Connection connection, long position, List<@Nullable String[]> rows)
            throws SQLException {
        try (var out = CopyText.start(connection, copy)) {
            for (var row : rows) {
                add(out, position, row);
            }
            out.end();
        }
    }

    void truncate(Connection connection, long position, String condition) throws SQLException {
        try (var statement = connection.prepareStatement(truncate.formatted(condition))) {
            statement.setLong(1, position);
            statement.setLong(2, position);
            statement.executeUpdate();
        }
    }

    /// The keys of current rows.
    void keys(Connection connection, String condition, RowWriter.Rows rows) throws SQLException {
        String text =
                "select %s from %s where _shard = %d and %s"
                        .formatted(list(key, ColumnSql::text), current, shard, condition);
        try (var statement = connection.prepareStatement(text)) {
            statement.setFetchSize(1000);
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    var row = new @Nullable String[columns.size()];
                    for (int i = 0; i < keyIndexes.size(); i++) {
                        row[keyIndexes.get(i)] = result.getString(i + 1);
                    }
                    rows.take(row);
                }
            }
        }
    }

    /// The current row of a key, or null when there is none.
    @Nullable String @Nullable [] read(Connection connection, @Nullable String[] keyRow)
            throws SQLException {
        try (var statement = connection.prepareStatement(read)) {
            setKey(statement, 1, keyIndexes, keyRow);
            try (ResultSet result = statement.executeQuery()) {
                if (!result.next()) {
                    return null;
                }
                var row = new @Nullable String[columns.size()];
                for (int i = 0; i < row.length; i++) {
                    row[i] = result.getString(i + 1);
                }
                return row;
            }
        }
    }

    private void add(CopyText out, long position, @Nullable String[] row) throws SQLException {
        out.add(shard).add(position).add(position);
        for (var value : row) {
            out.add(value);
        }
        out.endRow();
    }

    static int setKey(
            PreparedStatement statement,
            int at,
            List<Integer> keyIndexes,
            @Nullable String[] keyRow)
            throws SQLException {
        for (int index : keyIndexes) {
            statement.setString(at++, keyRow[index]);
        }
        return at;
    }

    private static void fill(@Nullable String[][] values, int i, @Nullable String[] row) {
        for (int c = 0; c < values.length; c++) {
            values[c][i] = row[c];
        }
    }

    static void setArrays(
            Connection connection, PreparedStatement statement, int at, @Nullable String[][] values)
            throws SQLException {
        for (var column : values) {
            statement.setArray(at++, connection.createArrayOf("text", column));
        }
    }

    private String match(String alias, List<Column> by, Function<Column, String> value) {
        return alias
                + "._shard = "
                + shard
                + by.stream()
                        .map(
                                c ->
                                        " and "
                                                + definition.equal(
                                                        c, alias + "." + name(c), value.apply(c)))
                        .collect(Collectors.joining());
    }

    static String arrays(int count) {
        return String.join(", ", Collections.nCopies(count, "?::text[]"));
    }

    static String list(List<Column> columns, Function<Column, String> text) {
        return list(columns, text, ", ");
    }

    private static String list(
            List<Column> columns, Function<Column, String> text, String separator) {
        return columns.stream().map(text).collect(Collectors.joining(separator));
    }

    /// What a column of the stored row is called beside the new one's.
    private static String was(Column column) {
        return "was_" + name(column);
    }

    static String name(Column column) {
        return RelationTables.column(column);
    }
}
