package dev.highwater.apply;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.highwater.journal.Positions;
import dev.highwater.sql.Identifiers;
import dev.highwater.sql.QualifiedName;
import dev.highwater.sql.Sql;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The views of the past show what was true in every generation of a table.
final class GenerationsIT {
    private static final String SPAN =
            "_from, null::bigint as _to, now() as _from_at, now() as _to_at";
    private static final QualifiedName T = Identifiers.parse("public.t");
    private static final Map<String, String> FORMER =
            Map.of(
                    "history",
                    SPAN + ", c1 as id, c2 as n",
                    "all_history",
                    "_shard, " + SPAN + ", c1 as id, c2 as n",
                    "as_of",
                    "c1 as id, c2 as n");

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
    void rows_of_another_type_are_read_as_ones_of_today() throws Exception {
        spine.run(
                "create table t (id int primary key, n text, gone int)",
                "insert into t values (1, '10', 7), (2, 'many', 8)");
        long first = spine.settle();
        spine.run("update t set n = '20' where id = 1", "delete from t where id = 2");
        long second = spine.settle();
        spine.run(
                "alter table t drop gone, alter n type int using n::int, add column r float8 default random()",
                "update t set n = n + 1");
        long third = spine.settleFilled();
        spine.assertSame("t");

        assertThat(past(second)).containsExactly("1 20 none");
        assertThat(past(third)).singleElement().asString().startsWith("1 21 0.");
        // As of a position there is no answer but the one that was true.
        assertThatThrownBy(() -> past(first)).hasMessageContaining("integer: \"many\"");
        assertThat(versions(first)).containsExactlyInAnyOrder("1 10", "2 none");
        assertThat(versions(second)).containsExactly("1 20");
        assertThat(versions(third)).containsExactly("1 21");
        assertThat(spine.stored("select count(*) from public_history.t where _to is null"))
                .containsExactly("1");
        assertThat(spine.stored("select count(*) from public_all_history.t"))
                .isEqualTo(spine.stored("select count(*) from public_history.t"));
    }

    @Test
    void a_dropped_table_and_the_next_one_of_its_name() throws Exception {
        spine.run("create table t (id int primary key, n int)", "insert into t values (1, 10)");
        long first = spine.settle();
        spine.run("drop table t");
        long dropped = spine.settle();
        // It was so until it was dropped.
        assertThat(spine.stored("select id || ' ' || _to from public_history.t"))
                .containsExactly("1 " + dropped);

        spine.run("create table t (n int, id int)", "alter table t replica identity full");
        spine.run("insert into t values (5, 3), (5, 3)");
        long second = spine.settleFilled();
        assertThat(past(first, "id || ' ' || n")).containsExactly("1 10");
        assertThat(past(second, "id || ' ' || n")).containsExactly("3 5", "3 5");
        assertThatThrownBy(() -> past(dropped, "id"))
                .hasMessageContaining("is known from position");
        assertThatThrownBy(() -> past(0, "id")).hasMessageContaining("is known from position ");
        assertThat(
                        spine.stored(
                                "select id || ' ' || n || ' ' || _n from public_history.t order by id"))
                .containsExactly("1 10 1", "3 5 2");

        spine.run("drop table t", "create table t (id int primary key, n int)");
        spine.settle();
        assertThat(spine.stored("select id || ' ' || n from public_history.t order by id"))
                .containsExactly("1 10", "3 5", "3 5");
        assertThat(past(second, "id || ' ' || n")).containsExactly("3 5", "3 5");
    }

    @Test
    void a_former_table_keeps_its_name_when_the_next_one_takes_another() throws Exception {
        spine.run(
                "create table t (id int primary key, n int)",
                "insert into t values (1, 10)",
                "drop table t",
                "create table t (id int primary key, n int)",
                "insert into t values (2, 20)",
                "alter table t rename to u");
        spine.settle();
        assertThat(spine.stored("select id from public_history.t")).containsExactly("1");
        assertThat(spine.stored("select id from public_history.u")).containsExactly("2");

        // One that is given up while it is being filled leaves the past as it was.
        spine.run("create table t (id int)", "insert into t values (3)");
        spine.publish("t", "id", relation -> spine.run("drop table t"));
        spine.awaitEnd("t", "");
        assertThat(spine.stored("select id from public_history.t")).containsExactly("1");
    }

    @Test
    void a_table_that_takes_the_name_of_one_beside_it() throws Exception {
        spine.run(
                "create table u (id int primary key, n int)",
                "create table t (id int primary key, n int)",
                "insert into u values (1, 100)",
                "insert into t values (1, 10)");
        long before = spine.settle();
        spine.run("insert into u values (2, 200)", "update u set n = 101 where id = 1");
        long beside = spine.settle();
        spine.run("begin; drop table t; alter table u rename to t; commit");
        long after = spine.settle();
        for (int starts = 0; starts < 2; starts++) {
            spine.assertSame("t");
            // Until then the name meant the other one.
            assertThat(past(before, "id || ' ' || n")).containsExactly("1 10");
            assertThat(past(beside, "id || ' ' || n")).containsExactly("1 10");
            assertThat(past(after, "id || ' ' || n")).containsExactly("1 101", "2 200");
            for (long position : List.of(before, beside, after)) {
                assertThat(versions(position)).isEqualTo(past(position, "id || ' ' || n"));
                assertThat(
                                spine.head
                                        .settled()
                                        .catalog()
                                        .readableAt("public", "t", position)
                                        .orElseThrow()
                                        .id())
                        .isEqualTo(position < after ? 2 : 1);
            }
            spine.stop();
            spine.start();
        }
    }

    @Test
    void a_type_that_is_another_one_of_its_name() throws Exception {
        spine.run(
                "create type mood as enum ('a', 'b')",
                "create table t (id int primary key, n mood, gone mood)",
                "insert into t values (1, 'a', 'a'), (2, 'b', 'b')");
        long first = spine.settle();
        spine.run("drop table t", "drop type mood");
        spine.run(
                "create type mood as (x int)",
                "create table t (id int primary key, n mood, come mood)",
                "insert into t values (3, row(7), row(8))");
        spine.settle();
        spine.assertSame("t");
        assertThat(
                        spine.stored(
                                "select id || ' ' || coalesce(n::text, 'none') || coalesce(come::text, 'none') from public_history.t order by id"))
                .containsExactly("1 nonenone", "2 nonenone", "3 (7)(8)");
        assertThatThrownBy(() -> past(first, "n::text"))
                .hasMessageContaining("malformed record literal: \"a\"");
    }

    @Test
    void a_table_that_was_not_followed_for_a_time() throws Exception {
        spine.run("create table t (id int primary key, n int)", "insert into t values (1, 10)");
        long first = spine.settle();
        spine.source.unpublish(T);
        spine.run("update t set n = 11");
        long between = spine.settle();
        spine.source.publish(T);
        long second = spine.settleFilled();
        assertThat(past(first, "id || ' ' || n")).containsExactly("1 10");
        assertThat(past(second, "id || ' ' || n")).containsExactly("1 11");
        assertThatThrownBy(() -> past(between, "id"))
                .hasMessageContaining("is known from position");

        Sql.update(spine.store, "create view report as select * from public.t");
        // A former program's views show the newest generation only.
        for (var kind : List.of("history", "all_history", "as_of")) {
            Sql.update(spine.store, "drop view public_%s.t".formatted(kind));
            Sql.update(
                    spine.store,
                    "create view public_%s.t as select %s from highwater_data.r2 where false"
                            .formatted(kind, FORMER.get(kind)));
            Sql.update(
                    spine.store,
                    "create view report_%s as select * from public_%1$s.t".formatted(kind));
        }
        assertThat(spine.stored("select n from public_history.t")).isEmpty();
        spine.stop();
        spine.start();
        assertThat(spine.stored("select n from public_history.t order by n"))
                .containsExactly("10", "11");
        assertThat(past(first, "id || ' ' || n")).containsExactly("1 10");
        // What people made of them goes on.
        assertThat(spine.stored("select n from report_history order by n"))
                .containsExactly("10", "11");
        assertThat(spine.stored("select n from report")).containsExactly("11");
    }

    @Test
    void a_view_and_the_ones_that_it_replaced() throws Exception {
        spine.run("create table t (id int primary key, n int)", "insert into t values (1, 10)");
        spine.settle();
        spine.createView("v", "select n from public.t");
        long first = spine.settle();
        spine.dropView("v");
        spine.settle();
        assertThat(spine.stored("select count(*) from public_history.v where _to is null"))
                .containsExactly("0");
        spine.createView("v", "select id, n from public.t");
        long second = spine.settle();
        assertThat(
                        spine.stored(
                                "select coalesce(id::text, 'none') || ' ' || n from public_history.v order by _from"))
                .containsExactly("none 10", "1 10");
        setAsOf(first);
        assertThat(spine.stored("select n from public_as_of.v where id is null"))
                .containsExactly("10");
        setAsOf(second);
        assertThat(spine.stored("select n from public_as_of.v where id = 1")).containsExactly("10");
    }

    @Test
    void a_position_is_told_in_sql_as_it_is_elsewhere() throws Exception {
        spine.run("create table t (id int primary key)", "insert into t values (1)");
        long position = spine.settle();
        spine.run("insert into t values (2)");
        spine.settle();
        String incarnation = Positions.incarnation(spine.store);
        setAsOf(incarnation + "." + position);
        assertThat(spine.stored("select id from public_as_of.t")).containsExactly("1");
        for (var wrong :
                Map.of(
                                "monday",
                                "'monday', which is not a position",
                                "-1",
                                "not a position",
                                "1; select 2",
                                "not a position",
                                "00000000." + position,
                                "belongs to another store",
                                "999",
                                "is in the future")
                        .entrySet()) {
            setAsOf(wrong.getKey());
            assertThatThrownBy(() -> spine.stored("select id from public_as_of.t"))
                    .hasMessageContaining(wrong.getValue());
        }
    }

    private List<String> past(long position) throws SQLException {
        return past(position, "id || ' ' || n || ' ' || coalesce(r::text, 'none')");
    }

    private List<String> past(long position, String values) throws SQLException {
        setAsOf(position);
        return spine.stored("select " + values + " from public_as_of.t order by id");
    }

    private void setAsOf(long position) throws SQLException {
        setAsOf(Long.toString(position));
    }

    private void setAsOf(String position) throws SQLException {
        Sql.query(
                spine.store,
                "select set_config('highwater.as_of', ?, false)",
                row -> true,
                position);
    }

    private List<String> versions(long position) throws SQLException {
        return spine.stored(
                "select id || ' ' || coalesce(n::text, 'none') from public_history.t where _from <= %d and (_to is null or _to > %1$d) order by id"
                        .formatted(position));
    }
}
