package dev.highwater.journal;

import dev.highwater.sql.CopyLine;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;

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
    private static final byte[] KEY = ascii(",\"key\":{");
    private static final byte[] ROW = ascii(",\"row\":{");
    private static final byte[] MORE = ascii(",");
    private static final byte[] END = ascii("}}");

    private final byte[] start;
    private final int[] key;
    private final byte[][] labels;
    private final ValueKind[] kinds;

    /// Where each column of the line begins, and behind the last of them where the next would.
    private final int[] begins;

    private final RunText.Pieces pieces;
    private final Leaves leaves = new Leaves();

    /// The text, behind room for what is hashed before it.
    private byte[] out = new byte[BUFFER];

    private int length;

    /// Where each value begins and ends in it.
    private final int[] bounds;

    /// For one table as it is defined now.
    public InsertText(TableDefinition definition) {
        var start = new StringBuilder("{\"relation\":");
        JsonText.quote(start, definition.name());
        this.start = utf8(start.append(",\"op\":\"insert\""));
        this.key = definition.written().key().stream().mapToInt(i -> i).toArray();
        this.labels = definition.sent().stream().map(InsertText::label).toArray(byte[][]::new);
        this.kinds = definition.sent().stream().map(Column::kind).toArray(ValueKind[]::new);
        this.begins = new int[labels.length + 1];
        this.bounds = new int[2 * (key.length + labels.length)];
        this.pieces = pieces();
    }

    private RunText.Pieces pieces() {
        var pieces = new ArrayList<byte[]>();
        var piece = new ByteArrayOutputStream();
        piece.writeBytes(start);
        for (int i = 0; i < key.length; i++) {
            piece.writeBytes(i == 0 ? KEY : MORE);
            piece.writeBytes(labels[key[i]]);
            pieces.add(piece.toByteArray());
            piece.reset();
        }
        if (key.length > 0) {
            piece.write('}');
        }
        for (int i = 0; i < labels.length; i++) {
            piece.writeBytes(i == 0 ? ROW : MORE);
            piece.writeBytes(labels[i]);
            pieces.add(piece.toByteArray());
            piece.reset();
        }
        if (labels.length == 0) {
            piece.writeBytes(ROW);
        }
        piece.writeBytes(END);
        pieces.add(piece.toByteArray());
        return new RunText.Pieces(pieces);
    }

    private static byte[] label(Column column) {
        var label = new StringBuilder();
        JsonText.quote(label, column.name());
        return utf8(label.append(':'));
    }

    /// The change, ready for an entry.
    ///
    /// @param line at least a column for each that the source sends
    public Leaf leaf(CopyLine line) {
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
        length = MerkleTree.LEAF_HEAD;
        add(start);
        if (key.length > 0) {
            add(KEY);
            for (int i = 0; i < key.length; i++) {
                member(in, i, key[i], i);
            }
            add('}');
        }
        add(ROW);
        for (int i = 0; i < labels.length; i++) {
            member(in, i, i, key.length + i);
        }
        add(END);
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
            values[at++] = RunText.MARK;
            System.arraycopy(out, bounds[i], values, at, size);
            at += size;
        }
        return values;
    }

    /// Writes a column with its label.
    ///
    /// @param nth among the members of its object
    /// @param value which value of the text it is
    private void member(byte[] in, int nth, int column, int value) {
        if (nth > 0) {
            add(',');
        }
        add(labels[column]);
        bounds[2 * value] = length;
        value(in, column);
        bounds[2 * value + 1] = length;
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
