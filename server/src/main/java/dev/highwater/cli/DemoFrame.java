package dev.highwater.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One picture of the demo: what happened last, the numbers, and what to try.
///
/// @param recent the last changes, oldest first
/// @param note what is out of the ordinary, null when nothing is
record DemoFrame(
        Duration running,
        long commits,
        long changes,
        @Nullable Duration last,
        String latencies,
        List<Shown> recent,
        List<String> hints,
        @Nullable String note) {

    /// A change with the position of its commit.
    record Shown(String position, ChangeLine text) {}

    static final int RECENT = 15;

    private static final int AROUND = 9;

    /// The lines of the picture, top to bottom, none wider than the screen and no more than it has.
    List<String> lines(int columns, int rows, boolean colour) {
        List<String> lines = new ArrayList<>();
        lines.add(paint(colour, Colour.BOLD, cut(title(), columns)));
        lines.add(cut(numbers(), columns));
        lines.add(cut(latency(), columns));
        lines.add("");
        int room = Math.clamp(rows - hints.size() - AROUND, 3, RECENT);
        List<Shown> visible = recent.subList(Math.max(0, recent.size() - room), recent.size());
        String above = "";
        for (Shown change : visible) {
            boolean sameCommit = change.position().equals(above);
            above = change.position();
            lines.add(change.text().line(sameCommit ? "" : change.position(), "", columns, colour));
        }
        for (int i = visible.size(); i < room; i++) {
            lines.add("");
        }
        lines.add(note == null ? "" : paint(colour, Colour.YELLOW, cut(note, columns)));
        lines.add(paint(colour, Colour.BOLD, cut("In a second terminal:", columns)));
        hints.forEach(hint -> lines.add(paint(colour, Colour.CYAN, cut("  " + hint, columns))));
        lines.add("");
        lines.add(paint(colour, Colour.DIM, cut("Ctrl-C ends the demo.", columns)));
        return List.copyOf(lines.subList(0, Math.min(lines.size(), rows)));
    }

    private String title() {
        return "Highwater demo: a trading desk commits to PostgreSQL, every commit arrives here";
    }

    private String numbers() {
        double seconds = Math.max(0.001, running.toMillis() / 1000.0);
        return String.format(
                Locale.ROOT,
                "%,d commits, %,d changes in %d:%02d (%.1f commits/s)",
                commits,
                changes,
                running.toMinutes(),
                running.toSecondsPart(),
                commits / seconds);
    }

    private String latency() {
        return last == null
                ? "waiting for the first commit"
                : "commit to feed: last " + Times.shown(last) + ", " + latencies;
    }

    private static String cut(String text, int columns) {
        return DisplayText.cut(text, columns);
    }

    private static String paint(boolean colour, Colour with, String text) {
        return colour ? with.paint(text) : text;
    }
}
