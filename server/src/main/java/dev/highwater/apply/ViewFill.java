package dev.highwater.apply;

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
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Computes the rows of new views as of a settled position, on a connection of its own, while the
/// applier goes on. The applier then brings each up to date and keeps it.
final class ViewFill implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ViewFill.class);

    private record Waiting(Relation relation, Catalog catalog) {}

    private final PgAddress store;
    private final int shard;
    private final Inbox inbox;
    private final LinkedBlockingQueue<Waiting> waiting = new LinkedBlockingQueue<>();
    private final Set<Integer> seen = new HashSet<>();
    private final Thread thread;
    private volatile @Nullable Connection working;
    private volatile boolean closed;

    ViewFill(PgAddress store, int shard, Inbox inbox) {
        this.store = store;
        this.shard = shard;
        this.inbox = inbox;
        this.thread = Thread.ofVirtual().name("highwater-view-fill").start(this::run);
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

    private void run() {
        try {
            while (true) {
                fill(waiting.take());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void fill(Waiting next) throws InterruptedException {
        var relation = next.relation();
        long started = System.nanoTime();
        while (true) {
            try (var connection = Database.single(store, "highwater view fill")) {
                working = connection;
                long at = fill(connection, next);
                LOG.atInfo()
                        .addKeyValue("view", relation.name())
                        .addKeyValue("seconds", (System.nanoTime() - started) / 1e9)
                        .log("filled");
                inbox.put(new Work.ViewFilled(relation.id(), at), 0);
                return;
            } catch (SQLException e) {
                if (closed) {
                    throw new InterruptedException();
                }
                if (!Transient.is(e)) {
                    inbox.put(new Work.ViewFailed(relation.id(), Transient.line(e)), 0);
                    return;
                }
                LOG.atWarn()
                        .addKeyValue("view", relation.name())
                        .addKeyValue("error", Transient.line(e))
                        .log("fill failed, starting it again");
                TimeUnit.SECONDS.sleep(1);
            } finally {
                working = null;
            }
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

    /// @return the position that the rows are of
    private long fill(Connection connection, Waiting next) throws SQLException {
        var view = Views.load(connection).get(next.relation().id());
        if (view == null) {
            throw new SQLException("the view is gone");
        }
        var writer = new ViewWriter(shard, next.relation(), view, next.catalog());
        try (var statement = connection.createStatement()) {
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
        closed = true;
        var connection = working;
        if (connection != null) {
            connection.abort(Runnable::run);
        }
        thread.interrupt();
        boolean interrupted = Thread.interrupted();
        try {
            thread.join();
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
