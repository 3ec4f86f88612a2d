package dev.highwater.journal;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;

/// What stands around the values in texts of changes that are alike, in UTF-8; see [RunText]. The
/// values are the members of the objects in a change: of `key`, `row` and the like. Immutable.
final class Pieces {
    /// Stands before each value, and between two pieces: ASCII's unit separator.
    static final byte MARK = 0x1f;

    /// One more than there are values.
    private final byte[][] pieces;

    private final int length;

    private Pieces(byte[][] pieces) {
        this.pieces = pieces;
        this.length = Arrays.stream(pieces).mapToInt(p -> p.length).sum();
    }

    /// Those of a change.
    ///
    /// @param text as [ChangeText] writes it
    static Pieces of(byte[] text) {
        var pieces = new ArrayList<byte[]>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i < text.length; i++) {
            switch (text[i]) {
                case '"' -> i = behindString(text, i) - 1;
                case '{' -> depth++;
                case '}' -> depth--;
                case ':' -> {
                    if (depth == 2) {
                        pieces.add(Arrays.copyOfRange(text, start, i + 1));
                        start = behindValue(text, i + 1);
                        i = start - 1;
                    }
                }
                default -> {}
            }
        }
        pieces.add(Arrays.copyOfRange(text, start, text.length));
        return new Pieces(pieces.toArray(byte[][]::new));
    }

    /// How many values they stand around.
    int values() {
        return pieces.length - 1;
    }

    /// What stands before a value, or, last of all, behind all of them.
    ///
    /// @return not a copy
    byte[] before(int value) {
        return pieces[value];
    }

    /// All of them with a mark between two.
    byte[] marked() {
        var marked = new ByteArrayOutputStream(length + pieces.length);
        marked.writeBytes(pieces[0]);
        for (int i = 1; i < pieces.length; i++) {
            marked.write(MARK);
            marked.writeBytes(pieces[i]);
        }
        return marked.toByteArray();
    }

    /// A text again.
    ///
    /// @param values as many as there are, with a mark before each
    byte[] around(byte[] values) {
        var text = ByteBuffer.allocate(length + values.length - values());
        text.put(pieces[0]);
        int at = 0;
        for (int i = 1; i < pieces.length; i++) {
            int start = at + 1;
            at = endOfValue(values, start);
            text.put(values, start, at - start).put(pieces[i]);
        }
        return text.array();
    }

    private static int endOfValue(byte[] values, int start) {
        int end = start;
        while (end < values.length && values[end] != MARK) {
            end++;
        }
        return end;
    }

    /// The values of a text, with a mark before each; the text itself where it does not have these
    /// pieces, or there are no values.
    ///
    /// Each piece is looked for at the first place behind the one before. Where a value holds what
    /// looks like a piece, others come out for values; put together again they are the same text.
    byte[] shorten(byte[] text) {
        byte[] first = pieces[0];
        if (pieces.length == 1 || !isAt(first, text, 0)) {
            return text;
        }
        var values = new ByteArrayOutputStream(text.length);
        int start = first.length;
        for (int i = 1; i < pieces.length; i++) {
            byte[] piece = pieces[i];
            boolean last = i == pieces.length - 1;
            int end = last ? text.length - piece.length : indexOf(piece, text, start);
            if (end < start || !isAt(piece, text, end)) {
                return text;
            }
            values.write(MARK);
            values.write(text, start, end - start);
            start = end + piece.length;
        }
        return values.toByteArray();
    }

    private static int behindString(byte[] text, int start) {
        int i = start + 1;
        while (text[i] != '"') {
            i += text[i] == '\\' ? 2 : 1;
        }
        return i + 1;
    }

    private static int behindValue(byte[] text, int start) {
        int depth = 0;
        for (int i = start; ; i++) {
            switch (text[i]) {
                case '"' -> i = behindString(text, i) - 1;
                case '{', '[' -> depth++;
                case '}', ']' -> {
                    if (depth-- == 0) {
                        return i;
                    }
                }
                case ',' -> {
                    if (depth == 0) {
                        return i;
                    }
                }
                default -> {}
            }
        }
    }

    private static int indexOf(byte[] piece, byte[] text, int from) {
        byte first = piece[0];
        for (int i = from; i <= text.length - piece.length; i++) {
            if (text[i] == first && isAt(piece, text, i)) {
                return i;
            }
        }
        return -1;
    }

    private static boolean isAt(byte[] piece, byte[] text, int at) {
        return at + piece.length <= text.length
                && Arrays.equals(piece, 0, piece.length, text, at, at + piece.length);
    }
}
