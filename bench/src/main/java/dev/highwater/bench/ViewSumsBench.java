package dev.highwater.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/// What it costs to keep a join and its sums current, how soon a commit is seen in them, and what
/// writers notice of it.
final class ViewSumsBench {
    private static final String VIEW = "order_sums";
    private static final String RATE = "changed rows/s";
    private static final String EACH = "refreshed each time";
    private static final String REFRESH = "REFRESH ms";
    private static final String TPS = "transactions/s";
    private static final String DRAINED = "drained after s";
    private static final int WARM_UP = 20_000;
    private static final int COMMITS_PER_SECOND = 100;
    private static final double TARGET_RATE = 40_000;
    private static final double TARGET_P50_MS = 4;
    private static final double TARGET_RATIO = 0.5;
    private static final double TARGET_DRAINED_SECONDS = 2;

    private final Path program;
    private final Path folder;
    private final Sizes sizes;
    private final Report report;
    private final Shop shop;
    private final ShopViews views = ShopViews.joined();
    private final Latencies latencies = new Latencies("commit to the view's feed, SSE");
    private final Random random = new Random(1);
    private final AtomicLong marks = new AtomicLong(1_000_000_000);

    ViewSumsBench(Path program, Path folder, Sizes sizes, Report report) {
        this.program = program;
        this.folder = folder;
        this.sizes = sizes;
        this.report = report;
        this.shop = new Shop(sizes.orders());
    }

    void run() throws IOException, SQLException, InterruptedException {
        report.section(
                "A view of a join and sums",
                """
                %,d orders joined with %,d customers into %,d sums, kept as a view; beside it the same PostgreSQL without Highwater and
                the same query as a materialized view:

                %s

                Batches: %,d random orders updated in transactions of %,d by one client, from the first begin until the view in the store
                shows the last commit; without Highwater until one `REFRESH MATERIALIZED VIEW` at the end is done, or, refreshed each time, with
                one after each transaction (computed from the two). Commits: one updated order each, %d/s on a fixed schedule, from `commit()`
                returning to the event of the view's feed, in milliseconds. pgbench: `-n -c 8 -j 2 -T %d`, each transaction the
                update of one random order, without any REFRESH; drained: from its end until the view shows everything. After each turn
                the view was compared with its query.
                """
                        .formatted(
                                shop.orders(),
                                shop.customers(),
                                shop.regions(),
                                views.text(),
                                sizes.updates(),
                                Sizes.TRANSACTION,
                                COMMITS_PER_SECOND,
                                sizes.pgbenchTurn().toSeconds()));
        var with = Lane.node("with the view", program, folder.resolve("sums-node"));
        var without = Lane.plain(PlainPostgres.create(program, folder.resolve("sums-plain")));
        for (var lane : List.of(with, without)) {
            try (var server = lane.start().start()) {
                shop.create(server);
                views.create(server);
                if (server instanceof Node node) {
                    report.text("Kept: " + views.strategies(node) + ".");
                }
            }
        }
        var results = Lane.alternate(List.of(with, without), sizes.rounds(), this::turn);
        tables(results, with, without);
        targets(results, with, without);
    }

    private Map<String, Double> turn(Server server, int round)
            throws IOException, SQLException, InterruptedException {
        var result = new LinkedHashMap<String, Double>();
        try (var connection = server.connect()) {
            batches(server, connection, Math.min(WARM_UP, sizes.updates()));
            result.putAll(batches(server, connection, sizes.updates()));
            switch (server) {
                case Node node -> latencies.add(latency(node));
                case PlainPostgres plain -> {
                    var seconds = new ArrayList<Double>();
                    for (int i = 0; i < 5; i++) {
                        seconds.add(views.refresh(plain));
                    }
                    result.put(REFRESH, Report.median(seconds) * 1e3);
                }
            }
            var pgbench = Pgbench.find();
            if (pgbench.isPresent()) {
                result.putAll(pgbench(server, connection, pgbench.get()));
            }
        }
        if (server instanceof Node node) {
            views.check(node);
        }
        return result;
    }

    private Map<String, Double> batches(Server server, Connection connection, int rows)
            throws SQLException, IOException, InterruptedException {
        long mark = marks.incrementAndGet();
        long start = System.nanoTime();
        shop.update(connection, random, rows);
        long written = System.nanoTime();
        shop.mark(connection, mark);
        views.await(server, mark);
        long end = System.nanoTime();
        double transactions = (double) rows / Sizes.TRANSACTION;
        double each = (written - start) / transactions + (end - written);
        return server instanceof Node
                ? Map.of(RATE, rows * 1e9 / (end - start))
                : Map.of(
                        RATE, rows * 1e9 / (end - start), EACH, rows * 1e9 / (each * transactions));
    }

    private Commits.Taken latency(Node node)
            throws SQLException, IOException, InterruptedException {
        shop.clear(node, VIEW);
        var commits = new Commits(VIEW, List.of(shop.commitInRegions()));
        Commits.Taken taken;
        try (var _ = SseSubscriber.open(node, VIEW, commits::arrivedUpTo)) {
            taken =
                    commits.run(
                            node, COMMITS_PER_SECOND, sizes.latencyWarmUp(), sizes.latencyTurn());
        }
        shop.clear(node, VIEW);
        return taken;
    }

    private Map<String, Double> pgbench(Server server, Connection connection, Pgbench pgbench)
            throws IOException, SQLException, InterruptedException {
        Path script = folder.resolve("one-order.sql");
        Files.writeString(
                script,
                """
                \\set order random(1, %d)
                update orders set amount = amount + 1 where id = :order;
                """
                        .formatted(shop.orders()));
        long seconds = sizes.pgbenchTurn().toSeconds();
        pgbench.load(server, Math.max(1, seconds / 6), "-f", script.toString()); // warm-up
        var said = pgbench.load(server, seconds, "-f", script.toString());
        var result = new LinkedHashMap<String, Double>();
        result.put(TPS, said.transactionsPerSecond());
        if (server instanceof Node node) {
            long start = System.nanoTime();
            long mark = marks.incrementAndGet();
            shop.mark(connection, mark);
            views.await(node, mark);
            result.put(DRAINED, (System.nanoTime() - start) / 1e9);
        }
        return result;
    }

    private void tables(Lane.Results results, Lane with, Lane without) {
        var rows = new ArrayList<List<String>>();
        for (var what : List.of(RATE, TPS)) {
            if (!results.of(with, what).isEmpty()) {
                double a = results.median(with, what);
                double b = results.median(without, what);
                rows.add(
                        List.of(
                                what,
                                Report.list(results.of(with, what)),
                                Report.number(a),
                                Report.list(results.of(without, what)),
                                Report.number(b),
                                Report.number(a / b)));
            }
        }
        report.table(
                List.of("what", with.name(), "median", without.name(), "median", "ratio"), rows);
        report.table(Latencies.HEAD, List.of(latencies.row()));
        report.text(
                "`REFRESH MATERIALIZED VIEW` took %s ms (medians of 5, by turn)."
                        .formatted(Report.list(results.of(without, REFRESH))));
    }

    private void targets(Lane.Results results, Lane with, Lane without) {
        double rate = results.median(with, RATE);
        String refresh =
                "one REFRESH %s ms".formatted(Report.number(results.median(without, REFRESH)));
        report.target(
                "view of %,d sums over a join of %,d rows: changed rows/s, transactions of %,d"
                        .formatted(shop.regions(), shop.orders(), Sizes.TRANSACTION),
                ">= " + Report.number(TARGET_RATE),
                Report.number(rate),
                "%s with one REFRESH at the end, %s with one after each transaction"
                        .formatted(
                                Report.number(results.median(without, RATE)),
                                Report.number(results.median(without, EACH))),
                rate >= TARGET_RATE);
        report.target(
                "commit to the view's feed over SSE at %d commits/s, p50"
                        .formatted(COMMITS_PER_SECOND),
                "<= 4 ms",
                Report.number(latencies.ms(50)) + " ms",
                refresh,
                latencies.ms(50) <= TARGET_P50_MS);
        if (results.of(with, TPS).isEmpty()) {
            report.text("pgbench is not installed: left out");
            return;
        }
        double ratio = results.median(with, TPS) / results.median(without, TPS);
        report.target(
                "pgbench -c 8, updates of single orders/s with the view kept",
                ">= 0.5 of those without",
                "%s, ratio %s"
                        .formatted(Report.number(results.median(with, TPS)), Report.number(ratio)),
                Report.number(results.median(without, TPS)) + " without any REFRESH",
                ratio >= TARGET_RATIO);
        double worst = results.of(with, DRAINED).stream().mapToDouble(s -> s).max().orElse(0);
        report.target(
                "view drained after pgbench's end, the worst",
                "<= 2 s",
                Report.number(worst) + " s",
                refresh,
                worst <= TARGET_DRAINED_SECONDS);
    }
}
