package dev.highwater.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.highwater.relation.Relation;
import dev.highwater.relation.RelationTables;
import dev.highwater.sql.Sql;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/// Rows from before are written by the loader; what it is refused, the applier writes or says why
/// not.
final class LoaderIT {
    private static final int ROWS = 3 * Loader.ROWS_FROM;

    @Test
    void the_loader_writes_rows_from_before() throws Exception {
        try (var spine = new Spine()) {
            fill(spine, "current_setting('application_name') = 'highwater loader'");
            spine.settleFilled();
            spine.assertSame("t");
        }
    }

    @Test
    void the_applier_writes_what_the_loader_has_not_begun() throws Exception {
        try (var spine = new Spine()) {
            int rows = 15_000; // Of one range, in several chunks.
            spine.run(
                    "create table t (id int, n int)",
                    "insert into t select g, g from generate_series(1, " + rows + ") g");
            var gate = new LoadGate(spine.store);
            int id = spine.publish("t", "id", gate::holdBack);
            spine.await("all rows to be handed over", () -> spine.progress().filled(id) == rows);
            gate.let(1);
            spine.await("the applier to write rows", gate::hasAnotherWritten);
            gate.open();
            spine.settleFilled();
            spine.assertSame("t");
        }
    }

    @Test
    void what_only_the_loader_is_refused_the_applier_writes() throws Exception {
        try (var spine = new Spine()) {
            fill(spine, "current_setting('application_name') <> 'highwater loader'");
            spine.settleFilled();
            spine.run("update t set n = -n where id % 3 = 0");
            spine.settle();
            spine.assertSame("t");
            assertThat(dev.highwater.journal.Verification.run(spine.store, _ -> true).broken())
                    .isEmpty();
        }
    }

    @Test
    void what_both_are_refused_stops_the_table_alone() throws Exception {
        try (var spine = new Spine()) {
            spine.run("create table u (id int primary key)");
            fill(spine, "c2 <> 1700");
            spine.settleFilled();
            spine.run("insert into u values (1)", "insert into t values (-1, -1)");
            spine.settle();
            spine.assertSame("u");
            var t = spine.head.settled().catalog().newest("public", "t").orElseThrow();
            assertThat(t.state())
                    .isInstanceOfSatisfying(
                            Relation.State.Stopped.class,
                            stopped -> assertThat(stopped.reason()).contains("violates check"));
            assertThatThrownBy(() -> spine.stored("select count(*) from public.t"))
                    .hasMessageContaining("public.t stopped at position");
            assertThat(dev.highwater.journal.Verification.run(spine.store, _ -> true).broken())
                    .isEmpty();
        }
    }

    /// Publishes a table with rows whose versions have to meet a condition.
    private static void fill(Spine spine, String condition) throws SQLException {
        spine.run(
                "create table t (id int, n int)",
                "insert into t select g, g from generate_series(1, " + ROWS + ") g");
        spine.publish(
                "t",
                "id",
                id -> {
                    Sql.update(
                            spine.store,
                            "alter table "
                                    + RelationTables.current(id)
                                    + " add check ("
                                    + condition
                                    + ")");
                    assertThatThrownBy(() -> spine.stored("select count(*) from public.t"))
                            .hasMessageContaining("public.t is still being filled");
                });
    }
}
