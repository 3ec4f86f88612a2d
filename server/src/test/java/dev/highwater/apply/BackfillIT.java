package dev.highwater.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.highwater.sql.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/// Rows from before a table was published come in while writers go on.
final class BackfillIT {
    private static final int ROWS = Boolean.getBoolean("highwater.long") ? 2_000_000 : 60_000;

    private static final int APPENDED = 1_000;

    /// Of each relation the keys that came while they were there.
    private static final String INSERTED_TWICE =
            """
            select relation, key, position from (
              select relation, key, position, op, lag(op) over (partition by relation, key order by position, ordinal) as before
              from (select position, ordinal + n as ordinal, relation, text::json ->> 'op' as op, text::json #>> '{key,id}' as key
                    from highwater.change, highwater.change_texts(body) with ordinality t(text, n)) c
            ) c where op = 'insert' and before in ('insert', 'update')
            """;

    @Test
    void writers_go_on_while_rows_from_before_are_filled_in() throws Exception {
        try (var spine = new Spine()) {
            spine.run(
                    "create table t (id int, n int, big text)",
                    "alter table t alter column big set storage external",
                    "insert into t select g, 0, case when g % 20 = 0 then repeat('b' || g, 800) end"
                            + " from generate_series(1, "
                            + ROWS
                            + ") g where g % 20 <> 7");
            var going = new AtomicBoolean(true);
            var writers = new Thread[4];
            for (int w = 1; w < writers.length; w++) {
                int seed = w;
                writers[w] = Thread.ofVirtual().start(() -> write(spine, new Random(seed), going));
            }
            writers[0] = Thread.ofVirtual().start(() -> append(spine, going));
            spine.run("alter table t add primary key (id)");
            spine.breakConnection("highwater loader");
            spine.settleFilled();
            // A second time, under load from the start.
            spine.source.unpublish(new dev.highwater.sql.QualifiedName("public", "t"));
            spine.source.publish(new dev.highwater.sql.QualifiedName("public", "t"));
            spine.settleFilled();
            going.set(false);
            for (var writer : writers) {
                writer.join();
            }
            spine.settle();
            spine.assertSame("t");
            assertThat(spine.stored(INSERTED_TWICE)).isEmpty();
            assertThat(dev.highwater.journal.Verification.run(spine.store, _ -> true).broken())
                    .isEmpty();
        }
    }

    /// Rows behind those from before; the store is always some thousand behind the source.
    private static void append(Spine spine, AtomicBoolean going) {
        try (Connection connection = Database.single(spine.databases.sourceAsApp(), "appender");
                Statement statement = connection.createStatement()) {
            var before = spine.source.walEnd();
            for (int from = 2 * ROWS; going.get(); from += APPENDED) {
                statement.execute(
                        "insert into t select g, 0 from generate_series(%d, %d) g"
                                .formatted(from, from + APPENDED - 1));
                spine.progress().awaitLsn(before);
                before = spine.source.walEnd();
            }
        } catch (SQLException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// Updates that leave the large value alone, deletes, and rows between those from before.
    private static void write(Spine spine, Random random, AtomicBoolean going) {
        try (Connection connection = Database.single(spine.databases.sourceAsApp(), "writer");
                Statement statement = connection.createStatement()) {
            while (going.get()) {
                int id = 1 + random.nextInt(ROWS / 20) * 20;
                statement.execute(
                        switch (random.nextInt(5)) {
                            case 0 -> "delete from t where id = " + id;
                            case 1 ->
                                    "insert into t values (%d, -1, 'new') on conflict do nothing"
                                            .formatted(id + 6);
                            default -> "update t set n = n + 1 where id = " + id;
                        });
            }
        } catch (SQLException e) {
            if (!"23505".equals(e.getSQLState())) {
                throw new AssertionError(e);
            }
            write(spine, random, going);
        }
    }

    @Test
    void a_transaction_larger_than_a_batch_is_one_position() throws Exception {
        int rows = Boolean.getBoolean("highwater.long") ? 3_000_000 : 100_000;
        try (var spine = new Spine()) {
            spine.run(
                    "create table t (id int primary key, n int, note text)",
                    "begin; insert into t select g, 0, 'note ' || g from generate_series(1, %d) g; update t set n = id %% 7; delete from t where id %% 3 = 0; commit"
                            .formatted(rows));
            long position = spine.settle();
            spine.assertSame("t");
            assertThat(spine.stored("select distinct _from from public_history.t"))
                    .containsExactly(String.valueOf(position));
            assertThat(spine.stored("select count(*) from public_history.t where _to is not null"))
                    .containsExactly("0");
            assertThat(
                            spine.stored(
                                    "select changes from highwater.entry where position = "
                                            + position))
                    .containsExactly(String.valueOf(rows * 2L + rows / 3));
        }
    }
}
