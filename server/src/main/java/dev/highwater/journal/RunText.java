package dev.highwater.journal;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The texts of several changes as one text. Changes of one table say much the same: what stands
/// around the values is written once, and of each change the values alone.
///
/// By lines: the first has the pieces around the values, with [#MARK] between two of them; each
/// other line is a change, its values with a mark before each of them, or its whole text when that
/// has other pieces. Where the first line has no mark, every line is a whole text. A text of a
/// change has no control characters but, within JSON of the source's, tabs; so that neither a line
/// break nor a mark is ever part of one. `highwater.change_texts` is the same in SQL.
public final class RunText {
    /// ASCII's unit separator.
    static final byte MARK = 0x1f;

    private static final byte BREAK = '\n';

    private RunText() {}

    /// What stands around the values in texts that are alike.
    static final class Pieces {
        private final List<byte[]> pieces;
        private final int length;

        /// @param pieces in UTF-8: one more than there are values
        Pieces(List<byte[]> pieces) {
            this.pieces = List.copyOf(pieces);
            this.length = pieces.stream().mapToInt(p -> p.length).sum();
        }

        /// The text again.
        ///
        /// @param values with a mark before each
        byte[] around(byte[] values) {
            var text = ByteBuffer.allocate(length + values.length);
            int at = 0;
            for (var piece : pieces) {
                text.put(piece);
                int start = at + 1;
                for (at = start; at < values.length && values[at] != MARK; at++) {
                    // To the next mark.
                }
                if (start < values.length) {
                    text.put(values, start, at - start);
                }
            }
            return Arrays.copyOf(text.array(), text.position());
        }
    }

    /// One text for these, in UTF-8.
    ///
    /// @param changes at least one
    static byte[] of(List<Leaf> changes) {
        var first = changes.getFirst();
        if (changes.size() == 1) {
            return first.text();
        }
        var around = first.pieces() == null ? pieces(first.body()) : first.pieces();
        var pieces = around.pieces;
        boolean marked = pieces.size() > 1;
        var all =
                new ByteArrayOutputStream(4 * around.length + changes.size() * first.body().length);
        if (marked) {
            for (int i = 0; i < pieces.size(); i++) {
                if (i > 0) {
                    all.write(MARK);
                }
                all.writeBytes(pieces.get(i));
            }
            all.write(BREAK);
        }
        var ends = new int[pieces.size()];
        boolean more = false;
        for (var change : changes) {
            if (more) {
                all.write(BREAK);
            }
            more = true;
            if (marked && change.pieces() == around) {
                all.writeBytes(change.body());
                continue;
            }
            var text = change.text();
            if (marked && find(pieces, text, ends)) {
                for (int p = 1; p < ends.length; p++) {
                    int from = ends[p - 1];
                    all.write(MARK);
                    all.write(text, from, ends[p] - pieces.get(p).length - from);
                }
            } else {
                all.writeBytes(text);
            }
        }
        return all.toByteArray();
    }

    /// The texts again.
    public static List<String> texts(String run) {
        if (run.indexOf(BREAK) < 0) {
            return List.of(run);
        }
        var lines = run.split("\n", -1);
        if (lines[0].indexOf(MARK) < 0) {
            return List.of(lines);
        }
        var pieces = lines[0].split("\u001f", -1);
        var texts = new ArrayList<String>(lines.length - 1);
        var text = new StringBuilder();
        for (var line : Arrays.asList(lines).subList(1, lines.length)) {
            if (line.isEmpty() || line.charAt(0) != MARK) {
                texts.add(line);
                continue;
            }
            text.setLength(0);
            int at = 0;
            for (var piece : pieces) {
                text.append(piece);
                if (at < line.length()) {
                    int end = line.indexOf(MARK, at + 1);
                    end = end < 0 ? line.length() : end;
                    text.append(line, at + 1, end);
                    at = end;
                }
            }
            texts.add(text.toString());
        }
        return texts;
    }

    /// What stands around the values in a text: they are the members of the objects in it. One
    /// piece when there are none.
    private static Pieces pieces(byte[] text) {
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
        return new Pieces(pieces);
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

    /// Finds the pieces in a text, each at the first place behind the one before, the first at the
    /// beginning and the last at the end. Where a value holds what looks like a piece, others come
    /// out for values; put together again they are the same text.
    ///
    /// @param ends takes where each ends
    /// @return whether they are there
    private static boolean find(List<byte[]> pieces, byte[] text, int[] ends) {
        var first = pieces.getFirst();
        if (!isAt(first, text, 0)) {
            return false;
        }
        ends[0] = first.length;
        int last = pieces.size() - 1;
        for (int p = 1; p < last; p++) {
            int at = indexOf(pieces.get(p), text, ends[p - 1]);
            if (at < 0) {
                return false;
            }
            ends[p] = at + pieces.get(p).length;
        }
        ends[last] = text.length;
        int at = text.length - pieces.get(last).length;
        return at >= ends[last - 1] && isAt(pieces.get(last), text, at);
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
