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

    /// Transactions of pgbench by itself, a second: before COPY, between COPY and the backfill, and
    /// after the backfill.
    private record Alone(double before, double between, double after) {
        double besideCopy() {
            return (before + between) / 2;
        }

        double besideBackfill() {
            return (between + after) / 2;
        }
    }

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
                begins with an empty target, and each backfill with a node that just started. Idle turns alternate, and the median of their
                ratios counts; pgbench alone is measured before, between and after the others, whose shares are of the two beside them.
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
            var copies = new ArrayList<Taken>();
            var backfills = new ArrayList<Taken>();
            for (int round = 0; round < sizes.rounds(); round++) {
                copies.add(turn(rows, server, false, () -> pipe(server)));
                backfills.add(backfill(rows, server, round, false));
            }
            double before = alone(server);
            var copyBusy = turn(rows, server, true, () -> pipe(server));
            double between = alone(server);
            var backfillBusy = backfill(rows, server, sizes.rounds(), true);
            var alone = new Alone(before, between, alone(server));
            tell(copies, backfills, alone, copyBusy, backfillBusy);
        }
    }

    /// A turn of a new node, which is not there in the other's turns: it would follow what they
    /// write.
    private Taken backfill(int rows, Server server, int number, boolean busy)
            throws IOException, SQLException, InterruptedException {
        Taken taken;
        try (var node =
                Node.start(
                        program,
                        folder.resolve("backfill-node-" + number),
                        "--source",
                        server.source().toString())) {
            taken = turn(rows, server, busy, () -> backfill(node));
            node.unpublish(TABLE);
        }
        server.execute("select pg_drop_replication_slot(slot_name) from pg_replication_slots");
        return taken;
    }

    private void tell(
            List<Taken> copies,
            List<Taken> backfills,
            Alone alone,
            Taken copyBusy,
            Taken backfillBusy) {
        report.table(
                List.of(
                        "",
                        "rows/s idle",
                        "median",
                        "rows/s under pgbench",
                        "pgbench transactions/s"),
                List.of(
                        List.of(
                                "pgbench alone",
                                "",
                                "",
                                "",
                                Report.list(
                                        List.of(alone.before(), alone.between(), alone.after()))),
                        row("COPY into COPY", copies, copyBusy),
                        row("backfill", backfills, backfillBusy)));
        var ratios = new ArrayList<Double>();
        for (int i = 0; i < copies.size(); i++) {
            ratios.add(backfills.get(i).rowsPerSecond() / copies.get(i).rowsPerSecond());
        }
        double idle = Report.median(ratios);
        double busy = backfillBusy.rowsPerSecond() / copyBusy.rowsPerSecond();
        report.target(
                "backfill of %,d rows beside COPY into COPY, idle"
                        .formatted(sizes.closedVersions()),
                ">= 0.5",
                Report.number(idle),
                Report.number(median(copies)) + " rows/s",
                idle >= TARGET_RATIO);
        report.target(
                "the same, both under pgbench -c 8",
                ">= 0.5",
                Report.number(busy),
                Report.number(copyBusy.rowsPerSecond()) + " rows/s",
                busy >= TARGET_RATIO);
        double writers = backfillBusy.transactionsPerSecond() / alone.besideBackfill();
        report.target(
                "pgbench -c 8 while a table is backfilled",
                ">= 0.6 of its rate alone",
                Report.number(writers),
                "%s/s alone, %s of it during COPY into COPY"
                        .formatted(
                                Report.number(alone.besideBackfill()),
                                Report.number(
                                        copyBusy.transactionsPerSecond() / alone.besideCopy())),
                writers >= TARGET_WRITERS);
    }

    private static double median(List<Taken> turns) {
        return Report.median(turns.stream().map(Taken::rowsPerSecond).toList());
    }

    private static List<String> row(String name, List<Taken> idle, Taken busy) {
        return List.of(
                name,
                Report.list(idle.stream().map(Taken::rowsPerSecond).toList()),
                Report.number(median(idle)),
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

    private static void backfill(Node node) throws IOException, InterruptedException {
        node.publish(TABLE);
        node.awaitLive(TABLE);
    }
}
