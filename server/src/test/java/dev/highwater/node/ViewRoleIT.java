package dev.highwater.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.highwater.failure.Failure;
import dev.highwater.sql.Sql;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The text of a view may select from tables and views, and nothing else. Whatever else it tries is
/// refused, or stops it, with one line; and nothing has changed.
final class ViewRoleIT {
    private static final List<String> TABLES = List.of("orders");
    private static final List<String> NEIGHBOURS = List.of("totals");

    /// What a view's text must leave as it is: tables and their rows, roles, sequences, large
    /// objects, settings, other connections.
    private static final String REST =
            """
            select concat_ws(' ',
              (select md5(string_agg(concat(oid, relname, relkind, relacl::text), ',' order by oid))
               from pg_class where oid >= 16384),
              (select md5(string_agg(concat(nspname, nspacl::text), ',' order by oid)) from pg_namespace),
              (select md5(string_agg(concat(rolname, rolsuper, rolbypassrls), ',' order by oid)) from pg_roles),
              (select string_agg(n::text, ',') from public.canary),
              (select last_value || ' ' || is_called from public.counter),
              (select count(*) from pg_largeobject_metadata),
              (select count(*) from pg_db_role_setting),
              (select count(*) from pg_replication_slots where slot_name = 'mine'),
              (select count(*) from pg_locks where locktype = 'advisory'),
              (select count(*) from highwater.request),
              (select count(*) from highwater_data.r1))
            """;

    /// What PostgreSQL or the analysis refuses, and a part of the line that says so.
    private static final Map<String, List<String>> REFUSED =
            Map.ofEntries(
                    Map.entry(
                            "is volatile",
                            List.of(
                                    "select nextval('counter') from orders",
                                    "select id, setval('counter', 9) from orders",
                                    "select set_config('role', 'highwater', false) from orders",
                                    "select id from orders where pg_sleep(1) is not null",
                                    "select id from orders order by random()",
                                    "select pg_read_file('/etc/passwd') from orders",
                                    "select pg_read_binary_file('/etc/passwd') from orders",
                                    "select * from pg_ls_dir('/')",
                                    "select lo_import('/etc/passwd') from orders",
                                    "select lo_export(1, '/tmp/x') from orders",
                                    "select lo_create(0) from orders",
                                    "select lo_from_bytea(0, 'x') from orders",
                                    "select pg_logical_emit_message(true, 'highwater', 'x') from orders",
                                    "select pg_cancel_backend(1) from orders",
                                    "select pg_terminate_backend(pg_backend_pid()) from orders",
                                    "select pg_switch_wal() from orders",
                                    "select pg_reload_conf() from orders",
                                    "select query_to_xml('delete from public.canary', true, true, '') from orders",
                                    "select highwater.create_view('w', 'select 1') from orders",
                                    "select highwater.drop_view('totals') from orders",
                                    "select id, loud(id) from orders",
                                    "select id, id |+| 1 as x from orders",
                                    "select sum(x) from (select loud(id) as x from orders) o")),
                    Map.entry(
                            "has pseudo-type",
                            List.of(
                                    "select pg_sleep(1), id from orders",
                                    "select * from orders, pg_sleep(1) as s",
                                    "select pg_notify('highwater_request', '') from orders",
                                    "select pg_advisory_lock(1) from orders",
                                    "select pg_create_physical_replication_slot('mine') from orders")),
                    Map.entry(
                            "it locks rows",
                            List.of(
                                    "select id from orders for update",
                                    "select id from (select id from orders for share) o",
                                    "select o.id from orders o join totals t on t.customer = o.customer for share of o")),
                    Map.entry(
                            "does not exist",
                            List.of(
                                    "select * from dblink('dbname=store', 'drop table canary') as t(x int)",
                                    "select xmin from orders",
                                    "select ctid, id from orders")),
                    Map.entry(
                            "tells of the database",
                            List.of(
                                    "select id, table_to_xml('pg_authid'::regclass, true, true, '')::text as x from orders",
                                    "select id from orders where id = length(table_to_xml('pg_authid'::regclass, true, true, '')::text)",
                                    "select id from orders where id = table_to_xml('pg_authid'::regclass, true, true, '')::text::int",
                                    "select table_to_xml('highwater.change'::regclass, true, true, '')::text as x from orders",
                                    "select id, current_setting('data_directory') as x from orders")),
                    Map.entry(
                            "a view is a query",
                            List.of(
                                    "set role highwater",
                                    "reset role",
                                    "insert into orders values (9, 9, 9)",
                                    "update orders set amount = 0",
                                    "delete from orders",
                                    "truncate orders",
                                    "drop table orders",
                                    "create table t (id int)",
                                    "alter role reader superuser",
                                    "grant all on canary to reader",
                                    "copy orders to program 'id'",
                                    "do $$ begin delete from canary; end $$",
                                    "call p()",
                                    "explain analyze delete from canary",
                                    "execute p",
                                    "prepare p as select 1",
                                    "begin",
                                    "commit",
                                    "lock table orders",
                                    "listen x",
                                    "vacuum orders",
                                    "show all",
                                    "/* select */ delete from canary",
                                    "-- select\n delete from canary")),
                    Map.entry(
                            "only one statement",
                            List.of(
                                    "select 1; select 2",
                                    "select id from orders; drop table public.canary",
                                    "select 1 --;\n; delete from canary",
                                    "select ';'; delete from canary",
                                    "select $a$;$a$; delete from canary",
                                    "select 1; commit; delete from canary",
                                    "select id from orders) x; delete from canary; select (1")),
                    Map.entry(
                            "syntax error",
                            List.of(
                                    "(delete from orders returning id)",
                                    "values (1)) as v; --",
                                    "select * from (delete from orders returning id) d")),
                    Map.entry(
                            "WITH",
                            List.of(
                                    "with d as (delete from orders returning *) select * from d",
                                    "with i as (insert into orders values (9, 9, 9) returning id) select id from i",
                                    "with u as (update orders set amount = 0 returning id) select o.id from orders o")),
                    Map.entry(
                            "TABLESAMPLE",
                            List.of("select id from orders tablesample system (50)")),
                    Map.entry("INTO", List.of("select id into stolen from orders")),
                    Map.entry(
                            "at or near \"insert\"",
                            List.of("with x as (select 1) insert into orders select 9, 9, 9")),
                    Map.entry(
                            "which is no published table and no view",
                            List.of(
                                    "table pg_authid",
                                    "select rolpassword from pg_authid where rolname = 'reader'",
                                    "select o.id from orders o where exists (select 1 from pg_shadow)",
                                    "select * from pg_stat_activity",
                                    "select * from pg_settings",
                                    "select * from information_schema.tables",
                                    "select * from highwater.entry",
                                    "select * from highwater.change",
                                    "select * from highwater.request",
                                    "select * from highwater_data.r1",
                                    "select * from highwater_data.r1_h",
                                    "select * from public_history.orders",
                                    "select * from public_all.orders",
                                    "select * from canary")));

    private ViewDesk desk;
    private int next = 100;

    @BeforeEach
    void start() throws Exception {
        desk = new ViewDesk();
        desk.spine.run(
                "create table orders (id int primary key, customer int, amount int)",
                "insert into orders select g, g % 3, g from generate_series(1, 9) g");
        desk.spine.settleFilled();
        desk.make("totals", "select customer, sum(amount) as total from orders group by customer");
        store(
                "create table public.canary (n int)",
                "insert into public.canary values (1)",
                "create sequence public.counter",
                """
                create function public.loud(n int) returns int language plpgsql volatile as $$
                begin delete from public.canary; return n; end $$
                """,
                """
                create function public.spoil() returns int language plpgsql volatile as $$
                begin update public.canary set n = n + 1; return 1; end $$
                """,
                """
                create function public.loud_sum(a int, b int) returns int language sql volatile
                return public.loud(a) + b
                """,
                "create operator public.|+| (leftarg = int, rightarg = int, function = public.loud_sum)");
    }

    private void store(String... statements) throws SQLException {
        for (var statement : statements) {
            Sql.update(desk.spine.store, statement);
        }
    }

    @AfterEach
    void stop() throws Exception {
        desk.close();
    }

    private String rest() throws SQLException {
        return desk.spine.stored(REST).getFirst();
    }

    /// The neighbours are right, and follow.
    private void assertGoesOn() throws SQLException {
        desk.spine.run("insert into orders values (%1$d, %1$d %% 3, %1$d)".formatted(next++));
        desk.assertRight(TABLES, NEIGHBOURS);
    }

    @Test
    void what_is_no_query_over_tables_and_views_is_refused() throws Exception {
        var wrong = new ArrayList<String>();
        String before = rest();
        for (var group : REFUSED.entrySet()) {
            for (var query : group.getValue()) {
                try {
                    wrong.add(query + ": " + desk.ask("v", query));
                } catch (Failure.Refused e) {
                    if (!e.line().contains(group.getKey()) || e.line().contains("\n")) {
                        wrong.add(query + ": " + e.line());
                    }
                } catch (RuntimeException e) {
                    wrong.add(query + ": " + e);
                }
                if (!before.equals(rest())) {
                    wrong.add(query + " changed something: " + rest());
                    before = rest();
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertGoesOn();
    }

    /// What asks for too much, and a part of the line that the view stops with.
    private static final Map<String, String> STOPPED =
            Map.of(
                    "select id, repeat('x', 2000000000) as x from orders",
                    "requested length too large");

    @Test
    void what_asks_for_too_much_stops_the_view_alone() throws Exception {
        var wrong = new ArrayList<String>();
        for (var tried : STOPPED.entrySet()) {
            String line;
            try {
                var view = desk.ask("v", tried.getKey());
                line = view.state() + ": " + view.error();
                desk.drop("v");
            } catch (Failure.Refused e) {
                line = "refused: " + e.line();
            }
            if (!line.contains(tried.getValue()) || line.contains("\n") || line.contains("SCRAM")) {
                wrong.add(tried.getKey() + ": " + line);
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(desk.spine.stored("select n from public.canary")).containsExactly("1");
        assertGoesOn();
    }

    /// A function that the store's owner made and called immutable, and that writes when it is
    /// given a number above a hundred.
    private record Liar(String name, String body, String reason) {}

    private static final List<Liar> LIARS =
            List.of(
                    new Liar(
                            "itself",
                            "if n > 100 then update public.canary set n = 2; end if;",
                            "not allowed in a non-volatile function"),
                    new Liar(
                            "by_another",
                            "if n > 100 then perform public.spoil(); end if;",
                            "permission denied for table canary"),
                    new Liar(
                            "a_table_of_the_node",
                            "if n > 100 then perform public.spoil_orders(); end if;",
                            "permission denied for table r1"),
                    new Liar(
                            "the_journal",
                            "if n > 100 then perform public.spoil_journal(); end if;",
                            "permission denied for table entry"),
                    new Liar(
                            "ddl",
                            "if n > 100 then perform public.spoil_schema(); end if;",
                            "permission denied for schema public"),
                    new Liar(
                            "files",
                            "if n > 100 then perform pg_read_file('/etc/passwd'); end if;",
                            "permission denied for function pg_read_file"));

    @Test
    void a_function_that_lies_about_itself_stops_its_view_alone() throws Exception {
        store(
                """
                create function public.spoil_orders() returns int language plpgsql volatile as $$
                begin delete from highwater_data.r1; return 1; end $$
                """,
                """
                create function public.spoil_journal() returns int language plpgsql volatile as $$
                begin delete from highwater.entry; return 1; end $$
                """,
                """
                create function public.spoil_schema() returns int language plpgsql volatile as $$
                begin create table public.left_behind (n int); return 1; end $$
                """);
        for (var liar : LIARS) {
            store(
                    "create function public.%s(n int) returns int language plpgsql immutable as $$ begin %s return n; end $$"
                            .formatted(liar.name(), liar.body()));
            desk.make(
                    "v_" + liar.name(),
                    "select id, %s(amount) as x from orders".formatted(liar.name()));
        }
        desk.spine.run("update orders set amount = 50 where id = 2");
        desk.assertRight(TABLES, NEIGHBOURS);
        String before = rest();
        desk.spine.run("update orders set amount = 101 where id = 2");
        desk.assertRight(TABLES, NEIGHBOURS);
        for (var liar : LIARS) {
            var view = desk.view("v_" + liar.name());
            assertThat(view.state()).as(liar.name()).isEqualTo("stopped");
            assertThat(view.error()).as(liar.name()).contains(liar.reason()).doesNotContain("\n");
        }
        assertThat(rest()).isEqualTo(before);
        assertGoesOn();
    }

    @Test
    void a_function_that_is_called_while_a_view_is_planned_has_no_more_rights() throws Exception {
        store(
                """
                create function public.eager(n int) returns int language plpgsql immutable as $$
                begin perform public.spoil(); return n; end $$
                """,
                """
                create function public.steady(n int) returns int language plpgsql stable as $$
                begin perform public.spoil(); return n; end $$
                """);
        for (var query :
                List.of(
                        "select id, eager(1) as x from orders",
                        "select customer, sum(amount) + eager(1) as x from orders group by customer",
                        "select o.id from orders o join totals t on t.customer = o.customer where o.amount = eager(3)",
                        "select id from orders order by id limit eager(1)")) {
            String line;
            try {
                var view = desk.ask("v", query);
                line = view.state() + ": " + view.error();
                desk.drop("v");
            } catch (Failure.Refused e) {
                line = "refused: " + e.line();
            }
            assertThat(line).as(query).contains("permission denied for table canary");
            assertThat(desk.spine.stored("select n from public.canary"))
                    .as(query)
                    .containsExactly("1");
        }
        assertThatThrownBy(() -> desk.ask("v", "select id from orders where id = steady(1)"))
                .isInstanceOf(Failure.Refused.class)
                .hasMessageContaining("is stable");
        assertGoesOn();
    }

    @Test
    void the_role_of_views_can_write_what_views_hold_and_nothing_else() throws Exception {
        desk.make("over", "select count(*) as n from totals");
        assertThat(
                        desk.spine.stored(
                                "select concat_ws(' ', rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls, rolcanlogin)"
                                        + " from pg_roles where rolname = 'highwater_view'"))
                .containsExactly("f f f f f f");
        assertThat(
                        desk.spine.stored(
                                "select 1 from pg_auth_members where member = 'highwater_view'::regrole"))
                .isEmpty();
        assertThat(
                        desk.spine.stored(
                                """
                                select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
                                where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname not in ('pg_toast', 'pg_catalog')
                                  and has_table_privilege('highwater_view', c.oid, 'insert, update, delete, truncate, references, trigger')
                                order by 1
                                """))
                .containsExactlyInAnyOrder(tables("totals", "over"));
        assertThat(
                        desk.spine.stored(
                                """
                                select nspname from pg_namespace where has_schema_privilege('highwater_view', oid, 'create')
                                union all
                                select datname from pg_database
                                where datname = current_database() and has_database_privilege('highwater_view', oid, 'create, temporary')
                                union all
                                select oid::regclass::text from pg_class
                                where case relkind when 'S' then has_sequence_privilege('highwater_view', oid, 'usage, update') end
                                """))
                .isEmpty();
    }

    private String[] tables(String... views) {
        var result = new ArrayList<String>();
        for (var view : views) {
            String current = "highwater_data.r" + desk.relation(view).id();
            result.add(current);
            result.add(current + "_h");
        }
        return result.toArray(String[]::new);
    }
}
