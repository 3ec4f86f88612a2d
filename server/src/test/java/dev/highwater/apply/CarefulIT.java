package dev.highwater.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.highwater.relation.Relation;
import dev.highwater.sql.Database;
import dev.highwater.sql.Sql;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A failure stops what it concerns, and no more.
final class CarefulIT {
    private Spine spine;

    @BeforeEach
    void start() throws Exception {
        spine = new Spine();
    }

    @AfterEach
    void stop() throws Exception {
        spine.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "insert into t values (2, 13); insert into t values (3, 0)",
                "insert into t values (2, 13); truncate t",
                "insert into t values (2, 13); alter table t add column more int",
                "insert into t values (2, 13); alter table t alter column n type bigint",
                "insert into t values (2, 13); drop table t",
                "insert into t values (2, 13); update t set id = 4 where id = 1",
            })
    void a_relation_that_cannot_be_written_stops_alone(String statements) throws Exception {
        spine.run(
                "create table t (id float8 primary key, n int)",
                "create table u (id int primary key)",
                "insert into t values (1, 1)");
        spine.settle();
        var t = spine.head.settled().catalog().newest("public", "t").orElseThrow();
        Sql.update(
                spine.store,
                "alter table highwater_data.r%d add constraint refusal check (c2 <> 13)"
                        .formatted(t.id()));
        long before = spine.head.settled().position();
        spine.run("begin; " + statements + "; commit", "insert into u values (1)");
        spine.settle();
        spine.assertSame("u");
        assertThat(spine.head.settled().catalog().byId(t.id()).orElseThrow().state())
                .isInstanceOfSatisfying(
                        Relation.State.Stopped.class,
                        stopped -> {
                            assertThat(stopped.reason()).contains("refusal");
                            assertThat(stopped.until()).isEqualTo(before + 1);
                        });
        for (var view : List.of("public.t", "public_all.t")) {
            assertThatThrownBy(() -> spine.stored("select * from " + view))
                    .hasMessageMatching(
                            "(?s).*public.t (stopped at position %d .*refusal.*set highwater.as_of = %d;|is still being filled).*"
                                    .formatted(before + 1, before));
        }
        if (spine.head.settled().catalog().newest("public", "t").orElseThrow().id() == t.id()) {
            Sql.query(
                    spine.store,
                    "select set_config('highwater.as_of', ?, false)",
                    row -> true,
                    String.valueOf(before));
            assertThat(spine.stored("select (id, n)::text from public_as_of.t"))
                    .containsExactly("(1,1)");
        }
    }

    @Test
    void rows_from_before_that_cannot_be_written_stop_their_relation_alone() throws Exception {
        spine.run(
                "create table t (id int primary key, n int)",
                "create table u (id int primary key)",
                "insert into t values (1, 1)");
        spine.settle();
        // Every relation that is made from here on refuses a row.
        spine.run("drop table t", "create table t (id int, n int)", "insert into t values (1, 13)");
        Sql.update(
                spine.store,
                """
                create function refuse() returns event_trigger language plpgsql as $$
                declare
                  made record;
                begin
                  for made in select * from pg_event_trigger_ddl_commands()
                    where command_tag = 'CREATE TABLE' and object_identity ~ 'highwater_data.r[0-9]+$'
                  loop
                    execute format('alter table %s add constraint refusal check (c2 <> 13)', made.object_identity);
                  end loop;
                end $$
                """);
        Sql.update(
                spine.store,
                "create event trigger refuse on ddl_command_end execute function refuse()");
        spine.run("alter table t add primary key (id)");
        spine.await(
                "t to stop",
                () ->
                        spine.head
                                .settled()
                                .catalog()
                                .newest("public", "t")
                                .filter(r -> r.state() instanceof Relation.State.Stopped)
                                .isPresent());
        spine.run("insert into u values (1)");
        spine.settle();
        spine.assertSame("u");
    }

    @Test
    void a_failure_that_passes_leaves_nothing_behind() throws Exception {
        spine.run("create table t (id int primary key)");
        spine.settle();
        Sql.update(spine.store, "create sequence tries");
        Sql.update(
                spine.store,
                """
                create function refuse() returns trigger language plpgsql as $$
                begin
                  if nextval('tries') = 1 then
                    raise exception 'once';
                  end if;
                  return new;
                end $$
                """);
        Sql.update(
                spine.store,
                "create trigger refuse before insert on highwater.entry for each row execute function refuse()");
        for (int time = 1; time <= 3; time++) {
            spine.run("insert into t values (" + time + ")");
            spine.settle();
            spine.assertSame("t");
            // Beyond where the source was when the second session began.
            spine.settle();
            Sql.query(spine.store, "select setval('tries', 1, false)", row -> true);
        }
    }

    @Test
    void a_source_without_our_secret_stops_capture_and_no_connection_stays() throws Exception {
        spine.stop();
        try (var owner = Database.single(spine.databases.source(), "test owner")) {
            Sql.update(owner, "delete from highwater.secret");
            spine.launch();
            spine.await(
                    "capture to stop",
                    () -> spine.progress().state() instanceof Progress.State.Stopped);
            assertThat(spine.progress().state().toString()).contains("secret");
            spine.await("the slot to be free", () -> connections(owner) == 0);
        }
    }

    private static long connections(java.sql.Connection owner) {
        try {
            return Sql.first(
                            owner,
                            "select count(*) from pg_stat_activity where datname = current_database()"
                                    + " and application_name = 'highwater capture'",
                            row -> row.getLong(1))
                    .orElseThrow();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
