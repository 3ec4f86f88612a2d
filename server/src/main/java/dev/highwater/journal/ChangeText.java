package dev.highwater.journal;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes changes as the JSON text that is journaled, hashed and sent:
/// `{"relation":"public.orders","op":"update","key":{…},"row":{…}}`.
///
/// `row` holds the columns that the source sent: an update leaves out large values that it did not
/// touch, and a reader keeps those it has. An update that moved the row to another key says the
/// former one as `old_key`. A row of a bag has no key; what it was is all of `old`. The text is
/// hashed and sent as it was first written.
public final class ChangeText {
    /// Stands in a row for a value that the source did not send because it did not change. Compared
    /// by identity.
    @SuppressWarnings("StringOperationCanBeSimplified") // an identity of its own
    public static final String UNCHANGED = new String("unchanged");

    private final TableDefinition definition;
    private final List<Integer> key;
    private final String start;
    private final String[] labels;
    private final ValueKind[] kinds;
    private final StringBuilder out = new StringBuilder(256);

    /// For one table as it is defined now; not thread-safe.
    public ChangeText(TableDefinition definition) {
        this.definition = definition;
        JsonText.quote(out.append("{\"relation\":"), definition.name());
        this.start = out.append(",\"op\":\"").toString();
        this.key = definition.written().key();
        this.labels = definition.sent().stream().map(ChangeText::label).toArray(String[]::new);
        this.kinds = definition.sent().stream().map(Column::kind).toArray(ValueKind[]::new);
    }

    private static String label(Column column) {
        var label = new StringBuilder();
        JsonText.quote(label, column.name());
        return label.append(':').toString();
    }

    /// A row that came.
    ///
    /// @param row one text for each column
    public String insert(@Nullable String[] row) {
        start("insert");
        key("key", row);
        row("row", row);
        return finish();
    }

    /// A row that changed.
    ///
    /// @param oldKeyRow a row holding the former key where the key changed, else null; of a bag the
    ///   whole former row
    /// @param row one text for each column, or [#UNCHANGED]
    public String update(@Nullable String @Nullable [] oldKeyRow, @Nullable String[] row) {
        start("update");
        key("key", row);
        if (oldKeyRow != null && definition.isBag()) {
            row("old", oldKeyRow);
        } else if (oldKeyRow != null) {
            key("old_key", oldKeyRow);
        }
        row("row", row);
        return finish();
    }

    /// A row that went.
    ///
    /// @param keyRow a row holding at least the key; of a bag the whole row
    public String delete(@Nullable String[] keyRow) {
        start("delete");
        key("key", keyRow);
        if (definition.isBag()) {
            row("old", keyRow);
        }
        return finish();
    }

    /// All rows went.
    public String truncate() {
        start("truncate");
        return finish();
    }

    /// The rows that were there before the table was published are all in the journal now.
    public String filled() {
        start("filled");
        return finish();
    }

    /// The table is not followed any more: it was dropped or unpublished, or cannot be.
    public String end() {
        start("end");
        return finish();
    }

    /// The table looks like this from here on.
    public String define() {
        start("define");
        out.append(",\"definition\":").append(definition.json());
        return finish();
    }

    private void start(String op) {
        out.setLength(0);
        out.append(start).append(op).append('"');
    }

    private void key(String label, @Nullable String[] row) {
        if (definition.isBag()) {
            return;
        }
        out.append(",\"").append(label).append("\":{");
        String comma = "";
        for (int index : key) {
            out.append(comma);
            member(index, row[index]);
            comma = ",";
        }
        out.append('}');
    }

    @SuppressWarnings("ReferenceEquality") // UNCHANGED is an identity
    private void row(String label, @Nullable String[] row) {
        out.append(",\"").append(label).append("\":{");
        String comma = "";
        for (int i = 0; i < labels.length; i++) {
            if (row[i] != UNCHANGED) {
                out.append(comma);
                member(i, row[i]);
                comma = ",";
            }
        }
        out.append('}');
    }

    private void member(int index, @Nullable String value) {
        out.append(labels[index]);
        JsonText.value(out, kinds[index], value, JsonText.Reader.JOURNAL);
    }

    private String finish() {
        return out.append('}').toString();
    }
}
