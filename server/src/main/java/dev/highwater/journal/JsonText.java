package dev.highwater.journal;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes values that stand in PostgreSQL's text form as JSON. Pure; safe for any thread.
public final class JsonText {
    /// Integers up to here are exact in every JSON reader.
    private static final long EXACT = 1L << 53;

    /// Who will read the JSON.
    public enum Reader {
        /// The journal: a bigint is always a number.
        JOURNAL,
        /// Any client: a bigint beyond 2^53 is a string, so that none rounds it.
        CLIENT
    }

    private JsonText() {}

    /// Appends a JSON string with its quotes.
    public static void quote(StringBuilder out, String text) {
        out.append('"');
        JsonStringEncoder.getInstance().quoteAsString(text, out);
        out.append('"');
    }

    /// Appends one value.
    public static void value(
            StringBuilder out, ValueKind kind, @Nullable String text, Reader reader) {
        if (text == null) {
            out.append("null");
            return;
        }
        switch (kind) {
            case BOOLEAN -> out.append(text.startsWith("t") ? "true" : "false");
            case NUMBER -> {
                if (isFinite(text)) {
                    out.append(text);
                } else {
                    quote(out, text);
                }
            }
            case BIGINT -> {
                if (reader == Reader.JOURNAL || isExact(text)) {
                    out.append(text);
                } else {
                    quote(out, text);
                }
            }
            case JSON -> oneLine(out, text);
            case TEXT -> quote(out, text);
        }
    }

    /// Appends the object of the named columns' values.
    ///
    /// @param row one text for each of `columns`
    public static void object(
            StringBuilder out, List<Column> columns, @Nullable String[] row, Reader reader) {
        out.append('{');
        for (int i = 0; i < row.length; i++) {
            if (i > 0) {
                out.append(',');
            }
            var column = columns.get(i);
            quote(out, column.name());
            out.append(':');
            value(out, column.kind(), row[i], reader);
        }
        out.append('}');
    }

    /// NaN, Infinity and -Infinity are the only number texts that end in a letter.
    private static boolean isFinite(String text) {
        return Character.isDigit(text.charAt(text.length() - 1));
    }

    private static boolean isExact(String text) {
        if (text.length() < 16) {
            return true;
        }
        long value = Long.parseLong(text);
        return -EXACT <= value && value <= EXACT;
    }

    /// The type `json` keeps its line breaks; outside strings they mean nothing, and inside strings
    /// JSON has none, so that a space can stand for each.
    private static void oneLine(StringBuilder out, String json) {
        if (json.indexOf('\n') < 0 && json.indexOf('\r') < 0) {
            out.append(json);
        } else {
            out.append(json.replace('\n', ' ').replace('\r', ' '));
        }
    }
}
