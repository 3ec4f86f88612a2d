package dev.highwater.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One picture of the demo: what happened last, the numbers, and what to try.
///
/// @param panels the views, as they are now
/// @param recent the last changes, oldest first
/// @param note what is out of the ordinary, null when nothing is
record DemoFrame(
        Duration running,
        long commits,
        long changes,
        @Nullable Duration last,
        String latencies,
        List<Panel> panels,
        List<Shown> recent,
        List<String> hints,
        @Nullable String note) {

    /// A change with the position of its commit.
    record Shown(String position, ChangeLine text) {}

    /// A view: its name, the names of its columns, its first rows.
    record Panel(String name, List<PanelLine> lines) {
        Panel {
            lines = List.copyOf(lines);
        }

        int width() {
            return Math.max(
                    DisplayText.width(name),
                    lines.stream().mapToInt(l -> DisplayText.width(l.text())).max().orElse(0));
        }
    }

    /// A line of a panel.
    ///
    /// @param fresh whether it has just changed
    record PanelLine(String text, boolean fresh) {}

    static final int RECENT = 15;

    /// Rows of a view that are shown at most.
    static final int PANEL_ROWS = 8;

    private static final int AROUND = 9;
    private static final int PANEL_AROUND = 3;
    private static final int PANEL_ROWS_MIN = 3;
    private static final String GAP = "    ";

    /// Screens with fewer rows show fewer hints, and those that are wide enough for some of the
    /// panels only show others after a while.
    private static final int LOW = 36;

    private static final int HINTS_LOW = 3;
    private static final int TURN_SECONDS = 5;

    /// The lines of the picture, top to bottom, none wider than the screen and no more than it has.
    List<String> lines(int columns, int rows, boolean colour) {
        List<String> lines = new ArrayList<>();
        lines.add(paint(colour, Colour.BOLD, cut(title(), columns)));
        lines.add(cut(numbers(), columns));
        lines.add(cut(latency(), columns));
        lines.add("");
        List<String> tried =
                rows < LOW ? hints.subList(0, Math.min(HINTS_LOW, hints.size())) : hints;
        int free = rows - tried.size() - AROUND;
        int panelRows = Math.min(PANEL_ROWS, free - PANEL_AROUND - 3);
        if (!panels.isEmpty() && panelRows >= PANEL_ROWS_MIN) {
            lines.addAll(panelLines(columns, panelRows, colour));
            free -= panelRows + PANEL_AROUND;
        }
        int room = Math.clamp(free, 3, RECENT);
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
        tried.forEach(hint -> lines.add(paint(colour, Colour.CYAN, cut("  " + hint, columns))));
        lines.add("");
        lines.add(paint(colour, Colour.DIM, cut("Ctrl-C ends the demo.", columns)));
        return List.copyOf(lines.subList(0, Math.min(lines.size(), rows)));
    }

    /// The panels side by side, as many as there is room for, and an empty line; an ellipsis stands
    /// for further rows and panels.
    private List<String> panelLines(int columns, int panelRows, boolean colour) {
        List<Panel> side = side(columns);
        List<String> lines = new ArrayList<>();
        for (int row = -1; row <= panelRows; row++) {
            StringBuilder line = new StringBuilder();
            for (Panel panel : side) {
                int width = Math.min(columns, panel.width());
                boolean cutHere = row == panelRows && panel.lines().size() > panelRows + 1;
                String text =
                        row < 0
                                ? panel.name()
                                : cutHere
                                        ? "…"
                                        : row < panel.lines().size()
                                                ? panel.lines().get(row).text()
                                                : "";
                String padded = DisplayText.padRight(cut(text, width), width);
                Colour with =
                        row < 0
                                ? Colour.BOLD
                                : row == 0 || cutHere
                                        ? Colour.DIM
                                        : row < panel.lines().size()
                                                        && panel.lines().get(row).fresh()
                                                ? Colour.GREEN
                                                : Colour.NONE;
                line.append(line.isEmpty() ? "" : GAP).append(paint(colour, with, padded));
            }
            if (row < 0 && side.size() < panels.size()) {
                int used =
                        side.stream().mapToInt(p -> Math.min(columns, p.width())).sum()
                                + (side.size() - 1) * GAP.length();
                line.append(used + GAP.length() < columns ? GAP + "…" : "");
            }
            lines.add(colour ? line.toString() : line.toString().stripTrailing());
        }
        lines.add("");
        return lines;
    }

    private List<Panel> side(int columns) {
        List<Panel> side = new ArrayList<>();
        int turn = (int) (running.toSeconds() / TURN_SECONDS % panels.size());
        boolean all =
                panels.stream().mapToInt(p -> p.width() + GAP.length()).sum() - GAP.length()
                        <= columns;
        int used = 0;
        for (int i = 0; i < panels.size(); i++) {
            Panel panel = panels.get(all ? i : (turn + i) % panels.size());
            int width = panel.width() + (side.isEmpty() ? 0 : GAP.length());
            if (side.isEmpty() || used + width <= columns) {
                side.add(panel);
                used += width;
            }
        }
        return side;
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
