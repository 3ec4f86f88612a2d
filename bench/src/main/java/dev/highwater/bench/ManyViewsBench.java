package dev.highwater.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/// What ten views of one table cost beside one.
final class ManyViewsBench {
    private static final String TIME = "seconds";
    private static final String REFRESH_ONE = "REFRESH of one, ms";
    private static final String REFRESH_ALL = "REFRESH of ten, ms";
    private static final int WARM_UP = 20_000;
    private static final double TARGET_RATIO = 4;

    private final Path program;
    private final Path folder;
    private final Sizes sizes;
    private final Report report;
    private final Shop shop;
    private final ShopViews all = ShopViews.sums();
    private final ShopViews one = all.first(1);
    private final Random random = new Random(1);
    private final AtomicLong marks = new AtomicLong(1_000_000_000);

    ManyViewsBench(Path program, Path folder, Sizes sizes, Report report) {
        this.program = program;
        this.folder = folder;
        this.sizes = sizes;
        this.report = report;
        this.shop = new Shop(sizes.orders());
    }

    void run() throws IOException, SQLException, InterruptedException {
        report.section(
                "Ten views of one table",
                """
                %,d random orders of %,d updated in transactions of %,d by one client; from the first begin until all views in the store
                show the last commit, with the first of these views, with all, and with none (until the table shows it). Seconds.

                %s

                Beside it the same PostgreSQL without Highwater: the same updates, and then one `REFRESH MATERIALIZED VIEW` of each of the ten.
                """
                        .formatted(sizes.updates(), shop.orders(), Sizes.TRANSACTION, all.text()));
        var views = new LinkedHashMap<Lane, ShopViews>();
        var none = Lane.node("no view", program, folder.resolve("views-none"));
        var first = Lane.node("one view", program, folder.resolve("views-one"));
        var ten = Lane.node("ten views", program, folder.resolve("views-ten"));
        var without = Lane.plain(PlainPostgres.create(program, folder.resolve("views-plain")));
        views.put(none, all.first(0));
        views.put(first, one);
        views.put(ten, all);
        views.put(without, all);
        for (var lane : views.entrySet()) {
            try (var server = lane.getKey().start().start()) {
                shop.create(server);
                lane.getValue().create(server);
                if (server instanceof Node node && lane.getKey().equals(ten)) {
                    report.text("Kept: " + all.strategies(node) + ".");
                }
            }
        }
        var results = Lane.alternate(List.copyOf(views.keySet()), sizes.rounds(), this::turn);
        report.table(
                List.of("", TIME, "median"),
                Stream.of(none, first, ten, without)
                        .map(
                                lane ->
                                        List.of(
                                                lane.name(),
                                                Report.list(results.of(lane, TIME)),
                                                Report.number(results.median(lane, TIME))))
                        .toList());
        double ratio = results.median(ten, TIME) / results.median(first, TIME);
        double refresh =
                results.median(without, REFRESH_ALL) / results.median(without, REFRESH_ONE);
        report.target(
                "ten views of one table beside one: time until all are current",
                "< 4 times",
                "%s times: %s s, one %s s, none %s s"
                        .formatted(
                                Report.number(ratio),
                                Report.number(results.median(ten, TIME)),
                                Report.number(results.median(first, TIME)),
                                Report.number(results.median(none, TIME))),
                "REFRESH %s times: %s ms, one %s ms"
                        .formatted(
                                Report.number(refresh),
                                Report.number(results.median(without, REFRESH_ALL)),
                                Report.number(results.median(without, REFRESH_ONE))),
                ratio < TARGET_RATIO);
    }

    private Map<String, Double> turn(Server server, int round)
            throws IOException, SQLException, InterruptedException {
        var views = server instanceof Node node ? all.first(node.get("/api/views").size()) : all;
        var result = new LinkedHashMap<String, Double>();
        try (var connection = server.connect()) {
            time(server, views, connection, Math.min(WARM_UP, sizes.updates()));
            result.put(TIME, time(server, views, connection, sizes.updates()));
        }
        switch (server) {
            case Node node -> views.check(node);
            case PlainPostgres plain -> {
                result.put(REFRESH_ONE, one.refresh(plain) * 1e3);
                result.put(REFRESH_ALL, all.refresh(plain) * 1e3);
            }
        }
        return result;
    }

    private double time(Server server, ShopViews views, Connection connection, int rows)
            throws SQLException, IOException, InterruptedException {
        long mark = marks.incrementAndGet();
        long start = System.nanoTime();
        shop.update(connection, random, rows);
        shop.mark(connection, mark);
        server.awaitReadable(Shop.shows("orders", mark) + " and id = 1");
        views.await(server, mark);
        return (System.nanoTime() - start) / 1e9;
    }
}
