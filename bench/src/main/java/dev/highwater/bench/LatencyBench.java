package dev.highwater.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/// How long a commit takes to reach a subscriber, from commit() returning to the event's arrival in
/// the same process that committed, on one clock; beside it the callback of Debezium's engine.
final class LatencyBench {
    private static final int COMMITS_PER_SECOND = 200;
    private static final double TARGET_P50_MS = 3;
    private static final double TARGET_P99_MS = 20;
    private static final double TARGET_RATIO = 1.5;

    private final Path program;
    private final Path folder;
    private final Sizes sizes;
    private final Report report;
    private final boolean withDebezium;

    LatencyBench(Path program, Path folder, Sizes sizes, Report report, boolean withDebezium) {
        this.program = program;
        this.folder = folder;
        this.sizes = sizes;
        this.report = report;
        this.withDebezium = withDebezium;
    }

    void run() throws IOException, SQLException, InterruptedException {
        report.section(
                "Commit to subscriber",
                """
                %d commits/s on a fixed schedule, each one inserted or updated row, by one client. Measured from `commit()` returning to the
                event's arrival in the same process: over SSE from a node, or in the callback of Debezium's engine (format Connect, so that it
                need not make JSON), which stores nothing. %d turns of %.1f s each, alternately, in one database that runs throughout, after %.1f s
                of warm-up at the start and in each turn. Each side has a table of its own; Debezium's is not published to Highwater, and its
                engine runs in its turns only. Milliseconds.
                """
                        .formatted(
                                COMMITS_PER_SECOND,
                                sizes.rounds(),
                                seconds(sizes.latencyTurn()),
                                seconds(sizes.latencyWarmUp())));
        var highwater = new Latencies("Highwater, SSE");
        var debezium = new Latencies("Debezium Engine, callback");
        try (var node = Node.start(program, folder.resolve("latency"))) {
            node.execute(
                    "create schema beside",
                    Commits.create("public.highwater_side"),
                    Commits.create("beside.debezium_side"));
            node.awaitReadable("select 1 where to_regclass('public.highwater_side') is not null");
            for (int round = 1; round <= sizes.rounds(); round++) {
                highwater.add(highwaterTurn(node));
                if (withDebezium) {
                    debezium.add(debeziumTurn(node));
                }
                System.out.printf(
                        Locale.ROOT,
                        "  round %d: p50 %s %s%n",
                        round,
                        highwater.medians().getLast(),
                        debezium.medians());
            }
        }
        report.table(
                Latencies.HEAD,
                withDebezium ? List.of(highwater.row(), debezium.row()) : List.of(highwater.row()));
        if (withDebezium) {
            report.text(DebeziumTail.settingsText());
        }
        targets(highwater, debezium);
    }

    private void targets(Latencies highwater, Latencies debezium) {
        double p50 = highwater.ms(50);
        double p99 = highwater.ms(99);
        String commit = "commit() itself p50 " + Report.number(highwater.commitMs(50)) + " ms";
        report.target(
                "commit to subscriber over SSE at 200 commits/s, p50",
                "<= 3 ms",
                Report.number(p50) + " ms",
                commit,
                p50 <= TARGET_P50_MS);
        report.target(
                "the same, p99",
                "<= 20 ms",
                Report.number(p99) + " ms",
                commit.replace(
                        "p50 " + Report.number(highwater.commitMs(50)),
                        "p99 " + Report.number(highwater.commitMs(99))),
                p99 <= TARGET_P99_MS);
        if (withDebezium) {
            double ratio = p50 / debezium.ms(50);
            report.target(
                    "p50 beside Debezium Engine's callback, which stores nothing",
                    "<= 1.5 times",
                    Report.number(ratio) + " times",
                    Report.number(debezium.ms(50)) + " ms",
                    ratio <= TARGET_RATIO);
        }
    }

    private Commits.Taken highwaterTurn(Node node)
            throws IOException, SQLException, InterruptedException {
        var commits = Commits.into("public.highwater_side");
        try (var _ = SseSubscriber.open(node, "highwater_side", commits::arrived)) {
            return commits.run(
                    node, COMMITS_PER_SECOND, sizes.latencyWarmUp(), sizes.latencyTurn());
        }
    }

    private Commits.Taken debeziumTurn(Node node)
            throws IOException, SQLException, InterruptedException {
        var commits = Commits.into("beside.debezium_side");
        try (var _ =
                DebeziumTail.open(
                        node.superuser("source"), "beside.debezium_side", commits::arrived)) {
            return commits.run(
                    node, COMMITS_PER_SECOND, sizes.latencyWarmUp(), sizes.latencyTurn());
        }
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1e3;
    }
}
