package dev.highwater.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What was measured, in Markdown: a table of targets first, then a section for each measurement.
final class Report {
    /// The head of the table of targets.
    static final String HEAD = "| what | target | measured | baseline | |\n|---|---|---|---|---|";

    private final List<String> targets = new ArrayList<>();
    private final StringBuilder sections = new StringBuilder();

    /// Starts a section.
    void section(String title, String text) {
        sections.append("\n## ").append(title).append("\n\n").append(text.strip()).append("\n\n");
        System.out.println("\n== " + title);
    }

    /// Adds a table to the section.
    void table(List<String> head, List<List<String>> rows) {
        line("| " + String.join(" | ", head) + " |");
        line("|" + "---|".repeat(head.size()));
        rows.forEach(row -> line("| " + String.join(" | ", row) + " |"));
        sections.append('\n');
    }

    /// Adds a paragraph to the section.
    void text(String text) {
        line(text);
        sections.append('\n');
    }

    private void line(String line) {
        System.out.println(line);
        sections.append(line).append('\n');
    }

    /// Adds a line to the table of targets.
    void target(String what, String target, String measured, String baseline, boolean met) {
        String row =
                "| %s | %s | %s | %s | %s |"
                        .formatted(what, target, measured, baseline, met ? "met" : "**missed**");
        System.out.println(row);
        targets.add(row);
    }

    /// The page of a part.
    String markdown(String part, String date, String machine) {
        return """
        # Benchmarks: %s

        Measured on %s by `bench/run.sh %s`, which starts the packaged program in a temporary folder and runs each
        measurement beside its baseline, alternately, on the same machine. Numbers depend on the machine: compare the
        ratios.

        %s
        %s

        %s
        %s"""
                .formatted(
                        part,
                        date,
                        part,
                        HEAD,
                        String.join("\n", targets),
                        machine.strip(),
                        sections.toString());
    }

    static double median(List<Double> values) {
        var sorted = values.stream().sorted().toList();
        int n = sorted.size();
        return n % 2 == 1 ? sorted.get(n / 2) : (sorted.get(n / 2 - 1) + sorted.get(n / 2)) / 2;
    }

    static String number(double value) {
        return String.format(Locale.ROOT, value < 100 ? "%.2f" : "%,.0f", value);
    }

    /// All values and their median, as a table shows them.
    static String list(List<Double> values) {
        return String.join(", ", values.stream().map(Report::number).toList());
    }
}
