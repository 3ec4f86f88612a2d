package dev.highwater.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Whether a long history makes writing slower: two nodes with the same live rows, one of them with
/// many closed versions behind them.
final class HistoryBench {
    private static final String INSERTS = "inserted rows/s";
    private static final String UPDATES = "updated rows/s";
    private static final double TARGET_RATIO = 0.8;

    private final Path program;
    private final Path folder;
    private final Sizes sizes;
    private final Report report;
    private final Orders orders = new Orders("orders");
    private final Random random = new Random(1);

    HistoryBench(Path program, Path folder, Sizes sizes, Report report) {
        this.program = program;
        this.folder = folder;
        this.sizes = sizes;
        this.report = report;
    }

    void run() throws IOException, SQLException, InterruptedException {
        report.section(
                "With a long history",
                """
                Two nodes with %,d live rows, one with %,d closed versions behind them, made by ordinary updates of all rows,
                each a transaction. Then, alternately, %,d rows inserted (as above, `INSERT`) and %,d random rows of the first
                %,d updated, in transactions of %,d; until readable in the store. Rows/s.
                """
                        .formatted(
                                sizes.liveRows(),
                                sizes.closedVersions(),
                                sizes.insertRows(),
                                sizes.updates(),
                                sizes.liveRows(),
                                Sizes.TRANSACTION));
        var shallow = Lane.node("no history", program, folder.resolve("history-none"));
        var deep = Lane.node("long history", program, folder.resolve("history-long"));
        prepare(shallow, 0);
        double made = prepare(deep, sizes.closedVersions() / sizes.liveRows());
        report.text(
                "The history was made at %s updated rows/s, transactions of %,d rows."
                        .formatted(Report.number(made), sizes.liveRows()));

        var results = Lane.alternate(List.of(shallow, deep), sizes.rounds(), this::turn);
        report.table(
                List.of("what", "no history", "median", "long history", "median", "ratio"),
                List.of(
                        row(results, shallow, deep, INSERTS),
                        row(results, shallow, deep, UPDATES)));
        for (var what : List.of(INSERTS, UPDATES)) {
            double ratio = results.median(deep, what) / results.median(shallow, what);
            report.target(
                    "%s with %,d closed versions behind %,d live rows"
                            .formatted(what, sizes.closedVersions(), sizes.liveRows()),
                    ">= %s of those without".formatted(TARGET_RATIO),
                    "%s, ratio %s"
                            .formatted(
                                    Report.number(results.median(deep, what)),
                                    Report.number(ratio)),
                    Report.number(results.median(shallow, what)),
                    ratio >= TARGET_RATIO);
        }
    }

    private static List<String> row(Lane.Results results, Lane shallow, Lane deep, String what) {
        double a = results.median(shallow, what);
        double b = results.median(deep, what);
        return List.of(
                what,
                Report.list(results.of(shallow, what)),
                Report.number(a),
                Report.list(results.of(deep, what)),
                Report.number(b),
                Report.number(b / a));
    }

    /// @return how many rows a second were updated
    private double prepare(Lane lane, int updatesOfAll)
            throws IOException, SQLException, InterruptedException {
        try (var server = lane.start().start();
                var connection = server.connect()) {
            server.execute(orders.create());
            orders.write(connection, Orders.Way.COPY, 1, sizes.liveRows(), Sizes.TRANSACTION);
            server.awaitReadable(orders.has(sizes.liveRows()));
            long start = System.nanoTime();
            for (int i = 0; i < updatesOfAll; i++) {
                server.execute("update orders set quantity = quantity + 1, amount = amount + 1");
            }
            server.awaitReadable(orders.has(1, 1 + updatesOfAll));
            return (double) sizes.liveRows() * updatesOfAll * 1e9 / (System.nanoTime() - start);
        }
    }

    private Map<String, Double> turn(Server server, int round)
            throws SQLException, IOException, InterruptedException {
        var result = new LinkedHashMap<String, Double>();
        try (var connection = server.connect()) {
            update(server, connection, Math.min(20_000, sizes.updates()), -round); // warm-up
            result.put(UPDATES, update(server, connection, sizes.updates(), -100 - round));
            long first = sizes.liveRows() + 1L + (long) (round - 1) * sizes.insertRows();
            result.put(
                    INSERTS,
                    InsertBench.rate(
                            server,
                            connection,
                            orders,
                            Orders.Way.INSERT,
                            first,
                            sizes.insertRows(),
                            Sizes.TRANSACTION));
        }
        return result;
    }

    private double update(Server server, java.sql.Connection connection, int rows, int quantity)
            throws SQLException, InterruptedException {
        long start = System.nanoTime();
        long last = orders.update(connection, random, sizes.liveRows(), rows, quantity);
        server.awaitReadable(orders.has(last, quantity));
        return rows * 1e9 / (System.nanoTime() - start);
    }
}
