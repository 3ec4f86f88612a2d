package dev.highwater.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.highwater.relation.Relation;
import dev.highwater.sql.Database;
import dev.highwater.sql.Sql;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a table looks like in the source is known here, or the table does not go on.
final class DefinitionIT {
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
    void ddl_on_a_parent_reaches_the_tables_that_inherit_from_it() throws Exception {
        spine.run(
                "create table parent (id int primary key, n int)",
                "create table child (primary key (id)) inherits (parent)",
                "create table grandchild (primary key (id)) inherits (child)",
                "insert into child values (1, 10)",
                "insert into grandchild values (2, 20)",
                "alter table parent alter column n type text using 'n' || n",
                "insert into child values (3, 'x')",
                "alter table parent rename column n to m",
                "alter table parent add column o int default 7",
                "insert into grandchild values (4, 'y', 8)");
        spine.settleFilled();
        spine.assertSame("only child");
        spine.assertSame("grandchild");
    }

    @Test
    void a_rewrite_without_a_new_definition_stops_the_table() throws Exception {
        spine.run("create table t (id int primary key, n int)", "insert into t values (1, 1)");
        spine.settle();
        asOwner("alter event trigger highwater_ddl disable");
        spine.run("alter table t alter column n type bigint");
        assertStopped("rewritten");
    }

    @Test
    void a_default_is_taken_over_whatever_the_session_of_the_ddl_prefers() throws Exception {
        spine.run(
                "create table t (id int primary key)",
                "insert into t values (1)",
                // Within one statement, because the driver insists on its own DateStyle.
                """
                do $$ begin
                  set local datestyle = 'German';
                  set local intervalstyle = 'iso_8601';
                  set local extra_float_digits = -10;
                  set local bytea_output = 'escape';
                  set local timezone = 'Asia/Kathmandu';
                  alter table t add column d date default '2024-03-01',
                    add column z timestamptz default '2024-03-01 00:00',
                    add column i interval default '-1 mon 2 days',
                    add column f float8 default 1.2345678901234567, add column b bytea default '\\x00ff5c';
                  set local datestyle = 'ISO, MDY';
                  set local timezone = 'UTC';
                end $$
                """,
                "reset intervalstyle",
                "reset extra_float_digits",
                "reset bytea_output");
        spine.settleFilled();
        assertThat(spine.stored("select body from highwater.change where body like '%missing%'"))
                .last()
                .asString()
                .contains("2024-03-01", "2024-02-29 18:15:00+00", "-1 mons +2 days", "\\\\x00ff5c");
        spine.assertSame("t");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "alter table t add column c int",
                "alter table t alter column n type bigint",
                "alter table t alter column p type numeric(12, 3)",
                "alter table t drop constraint t_pkey, add primary key (n)",
            })
    void a_change_that_was_not_told_stops_the_table_and_readers_learn_it(String ddl)
            throws Exception {
        spine.run("create table t (id int primary key, n int, p numeric(10, 2))");
        spine.settle();
        asOwner("alter event trigger highwater_ddl disable");
        asOwner("alter event trigger highwater_rewrite disable");
        asOwner("alter event trigger highwater_drop disable");
        spine.run(ddl, "insert into t values (1, 2, 3)");
        assertStopped("publish it again");
    }

    @Test
    void dropping_the_index_that_is_the_key_ends_the_table_and_writers_go_on() throws Exception {
        spine.run(
                "create table t (a int, b int not null)",
                "create unique index t_b on t (b)",
                "alter table t replica identity using index t_b",
                "insert into t values (1, 1)");
        spine.settleFilled();
        spine.assertSame("t");
        spine.run("drop index t_b", "update t set a = 2");
        spine.settle();
        assertThat(state())
                .isInstanceOfSatisfying(
                        Relation.State.Ended.class,
                        ended -> assertThat(ended.reason()).contains("has no key"));
    }

    @Test
    void dropping_the_type_of_a_key_column_leaves_writers_alone() throws Exception {
        spine.run(
                "create domain d as int",
                "create table t (k d primary key, v int)",
                "insert into t values (1, 1)",
                "drop domain d cascade",
                "update t set v = 2");
        assertThat(spine.source.tables()).noneMatch(t -> t.published());
    }

    private void assertStopped(String reason) {
        spine.await("the table to stop", () -> state() instanceof Relation.State.Stopped);
        assertThat(state())
                .isInstanceOfSatisfying(
                        Relation.State.Stopped.class,
                        stopped -> assertThat(stopped.reason()).contains(reason));
    }

    private Relation.State state() {
        return spine.head.settled().catalog().newest("public", "t").orElseThrow().state();
    }

    private void asOwner(String statement) throws SQLException {
        try (var connection = Database.single(spine.databases.source(), "test owner")) {
            Sql.update(connection, statement);
        }
    }
}
