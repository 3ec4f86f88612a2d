package dev.highwater.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What following costs the writers: `pgbench` with and without a node.
final class PgbenchBench {
    private static final String TPS = "transactions/s";
    private static final String LATENCY = "mean ms";
    private static final String DRAINED = "drained after s";
    private static final double TARGET_RATIO = 0.5;
    private static final double TARGET_DRAINED_SECONDS = 2;

    private final Path program;
    private final Path folder;
    private final Sizes sizes;
    private final Report report;
    private final Pgbench pgbench;

    PgbenchBench(Path program, Path folder, Sizes sizes, Report report, Pgbench pgbench) {
        this.program = program;
        this.folder = folder;
        this.sizes = sizes;
        this.report = report;
        this.pgbench = pgbench;
    }

    void run() throws IOException, SQLException, InterruptedException {
        report.section(
                "pgbench",
                """
                `pgbench -n -c 8 -j 2 -T %d`, scale %d, a key added to `pgbench_history`, all four tables followed; source and store are in one
                server. Without: a copy of the cluster with the same binaries and settings, run directly, with no slot, no publication and no
                Highwater process. Only the server whose turn it is runs. Drained: from pgbench's end until the store holds everything.
                """
                        .formatted(sizes.pgbenchTurn().toSeconds(), sizes.pgbenchScale()));
        var with = Lane.node("with Highwater", program, folder.resolve("pgbench-node"));
        var without = Lane.plain(PlainPostgres.create(program, folder.resolve("pgbench-plain")));
        for (var lane : List.of(with, without)) {
            prepare(lane);
        }
        var results = Lane.alternate(List.of(with, without), sizes.rounds(), this::turn);

        var rows = new ArrayList<List<String>>();
        for (var lane : List.of(with, without)) {
            var drained = results.of(lane, DRAINED);
            rows.add(
                    List.of(
                            lane.name(),
                            Report.list(results.of(lane, TPS)),
                            Report.number(results.median(lane, TPS)),
                            Report.number(results.median(lane, LATENCY)),
                            drained.isEmpty() ? "" : Report.list(drained)));
        }
        report.table(List.of("", TPS, "median", LATENCY, DRAINED), rows);
        double ratio = results.median(with, TPS) / results.median(without, TPS);
        report.target(
                "pgbench -c 8, transactions/s with Highwater attached",
                ">= 0.5 of those without",
                "%s, ratio %s"
                        .formatted(Report.number(results.median(with, TPS)), Report.number(ratio)),
                Report.number(results.median(without, TPS)),
                ratio >= TARGET_RATIO);
        double worst = results.of(with, DRAINED).stream().mapToDouble(s -> s).max().orElse(0);
        report.target(
                "lag drained after pgbench's end, the worst",
                "<= 2 s",
                Report.number(worst) + " s",
                "",
                worst <= TARGET_DRAINED_SECONDS);
    }

    private void prepare(Lane lane) throws IOException, SQLException, InterruptedException {
        try (var server = lane.start().start()) {
            pgbench.initialize(server, sizes.pgbenchScale());
            server.execute("alter table pgbench_history add column hid bigserial primary key");
            if (server instanceof Node node) {
                node.awaitLive(
                        "pgbench_accounts",
                        "pgbench_branches",
                        "pgbench_tellers",
                        "pgbench_history");
            }
        }
    }

    private Map<String, Double> turn(Server server, int round)
            throws IOException, SQLException, InterruptedException {
        long seconds = sizes.pgbenchTurn().toSeconds();
        pgbench.load(server, Math.max(1, seconds / 6)); // warm-up
        var said = pgbench.load(server, seconds);
        var result = new LinkedHashMap<String, Double>();
        if (server instanceof Node node) {
            result.put(DRAINED, drained(node));
            check(node);
        }
        result.put(TPS, said.transactionsPerSecond());
        result.put(LATENCY, said.meanMs());
        return result;
    }

    /// How long it takes until the mark has reached where the WAL ends now.
    private static double drained(Node node)
            throws SQLException, IOException, InterruptedException {
        long start = System.nanoTime();
        try (var connection = node.connect()) {
            String end = Server.one(connection, "select pg_current_wal_flush_lsn()");
            try (var statement = connection.prepareStatement("select ?::pg_lsn >= ?::pg_lsn")) {
                statement.setString(2, end);
                Wait.until(
                        "the mark is at " + end,
                        () -> {
                            statement.setString(
                                    1,
                                    node.get("/api/status").path("capture").path("mark").asText());
                            try (var row = statement.executeQuery()) {
                                return row.next() && row.getBoolean(1);
                            }
                        });
            }
        }
        return (System.nanoTime() - start) / 1e9;
    }

    /// What was drained is what was written.
    private static void check(Node node) throws SQLException {
        String sums =
                "select count(*) || ' ' || sum(delta) || ' ' || sum(hid) from pgbench_history";
        try (var source = node.connect();
                var store = Server.connect(node.store())) {
            String expected = Server.one(source, sums);
            String found = Server.one(store, sums);
            if (!expected.equals(found)) {
                throw new IllegalStateException(
                        "pgbench_history: the store has " + found + ", the source " + expected);
            }
        }
    }
}
