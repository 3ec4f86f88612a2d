package dev.highwater.journal;

import dev.highwater.sql.CopyLine;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Writes the change of a row that came as [ChangeText#insert] does, byte by byte the same, but
/// from the line that COPY gave and without strings between: what a table has to begin with is the
/// most that is ever journaled at once. Each comes with its hash. Not thread-safe.
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

    private final ValueKind[] kinds;

    /// The columns whose values the text has, in its order: those of the key, and all of them.
    private final int[] columns;

    private final Pieces pieces;

    /// Where each column of the line begins, and behind the last of them where the next would.
    private final int[] begins;

    /// Whether each column stands in JSON as it stands in the line.
    private final boolean[] plain;

    private final Leaves leaves = new Leaves();

    /// The text, behind room for what is hashed before it.
    private byte[] out = new byte[BUFFER];

    private int length;

    /// Where each value begins and ends in it.
    private final int[] bounds;

    /// For one table as it is defined now.
    public InsertText(TableDefinition definition) {
        int sent = definition.sent().size();
        var key = definition.written().key().stream().mapToInt(i -> i);
        String nothing = new ChangeText(definition).insert(new @Nullable String[sent]);
        this.kinds = definition.sent().stream().map(Column::kind).toArray(ValueKind[]::new);
        this.columns = IntStream.concat(key, IntStream.range(0, sent)).toArray();
        this.pieces = Pieces.of(nothing.getBytes(StandardCharsets.UTF_8));
        this.begins = new int[sent + 1];
        this.plain = new boolean[sent];
        this.bounds = new int[2 * columns.length];
    }

    /// The change, ready for an entry.
    ///
    /// @param line at least a column for each that the source sends
    public Leaf leaf(CopyLine line) {
        byte[] in = line.bytes();
        int at = 0;
        for (int i = 0; i < kinds.length; i++) {
            begins[i] = at;
            int escapes = 0;
            for (byte b = in[at]; b != '\t' && b != '\n'; b = in[++at]) {
                escapes |= ESCAPES[b & 0xff];
            }
            plain[i] = escapes == 0;
            at++;
        }
        begins[kinds.length] = at;
        length = MerkleTree.LEAF_HEAD;
        for (int i = 0; i < columns.length; i++) {
            add(pieces.before(i));
            bounds[2 * i] = length;
            value(in, columns[i]);
            bounds[2 * i + 1] = length;
        }
        add(pieces.before(columns.length));
        var leaf = leaves.of(out, length, pieces, values());
        if (out.length > BUFFER_MAX) {
            out = new byte[BUFFER];
        }
        return leaf;
    }

    private byte[] values() {
        int bytes = bounds.length / 2;
        for (int i = 0; i < bounds.length; i += 2) {
            bytes += bounds[i + 1] - bounds[i];
        }
        var values = new byte[bytes];
        int at = 0;
        for (int i = 0; i < bounds.length; i += 2) {
            int size = bounds[i + 1] - bounds[i];
            values[at++] = Pieces.MARK;
            System.arraycopy(out, bounds[i], values, at, size);
            at += size;
        }
        return values;
    }

    private void value(byte[] in, int column) {
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
                if (in[to - 1] <= '9') {
                    add(in, from, to);
                } else {
                    quote(in, from, to);
                }
            }
            case JSON -> {
                if (plain[column]) {
                    add(in, from, to);
                } else {
                    json(in, from, to);
                }
            }
            case TEXT -> {
                if (plain[column]) {
                    quote(in, from, to);
                } else {
                    escape(in, from, to);
                }
            }
        }
    }

    /// A string in which every byte stands for itself.
    private void quote(byte[] in, int from, int to) {
        room(to - from + 2);
        out[length++] = '"';
        System.arraycopy(in, from, out, length, to - from);
        length += to - from;
        out[length++] = '"';
    }

    /// A string: what COPY writes behind a backslash JSON does too, but for the vertical tab.
    private void escape(byte[] in, int from, int to) {
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
}
