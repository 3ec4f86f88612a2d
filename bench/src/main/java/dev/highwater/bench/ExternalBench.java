package dev.highwater.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The spine's throughput and latency again, with a source that the node does not run.
final class ExternalBench {
    private static final double TARGET_PER_SECOND = 60_000;
    private static final double TARGET_P50_MS = 3;
    private static final double TARGET_P99_MS = 20;
    private static final int COMMITS_PER_SECOND = 200;

    private final Path program;
    private final Path folder;
    private final Sizes sizes;
    private final Report report;

    ExternalBench(Path program, Path folder, Sizes sizes, Report report) {
        this.program = program;
        this.folder = folder;
        this.sizes = sizes;
        this.report = report;
    }

    void run() throws IOException, SQLException, InterruptedException {
        report.section(
                "External sources",
                """
                A PostgreSQL with databases of its own, beside it a node with `--source` and its embedded store: two servers and the node on
                the same processors. Rows: %,d rows of seven columns inserted by one JDBC client in transactions of %,d, until the last is
                readable in the store; without: the node stopped, the same into a table that is not published, until the last commit. Commits:
                %d/s on a fixed schedule, from `commit()` returning to the event over SSE, in milliseconds.
                """
                        .formatted(sizes.insertRows(), Sizes.TRANSACTION, COMMITS_PER_SECOND));
        var versions = new LinkedHashMap<String, Path>();
        ExternalPostgres.debians().ifPresent(binaries -> versions.put("15", binaries));
        versions.put("18", ExternalPostgres.embedded(folder.resolve("machine")));
        var latencies = new ArrayList<Latencies>();
        var rows = new ArrayList<List<String>>();
        for (var version : versions.entrySet()) {
            measure(version, rows, latencies);
        }
        report.table(
                List.of("source", "rows/s with Highwater", "median", "without", "median", "ratio"),
                rows);
        report.table(Latencies.HEAD, latencies.stream().map(Latencies::row).toList());
    }

    private void measure(
            Map.Entry<String, Path> version, List<List<String>> rows, List<Latencies> latencies)
            throws IOException, SQLException, InterruptedException {
        String name = "PostgreSQL " + version.getKey();
        Path own = folder.resolve("external-" + version.getKey());
        Files.createDirectories(own);
        Path config =
                Files.writeString(
                        own.resolve("highwater.yaml"), "source:\n  tables: [\"public.with_*\"]\n");
        var with = new ArrayList<Double>();
        var without = new ArrayList<Double>();
        var latency = new Latencies(name);
        try (var server = ExternalPostgres.create(version.getValue(), own)) {
            for (int round = 1; round <= sizes.rounds(); round++) {
                without.add(rate(server, "plain_" + round));
                try (var node =
                        Node.start(
                                program,
                                own.resolve("node"),
                                "--config",
                                config.toString(),
                                "--source",
                                server.source().toString())) {
                    with.add(rate(node, "with_" + round));
                    latency.add(latency(node, "with_commits_" + round));
                }
                System.out.printf(
                        "  %s, round %d: %s with, %s without, p50 %s ms%n",
                        name,
                        round,
                        Report.number(with.getLast()),
                        Report.number(without.getLast()),
                        latency.medians().getLast());
            }
        }
        double median = Report.median(with);
        double alone = Report.median(without);
        rows.add(
                List.of(
                        name,
                        Report.list(with),
                        Report.number(median),
                        Report.list(without),
                        Report.number(alone),
                        Report.number(median / alone)));
        latencies.add(latency);
        report.target(
                name + ": inserted rows/s until readable in the store",
                ">= " + Report.number(TARGET_PER_SECOND),
                Report.number(median),
                Report.number(alone) + " without Highwater",
                median >= TARGET_PER_SECOND);
        report.target(
                name + ": commit to subscriber over SSE, p50 and p99",
                "<= 3 ms, <= 20 ms",
                Report.number(latency.ms(50)) + " ms, " + Report.number(latency.ms(99)) + " ms",
                "commit() itself p50 " + Report.number(latency.commitMs(50)) + " ms",
                latency.ms(50) <= TARGET_P50_MS && latency.ms(99) <= TARGET_P99_MS);
    }

    private double rate(Server server, String table)
            throws IOException, SQLException, InterruptedException {
        var orders = new Orders(table);
        server.execute(orders.create());
        try (var connection = server.connect()) {
            int warmUp = sizes.insertRows() / 10;
            orders.write(connection, Orders.Way.INSERT, 0, warmUp, Sizes.TRANSACTION);
            server.awaitReadable(orders.has(warmUp - 1));
            return InsertBench.rate(
                    server,
                    connection,
                    orders,
                    Orders.Way.INSERT,
                    warmUp,
                    sizes.insertRows(),
                    Sizes.TRANSACTION);
        }
    }

    private Commits.Taken latency(Node node, String table)
            throws IOException, SQLException, InterruptedException {
        node.execute(Commits.create(table));
        node.awaitLive(table);
        var commits = Commits.into(table);
        try (var _ = SseSubscriber.open(node, table, commits::arrived)) {
            return commits.run(
                    node, COMMITS_PER_SECOND, sizes.latencyWarmUp(), sizes.latencyTurn());
        }
    }
}
