package dev.highwater.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.highwater.failure.Failure;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Runs statements on one connection and prints what they answer: result tables, command tags,
/// errors.
final class SqlSession {

    private static final Pattern NUMBER =
            Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");
    private static final long LARGEST_EXACT = 1L << 53;

    private final Connection connection;
    private final Console console;
    private final Format format;

    SqlSession(Connection connection, Console console, Format format) {
        this.connection = connection;
        this.console = console;
        this.format = format;
    }

    /// Runs one statement; false when PostgreSQL refused it, which has then been said.
    boolean run(SqlStatement statement) {
        try (Statement jdbc = connection.createStatement()) {
            jdbc.setEscapeProcessing(false);
            boolean rows = jdbc.execute(statement.text());
            while (true) {
                notices(jdbc.getWarnings());
                jdbc.clearWarnings();
                if (rows) {
                    print(jdbc.getResultSet());
                } else if (jdbc.getUpdateCount() >= 0) {
                    tag(statement, jdbc.getLargeUpdateCount());
                } else {
                    break;
                }
                rows = jdbc.getMoreResults();
            }
            console.flush();
            return true;
        } catch (SQLException e) {
            console.flush();
            SqlError.lines(e, statement).forEach(console::note);
            if (e.getSQLState() != null && e.getSQLState().startsWith("08")) {
                throw new Failure.Unavailable(
                        "connection-lost",
                        "the connection to the database broke; is the node running?",
                        e);
            }
            return false;
        }
    }

    private void notices(@Nullable SQLWarning first) {
        for (SQLWarning notice = first; notice != null; notice = notice.getNextWarning()) {
            console.note("NOTICE: " + notice.getMessage());
        }
    }

    private void tag(SqlStatement statement, long count) {
        switch (format) {
            case TABLE -> console.line(statement.tag(count));
            case JSON -> {
                String command = statement.tag(count).replaceFirst(" [0-9]+$", "");
                console.line(Json.line(Map.of("command", command, "count", count)));
            }
        }
    }

    private void print(ResultSet rows) throws SQLException {
        switch (format) {
            case TABLE -> printTable(rows);
            case JSON -> printObjects(rows);
        }
    }

    private void printTable(ResultSet rows) throws SQLException {
        ResultSetMetaData columns = rows.getMetaData();
        List<Table.Column> header = new ArrayList<>();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
            String name = columns.getColumnLabel(i);
            header.add(
                    numeric(columns.getColumnType(i))
                            ? Table.Column.right(name)
                            : Table.Column.left(name));
        }
        Table table = new Table(header);
        while (rows.next()) {
            List<Table.Cell> cells = new ArrayList<>(header.size());
            for (int i = 1; i <= header.size(); i++) {
                String value = rows.getString(i);
                cells.add(value == null ? Table.Cell.NULL : Table.Cell.of(value));
            }
            table.add(cells);
        }
        if (!header.isEmpty()) {
            console.table(table);
        }
        console.line(
                console.paint(
                        Colour.DIM, table.size() == 1 ? "(1 row)" : "(" + table.size() + " rows)"));
    }

    private void printObjects(ResultSet rows) throws SQLException {
        ResultSetMetaData columns = rows.getMetaData();
        while (rows.next()) {
            ObjectNode object = Json.MAPPER.createObjectNode();
            for (int i = 1; i <= columns.getColumnCount(); i++) {
                object.set(
                        columns.getColumnLabel(i),
                        json(
                                rows.getString(i),
                                columns.getColumnType(i),
                                columns.getColumnTypeName(i)));
            }
            console.line(Json.line(object));
        }
    }

    static JsonNode json(@Nullable String value, int type, String typeName) {
        JsonNodeFactory nodes = Json.MAPPER.getNodeFactory();
        if (value == null) {
            return nodes.nullNode();
        }
        if (typeName.equals("json") || typeName.equals("jsonb")) {
            return Json.parse(value);
        }
        if (typeName.equals("bool")) {
            return nodes.booleanNode(value.equals("t"));
        }
        boolean exact = type != Types.BIGINT || Math.abs(Long.parseLong(value)) <= LARGEST_EXACT;
        return numeric(type) && exact && NUMBER.matcher(value).matches()
                ? Json.parse(value)
                : nodes.textNode(value);
    }

    private static boolean numeric(int type) {
        return switch (type) {
            case Types.SMALLINT,
                    Types.INTEGER,
                    Types.BIGINT,
                    Types.NUMERIC,
                    Types.DECIMAL,
                    Types.REAL,
                    Types.FLOAT,
                    Types.DOUBLE ->
                    true;
            default -> false;
        };
    }
}
