package dev.highwater.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/// How soon a commit is seen at the end of a chain of views.
final class ViewChainBench {
    private static final String LAST = "chain_10";
    private static final String P50 = "p50 ms";
    private static final String REFRESH = "REFRESH ms";
    private static final int COMMITS_PER_SECOND = 10;
    private static final double TARGET_P50_MS = 60;

    private final Path program;
    private final Path folder;
    private final Sizes sizes;
    private final Report report;
    private final Shop shop;
    private final ShopViews views = ShopViews.chain();
    private final Latencies latencies = new Latencies("commit to the last view's feed, SSE");

    ViewChainBench(Path program, Path folder, Sizes sizes, Report report) {
        this.program = program;
        this.folder = folder;
        this.sizes = sizes;
        this.report = report;
        this.shop = new Shop(sizes.orders());
    }

    void run() throws IOException, SQLException, InterruptedException {
        report.section(
                "Ten views deep",
                """
                A chain over %,d orders and %,d customers, each view over the one before:

                %s

                %d commits/s on a fixed schedule, each one updated order, from `commit()` returning to the event of the last view's feed, in
                milliseconds. Beside it the same PostgreSQL without Highwater and `REFRESH MATERIALIZED VIEW` of the ten in order. After each
                turn every view was compared with its query.
                """
                        .formatted(
                                shop.orders(), shop.customers(), views.text(), COMMITS_PER_SECOND));
        var with = Lane.node("with the views", program, folder.resolve("chain-node"));
        var without = Lane.plain(PlainPostgres.create(program, folder.resolve("chain-plain")));
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
        report.table(Latencies.HEAD, List.of(latencies.row()));
        report.text(
                "`REFRESH MATERIALIZED VIEW` of all ten took %s ms."
                        .formatted(Report.list(results.of(without, REFRESH))));
        report.target(
                "commit to the feed of the last of ten views, each over the one before, p50",
                "< 60 ms",
                Report.number(latencies.ms(50)) + " ms",
                "REFRESH of the ten %s ms"
                        .formatted(Report.number(results.median(without, REFRESH))),
                latencies.ms(50) < TARGET_P50_MS);
    }

    private Map<String, Double> turn(Server server, int round)
            throws IOException, SQLException, InterruptedException {
        return switch (server) {
            case Node node -> {
                latencies.add(latency(node));
                views.check(node);
                yield Map.of(P50, latencies.medians().getLast());
            }
            case PlainPostgres plain -> {
                views.refresh(plain); // warm-up
                yield Map.of(REFRESH, views.refresh(plain) * 1e3);
            }
        };
    }

    private Commits.Taken latency(Node node)
            throws SQLException, IOException, InterruptedException {
        shop.clear(node, LAST);
        var commits = new Commits(LAST, List.of(shop.commitInOne()));
        try (var _ = SseSubscriber.open(node, LAST, commits::arrivedUpTo)) {
            return commits.run(
                    node, COMMITS_PER_SECOND, sizes.latencyWarmUp(), sizes.latencyTurn());
        }
    }
}
