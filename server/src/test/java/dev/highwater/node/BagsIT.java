package dev.highwater.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.highwater.failure.Failure;
import dev.highwater.relation.Relation;
import dev.highwater.sql.QualifiedName;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/// Tables without a key are bags: equal rows are counted.
class BagsIT extends OnServedSpine {
    private static final boolean LONG = Boolean.getBoolean("highwater.long");
    private static final int STEPS = LONG ? 200 : 50;

    /// More than fit one statement, or one batch.
    private static final int MANY = LONG ? 20_000 : 2_000;

    @Test
    void without_key_and_full_identity_a_table_is_refused_with_both_ways_to_mend_it()
            throws Exception {
        var t = new QualifiedName("public", "t");
        node.spine.run("create table t (a int, b text)", "insert into t values (1, 'x'), (1, 'x')");
        assertThatThrownBy(() -> node.spine.source.publish(t))
                .isInstanceOf(Failure.Refused.class)
                .hasMessageContaining("ALTER TABLE public.t ADD PRIMARY KEY")
                .hasMessageContaining("ALTER TABLE public.t REPLICA IDENTITY FULL");
        node.spine.run(
                "update t set b = 'y'",
                "alter table t replica identity full",
                "update t set b = 'z'");
        node.assertSame("t");
        assertThat(node.newest("t").definition().isBag()).isTrue();
        node.spine.run("alter table t replica identity default", "update t set b = 'w'");
        node.spine.settle();
        assertThat(node.state("t"))
                .isInstanceOfSatisfying(
                        Relation.State.Ended.class,
                        ended -> assertThat(ended.reason()).contains("has no key"));
        node.spine.run(
                "alter table t replica identity full",
                "alter table t add column c int default 3",
                "insert into t values (2, null, null), (2, null, null)");
        node.assertSame("t");
        node.spine.run(
                "delete from t where a = 1",
                "alter table t add column id int generated always as identity",
                "alter table t add primary key (id)",
                "update t set a = 5");
        node.assertSame("t");
        assertThat(node.newest("t").definition().isBag()).isFalse();
        node.spine.run(
                "alter table t drop constraint t_pkey",
                "update t set a = 6",
                "alter table t drop column id");
        node.assertSame("t");
        assertThat(node.newest("t").definition().isBag()).isTrue();
    }

    @RepeatedTest(3)
    void whatever_is_written_the_store_counts_the_same_rows() throws Exception {
        System.out.println("seed " + seed);
        node.spine.run(
                "create table b (n int, f float8, big text, j json)",
                "alter table b alter column big set storage external",
                "alter table b replica identity full",
                "create table k (id int primary key, n int)");
        node.spine.settleFilled();
        for (int step = 0; step < STEPS; step++) {
            var statements = new ArrayList<String>();
            statements.add("begin");
            for (int i = random.nextInt(5); i >= 0; i--) {
                statements.add(statement());
            }
            statements.add(random.nextInt(8) == 0 ? "rollback" : "commit");
            node.spine.run(String.join("; ", statements));
            switch (random.nextInt(12)) {
                case 0 -> {
                    node.spine.stop();
                    node.spine.run(statement());
                    node.spine.start();
                }
                case 1 -> {
                    node.spine.run(
                            "insert into b select g %% 7, 1, null, null from generate_series(1, %d) g"
                                    .formatted(MANY));
                    node.spine.run("delete from b where f = 1");
                }
                default -> node.remember("b");
            }
        }
        node.assertSame("b");
        node.assertPast();
        assertReplayed("b");
    }

    private String statement() {
        int n = random.nextInt(4);
        return switch (random.nextInt(10)) {
            case 0, 1, 2 ->
                    "insert into b select %s, %s, %s, %s from generate_series(1, %d)"
                            .formatted(
                                    random.nextInt(5) == 0 ? "null" : n,
                                    random.nextBoolean() ? "'NaN'" : "'-0'",
                                    random.nextInt(3) == 0 ? "repeat('x', 5000)" : "null",
                                    random.nextBoolean() ? "'{\"a\":1}'" : "'{\"a\": 1}'",
                                    1 + random.nextInt(3));
            case 3 -> "update b set n = n";
            case 4 -> "update b set n = %d where n = %d".formatted(random.nextInt(4), n);
            case 5 -> "update b set n = null where n = " + n;
            case 6 -> "delete from b where n is null";
            case 7 ->
                    "delete from b where ctid = (select ctid from b where n = %d limit 1)"
                            .formatted(n);
            case 8 ->
                    random.nextInt(4) == 0 ? "truncate b" : "update b set j = null where n = " + n;
            default ->
                    "insert into k values (%d, 1) on conflict (id) do update set n = k.n + 1"
                            .formatted(n);
        };
    }

    /// The journal alone comes to the same rows: what came less what went, since the definition.
    private void assertReplayed(String table) throws Exception {
        var counts = new HashMap<String, Integer>();
        var json = new ObjectMapper();
        int id = node.newest(table).id();
        for (var body :
                node.spine.stored(
                        """
                        select text from highwater.change, highwater.change_texts(body) with ordinality t(text, n)
                        where relation = %d order by position, ordinal, n
                        """
                                .formatted(id))) {
            var change = json.readTree(body);
            if (change.path("op").asText().equals("truncate")) {
                counts.clear();
            }
            if (change.has("row")) {
                counts.merge(change.path("row").toString(), 1, Integer::sum);
            }
            if (change.has("old")) {
                counts.merge(change.path("old").toString(), -1, Integer::sum);
            }
        }
        counts.values().removeIf(n -> n == 0);
        assertThat(counts.values()).allMatch(n -> n > 0);
        assertThat(counts.values().stream().mapToInt(n -> n).sum())
                .isEqualTo(
                        Integer.parseInt(
                                node.spine
                                        .stored("select count(*) from " + table, true)
                                        .getFirst()));
    }

    @Test
    void rows_from_before_are_counted_once_while_writers_go_on() throws Exception {
        System.out.println("seed " + seed);
        node.spine.run(
                "create table b (n int, note text)",
                "insert into b select g % 1000, 'before' from generate_series(1, 60000) g");
        var going = new AtomicBoolean(true);
        var writer =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    try {
                                        while (going.get()) {
                                            int n = random.nextInt(1000);
                                            node.spine.run(
                                                    switch (random.nextInt(3)) {
                                                        case 0 ->
                                                                "insert into b values (%d, 'before')"
                                                                        .formatted(n);
                                                        case 1 ->
                                                                "update b set n = %d where n = %d"
                                                                        .formatted(
                                                                                random.nextInt(
                                                                                        1000),
                                                                                n);
                                                        default ->
                                                                "delete from b where ctid = (select ctid from b where n = %d limit 1)"
                                                                        .formatted(n);
                                                    });
                                        }
                                    } catch (SQLException e) {
                                        throw new AssertionError(e);
                                    }
                                });
        try (var ddl =
                dev.highwater.sql.Database.single(node.spine.databases.sourceAsApp(), "ddl")) {
            dev.highwater.sql.Sql.update(ddl, "alter table b replica identity full");
        }
        node.spine.await(
                "the bag to be live",
                () ->
                        node.spine
                                .head
                                .settled()
                                .catalog()
                                .newest("public", "b")
                                .filter(r -> r.state() instanceof Relation.State.Live)
                                .isPresent());
        going.set(false);
        writer.join();
        node.assertSame("b");
        assertReplayed("b");
    }

    @Test
    void views_over_bags_are_kept() throws Exception {
        node.spine.run(
                "create table b (n int, m int)",
                "alter table b replica identity full",
                "create table k (id int primary key, name text)",
                "insert into k values (1, 'one'), (2, 'two')",
                "insert into b values (1, 5), (1, 5), (null, 6)");
        node.spine.settleFilled();
        node.spine.createView("sums", "select n, sum(m) as m, count(*) as c from b group by n");
        node.spine.createView("joined", "select k.name, b.m from b join k on k.id = b.n");
        node.spine.createView("outers", "select k.name, b.m from k left join b on k.id = b.n");
        node.spine.createView("tops", "select n, m from b order by m desc limit 2");
        node.spine.createView("distincts", "select distinct n, m from b");
        node.spine.run(
                "insert into b values (2, 7), (2, 7), (1, 5)",
                "delete from b where ctid = (select ctid from b where n = 1 limit 1)",
                "update b set m = 8 where n = 2",
                "begin; insert into b values (1, 9); delete from b where n is null; commit");
        node.spine.settle();
        assertThat(node.spine.stored("select v::text from sums v order by 1"))
                .isEqualTo(
                        node.spine.stored(
                                "select v::text from (select n, sum(m) as m, count(*) as c from b group by n) v order by 1",
                                true));
        assertThat(node.spine.stored("select v::text from joined v order by 1"))
                .isEqualTo(
                        node.spine.stored(
                                "select v::text from (select k.name, b.m from b join k on k.id = b.n) v order by 1",
                                true));
        assertThat(node.spine.stored("select v::text from outers v order by 1"))
                .isEqualTo(
                        node.spine.stored(
                                "select v::text from (select k.name, b.m from k left join b on k.id = b.n) v order by 1",
                                true));
        assertThat(node.spine.stored("select v::text from tops v order by 1"))
                .isEqualTo(
                        node.spine.stored(
                                "select v::text from (select n, m from b order by m desc limit 2) v order by 1",
                                true));
        assertThat(node.spine.stored("select v::text from distincts v order by 1"))
                .isEqualTo(
                        node.spine.stored(
                                "select v::text from (select distinct n, m from b) v order by 1",
                                true));
    }
}
