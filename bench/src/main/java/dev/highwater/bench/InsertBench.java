package dev.highwater.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// How many inserted rows a second become history: from the first insert to the last row readable
/// in the store, journal and versions included.
final class InsertBench {
    private static final String WHOLE = "COPY of all rows in one transaction";
    private static final double TARGET_PER_SECOND = 60_000;

    private final Path program;
    private final Path folder;
    private final Sizes sizes;
    private final Report report;

    InsertBench(Path program, Path folder, Sizes sizes, Report report) {
        this.program = program;
        this.folder = folder;
        this.sizes = sizes;
        this.report = report;
    }

    void run() throws IOException, SQLException, InterruptedException {
        report.section(
                "Inserted rows",
                """
                %,d rows of seven columns (about 100 bytes) by one JDBC client in transactions of %,d, `INSERT` (a JDBC batch with
                `reWriteBatchedInserts`) or `COPY`. With Highwater the time goes on until the last row is readable in the store, by SQL,
                as a reader; rows, journal and versions are in one server. Without: the same server and settings, no slot, no
                Highwater process, until the last commit. Each turn starts its server and begins with an empty table. Rows/s.
                """
                        .formatted(sizes.insertRows(), Sizes.TRANSACTION));
        var with = Lane.node("with Highwater", program, folder.resolve("insert-node"));
        var without = Lane.plain(PlainPostgres.create(program, folder.resolve("insert-plain")));
        var results = Lane.alternate(List.of(with, without), sizes.rounds(), this::turn);

        var rows =
                List.of(Orders.Way.INSERT.words, Orders.Way.COPY.words, WHOLE).stream()
                        .map(way -> row(results, with, without, way))
                        .toList();
        report.table(
                List.of("way", "with Highwater", "median", "without", "median", "ratio"), rows);
        String way = Orders.Way.INSERT.words;
        double median = results.median(with, way);
        report.target(
                "%,d rows inserted, transactions of %,d: rows/s until readable in the store"
                        .formatted(sizes.insertRows(), Sizes.TRANSACTION),
                ">= " + Report.number(TARGET_PER_SECOND),
                Report.number(median),
                "%s without Highwater; COPY in one transaction %s"
                        .formatted(
                                Report.number(results.median(without, way)),
                                Report.number(results.median(without, WHOLE))),
                median >= TARGET_PER_SECOND);
    }

    private static List<String> row(Lane.Results results, Lane with, Lane without, String way) {
        double a = results.median(with, way);
        double b = results.median(without, way);
        return List.of(
                way,
                Report.list(results.of(with, way)),
                Report.number(a),
                Report.list(results.of(without, way)),
                Report.number(b),
                Report.number(a / b));
    }

    private Map<String, Double> turn(Server server, int round)
            throws SQLException, IOException, InterruptedException {
        var result = new LinkedHashMap<String, Double>();
        for (var way : Orders.Way.values()) {
            result.put(way.words, write(server, round, way.name(), way, Sizes.TRANSACTION));
        }
        result.put(WHOLE, write(server, round, "whole", Orders.Way.COPY, sizes.insertRows()));
        return result;
    }

    private double write(Server server, int round, String name, Orders.Way way, int perTransaction)
            throws SQLException, IOException, InterruptedException {
        String table = "orders_%s_%d".formatted(name.toLowerCase(java.util.Locale.ROOT), round);
        var orders = new Orders(table);
        server.execute(orders.create());
        try (var connection = server.connect()) {
            int warmUp = sizes.insertRows() / 10;
            orders.write(connection, way, 0, warmUp, Sizes.TRANSACTION);
            server.awaitReadable(orders.has(warmUp - 1));
            double rate =
                    rate(
                            server,
                            connection,
                            orders,
                            way,
                            warmUp,
                            sizes.insertRows(),
                            perTransaction);
            connection.createStatement().execute("drop table " + table);
            return rate;
        }
    }

    /// Rows a second from the first insert until the last row is readable.
    static double rate(
            Server server,
            java.sql.Connection connection,
            Orders orders,
            Orders.Way way,
            long first,
            int rows,
            int perTransaction)
            throws SQLException, IOException, InterruptedException {
        long start = System.nanoTime();
        orders.write(connection, way, first, rows, perTransaction);
        server.awaitReadable(orders.has(first + rows - 1));
        return rows * 1e9 / (System.nanoTime() - start);
    }
}
