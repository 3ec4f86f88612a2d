package dev.highwater.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Rows laid out in aligned columns, two spaces apart. Where the lines would be wider than the
/// screen, the widest columns are cut until they fit; without a screen nothing is cut.
final class Table {

    private static final String GAP = "  ";
    private static final int NARROWEST = 3;

    enum Align {
        LEFT,
        RIGHT
    }

    record Column(String name, Align align) {
        static Column left(String name) {
            return new Column(name, Align.LEFT);
        }

        static Column right(String name) {
            return new Column(name, Align.RIGHT);
        }
    }

    record Cell(String text, Colour colour) {
        static final Cell NULL = new Cell("null", Colour.DIM);

        Cell {
            text = DisplayText.printable(text);
        }

        static Cell of(String text) {
            return new Cell(text, Colour.NONE);
        }
    }

    private final List<Column> columns;
    private final List<List<Cell>> rows = new ArrayList<>();

    Table(List<Column> columns) {
        this.columns = List.copyOf(columns);
    }

    /// Adds a row, which has a cell for each column.
    Table add(List<Cell> cells) {
        rows.add(List.copyOf(cells));
        return this;
    }

    Table add(Cell... cells) {
        return add(List.of(cells));
    }

    int size() {
        return rows.size();
    }

    /// The header and the rows, each line at most `screen` columns wide.
    List<String> lines(int screen, boolean colour) {
        int[] widths = widths(screen);
        List<String> lines = new ArrayList<>(rows.size() + 1);
        lines.add(
                line(
                        columns.stream().map(c -> new Cell(c.name(), Colour.BOLD)).toList(),
                        widths,
                        colour));
        for (List<Cell> row : rows) {
            lines.add(line(row, widths, colour));
        }
        return lines;
    }

    private String line(List<Cell> cells, int[] widths, boolean colour) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            Cell cell = cells.get(i);
            String text = DisplayText.cut(cell.text(), widths[i]);
            String spaces = " ".repeat(widths[i] - DisplayText.width(text));
            String shown = colour ? cell.colour().paint(text) : text;
            boolean last = i == widths.length - 1;
            line.append(i == 0 ? "" : GAP);
            switch (columns.get(i).align()) {
                case LEFT -> line.append(shown).append(last ? "" : spaces);
                case RIGHT -> line.append(spaces).append(shown);
            }
        }
        return line.toString().stripTrailing();
    }

    /// The natural width of each column, lowered to one common cap where they don't all fit;
    /// columns for which even the narrowest cap leaves no room are left out at the right.
    private int[] widths(int screen) {
        int[] widths = new int[columns.size()];
        for (int i = 0; i < widths.length; i++) {
            int column = i;
            widths[i] =
                    Math.max(
                            DisplayText.width(columns.get(i).name()),
                            rows.stream()
                                    .mapToInt(row -> DisplayText.width(row.get(column).text()))
                                    .max()
                                    .orElse(0));
        }
        if (total(widths) <= screen) {
            return widths;
        }
        int cap = Arrays.stream(widths).max().orElse(0);
        while (cap > NARROWEST && total(capped(widths, cap)) > screen) {
            cap--;
        }
        int[] fitting = capped(widths, cap);
        while (fitting.length > 1 && total(fitting) > screen) {
            fitting = Arrays.copyOf(fitting, fitting.length - 1);
        }
        return fitting;
    }

    private static int[] capped(int[] widths, int cap) {
        return Arrays.stream(widths).map(width -> Math.min(width, cap)).toArray();
    }

    private static long total(int[] widths) {
        return Arrays.stream(widths).asLongStream().sum()
                + (long) GAP.length() * Math.max(0, widths.length - 1);
    }
}
