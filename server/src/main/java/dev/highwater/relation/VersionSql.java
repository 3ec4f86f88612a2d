package dev.highwater.relation;

import static dev.highwater.journal.ChangeText.UNCHANGED;

import dev.highwater.journal.Column;
import dev.highwater.journal.TableDefinition;
import dev.highwater.sql.CopyLine;
import dev.highwater.sql.CopyLines;
import dev.highwater.sql.CopyText;
import java.nio.charset.StandardCharsets;
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

    /// What the columns' values travel as.
    private final List<String> elements;

    private final String current;
    private final String history;

    private final String insert;

    /// The change of rows of which most are there; as it is where RETURNING knows what was before
    /// (from PostgreSQL 18 on), and everywhere.
    private final @Nullable String exchange;

    private final String change;
    private final String replace;
    private final String insertClosed;
    private final String truncate;
    private final String copy;
    private final String read;

    VersionSql(int shard, Relation relation, boolean returnsOld) {
        var definition = relation.definition().written();
        this.shard = shard;
        this.definition = definition;
        this.columns = definition.columns();
        this.key = definition.keyColumns();
        this.keyIndexes = definition.key();
        this.current = RelationTables.current(relation.id());
        this.history = RelationTables.history(relation.id());
        String stored = RelationTables.columns(columns, "");
        this.elements = columns.stream().map(VersionSql::element).toList();
        String arrays =
                elements.stream().map(e -> "?::" + e + "[]").collect(Collectors.joining(", "));
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
        String given =
                """
                with d as materialized (
                  select _open, _end, %s from unnest(?::bigint[], %s, ?::bigint[]) as d(_open, %s, _end)
                  order by %s)
                """
                        .formatted(
                                list(
                                        columns,
                                        c -> "d." + name(c) + "::" + c.type() + " as " + name(c)),
                                arrays,
                                stored,
                                RelationTables.columns(key, ""));
        String before =
                """
                , old as materialized (select d.*, c.* from d left join %s on true),
                gone as (
                  insert into %s (_shard, _from, _to, %s)
                  select %d, o._from, o._end, %s from old o%s where o._tid is not null and o._from < o._end)
                """
                        .formatted(
                                lookUp(
                                        wide
                                                ? ""
                                                : list(
                                                        columns,
                                                        c -> ", c." + name(c) + " as " + was(c),
                                                        "")),
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
        String update =
                "update %s c set _from = o._open, %s"
                        .formatted(current, list(columns, c -> name(c) + " = o." + name(c)));
        String after =
                """
                , changed as (
                  %s from old o where c.ctid = o._tid and o._open is not null returning c.ctid),
                opened as (
                  insert into %s (_shard, _from, _born, %s)
                  select %d, _open, _open, %s from old where _tid is null and _open is not null)
                select count(*), array_agg(ctid) from changed
                """
                        .formatted(update, current, stored, shard, stored);
        change = given + before + after;
        replace = given + before + deleted + after;
        exchange =
                !returnsOld || wide
                        ? null
                        : given
                                + """
                                , changed as (
                                  %s from (select d.*, c._tid from d cross join %s) o where c.ctid = o._tid
                                  returning old._from, o._end, %s, c.ctid),
                                gone as (
                                  insert into %s (_shard, _from, _to, %s)
                                  select %d, _from, _end, %s from changed where _from < _end)
                                select count(*), array_agg(ctid) from changed
                                """
                                        .formatted(
                                                update,
                                                lookUp(""),
                                                list(columns, c -> "old." + name(c)),
                                                history,
                                                stored,
                                                shard,
                                                stored);
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
        try (var statement = connection.prepareStatement(insert)) {
            bind(connection, statement, List.copyOf(rows));
            statement.executeUpdate();
        }
    }

    /// Writes complete rows that opened, and rows that went.
    void replace(Connection connection, List<VersionWriter.Pending> rows, RowAddresses changed)
            throws SQLException {
        if (rows.stream().anyMatch(p -> p.open == null)) {
            change(connection, replace, rows, changed);
        } else if (exchange == null || change(connection, exchange, rows, changed) < rows.size()) {
            // Written twice, a change comes to the same; this way rows come too that were not
            // there.
            change(connection, change, rows, changed);
        }
    }

    /// @return how many rows were there
    private long change(
            Connection connection,
            String text,
            List<VersionWriter.Pending> rows,
            RowAddresses changed)
            throws SQLException {
        try (var statement = connection.prepareStatement(text)) {
            int next = bind(connection, statement, rows);
            statement.setArray(
                    next,
                    connection.createArrayOf("int8", rows.stream().map(p -> p.end).toArray()));
            try (var row = statement.executeQuery()) {
                row.next();
                changed.add(row.getLong(1), row.getString(2));
                return row.getLong(1);
            }
        }
    }

    /// @return the index of the next parameter
    private int bind(
            Connection connection, PreparedStatement statement, List<VersionWriter.Pending> rows)
            throws SQLException {
        int n = rows.size();
        var opens = new @Nullable Long[n];
        var values = new @Nullable String[columns.size()][n];
        for (int i = 0; i < n; i++) {
            var p = rows.get(i);
            opens[i] = p.open == null ? null : p.open.from();
            fill(values, i, p.open == null ? p.keyRow : p.open.row());
        }
        statement.setArray(1, connection.createArrayOf("int8", opens));
        return setValues(connection, statement, 2, values);
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
            setValues(connection, statement, 3, values);
            statement.executeUpdate();
        }
    }

    /// Writes a row that left out values: the stored ones stay where they are, however large.
    ///
    /// @return whether there was a row
    @SuppressWarnings("ReferenceEquality") // UNCHANGED is an identity
    boolean patch(Connection connection, VersionWriter.Pending p, RowAddresses changed)
            throws SQLException {
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
                update %s c set _from = ?, %s where %s returning array[c.ctid]
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
            try (var row = statement.executeQuery()) {
                boolean found = row.next();
                if (found) {
                    changed.add(1, row.getString(1));
                }
                return found;
            }
        }
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

    /// The same with lines as the source gave them.
    void copyLines(Connection connection, long position, List<CopyLine> lines) throws SQLException {
        byte[] before =
                "%d\t%d\t\\N\t".formatted(shard, position).getBytes(StandardCharsets.US_ASCII);
        try (var out = CopyLines.start(connection, copy)) {
            for (var line : lines) {
                out.add(before, line);
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

    /// Sets the values of rows, an array for each column.
    ///
    /// @return the index of the next parameter
    private int setValues(
            Connection connection, PreparedStatement statement, int at, @Nullable String[][] values)
            throws SQLException {
        for (int i = 0; i < values.length; i++) {
            statement.setArray(at + i, connection.createArrayOf(elements.get(i), values[i]));
        }
        return at + values.length;
    }

    /// What a column's values travel as: themselves, where that saves a conversion for each.
    private static String element(Column column) {
        return switch (column.type().replaceFirst("\\(\\d+(,-?\\d+)?\\)$", "")) {
            case "smallint" -> "int2";
            case "integer" -> "int4";
            case "bigint" -> "int8";
            case "boolean" -> "bool";
            case "numeric" -> "numeric";
            case "date" -> "date";
            case "uuid" -> "uuid";
            default -> "text";
        };
    }

    static void setArrays(
            Connection connection, PreparedStatement statement, int at, @Nullable String[][] values)
            throws SQLException {
        for (var column : values) {
            statement.setArray(at++, connection.createArrayOf("text", column));
        }
    }

    /// What is stored under the keys of `d`.
    ///
    /// @param more further columns, each with a comma before it
    private String lookUp(String more) {
        return "lateral (select c.ctid as _tid, c._from"
                + more
                + " from "
                + current
                + " c where "
                + match("c", key, c -> "d." + name(c))
                + " offset 0) c";
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
