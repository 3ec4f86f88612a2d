package dev.highwater.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.highwater.sql.Database;
import dev.highwater.sql.Sql;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What is committed in the source is in the store: the journal, current rows and versions.
final class CaptureIT {
    private Spine spine;

    @BeforeEach
    void start() throws Exception {
        spine = new Spine();
    }

    @AfterEach
    void stop() throws Exception {
        spine.close();
    }

    @Test
    void keys_that_change_go_and_come_back_in_one_batch_are_found() throws Exception {
        spine.run(
                "create table t (id int primary key, a text)",
                "insert into t select i, 'first' from generate_series(1, 12) i");
        spine.settle();
        try (var blocking = Database.single(spine.databases.store(), "test lock")) {
            blocking.setAutoCommit(false);
            Sql.update(blocking, "lock table highwater.capture in access exclusive mode");
            spine.run(
                    "update t set a = 'held'",
                    "update t set a = 'second' where id <= 8",
                    "delete from t where id in (1, 2, 3)",
                    "insert into t values (1, 'back')",
                    "update t set a = 'third' where id in (1, 4)",
                    "begin; delete from t where id = 5; insert into t values (5, 'at once'); commit",
                    "begin; delete from t where id = 6; insert into t values (6, 'at once'); delete from t where id = 6; commit",
                    "update t set id = 20 where id = 7",
                    "update t set id = 7 where id = 8",
                    "insert into t values (30, 'new')",
                    "update t set a = 'newer' where id = 30",
                    "delete from t where id = 9",
                    "insert into t values (9, 'back'), (2, 'back')",
                    "delete from t where id = 2");
            blocking.rollback();
        }
        spine.settle();
        spine.assertSame("t");
        spine.run("update t set a = a || '!'", "delete from t where id = 1");
        spine.settle();
        spine.assertSame("t");
    }

    @Test
    void it_ends_when_it_is_told_to_also_while_its_connection_breaks() throws Exception {
        for (int i = 0; i < 10; i++) {
            spine.breakConnection("highwater capture");
            LockSupport.parkNanos(Duration.ofMillis(i).toNanos());
            assertTimeoutPreemptively(Duration.ofSeconds(20), spine::stop);
            spine.start();
        }
    }

    @Test
    void a_commit_becomes_an_entry_and_versions() throws Exception {
        spine.run("create table orders (id bigint primary key, item text, price numeric(10,2))");
        spine.run("insert into orders values (1, 'tea', 2.50)");
        spine.run("update orders set price = 3 where id = 1", "delete from orders where id = 1");
        spine.settle();

        assertThat(
                        spine.stored(
                                "select e.seq || ' ' || c.body from highwater.entry e"
                                        + " join highwater.change c using (position)"
                                        + " where c.body not like '%define%' order by position"))
                .containsExactly(
                        "2 {\"relation\":\"public.orders\",\"op\":\"insert\",\"key\":{\"id\":1},"
                                + "\"row\":{\"id\":1,\"item\":\"tea\",\"price\":2.50}}",
                        "3 {\"relation\":\"public.orders\",\"op\":\"update\",\"key\":{\"id\":1},"
                                + "\"row\":{\"id\":1,\"item\":\"tea\",\"price\":3.00}}",
                        "4 {\"relation\":\"public.orders\",\"op\":\"delete\",\"key\":{\"id\":1}}");
        assertThat(spine.stored("select h::text from public_history.orders h order by _from"))
                .hasSize(2);
        spine.assertSame("orders");
    }

    @Test
    void rows_from_before_publication_are_filled_in_while_writers_go_on() throws Exception {
        spine.run(
                "create table t (id int, note text)",
                "insert into t select g, repeat('x', 50) || g from generate_series(1, 20000) g",
                "alter table t add primary key (id)",
                "update t set note = 'changed' where id % 7 = 0",
                "delete from t where id % 11 = 0",
                "insert into t values (50000, 'late')");
        spine.settleFilled();
        spine.assertSame("t");
        // Times are the source's own.
        assertThat(
                        spine.stored(
                                "select count(*) from highwater.entry e where kind = 'backfill' and at not in"
                                        + " (select at from highwater.entry where kind = 'commit')"))
                .containsExactly("0");
    }

    @Test
    void several_changes_to_a_row_in_one_transaction_come_to_one_version() throws Exception {
        spine.run("create table t (id int primary key, n int)", "insert into t values (1, 0)");
        spine.run(
                "begin; update t set n = 1; update t set n = 2; delete from t; insert into t values"
                        + " (1, 3); update t set id = 2; insert into t values (1, 9); commit");
        spine.settle();
        spine.assertSame("t");
        assertThat(spine.stored("select id || ':' || n from public_history.t order by _from, id"))
                .containsExactly("1:0", "1:9", "2:3");
    }

    @Test
    void truncate_closes_every_version() throws Exception {
        spine.run(
                "create table t (id int primary key)",
                "insert into t select generate_series(1, 10)",
                "truncate t",
                "insert into t values (5)");
        spine.settle();
        spine.assertSame("t");
        assertThat(spine.stored("select count(*) from public_history.t where _to is not null"))
                .containsExactly("10");
    }

    @Test
    void a_large_value_that_an_update_leaves_alone_stays() throws Exception {
        spine.run(
                "create table t (id int primary key, big text, n int)",
                "alter table t alter column big set storage external",
                "insert into t values (1, repeat('abc', 10000), 0)",
                "update t set n = 1",
                "begin; update t set n = 2; update t set n = 3; commit",
                "update t set id = 2");
        spine.settle();
        spine.assertSame("t");
        assertThat(
                        spine.stored(
                                "select length(big) || ' ' || n from public_history.t order by _from"))
                .containsExactly("30000 0", "30000 1", "30000 3", "30000 3");
    }

    @Test
    void a_large_key_that_an_update_leaves_alone_is_said_as_it_is() throws Exception {
        spine.run(
                "create table t (k text primary key, n int)",
                "alter table t alter column k set storage external",
                "insert into t values (repeat('k', 2500), 0)",
                "update t set n = 1");
        assertUpdate("{k}", "[null]");
        spine.run("alter table t replica identity full", "update t set n = 2");
        assertUpdate("{k}", "[null]");
        spine.run("update t set k = 'small'");
        assertUpdate("{small}", "[{k}]");
    }

    /// The last update's key and former key, with runs of a letter as one.
    private void assertUpdate(String key, String oldKey) throws Exception {
        spine.settle();
        spine.assertSame("t");
        assertThat(
                        spine.stored(
                                """
                                select regexp_replace(format('{%s} [%s]', body::json->'key'->>'k',
                                  coalesce('{' || (body::json->'old_key'->>'k') || '}', 'null')), '(k)+', 'k', 'g')
                                from highwater.change where body like '%"op":"update"%'
                                order by position desc limit 1
                                """))
                .containsExactly(key + " " + oldKey);
    }

    @Test
    void ddl_takes_its_place_in_the_order() throws Exception {
        spine.run(
                "create table t (id int primary key, a text)",
                "insert into t values (1, 'one'), (2, 'two')",
                "alter table t add column b int default 7",
                "update t set a = 'uno' where id = 1",
                "alter table t add column c text",
                "alter table t rename column a to name",
                "insert into t values (3, 'three', 3, 'c')",
                "alter table t drop column b",
                "insert into t values (4, 'four', 'd')");
        spine.settle();
        spine.assertSame("t");
        spine.run("alter table t rename to u", "insert into u values (5, 'five', 'e')");
        spine.settle();
        spine.assertSame("u");
        spine.run(
                "alter table u alter column name type varchar(10)",
                "insert into u values (6, 'x', 'y')");
        spine.settleFilled();
        spine.assertSame("u");
        spine.run("alter table u add column token uuid default gen_random_uuid()");
        spine.settleFilled();
        spine.assertSame("u");
        spine.run(
                "drop table u",
                "create table u (id text primary key)",
                "insert into u values ('again')");
        spine.settle();
        spine.assertSame("u");
    }

    @Test
    void what_a_savepoint_took_back_is_not_there() throws Exception {
        spine.run("create table t (a int, b text, n int, primary key (b, a))");
        spine.run(
                "begin; insert into t values (1, 'x', 1); savepoint s; insert into t values (2, 'x', 2);"
                        + " rollback to s; insert into t values (1, 'y', 3); commit",
                "begin; insert into t values (9, 'z', 9); rollback");
        spine.settle();
        spine.assertSame("t");
        assertThat(spine.stored("select count(*) from t")).containsExactly("2");
    }

    @Test
    void a_restart_goes_on_where_it_stopped() throws Exception {
        spine.run("create table t (id int primary key, n int)");
        for (int round = 0; round < 5; round++) {
            spine.run(
                    "insert into t select g, 0 from generate_series(%d, %d) g"
                            .formatted(round * 100, round * 100 + 99));
            spine.stop();
            spine.run("update t set n = n + 1");
            spine.start();
        }
        spine.settle();
        spine.assertSame("t");
        assertThat(
                        spine.stored(
                                "select count(*) = max(position) and count(*) = max(seq) from"
                                        + " highwater.entry"))
                .containsExactly("t");
    }
}
