package dev.highwater.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.highwater.failure.Failure;
import dev.highwater.relation.Relation;
import dev.highwater.sql.Database;
import dev.highwater.sql.QualifiedName;
import dev.highwater.sql.Sql;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Which tables are followed, from when on, and until when.
final class PublishIT {
    private static final QualifiedName T = new QualifiedName("public", "t");

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
    void a_table_without_a_key_is_refused_with_what_mends_it_and_followed_when_it_has_one()
            throws Exception {
        spine.run("create table t (a int, b text)", "insert into t values (1, 'x'), (2, 'y')");
        assertThatThrownBy(() -> spine.source.publish(T))
                .isInstanceOf(Failure.Refused.class)
                .hasMessageContaining("ALTER TABLE public.t ADD PRIMARY KEY");
        spine.run("update t set b = 'z' where a = 2");
        assertThat(spine.head.settled().catalog().newest("public", "t")).isEmpty();

        spine.run("alter table t add primary key (a)");
        spine.settleFilled();
        spine.assertSame("t");
    }

    @Test
    void a_table_that_loses_its_key_ends_with_the_reason_and_writers_go_on() throws Exception {
        spine.run("create table t (a int primary key)", "insert into t values (1)");
        spine.run("alter table t drop constraint t_pkey", "update t set a = 2");
        spine.settle();
        assertThat(spine.head.settled().catalog().newest("public", "t").orElseThrow().state())
                .isInstanceOfSatisfying(
                        Relation.State.Ended.class,
                        ended -> assertThat(ended.reason()).contains("has no key"));
        assertThat(spine.stored("select a from public_history.t")).containsExactly("1");
    }

    @Test
    void unpublishing_keeps_history_and_lasts_until_publishing() throws Exception {
        spine.run("create table t (a int primary key)", "insert into t values (1)");
        spine.settle();
        assertThat(spine.source.unpublish(T)).isTrue();
        spine.run("insert into t values (2)", "alter table t add column b int");
        spine.settle();
        assertThat(spine.head.settled().catalog().followed(oid())).isEmpty();
        assertThat(spine.stored("select a from public_history.t")).containsExactly("1");

        assertThat(spine.source.publish(T)).isTrue();
        assertThat(spine.source.publish(T)).isFalse();
        spine.run("insert into t values (3, 3)");
        spine.settleFilled();
        spine.assertSame("t");
    }

    @Test
    void a_table_that_its_ddl_could_not_publish_in_time_is_published_by_the_node()
            throws Exception {
        spine.run("create schema aside", "create table aside.u (a int primary key)");
        try (var other = Database.single(spine.databases.source(), "test lock")) {
            other.setAutoCommit(false);
            Sql.update(other, "alter publication highwater add table aside.u");
            spine.run("set lock_timeout = '10ms'", "create table t (a int primary key)");
            assertThat(isPublished("t")).isFalse();
            other.rollback();
        }
        spine.run("reset lock_timeout", "insert into t values (1)");
        spine.await(
                "t to be published",
                () -> spine.head.settled().catalog().newest("public", "t").isPresent());
        spine.settleFilled();
        spine.assertSame("t");
    }

    @Test
    void a_table_that_was_taken_out_by_hand_while_the_node_was_stopped_stays_out()
            throws Exception {
        spine.run("create table t (a int primary key)", "insert into t values (1)");
        spine.settle();
        spine.stop();
        try (var superuser = Database.single(spine.databases.source(), "test")) {
            Sql.update(superuser, "alter publication highwater drop table t");
        }
        spine.start();
        spine.awaitEnd("t", "took it out");
        spine.stop();
        spine.start();
        assertThat(isPublished("t")).isFalse();
    }

    private boolean isPublished(String table) throws SQLException {
        try (var superuser = Database.single(spine.databases.source(), "test")) {
            return Sql.first(
                            superuser,
                            "select highwater.is_published(?::regclass)",
                            row -> row.getBoolean(1),
                            table)
                    .orElseThrow();
        }
    }

    @Test
    void tables_of_any_name_and_every_common_type_arrive() throws Exception {
        spine.run(
                """
                create table "Mixed ""Case" (
                  "Id" uuid primary key, "select" boolean, c "char", d char(5), e varchar(3), f bytea,
                  g json, h jsonb, i timestamptz, j timestamp, k date, l time, m interval, n inet,
                  o numeric, p float8, q real, r smallint, s int[], t text[][], u int4range, v bit(3),
                  w money, x point, y tsvector, z xml)
                """,
                """
                insert into "Mixed ""Case" values
                ('00000000-0000-0000-0000-000000000001', true, 'x', 'ab', 'abc', '\\x00ff',
                 '{"a":\n1}', '{"b":2}', 'infinity', '-infinity', '0044-03-15 BC', '24:00', '1 mon -3 days',
                 '::1/64', 'NaN', '-Infinity', 1.1, -32768, '[0:1]={1,NULL}', '{{a,"b,c"},{"",NULL}}', '[1,5)',
                 '101', '12.34', '(1,2)', 'fat:1A cat', '<a>1</a>'),
                ('00000000-0000-0000-0000-000000000002', null, null, null, null, null, null, null, null, null,
                 null, null, null, null, 123456789012345678901234567890.123456789, 1e300, null, null, null,
                 null, null, null, null, null, null, null)
                """,
                """
                insert into "Mixed ""Case" ("Id", e) select gen_random_uuid(), 'ü€𝄞' from generate_series(1, 300)
                """,
                "update \"Mixed \"\"Case\" set g = '[\"tab\\t \\\\ quote\"]', d = E'\\t\\n'");
        spine.settle();
        spine.assertSame("\"Mixed \"\"Case\"");
        String query = "select e as \"of \"\"e\", count(*) as \"N\" from public.%s group by e";
        spine.createView("of \"names", query.formatted("\"Mixed \"\"Case\""));
        spine.createView("by number", query.formatted("U&\"\\004Dixed \"\"Case\""));
        spine.run("delete from \"Mixed \"\"Case\" where e = 'abc'");
        spine.settle();
        for (var view : List.of("\"of \"\"names\"", "\"by number\"")) {
            assertThat(spine.stored("select v::text from public.%s v order by 1".formatted(view)))
                    .containsExactly("(,1)", "(ü€𝄞,300)");
        }
    }

    @Test
    void what_cannot_be_followed_says_why() throws Exception {
        spine.run(
                "create unlogged table fast (a int primary key)",
                "create table named (a int primary key, _from int)",
                "create table one (a int, primary key (a) deferrable)",
                "create table parts (a int) partition by range (a)");
        assertThat(spine.source.tables())
                .filteredOn(t -> t.name().schema().equals("public"))
                .allSatisfy(t -> assertThat(t.obstacle()).isNotNull());
        spine.settle();
        assertThat(spine.head.settled().catalog().all()).isEmpty();
    }

    @Test
    void a_row_written_right_after_its_table_was_made_is_never_decoded_before_it()
            throws Exception {
        for (int i = 0; i < 30; i++) {
            spine.run(
                    "begin; create table t (a int primary key); insert into t values (1); commit");
            spine.settle();
            spine.assertSame("t");
            spine.run("drop table t");
        }
    }

    @Test
    void a_message_that_others_wrote_in_our_name_is_not_believed() throws Exception {
        spine.run("create table t (a int primary key)");
        spine.run(
                "select pg_logical_emit_message(true, 'highwater', '{\"kind\":\"end\",\"oid\":%d,\"reason\":\"dropped\"}')"
                        .formatted(oid()),
                "insert into t values (1)");
        spine.settle();
        spine.assertSame("t");
        assertThatThrownBy(() -> spine.run("select highwater.publish('t'::regclass)"))
                .hasMessageContaining("permission denied");
    }

    private long oid() throws Exception {
        return spine.source.tables().stream()
                .filter(t -> t.name().equals(T))
                .findFirst()
                .orElseThrow()
                .oid();
    }
}
