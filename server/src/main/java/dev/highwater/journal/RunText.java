package dev.highwater.journal;

import java.io.ByteArrayOutputStream;
import java.util.List;

/// The texts of several changes as one text. Changes of one table say much the same: what stands
/// around the values is written once, and of each change the values alone.
///
/// By lines: the first has the [Pieces] around the values, with a mark between two of them; each
/// other line is a change, its values with a mark before each of them, or its whole text when that
/// has other pieces. Where the first line has no mark, every line is a whole text. A text of a
/// change has no control characters but, within JSON of the source's, tabs; so that neither a line
/// break nor a mark is ever part of one. `highwater.change_texts` is the same in SQL.
public final class RunText {
    private static final byte BREAK = '\n';

    private static final String MARK = Character.toString(Pieces.MARK);

    private RunText() {}

    /// One text for these, in UTF-8.
    ///
    /// @param changes at least one
    static byte[] of(List<Leaf> changes) {
        var first = changes.getFirst();
        if (changes.size() == 1) {
            return first.text();
        }
        var pieces = first.pieces() == null ? Pieces.of(first.body()) : first.pieces();
        byte[] head = pieces.marked();
        var lines =
                new ByteArrayOutputStream(4 * head.length + changes.size() * first.body().length);
        if (pieces.values() > 0) {
            lines.writeBytes(head);
        }
        for (var change : changes) {
            if (lines.size() > 0) {
                lines.write(BREAK);
            }
            lines.writeBytes(
                    change.pieces() == pieces ? change.body() : pieces.shorten(change.text()));
        }
        return lines.toByteArray();
    }

    /// The texts again.
    public static List<String> texts(String run) {
        if (run.indexOf(BREAK) < 0) {
            return List.of(run);
        }
        var lines = List.of(run.split("\n", -1));
        if (!lines.getFirst().contains(MARK)) {
            return lines;
        }
        var pieces = lines.getFirst().split(MARK, -1);
        return lines.stream().skip(1).map(line -> text(pieces, line)).toList();
    }

    private static String text(String[] pieces, String line) {
        if (!line.startsWith(MARK)) {
            return line;
        }
        var text = new StringBuilder(pieces[0]);
        var values = line.split(MARK, -1);
        for (int i = 1; i < pieces.length; i++) {
            text.append(i < values.length ? values[i] : "").append(pieces[i]);
        }
        return text.toString();
    }
}
