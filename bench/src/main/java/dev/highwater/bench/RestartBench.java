package dev.highwater.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// How long a node takes, killed while it is written to, until it serves reads again at the
/// position that its store holds.
final class RestartBench {
    private static final double TARGET_SECONDS = 5;

    private final Path program;
    private final Path folder;
    private final Sizes sizes;
    private final Report report;

    RestartBench(Path program, Path folder, Sizes sizes, Report report) {
        this.program = program;
        this.folder = folder;
        this.sizes = sizes;
        this.report = report;
    }

    void run() throws IOException, SQLException, InterruptedException {
        report.section(
                "Ready after kill -9",
                """
                SIGKILL to the node, or to the node and its PostgreSQL, while a client inserts without pause in transactions of %,d; then from
                the launch of `bin/highwater start` until `/readyz` says so and a row is read over HTTP. Baseline: the same with an empty table.
                Seconds.
                """
                        .formatted(Sizes.TRANSACTION));
        var rows = new ArrayList<List<String>>();
        var medians = new ArrayList<Double>();
        double worst = 0;
        for (boolean postgresToo : List.of(false, true)) {
            var full = measure(sizes.insertRows(), postgresToo);
            var empty = measure(0, postgresToo);
            medians.add(Report.median(empty));
            worst = Math.max(worst, full.stream().mapToDouble(s -> s).max().orElse(0));
            rows.add(
                    List.of(
                            postgresToo ? "node and PostgreSQL" : "node",
                            Report.list(full),
                            Report.number(Report.median(full)),
                            Report.list(empty),
                            Report.number(Report.median(empty))));
        }
        report.table(
                List.of(
                        "killed",
                        "%,d rows".formatted(sizes.insertRows()),
                        "median",
                        "no rows before",
                        "median"),
                rows);
        report.target(
                "ready after kill -9 under load with %,d rows, the worst of %d"
                        .formatted(sizes.insertRows(), 2 * sizes.restarts()),
                "<= 5 s",
                Report.number(worst) + " s",
                "without rows %s s and %s s"
                        .formatted(
                                Report.number(medians.getFirst()),
                                Report.number(medians.getLast())),
                worst <= TARGET_SECONDS);
    }

    private List<Double> measure(int rows, boolean postgresToo)
            throws IOException, SQLException, InterruptedException {
        Path data = folder.resolve("restart-%d-%s".formatted(rows, postgresToo));
        var orders = new Orders("orders");
        var node = Node.start(program, data);
        node.execute(orders.create());
        try (var connection = node.connect()) {
            int atLeast = Math.max(rows, 1);
            orders.write(connection, Orders.Way.COPY, 1, atLeast, Sizes.TRANSACTION);
            node.awaitReadable(orders.has(atLeast));
        }
        var seconds = new ArrayList<Double>();
        for (int i = 1; i <= sizes.restarts(); i++) {
            var load = load(node, orders, i * 1_000_000_000L);
            Thread.sleep(1000); // it is under way then
            node.kill(postgresToo);
            load.join();
            long start = System.nanoTime();
            node = Node.awaitReady(data, Node.launch(program, data));
            node.get("/api/relations/orders/rows?limit=1");
            seconds.add((System.nanoTime() - start) / 1e9);
        }
        node.close();
        return seconds;
    }

    /// Inserts until the connection is gone.
    private static Thread load(Node node, Orders orders, long first) throws SQLException {
        var connection = node.connect();
        return Thread.ofPlatform()
                .start(
                        () -> {
                            try (connection) {
                                orders.write(
                                        connection,
                                        Orders.Way.INSERT,
                                        first,
                                        900_000_000,
                                        Sizes.TRANSACTION);
                            } catch (SQLException | IOException _) {
                                // As intended: its server was killed.
                            }
                        });
    }
}
