package dev.highwater.journal;

import dev.highwater.sql.CopyLine;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Writes the change of a row that came as [ChangeText#insert] does, byte by byte the same, but
/// from the line that COPY gave and without strings between: what a table has to begin with is the
/// most that is ever journaled at once. Not thread-safe.
public final class InsertText {
    private static final int BUFFER = 1024;

    /// A buffer that one large row made longer is not kept.
    private static final int BUFFER_MAX = 1 << 20;

    /// What JSON writes behind a backslash for a byte, 0 for bytes that stand for themselves, and
    /// `u` for those that stand as a number.
    private static final byte[] ESCAPES = new byte[256];

    static {
        Arrays.fill(ESCAPES, 0, ' ', (byte) 'u');
        ESCAPES['\b'] = 'b';
        ESCAPES['\f'] = 'f';
        ESCAPES['\n'] = 'n';
        ESCAPES['\r'] = 'r';
        ESCAPES['\t'] = 't';
        ESCAPES['"'] = '"';
        ESCAPES['\\'] = '\\';
    }

    private static final byte[] HEX = ascii("0123456789ABCDEF");
    private static final byte[] NULL = ascii("null");
    private static final byte[] TRUE = ascii("true");
    private static final byte[] FALSE = ascii("false");
    private static final byte[] KEY = ascii(",\"key\":{");
    private static final byte[] ROW = ascii(",\"row\":{");

    private final byte[] start;
    private final int[] key;
    private final byte[][] labels;
    private final ValueKind[] kinds;

    /// Where each column of the line begins, and behind the last of them where the next would.
    private final int[] begins;

    private byte[] out = new byte[BUFFER];
    private int length;

    /// For one table as it is defined now.
    public InsertText(TableDefinition definition) {
        var start = new StringBuilder("{\"relation\":");
        JsonText.quote(start, definition.name());
        this.start = utf8(start.append(",\"op\":\"insert\""));
        this.key = definition.written().key().stream().mapToInt(i -> i).toArray();
        this.labels = definition.sent().stream().map(InsertText::label).toArray(byte[][]::new);
        this.kinds = definition.sent().stream().map(Column::kind).toArray(ValueKind[]::new);
        this.begins = new int[labels.length + 1];
    }

    private static byte[] label(Column column) {
        var label = new StringBuilder();
        JsonText.quote(label, column.name());
        return utf8(label.append(':'));
    }

    /// The change as UTF-8.
    ///
    /// @param line at least a column for each that the source sends
    public byte[] of(CopyLine line) {
        byte[] in = line.bytes();
        int at = 0;
        for (int i = 0; i < labels.length; i++) {
            begins[i] = at;
            while (in[at] != '\t' && in[at] != '\n') {
                at++;
            }
            at++;
        }
        begins[labels.length] = at;
        length = 0;
        add(start);
        if (key.length > 0) {
            add(KEY);
            for (int i = 0; i < key.length; i++) {
                member(in, i > 0, key[i]);
            }
            add('}');
        }
        add(ROW);
        for (int i = 0; i < labels.length; i++) {
            member(in, i > 0, i);
        }
        add('}');
        add('}');
        byte[] result = Arrays.copyOf(out, length);
        if (out.length > BUFFER_MAX) {
            out = new byte[BUFFER];
        }
        return result;
    }

    private void member(byte[] in, boolean more, int column) {
        if (more) {
            add(',');
        }
        add(labels[column]);
        int from = begins[column];
        int to = begins[column + 1] - 1;
        if (to - from == 2 && in[from] == '\\' && in[from + 1] == 'N') {
            add(NULL);
            return;
        }
        switch (kinds[column]) {
            case BOOLEAN -> add(in[from] == 't' ? TRUE : FALSE);
            case NUMBER, BIGINT -> {
                // NaN and infinities end in a letter.
                if (Character.isDigit(in[to - 1])) {
                    add(in, from, to);
                } else {
                    quote(in, from, to);
                }
            }
            case JSON -> json(in, from, to);
            case TEXT -> quote(in, from, to);
        }
    }

    /// A string: what COPY writes behind a backslash JSON does too, but for the vertical tab.
    private void quote(byte[] in, int from, int to) {
        add('"');
        int written = from;
        for (int i = from; i < to; i++) {
            byte escape = ESCAPES[in[i] & 0xff];
            if (escape == 0) {
                continue;
            }
            if (escape == '\\' && in[i + 1] != 'v') {
                i++;
                continue;
            }
            add(in, written, i);
            add('\\');
            add(escape);
            if (escape == 'u') {
                number(in[i]);
            } else if (escape == '\\') {
                out[length - 1] = 'u';
                number((byte) 0x0b);
                i++;
            }
            written = i + 1;
        }
        add(in, written, to);
        add('"');
    }

    private void number(byte control) {
        add('0');
        add('0');
        add(HEX[control >> 4]);
        add(HEX[control & 15]);
    }

    /// JSON as it is, in one line; see [JsonText].
    private void json(byte[] in, int from, int to) {
        int written = from;
        for (int i = from; i < to; i++) {
            if (in[i] == '\\') {
                add(in, written, i);
                i++;
                add(
                        switch (in[i]) {
                            case 'n', 'r' -> ' ';
                            case 'b' -> '\b';
                            case 'f' -> '\f';
                            case 't' -> '\t';
                            case 'v' -> 0x0b;
                            default -> in[i];
                        });
                written = i + 1;
            }
        }
        add(in, written, to);
    }

    private void add(byte[] bytes) {
        add(bytes, 0, bytes.length);
    }

    private void add(byte[] bytes, int from, int to) {
        int added = to - from;
        room(added);
        System.arraycopy(bytes, from, out, length, added);
        length += added;
    }

    private void add(int b) {
        room(1);
        out[length++] = (byte) b;
    }

    private void room(int bytes) {
        if (out.length - length < bytes) {
            out = Arrays.copyOf(out, Math.max(length + bytes, length + (length >> 1)));
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] utf8(StringBuilder text) {
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }
}
