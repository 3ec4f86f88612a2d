package dev.highwater.relation;

import dev.highwater.journal.Column;
import dev.highwater.journal.JsonText;
import dev.highwater.journal.TableDefinition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which columns are read of a relation, and how a row of them stands in JSON. Immutable.
public final class RowFormat {
    private final List<Column> columns;
    private final List<String> labels;
    private final int shown;
    private final List<Integer> key;
    private final boolean bag;

    private RowFormat(List<Column> columns, int shown, List<Integer> key, boolean bag) {
        this.columns = List.copyOf(columns);
        this.bag = bag;
        this.shown = shown;
        this.key = List.copyOf(key);
        this.labels = this.columns.stream().map(RowFormat::label).toList();
    }

    /// The format of a relation's rows under one definition.
    ///
    /// @param select numbers of the columns to show, or null for all; those that the definition
    ///   does not hold are left out
    public static RowFormat of(TableDefinition definition, @Nullable List<Integer> select) {
        var columns = new ArrayList<Column>();
        if (select == null) {
            columns.addAll(definition.columns());
        } else {
            for (int number : select) {
                var column = definition.column(number);
                if (column != null) {
                    columns.add(column);
                }
            }
        }
        int shown = columns.size();
        var key = new ArrayList<Integer>();
        for (var column : definition.keyColumns()) {
            int index = columns.indexOf(column);
            if (index < 0) {
                index = columns.size();
                columns.add(column);
            }
            key.add(index);
        }
        if (definition.isBag()) {
            columns.add(Column.COUNT);
        }
        return new RowFormat(columns, shown, key, definition.isBag());
    }

    /// Whether rows have a count instead of a key.
    public boolean isBag() {
        return bag;
    }

    /// How often the row is there.
    public long count(@Nullable String[] row) {
        return bag ? Long.parseLong(String.valueOf(row[row.length - 1])) : 1;
    }

    /// What a row holds, one text for each: the columns to show, then those of the key that are not
    /// among them, of a bag then the count.
    public List<Column> columns() {
        return columns;
    }

    /// Whether two rows look the same.
    public boolean showsSame(@Nullable String[] one, @Nullable String[] other) {
        return Arrays.equals(one, 0, shown, other, 0, shown);
    }

    /// Appends the object of the columns to show.
    public void row(StringBuilder out, @Nullable String[] row) {
        char before = '{';
        for (int i = 0; i < shown; i++) {
            out.append(before);
            member(out, i, row);
            before = ',';
        }
        out.append(shown == 0 ? "{}" : "}");
    }

    /// Appends the object of the key's columns.
    public void key(StringBuilder out, @Nullable String[] row) {
        char before = '{';
        for (int i : key) {
            out.append(before);
            member(out, i, row);
            before = ',';
        }
        out.append('}');
    }

    /// The key's texts.
    public List<String> keyTexts(@Nullable String[] row) {
        return key.stream()
                .map(
                        i -> {
                            String text = row[i];
                            if (text == null) {
                                throw new IllegalArgumentException(
                                        "key column " + columns.get(i).name() + " is null");
                            }
                            return text;
                        })
                .toList();
    }

    private void member(StringBuilder out, int i, @Nullable String[] row) {
        out.append(labels.get(i));
        JsonText.value(out, columns.get(i).kind(), row[i], JsonText.Reader.CLIENT);
    }

    private static String label(Column column) {
        var out = new StringBuilder();
        JsonText.quote(out, column.name());
        return out.append(':').toString();
    }
}
