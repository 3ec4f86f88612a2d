package dev.highwater.journal;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What a table of the source, or a view, looked like from some position on. Immutable.
///
/// @param oid the table's OID in the source, by which it is known through renames; 0 for a view
/// @param columns in the order of their numbers
/// @param key indexes into `columns` of the key's columns, in the key's order; empty only for a
///   view that is a bag
/// @param json the definition as the source wrote it, kept and journaled unchanged
public record TableDefinition(
        long oid,
        String schema,
        String table,
        List<Column> columns,
        List<Integer> key,
        String json) {

    private static final int NUMERIC = 1700;

    public TableDefinition {
        columns = List.copyOf(columns);
        key = List.copyOf(key);
        if (key.isEmpty() && oid != 0) {
            throw new IllegalArgumentException(schema + "." + table + " has no key");
        }
    }

    /// Reads what `highwater.definition(oid)` of the source returns.
    public static TableDefinition parse(JsonNode node) {
        var columns = new ArrayList<Column>();
        for (var c : node.required("columns")) {
            columns.add(
                    new Column(
                            c.required("number").asInt(),
                            c.required("name").asText(),
                            c.required("type").asText(),
                            c.required("oid").asLong(),
                            c.required("modifier").asInt(),
                            c.required("base").asInt(),
                            c.required("loose").asBoolean(),
                            c.hasNonNull("missing") ? c.get("missing").asText() : null));
        }
        var key = new ArrayList<Integer>();
        for (var number : node.required("key")) {
            key.add(indexOf(columns, number.asInt()));
        }
        return new TableDefinition(
                node.required("oid").asLong(),
                node.required("schema").asText(),
                node.required("table").asText(),
                columns,
                key,
                node.toString());
    }

    private static int indexOf(List<Column> columns, int number) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).number() == number) {
                return i;
            }
        }
        throw new IllegalArgumentException("key column " + number + " is not among the columns");
    }

    /// `schema.table`, as messages and the journal name it.
    public String name() {
        return schema + "." + table;
    }

    /// A view's definition with a key.
    public TableDefinition keyed(List<Integer> key) {
        String numbers =
                key.stream()
                        .map(i -> String.valueOf(columns.get(i).number()))
                        .collect(Collectors.joining(",", "[", "]"));
        return new TableDefinition(
                oid, schema, table, columns, key, json.replace("\"key\":[]", "\"key\":" + numbers));
    }

    /// The column with this number, or null when it is not there (any more).
    public @Nullable Column column(int number) {
        for (var column : columns) {
            if (column.number() == number) {
                return column;
            }
        }
        return null;
    }

    /// The key's columns; of a bag [Column#ROW].
    public List<Column> keyColumns() {
        return isBag() ? List.of(Column.ROW) : key.stream().map(columns::get).toList();
    }

    /// Whether equal rows can be there several times.
    public boolean isBag() {
        return key.isEmpty();
    }

    public boolean isView() {
        return oid == 0;
    }

    /// Whether [#keyOf] tells keys apart exactly as the source does.
    public boolean hasExactKey() {
        return keyColumns().stream().noneMatch(Column::looseEquality);
    }

    /// The key of a row, in a form whose `equals` agrees with SQL's `=` where [#hasExactKey].
    ///
    /// @param row one text for each of `columns`
    public List<String> keyOf(@Nullable String[] row) {
        if (key.size() == 1) {
            return List.of(canonical(key.get(0), row));
        }
        var result = new String[key.size()];
        for (int i = 0; i < result.length; i++) {
            result[i] = canonical(key.get(i), row);
        }
        return List.of(result);
    }

    private String canonical(int index, @Nullable String[] row) {
        String text = row[index];
        if (text == null) {
            throw new IllegalArgumentException(
                    name() + ": key column " + columns.get(index).name() + " is null");
        }
        if (columns.get(index).baseType() == NUMERIC && text.indexOf('.') >= 0) {
            return new BigDecimal(text).stripTrailingZeros().toPlainString();
        }
        return text;
    }

    /// Whether rows stored under `this` can go on being used under `next`: the same key, and the
    /// same type for every column that is in both. Columns may come, go and change their names.
    public boolean continuesAs(TableDefinition next) {
        var numbers = keyColumns().stream().map(Column::number).toList();
        if (!numbers.equals(next.keyColumns().stream().map(Column::number).toList())) {
            return false;
        }
        for (var column : columns) {
            var later = next.column(column.number());
            if (later != null && !later.type().equals(column.type())) {
                return false;
            }
        }
        return true;
    }
}
