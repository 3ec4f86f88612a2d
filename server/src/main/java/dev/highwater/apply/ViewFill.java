package dev.highwater.apply;

import dev.highwater.failure.Failure;
import dev.highwater.relation.Catalog;
import dev.highwater.relation.Relation;
import dev.highwater.relation.RelationTables;
import dev.highwater.sql.Database;
import dev.highwater.sql.PgAddress;
import dev.highwater.sql.Sql;
import dev.highwater.view.View;
import dev.highwater.view.ViewWriter;
import dev.highwater.view.Views;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Computes the rows of new views as of a settled position, on a connection of its own, while the
/// applier goes on. The applier then brings each up to date and keeps it. One view at a time.
final class ViewFill implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ViewFill.class);

    /// Rows may take their time, but neither for ever nor all of the disk; and PostgreSQL looks
    /// whether there still is somebody who wants them.
    private static final String LIMITS =
            """
            set statement_timeout = '1h'; select highwater.limit_temp_files('16GB', false);
            set client_connection_check_interval = '1s'
            """;

    /// How long to wait for a statement that was cancelled, and how often it is cancelled again: it
    /// may have been between two.
    private static final Duration CANCELLED_MAX = Duration.ofSeconds(5);

    private static final Duration CANCEL_AGAIN = Duration.ofMillis(50);

    private record Waiting(Relation relation, Catalog catalog) {}

    private final PgAddress store;
    private final int shard;
    private final Inbox inbox;
    private final LinkedBlockingQueue<Waiting> waiting = new LinkedBlockingQueue<>();
    private final Set<Integer> seen = new HashSet<>();
    private final Background thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private final Set<Integer> abandoned = new HashSet<>();

    /// The view that is being filled, or 0.
    private int filling;

    private @Nullable Connection working;
    private boolean closed;

    ViewFill(PgAddress store, int shard, Inbox inbox) {
        this.store = store;
        this.shard = shard;
        this.inbox = inbox;
        this.thread = Background.start("highwater-view-fill", this::run);
    }

    /// Takes on the views that wait for rows; called by the applier after each batch that may have
    /// brought one.
    void consider(Catalog catalog) throws InterruptedException {
        for (var relation : catalog.all()) {
            if (relation.isView()
                    && relation.state() instanceof Relation.State.Filling
                    && seen.add(relation.id())) {
                waiting.put(new Waiting(relation, catalog));
            }
        }
    }

    private void run() throws InterruptedException {
        while (true) {
            fill(waiting.take());
        }
    }

    private void fill(Waiting next) throws InterruptedException {
        var relation = next.relation();
        long started = System.nanoTime();
        while (true) {
            Work outcome;
            try (var connection = Database.single(store, "view fill")) {
                if (!begin(relation.id(), connection)) {
                    return;
                }
                outcome = new Work.ViewFilled(relation.id(), fill(connection, next));
                LOG.atInfo()
                        .addKeyValue("view", relation.name())
                        .addKeyValue("seconds", (System.nanoTime() - started) / 1e9)
                        .log("filled");
            } catch (SQLException | RuntimeException e) {
                if (isGivenUp(relation.id())) {
                    return;
                }
                if (passes(e)) {
                    LOG.atWarn()
                            .addKeyValue("view", relation.name())
                            .addKeyValue("error", Transient.line(e))
                            .log("fill failed, starting it again");
                    TimeUnit.SECONDS.sleep(1);
                    continue;
                }
                outcome = new Work.ViewFailed(relation.id(), Transient.line(e));
            } finally {
                end();
            }
            inbox.put(outcome, 0);
            return;
        }
    }

    /// What passes by itself. What a view took too much of, it would take again.
    private static boolean passes(Exception e) {
        return e instanceof SQLException sql
                ? Transient.is(sql) && !TooCostly.is(sql)
                : e instanceof Failure.Unavailable;
    }

    /// @return false when nobody wants the view any more
    private boolean begin(int relation, Connection connection) {
        lock.lock();
        try {
            if (closed || abandoned.contains(relation)) {
                return false;
            }
            filling = relation;
            working = connection;
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        lock.lock();
        try {
            filling = 0;
            working = null;
            ended.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private boolean isGivenUp(int relation) {
        lock.lock();
        try {
            return closed || abandoned.contains(relation);
        } finally {
            lock.unlock();
        }
    }

    /// Gives up a view, whose tables nothing of ours holds any more when this returns.
    void abandon(int relation) throws SQLException {
        lock.lock();
        try {
            abandoned.add(relation);
            if (filling == relation) {
                cancel();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Under the lock: ends what is being done, and waits for that also when interrupted.
    private void cancel() throws SQLException {
        int cancelled = filling;
        long latest = System.nanoTime() + CANCELLED_MAX.toNanos();
        boolean interrupted = false;
        while (working != null && filling == cancelled && System.nanoTime() < latest) {
            working.unwrap(PGConnection.class).cancelQuery();
            try {
                ended.awaitNanos(CANCEL_AGAIN.toNanos());
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// The tables that a view reads and that the planner knows nothing recent about. Without that
    /// it takes what came since a position for a third of the table.
    private static List<String> unknownTo(Connection connection, View view) throws SQLException {
        var tables = new ArrayList<String>();
        for (int id : view.depends()) {
            tables.add(RelationTables.current(id));
            tables.add(RelationTables.history(id));
        }
        return Sql.query(
                connection,
                """
                select t.name from unnest(?::text[]) as t(name)
                join pg_stat_all_tables s on s.relid = t.name::regclass
                where coalesce(s.last_analyze, s.last_autoanalyze) is null
                  or s.n_mod_since_analyze > 1000 + s.n_live_tup / 10
                """,
                row -> row.getString(1),
                connection.createArrayOf("text", tables.toArray()));
    }

    /// Indexes on what a view reads that were not completed; under their names none would be made
    /// again.
    private static List<String> cutShort(Connection connection, View view) throws SQLException {
        return Sql.query(
                connection,
                """
                select i.indexrelid::regclass::text from unnest(?::text[]) as t(name)
                join pg_index i on i.indrelid = t.name::regclass
                where not i.indisvalid
                """,
                row -> row.getString(1),
                connection.createArrayOf(
                        "text", view.depends().stream().map(RelationTables::current).toArray()));
    }

    /// @return the position that the rows are of
    private long fill(Connection connection, Waiting next) throws SQLException {
        var view = Views.load(connection).get(next.relation().id());
        if (view == null) {
            throw new Failure.Corrupt("no-view", next.relation().name() + " has lost its query");
        }
        var writer = new ViewWriter(shard, next.relation(), view, next.catalog());
        try (var statement = connection.createStatement()) {
            statement.execute(LIMITS);
            for (var index : cutShort(connection, view)) {
                statement.execute("drop index concurrently if exists " + index);
            }
            for (var index : writer.strategy().indexes()) {
                statement.execute(index);
            }
            for (var table : unknownTo(connection, view)) {
                statement.execute("analyze " + table);
            }
        }
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        long at =
                Sql.<Long, SQLException>inTransaction(
                        connection,
                        c -> {
                            long position =
                                    Sql.first(
                                                    c,
                                                    "select highwater.position()",
                                                    row -> row.getLong(1))
                                            .orElseThrow();
                            writer.fill(c, position);
                            return position;
                        });
        return at;
    }

    @Override
    public void close() throws SQLException {
        lock.lock();
        try {
            closed = true;
            // Before the thread is interrupted: that closes its connection, and PostgreSQL would go
            // on for a while.
            cancel();
            if (working != null) {
                working.abort(Runnable::run);
            }
        } finally {
            lock.unlock();
        }
        thread.close();
    }
}
