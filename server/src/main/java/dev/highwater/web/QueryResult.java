package dev.highwater.web;

import dev.highwater.failure.Failure;
import dev.highwater.failure.Shown;
import dev.highwater.journal.JsonText;
import dev.highwater.journal.ValueKind;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/// What a query gave, as JSON.
///
/// @param truncated whether there was more than the limit of rows
record QueryResult(List<NamedType> columns, String rows, boolean truncated) {
    static final int FETCH_ROWS = 500;

    private static final int CHARACTERS_MAX = 16 << 20;

    record NamedType(String name, String type, ValueKind kind) {}

    /// @throws Failure.Refused `result-too-large`, `duplicate-column`
    static QueryResult read(PreparedStatement statement, int limit) throws SQLException {
        try (ResultSet result = statement.executeQuery()) {
            var columns = columns(result.getMetaData());
            var labels = new ArrayList<String>();
            for (var column : columns) {
                var label = new StringBuilder(labels.isEmpty() ? "{" : ",");
                JsonText.quote(label, column.name());
                labels.add(label.append(':').toString());
            }
            var rows = new StringBuilder("[");
            int count = 0;
            while (result.next()) {
                if (count == limit) {
                    return new QueryResult(columns, rows.append("]").toString(), true);
                }
                rows.append(count++ == 0 ? "" : ",\n");
                for (int i = 0; i < columns.size(); i++) {
                    rows.append(labels.get(i));
                    JsonText.value(
                            rows,
                            columns.get(i).kind(),
                            result.getString(i + 1),
                            JsonText.Reader.CLIENT);
                }
                rows.append(columns.isEmpty() ? "{}" : "}");
                if (rows.length() > CHARACTERS_MAX) {
                    throw new Failure.Refused(
                            "result-too-large",
                            "the result is larger than "
                                    + (CHARACTERS_MAX >> 20)
                                    + " MB: select less, or use limit");
                }
            }
            return new QueryResult(columns, rows.append("]").toString(), false);
        }
    }

    String json(String position) {
        var json = new StringBuilder("{\"position\":\"" + position + "\",\"columns\":[");
        for (int i = 0; i < columns.size(); i++) {
            json.append(i == 0 ? "" : ",").append("{\"name\":");
            JsonText.quote(json, columns.get(i).name());
            json.append(",\"type\":");
            JsonText.quote(json, columns.get(i).type());
            json.append('}');
        }
        json.append("],\"rows\":").append(rows);
        return json.append(truncated ? ",\"truncated\":true}\n" : "}\n").toString();
    }

    private static List<NamedType> columns(ResultSetMetaData data) throws SQLException {
        var columns = new ArrayList<NamedType>();
        var names = new HashSet<String>();
        for (int i = 1; i <= data.getColumnCount(); i++) {
            String name = data.getColumnLabel(i);
            if (!names.add(name)) {
                throw new Failure.Refused(
                        "duplicate-column",
                        "two columns are called "
                                + Shown.of(name)
                                + ": rows are objects, so give each a name of its own with AS");
            }
            String type = data.getColumnTypeName(i);
            columns.add(new NamedType(name, sqlName(type), kind(type)));
        }
        return List.copyOf(columns);
    }

    private static ValueKind kind(String type) {
        return switch (type) {
            case "bool" -> ValueKind.BOOLEAN;
            case "int8", "bigserial" -> ValueKind.BIGINT;
            case "int2", "int4", "oid", "float4", "float8", "numeric", "serial", "smallserial" ->
                    ValueKind.NUMBER;
            case "json", "jsonb" -> ValueKind.JSON;
            default -> ValueKind.TEXT;
        };
    }

    /// The type's name in SQL for the driver's name of it.
    private static String sqlName(String type) {
        if (type.startsWith("_")) {
            return sqlName(type.substring(1)) + "[]";
        }
        return switch (type) {
            case "bool" -> "boolean";
            case "int2", "smallserial" -> "smallint";
            case "int4", "serial" -> "integer";
            case "int8", "bigserial" -> "bigint";
            case "float4" -> "real";
            case "float8" -> "double precision";
            case "varchar" -> "character varying";
            case "bpchar" -> "character";
            case "timestamptz" -> "timestamp with time zone";
            case "timestamp" -> "timestamp without time zone";
            case "timetz" -> "time with time zone";
            case "time" -> "time without time zone";
            case "varbit" -> "bit varying";
            default -> type;
        };
    }
}
