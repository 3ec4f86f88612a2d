package dev.highwater.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.highwater.sql.Identifiers;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What a table of the source, or a view, looked like from some position on. Immutable.
///
/// @param oid the table's OID in the source, by which it is known through renames; 0 for a view
/// @param columns in the order of their numbers
/// @param key indexes into `columns` of the key's columns, in the key's order; empty for a bag
/// @param types what its columns' types are made of as far as they are not PostgreSQL's own, each
///   after those that it is made of itself
/// @param leaves the OIDs of the partitions that hold the rows of a partitioned table; null for any
///   other
/// @param json the definition as the source wrote it, kept and journaled unchanged
public record TableDefinition(
        long oid,
        String schema,
        String table,
        List<Column> columns,
        List<Integer> key,
        List<UserType> types,
        @Nullable List<Long> leaves,
        String json) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int NUMERIC = 1700;
    private static final int TEXT = 25;

    public TableDefinition {
        columns = List.copyOf(columns);
        key = List.copyOf(key);
        types = List.copyOf(types);
        leaves = leaves == null ? null : List.copyOf(leaves);
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
                            text(c, "missing"),
                            generated(c),
                            text(c, "under"),
                            text(c, "lacking")));
        }
        var key = new ArrayList<Integer>();
        for (var number : node.path("key")) {
            key.add(indexOf(columns, number.asInt()));
        }
        return new TableDefinition(
                node.required("oid").asLong(),
                node.required("schema").asText(),
                node.required("table").asText(),
                columns,
                key,
                UserType.parse(node.path("types")),
                node.hasNonNull("leaves") ? leaves(node.get("leaves")) : null,
                node.toString());
    }

    private static @Nullable String text(JsonNode column, String name) {
        return column.hasNonNull(name) ? column.get(name).asText() : null;
    }

    private static Column.@Nullable Generated generated(JsonNode column) {
        return column.hasNonNull("generated")
                ? new Column.Generated(
                        column.required("generated").asText(),
                        column.required("fingerprint").asText())
                : null;
    }

    private static List<Long> leaves(JsonNode array) {
        var leaves = new ArrayList<Long>();
        array.forEach(leaf -> leaves.add(leaf.asLong()));
        return leaves;
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
        return with(columns, key, json.replace("\"key\":[]", "\"key\":" + numbers));
    }

    private TableDefinition with(List<Column> columns, List<Integer> key, String json) {
        return new TableDefinition(oid, schema, table, columns, key, types, leaves, json);
    }

    /// The same where the store keeps some columns as text because it lacks their types.
    ///
    /// @param numbers those columns
    public TableDefinition asText(Set<Integer> numbers) {
        if (numbers.isEmpty()) {
            return this;
        }
        try {
            var node = JSON.readTree(json);
            for (var column : node.required("columns")) {
                if (numbers.contains(column.required("number").asInt())) {
                    ((ObjectNode) column)
                            .put("lacking", column.required("type").asText())
                            .put("type", "text")
                            .put("base", TEXT)
                            .putNull("under")
                            .put("loose", true);
                }
            }
            return parse(node);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not a definition: " + json, e);
        }
    }

    /// The same as a store keeps it that keeps another definition like this.
    public TableDefinition keptLike(TableDefinition other) {
        return asText(
                other.columns.stream()
                        .filter(c -> c.lacking() != null)
                        .map(Column::number)
                        .collect(Collectors.toSet()));
    }

    /// What rows hold as they are written: the columns that the source sends, of a partitioned
    /// table then the partition.
    public TableDefinition written() {
        if (leaves == null && columns.stream().noneMatch(Column::isGenerated)) {
            return this;
        }
        var sent = new ArrayList<>(sent());
        var indexes = key.stream().map(i -> sent.indexOf(columns.get(i))).toList();
        if (leaves != null) {
            sent.add(Column.LEAF);
        }
        return with(sent, indexes, json);
    }

    /// The columns that the source sends.
    public List<Column> sent() {
        return columns.stream().filter(c -> !c.isGenerated()).toList();
    }

    /// Whether its rows are in partitions.
    public boolean isPartitioned() {
        return leaves != null;
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

    /// Whether equal rows can be there several times. Each is stored once then, with its count.
    public boolean isBag() {
        return key.isEmpty();
    }

    public boolean isView() {
        return oid == 0;
    }

    /// A condition that two values of a column are equal. The operator is given in full where an
    /// extension brought it into a schema of its own; values of a domain are compared as those of
    /// the type below, because for some domains PostgreSQL finds no operator.
    public String equal(Column column, String one, String other) {
        String operator = "=";
        for (var type : types) {
            if (type.oid() == column.baseType()
                    && type.shape() instanceof UserType.Shape.OfExtension) {
                operator = "operator(" + Identifiers.quote(type.name().schema()) + ".=)";
            }
        }
        String cast = column.under() == null ? "" : "::" + column.under();
        return one + cast + " " + operator + " " + other + cast;
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

    private static List<Integer> numbers(List<Column> columns) {
        return columns.stream().map(Column::number).toList();
    }

    /// Whether rows stored under `this` can go on being used under `next`: the same key, and the
    /// same type for every column that is in both. Columns may come, go and change their names.
    public boolean continuesAs(TableDefinition next) {
        if (!numbers(keyColumns()).equals(numbers(next.keyColumns()))) {
            return false;
        }
        if (isPartitioned() != next.isPartitioned()) {
            return false;
        }
        // A bag's rows are told apart by all that is in them.
        if (isBag() && !numbers(columns).equals(numbers(next.columns))) {
            return false;
        }
        for (var column : columns) {
            var later = next.column(column.number());
            if (later != null && !column.continuesAs(later)) {
                return false;
            }
        }
        // The store would write its tables anew, which readers with an older snapshot see empty.
        return next.columns.stream().noneMatch(c -> c.isGenerated() && !isGenerated(c.number()));
    }

    private boolean isGenerated(int number) {
        var known = column(number);
        return known != null && known.isGenerated();
    }
}
