package dev.highwater.apply;

import dev.highwater.failure.Failure;
import dev.highwater.relation.RowWriter;
import dev.highwater.sql.Database;
import dev.highwater.sql.PgAddress;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingDeque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes the versions of rows from before beside the applier, which writes their changes
/// meanwhile: on a connection of its own, each load in a transaction that is committed before the
/// applier's.
///
/// A load whose applier's transaction fails does no harm: nobody reads a relation that is being
/// filled, and the next session fills it from the start. One thread, the applier's, uses this.
final class Loader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Loader.class);

    /// With fewer rows it is not worth another transaction.
    static final int ROWS_FROM = 1_000;

    /// The applier's commit, which comes later in the same WAL, makes sure of what is loaded too.
    /// What it holds locked may be what a load waits for.
    private static final String SESSION = "set synchronous_commit = off; set lock_timeout = '2s'";

    private final PgAddress store;
    private final Background thread;

    /// What nobody has begun to write.
    private final LinkedBlockingDeque<Load> waiting = new LinkedBlockingDeque<>();

    /// What the next [#await] is about.
    private final List<Load> given = new ArrayList<>();

    /// Used by the thread, and at the end.
    private volatile @Nullable Connection connection;

    /// Rows that are being written.
    ///
    /// @param relation whose rows they are
    record Load(int relation, RowWriter.Copy copy, CompletableFuture<@Nullable Void> done) {}

    Loader(PgAddress store) {
        this.store = store;
        this.thread = Background.start("highwater-loader", this::run);
    }

    private void run() throws InterruptedException {
        while (true) {
            var load = waiting.take();
            try {
                load.copy().writeTo(connected());
                load.done().complete(null);
            } catch (Throwable e) {
                load.done().completeExceptionally(e);
            }
        }
    }

    /// Has rows written; nothing else may be written to their relation before [#await].
    void give(int relation, RowWriter.Copy copy) {
        var load = new Load(relation, copy, new CompletableFuture<>());
        given.add(load);
        waiting.add(load);
    }

    /// Takes the last rows back that nobody has begun to write, for whoever would have to wait for
    /// them.
    @Nullable Load takeBack() {
        var load = waiting.pollLast();
        if (load != null) {
            given.remove(load);
        }
        return load;
    }

    /// Waits until everything that was given is committed.
    ///
    /// @return what was refused, nothing of which is written
    /// @throws SQLException when it is not known whether something was written, or trying again is
    ///   all that helps
    List<Load> await() throws SQLException, InterruptedException {
        var refused = new ArrayList<Load>();
        for (var load : given) {
            try {
                load.done().get();
            } catch (ExecutionException e) {
                switch (e.getCause()) {
                    case SQLException sql when !Transient.is(sql) || Transient.isLocked(sql) -> {
                        LOG.atDebug()
                                .addKeyValue("relation", load.relation())
                                .addKeyValue("error", Transient.line(sql))
                                .log("rows from before are left to the applier");
                        refused.add(load);
                    }
                    case SQLException sql -> throw sql;
                    case Failure failure -> throw failure;
                    case Throwable other -> throw new Failure.Bug("a load failed", other);
                    case null -> throw new Failure.Bug("a load failed for no reason", e);
                }
            }
        }
        given.clear();
        return refused;
    }

    private Connection connected() throws SQLException {
        var open = connection;
        if (open == null) {
            open = Database.single(store, "loader");
            connection = open;
            try (var settings = open.createStatement()) {
                settings.execute(SESSION);
            }
        }
        return open;
    }

    @Override
    public void close() throws SQLException {
        thread.close();
        var open = connection;
        if (open != null) {
            open.close();
        }
    }
}
