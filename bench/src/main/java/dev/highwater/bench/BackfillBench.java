package dev.highwater.bench;

import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.URI;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.postgresql.PGConnection;

/// How fast the rows come that were there before a table was published, and what writers notice.
final class BackfillBench {
    private static final double TARGET_RATIO = 0.5;
    private static final double TARGET_WRITERS = 0.6;

    /// Beside each other, however few processors there are.
    private static final Executor THREADS = task -> Thread.ofVirtual().start(task);

    private static final String TABLE = "orders";

    private final Path program;
    private final Path folder;
    private final Sizes sizes;
    private final Report report;
    private final Pgbench pgbench;

    BackfillBench(Path program, Path folder, Sizes sizes, Report report, Pgbench pgbench) {
        this.program = program;
        this.folder = folder;
        this.sizes = sizes;
        this.report = report;
        this.pgbench = pgbench;
    }

    /// What a turn came to.
    private record Taken(double rowsPerSecond, double transactionsPerSecond) {}

    private interface Work {
        void run() throws IOException, SQLException, InterruptedException;
    }

    void run() throws IOException, SQLException, InterruptedException {
        int rows = sizes.closedVersions();
        report.section(
                "Backfill",
                """
                A table of %,d rows of seven columns (about 100 bytes) in an external PostgreSQL 18, published to a node with an embedded
                store, until it is live: journal, hashes and versions included. Beside it `COPY … TO STDOUT` piped into `COPY … FROM STDIN`
                through one JDBC client, into an equal table with its key in another database of the same server. Each idle, and while
                `pgbench -n -c 8 -j 2` (scale %d) writes to other tables of the source, in runs of %d s whose median is given. Every turn
                begins with an empty target.
                """
                        .formatted(rows, sizes.pgbenchScale(), burst()));
        try (var server =
                ExternalPostgres.create(
                        ExternalPostgres.embedded(folder.resolve("machine")),
                        folder.resolve("backfill"))) {
            server.execute("create database target");
            pgbench.initialize(server, sizes.pgbenchScale());
            var orders = new Orders(TABLE);
            server.execute(orders.create());
            try (var connection = server.connect()) {
                orders.write(connection, Orders.Way.COPY, 0, rows, 100_000);
            }
            server.execute("vacuum analyze");
            double alone = alone(server);
            var pipe = turn(rows, server, false, () -> pipe(server));
            var pipeBusy = turn(rows, server, true, () -> pipe(server));
            try (var node =
                    Node.start(
                            program,
                            folder.resolve("backfill-node"),
                            "--source",
                            server.source().toString())) {
                var backfill = turn(rows, server, false, () -> backfill(node));
                var backfillBusy = turn(rows, server, true, () -> backfill(node));
                tell(alone, pipe, pipeBusy, backfill, backfillBusy);
            }
        }
    }

    private void tell(
            double alone, Taken pipe, Taken pipeBusy, Taken backfill, Taken backfillBusy) {
        report.table(
                List.of("", "rows/s idle", "rows/s under pgbench", "pgbench transactions/s"),
                List.of(
                        List.of("pgbench alone", "", "", Report.number(alone)),
                        row("COPY into COPY", pipe, pipeBusy),
                        row("backfill", backfill, backfillBusy)));
        double idle = backfill.rowsPerSecond() / pipe.rowsPerSecond();
        double busy = backfillBusy.rowsPerSecond() / pipeBusy.rowsPerSecond();
        report.target(
                "backfill of %,d rows beside COPY into COPY, idle"
                        .formatted(sizes.closedVersions()),
                ">= 0.5",
                Report.number(idle),
                Report.number(pipe.rowsPerSecond()) + " rows/s",
                idle >= TARGET_RATIO);
        report.target(
                "the same, both under pgbench -c 8",
                ">= 0.5",
                Report.number(busy),
                Report.number(pipeBusy.rowsPerSecond()) + " rows/s",
                busy >= TARGET_RATIO);
        double writers = backfillBusy.transactionsPerSecond() / alone;
        report.target(
                "pgbench -c 8 while a table is backfilled",
                ">= 0.6 of its rate alone",
                Report.number(writers),
                "%s/s alone, %s of it during COPY into COPY"
                        .formatted(
                                Report.number(alone),
                                Report.number(pipeBusy.transactionsPerSecond() / alone)),
                writers >= TARGET_WRITERS);
    }

    private static List<String> row(String name, Taken idle, Taken busy) {
        return List.of(
                name,
                Report.number(idle.rowsPerSecond()),
                Report.number(busy.rowsPerSecond()),
                Report.number(busy.transactionsPerSecond()));
    }

    private double alone(Server server) throws IOException, InterruptedException {
        var rates = new ArrayList<Double>();
        for (int i = 0; i < sizes.rounds(); i++) {
            rates.add(pgbench.load(server, burst()).transactionsPerSecond());
        }
        return Report.median(rates);
    }

    /// Seconds of a run of pgbench.
    private long burst() {
        return Math.min(5, sizes.pgbenchTurn().toSeconds());
    }

    private Taken turn(int rows, Server server, boolean busy, Work work)
            throws IOException, SQLException, InterruptedException {
        var ended = new AtomicBoolean(!busy);
        var writers = CompletableFuture.supplyAsync(() -> write(server, ended), THREADS);
        long start = System.nanoTime();
        work.run();
        double rate = rows * 1e9 / (System.nanoTime() - start);
        ended.set(true);
        var taken = new Taken(rate, writers.join());
        System.out.println("  " + taken);
        return taken;
    }

    private double write(Server server, AtomicBoolean ended) {
        var rates = new ArrayList<Double>();
        try {
            while (!ended.get()) {
                rates.add(pgbench.load(server, burst()).transactionsPerSecond());
            }
        } catch (IOException e) {
            throw new CompletionException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return rates.isEmpty() ? 0 : Report.median(rates);
    }

    private static void pipe(Server server) throws IOException, SQLException {
        URI target = ExternalPostgres.database(server, "target");
        try (var from = server.connect();
                var to = Server.connect(target);
                var statement = to.createStatement();
                var in = new PipedInputStream(1 << 20)) {
            statement.execute("drop table if exists " + TABLE);
            statement.execute(new Orders(TABLE).create());
            var out = new PipedOutputStream(in);
            var reading =
                    CompletableFuture.runAsync(
                            () -> {
                                try (out) {
                                    from.unwrap(PGConnection.class)
                                            .getCopyAPI()
                                            .copyOut("copy " + TABLE + " to stdout", out);
                                } catch (SQLException | IOException e) {
                                    throw new CompletionException(e);
                                }
                            },
                            THREADS);
            to.unwrap(PGConnection.class).getCopyAPI().copyIn("copy " + TABLE + " from stdin", in);
            reading.join();
        }
    }

    /// Publishes, a second time as another generation.
    private static void backfill(Node node) throws IOException, InterruptedException {
        node.unpublish(TABLE);
        node.publish(TABLE);
        node.awaitLive(TABLE);
    }
}
