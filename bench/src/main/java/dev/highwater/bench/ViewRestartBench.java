package dev.highwater.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;

/// Whether views are there again at once after a crash, without being computed anew.
final class ViewRestartBench {
    private static final double TARGET_SECONDS = 5;

    private final Path program;
    private final Path folder;
    private final Sizes sizes;
    private final Report report;
    private final Shop shop;
    private final ShopViews views = ShopViews.sums().and(ShopViews.chain());

    ViewRestartBench(Path program, Path folder, Sizes sizes, Report report) {
        this.program = program;
        this.folder = folder;
        this.sizes = sizes;
        this.report = report;
        this.shop = new Shop(sizes.insertRows());
    }

    /// @param seconds until it was ready, by restart
    /// @param kept how many views were there with the same `since`, over all restarts
    /// @param right how many were what their query gives
    private record Restarts(List<Double> seconds, int kept, int right) {}

    void run() throws IOException, SQLException, InterruptedException {
        report.section(
                "Ready after kill -9 with twenty views",
                """
                %,d orders and %,d customers with the twenty views of the two sections above. SIGKILL to the node, or to the node and its
                PostgreSQL, while a client updates single random orders without pause; then from the launch of `bin/highwater start` until
                `/readyz` says so and a row of a view is read over HTTP. Then each view is asked since when it can be read, which
                changes when it is computed anew, and compared with its query over the store's tables. Baseline: `REFRESH
                MATERIALIZED VIEW` of the same twenty in the same PostgreSQL without Highwater. Seconds.
                """
                        .formatted(shop.orders(), shop.customers()));
        double refresh;
        try (var plain =
                PlainPostgres.start(
                        PlainPostgres.create(program, folder.resolve("restart-plain")))) {
            shop.create(plain);
            views.create(plain);
            refresh = views.refresh(plain);
        }
        Path data = folder.resolve("restart-views");
        try (var node = Node.start(program, data)) {
            shop.create(node);
            long start = System.nanoTime();
            views.create(node);
            report.text(
                    "The twenty views were filled in %s s; `REFRESH MATERIALIZED VIEW` of all took %s s."
                            .formatted(
                                    Report.number((System.nanoTime() - start) / 1e9),
                                    Report.number(refresh)));
        }
        var rows = new ArrayList<List<String>>();
        double worst = 0;
        int kept = 0;
        int right = 0;
        for (boolean postgresToo : List.of(false, true)) {
            var restarts = measure(data, postgresToo);
            worst = Math.max(worst, restarts.seconds.stream().mapToDouble(s -> s).max().orElse(0));
            kept += restarts.kept;
            right += restarts.right;
            rows.add(
                    List.of(
                            postgresToo ? "node and PostgreSQL" : "node",
                            Report.list(restarts.seconds),
                            Report.number(Report.median(restarts.seconds))));
        }
        report.table(List.of("killed", "seconds", "median"), rows);
        report.target(
                "ready after kill -9 with twenty views and %,d rows, the worst of %d"
                        .formatted(shop.orders(), 2 * sizes.restarts()),
                "<= 5 s",
                Report.number(worst) + " s",
                "REFRESH of the twenty %s s".formatted(Report.number(refresh)),
                worst <= TARGET_SECONDS);
        int all = 2 * sizes.restarts() * views.names().size();
        report.target(
                "views right at once after it, and not computed anew",
                "all",
                "%d right and %d not computed anew of %d".formatted(right, kept, all),
                "",
                right == all && kept == all);
    }

    private Restarts measure(Path data, boolean postgresToo)
            throws IOException, SQLException, InterruptedException {
        var node = Node.start(program, data);
        var seconds = new ArrayList<Double>();
        int kept = 0;
        int right = 0;
        for (int i = 1; i <= sizes.restarts(); i++) {
            var since = views.since(node);
            var ended = new AtomicBoolean();
            var load = load(node, ended);
            Thread.sleep(1000); // it is under way then
            node.kill(postgresToo);
            ended.set(true);
            load.join();
            long start = System.nanoTime();
            node = Node.awaitReady(data, Node.launch(program, data));
            node.get("/api/relations/%s/rows?limit=1".formatted(views.names().getLast()));
            seconds.add((System.nanoTime() - start) / 1e9);
            var after = new HashMap<>(views.since(node));
            after.entrySet().retainAll(since.entrySet());
            kept += after.size();
            var wrong = views.wrong(node);
            right += views.names().size() - wrong.size();
            System.out.println(
                    "  restart %d: %s s, computed anew %d, wrong %s"
                            .formatted(
                                    i,
                                    Report.number(seconds.getLast()),
                                    views.names().size() - after.size(),
                                    wrong));
        }
        node.close();
        return new Restarts(seconds, kept, right);
    }

    /// Updates orders until it is told to end or the connection is gone.
    private Thread load(Node node, AtomicBoolean ended) throws SQLException {
        var connection = node.connect();
        var random = new Random(1);
        return Thread.ofPlatform()
                .start(
                        () -> {
                            try (connection;
                                    var update =
                                            connection.prepareStatement(
                                                    "update orders set amount = amount + 1 where id = ?")) {
                                while (!ended.get()) {
                                    update.setLong(1, random.nextLong(1, shop.orders() + 1L));
                                    update.executeUpdate();
                                }
                            } catch (SQLException _) {
                                // As intended: its server was killed.
                            }
                        });
    }
}
