package dev.highwater.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.highwater.failure.Failure;
import dev.highwater.relation.Relation;
import dev.highwater.sql.QualifiedName;
import java.sql.SQLException;
import java.util.ArrayList;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/// Partitioned tables are followed as the one table that they are.
class PartitionsIT extends OnServedSpine {
    @Test
    void partitions_come_and_go_and_lose_their_rows() throws Exception {
        node.spine.run(
                "create table t (region text, id int, n int, note text, primary key (region, id)) partition by list (region)",
                "create table t_a partition of t for values in ('a')",
                "create table t_b partition of t for values in ('b') partition by range (id)",
                "create table t_b1 partition of t_b for values from (0) to (100)",
                "create table t_b2 partition of t_b for values from (100) to (200)",
                "insert into t values ('a', 1, 1, 'x'), ('a', 2, 2, 'y'), ('b', 1, 3, 'z'), ('b', 150, 4, 'w')");
        node.remember("t");
        int generation = node.newest("t").id();
        node.spine.run("update t set region = 'b', id = 120 where id = 2");
        node.remember("t");
        node.spine.run("truncate t_b2");
        node.remember("t");
        node.spine.run(
                "create table t_c partition of t for values in ('c')",
                "insert into t values ('c', 1, 1, null), ('c', 2, 2, null)");
        node.remember("t");
        node.spine.run(
                "insert into t_a values ('a', 5, 5, 'direct')",
                "alter table t detach partition t_c");
        node.remember("t");
        node.spine.run("insert into t_c values ('c', 3, 3, 'alone')");
        node.assertSame("t", "t_c");
        node.spine.run("drop table t_b1", "delete from t_a where id = 1");
        node.remember("t");
        assertThat(node.newest("t").id()).isEqualTo(generation);
        // A table with another order of columns, and with rows.
        node.spine.run(
                "create table other (note text, gone int, id int not null, n int, region text not null, primary key (region, id))",
                "alter table other drop column gone",
                "insert into other values ('before', 7, 7, 'd')");
        node.assertSame("other", "t");
        node.assertPast();
        node.spine.run(
                "alter table t attach partition other for values in ('d')",
                "insert into t values ('d', 8, 8, 'after')",
                "update t set note = note || '!' where region = 'd'");
        node.assertSame("t");
        assertThat(node.state("other")).isInstanceOf(Relation.State.Ended.class);
        node.spine.run(
                "alter table t attach partition t_c for values in ('c')", "update t set n = n + 1");
        node.assertSame("t");
        node.spine.run(
                "alter table t add column more int default 5",
                "alter table t rename column note to remark",
                "insert into t values ('d', 9, 9, 'x', 9)");
        node.assertSame("t");
        node.spine.run("truncate t", "insert into t values ('a', 1, 1, 'again', 1)");
        node.assertSame("t");
        node.spine.run("drop table t cascade");
        node.spine.settle();
        assertThat(node.state("t")).isInstanceOf(Relation.State.Ended.class);
        assertThat(node.get("/api/tables").toString()).doesNotContain("t_a");
    }

    @Test
    void a_partition_that_cannot_be_followed_ends_the_table_and_writers_go_on() throws Exception {
        node.spine.run(
                "create table t (id int primary key) partition by hash (id)",
                "create table t_0 partition of t for values with (modulus 2, remainder 0)",
                "create unlogged table t_1 partition of t for values with (modulus 2, remainder 1)",
                "insert into t select generate_series(1, 10)",
                "update t set id = id + 100");
        assertThatThrownBy(() -> node.spine.source.publish(new QualifiedName("public", "t")))
                .isInstanceOf(Failure.Refused.class)
                .hasMessageContaining("t_1")
                .hasMessageContaining("unlogged");
        node.spine.run("alter table t_1 set logged", "update t set id = id + 100");
        node.assertSame("t");
        node.spine.run(
                "alter table t_0 replica identity nothing",
                "insert into t values (1)",
                "update t_1 set id = id");
        node.spine.settle();
        assertThat(node.state("t"))
                .isInstanceOfSatisfying(
                        Relation.State.Ended.class,
                        ended -> assertThat(ended.reason()).contains("t_0"));
        node.spine.run("alter table t_0 replica identity default", "update t set id = id + 1000");
        node.assertSame("t");
        // A bag whose new partition has no identity is not published before it hurts anyone.
        node.spine.run(
                "create table b (n int) partition by range (n)",
                "create table b_0 partition of b for values from (0) to (10)",
                "alter table b_0 replica identity full",
                "insert into b values (1), (1), (2)");
        node.assertSame("b");
        node.spine.run(
                "create table b_1 partition of b for values from (10) to (20)",
                "insert into b values (11), (11)",
                "update b set n = n + 1");
        node.spine.settle();
        assertThat(node.state("b")).isInstanceOf(Relation.State.Ended.class);
        node.spine.run(
                "alter table b_1 replica identity full",
                "update b set n = n + 8 where n = 3",
                "truncate b_0");
        node.assertSame("b");
    }

    @RepeatedTest(3)
    void whatever_is_written_and_altered_the_store_comes_to_the_same_rows() throws Exception {
        System.out.println("seed " + seed);
        node.spine.run(
                "create table t (k int, n int, big text, primary key (k)) partition by range (k)",
                "create table rest partition of t default",
                "create table b (k int, n int) partition by list (k)",
                "create table b_rest partition of b default",
                "alter table b_rest replica identity full");
        node.spine.settleFilled();
        boolean[] there = new boolean[4];
        for (int step = 0; step < 100; step++) {
            var statements = new ArrayList<String>();
            statements.add("begin");
            for (int i = random.nextInt(4); i >= 0; i--) {
                statements.add(statement());
            }
            statements.add(random.nextInt(8) == 0 ? "rollback" : "commit");
            run(String.join("; ", statements));
            if (random.nextInt(6) == 0) {
                ddl(there);
            }
            if (random.nextInt(15) == 0) {
                node.spine.stop();
                run(statement());
                node.spine.start();
            }
        }
        node.assertSame("t", "b");
    }

    private void run(String text) throws SQLException {
        try {
            node.spine.run(text);
        } catch (SQLException e) {
            // A key that is taken, a row that the default partition would have to give up.
            assertThat(e.getSQLState()).as(e.getMessage()).isIn("23505", "23514");
            node.spine.run("rollback");
        }
    }

    private String statement() {
        int k = random.nextInt(40);
        int other = random.nextInt(40);
        return switch (random.nextInt(10)) {
            case 0, 1, 2 ->
                    "insert into t values (%d, %d, repeat('x', %d)) on conflict do nothing"
                            .formatted(k, other, random.nextInt(4) == 0 ? 5000 : 3);
            case 3 -> "update t set n = n + 1 where k < " + k;
            case 4 ->
                    "update t set k = %d where k = %d and not exists (select from t where k = %d)"
                            .formatted(other, k, other);
            case 5 -> "delete from t where k = " + k;
            case 6 ->
                    "insert into b select %d, %d from generate_series(1, 2)"
                            .formatted(k % 5, other % 3);
            case 7 ->
                    "update b set k = %d where k = %d and n = %d"
                            .formatted(other % 5, k % 5, other % 3);
            case 8 ->
                    "delete from b where ctid = (select ctid from b where k = %d limit 1)"
                            .formatted(k % 5);
            default -> "update b set n = n";
        };
    }

    private void ddl(boolean[] there) throws SQLException {
        int p = random.nextInt(4);
        String name = "t_" + p;
        if (!there[p]) {
            run(
                    "begin; create temp table moved on commit drop as select * from t where k >= %1$d and k < %2$d; delete from t where k >= %1$d and k < %2$d; create table %3$s partition of t for values from (%1$d) to (%2$d); insert into t select * from moved; commit"
                            .formatted(p * 10, p * 10 + 10, name));
            there[p] = true;
            return;
        }
        switch (random.nextInt(5)) {
            case 0 -> run("truncate " + name);
            case 1 -> {
                run("drop table " + name);
                there[p] = false;
            }
            case 2 -> {
                run("alter table t detach partition " + name);
                run("update %s set n = -1".formatted(name));
                run(
                        "alter table t attach partition %s for values from (%d) to (%d)"
                                .formatted(name, p * 10, p * 10 + 10));
            }
            case 3 -> run("truncate t");
            default ->
                    run(
                            "alter table t add column c%d int default 1"
                                    .formatted(random.nextInt(1_000_000)));
        }
    }

    @Test
    void inheritance_triggers_and_rules_are_followed_by_what_they_write() throws Exception {
        node.spine.run(
                "create table parent (id int primary key, n int)",
                "create table child (more text, primary key (id)) inherits (parent)",
                "create table log (id int generated always as identity primary key, what text)",
                "create function note() returns trigger language plpgsql as $$ begin insert into log (what) values (tg_op || new.id); new.n := new.n + 1; return new; end $$",
                "create trigger noted before insert or update on parent for each row execute function note()",
                "create rule no_delete as on delete to child do instead update child set more = 'deleted' where id = old.id",
                "insert into parent values (1, 1)",
                "insert into child values (2, 2, 'x')",
                "update parent set n = 10",
                "delete from child");
        node.spine.settleFilled();
        node.spine.assertSame("only child");
        node.assertSame("child", "log");
        assertThat(node.spine.stored("select p::text from parent p"))
                .isEqualTo(node.spine.stored("select p::text from only parent p", true));
    }
}
