package dev.highwater.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.highwater.sql.Database;
import dev.highwater.sql.OtherPostgres;
import dev.highwater.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Rows from before are read in ranges, each in a snapshot of its own.
final class RangesIT {
    /// What the first range has.
    private static final int RANGE = 20_000;

    private static final int ROWS = RANGE + 5_000;

    @Test
    void a_range_waits_for_the_changes_that_its_snapshot_holds() throws Exception {
        try (var spine = new Spine()) {
            // So large that the first range does not fit where rows wait for the applier.
            spine.run(
                    "create table t (id int, pad text)",
                    "alter table t alter column pad set storage external",
                    "insert into t select g, repeat('x', 1000) from generate_series(1, "
                            + ROWS
                            + ") g");
            var gate = new LoadGate(spine.store);
            int id = spine.publish("t", "id", gate::holdBack);
            spine.await("the first rows", () -> spine.progress().filled(id) > 0);
            // It has the table when the first range has been read, and the second begins after it.
            var locking = CompletableFuture.supplyAsync(() -> lockTable(spine));
            spine.await("the table to be awaited", () -> isAwaited(spine));
            gate.open();
            try (var alone = locking.get(30, TimeUnit.SECONDS);
                    var _ = Stopped.walSender(spine)) {
                // Of the second range, and the node hears nothing of it.
                Sql.update(alone, "insert into t values (?, 'new')", ROWS + 1);
                alone.commit();
                spine.await("the first range", () -> spine.progress().filled(id) == RANGE);
                // Long enough to read the second, which nothing tells that it waits.
                TimeUnit.SECONDS.sleep(1);
                assertThat(spine.progress().filled(id)).isEqualTo(RANGE);
            }
            spine.settleFilled();
            spine.assertSame("t");
        }
    }

    private static boolean isAwaited(Spine spine) {
        try {
            return Sql.first(
                            spine.store,
                            """
                            select 1 from pg_locks l join pg_database d on d.oid = l.database
                            where not granted and mode = 'AccessExclusiveLock' and datname = ?
                            """,
                            row -> true,
                            spine.databases.source().database())
                    .isPresent();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /// Waits until nobody reads a table any more, and lets nobody.
    private static Connection lockTable(Spine spine) {
        try {
            var alone = Database.single(spine.databases.sourceAsApp(), "alone");
            alone.setAutoCommit(false);
            Sql.update(alone, "lock table t in access exclusive mode");
            return alone;
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /// A process that stands still.
    private record Stopped(String pid) implements AutoCloseable {
        static Stopped walSender(Spine spine) throws SQLException {
            var stopped =
                    new Stopped(
                            Sql.first(
                                            spine.store,
                                            "select active_pid from pg_replication_slots where active and database = ?",
                                            row -> row.getString(1),
                                            spine.databases.source().database())
                                    .orElseThrow());
            OtherPostgres.signal("-STOP", stopped.pid);
            return stopped;
        }

        @Override
        public void close() {
            OtherPostgres.signal("-CONT", pid);
        }
    }
}
