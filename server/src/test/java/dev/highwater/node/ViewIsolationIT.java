package dev.highwater.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.highwater.relation.Relation;
import dev.highwater.sql.Sql;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A view that fails stops, with those that read it, and says why; tables and other views go on,
/// and nothing of the batch is lost.
final class ViewIsolationIT {
    private static final boolean LONG = Boolean.getBoolean("highwater.long");

    /// The faults of the short form.
    private static final Set<String> SHORT =
            Set.of(
                    "division by zero",
                    "integer overflow in a sum",
                    "a column is dropped",
                    "a table is renamed");

    private static final List<String> TABLES = List.of("orders", "customers");

    /// Views beside the one that fails, some older than it, one over another.
    private static final Map<String, String> OLDER =
            Map.of(
                    "totals",
                    "select customer, sum(amount) as total, count(*) as n from orders group by customer",
                    "named",
                    "select o.id, c.name from orders o left join customers c on c.id = o.customer");

    private static final Map<String, String> YOUNGER =
            Map.of(
                    "most", "select count(*) as n, max(total) as most from totals",
                    "big", "select id, amount from orders order by amount desc, id limit 3",
                    "names", "select distinct name from customers");

    private static final List<String> NEIGHBOURS =
            List.of("totals", "named", "most", "big", "names");

    /// So long at most may a view keep all others waiting: it has its five seconds, and has them
    /// again when it is found out which view it is.
    private static final Duration WAITING_MAX = Duration.ofSeconds(20);

    private ViewDesk desk;
    private int next = 100;

    /// A way to fail.
    ///
    /// @param breaks statements after which the view cannot be kept
    /// @param reason what its state then says
    /// @param mends statements after which it can be made again
    record Fault(String name, String query, String breaks, String reason, String mends) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Fault> faults() {
        return Stream.of(
                        new Fault(
                                "division by zero",
                                "select id, 100 / amount as share from orders",
                                "update orders set amount = 0 where id = 3",
                                "division by zero",
                                "update orders set amount = 1 where id = 3"),
                        new Fault(
                                "integer overflow in a row",
                                "select o.id, o.amount * 1000000 as micros from orders o join customers c on c.id = o.customer",
                                "update orders set amount = 3000 where id = 3",
                                "integer out of range",
                                "update orders set amount = 1 where id = 3"),
                        new Fault(
                                "integer overflow in a sum",
                                "select customer, sum(amount)::int as total from orders group by customer",
                                "update orders set amount = 2000000000 where id <= 4",
                                "integer out of range",
                                "update orders set amount = 1 where id <= 4"),
                        new Fault(
                                "a text that is no number",
                                "select id, sum(note::int) over (partition by customer order by id) as running from orders",
                                "update orders set note = 'x' where id = 3",
                                "invalid input syntax for type integer: \"x\"",
                                "update orders set note = '3' where id = 3"),
                        new Fault(
                                "two rows for one",
                                "select c.id, (select o.id from orders o where o.customer = c.id and o.amount = 77) as lucky from customers c",
                                "update orders set amount = 77 where id in (1, 4)",
                                "more than one row returned by a subquery",
                                "update orders set amount = 1 where id in (1, 4)"),
                        new Fault(
                                "a column is dropped",
                                "select id, upper(note) as note from orders",
                                "alter table orders drop column note",
                                "note",
                                "alter table orders add column note text default '1'"),
                        new Fault(
                                "a column is dropped that only a condition reads",
                                "select count(*) as n from orders where note <> '2'",
                                "alter table orders drop column note",
                                "note",
                                "alter table orders add column note text default '1'"),
                        new Fault(
                                "a column is renamed",
                                "select id, upper(note) as note from orders",
                                "alter table orders rename column note to remark",
                                "note",
                                "alter table orders rename column remark to note"),
                        new Fault(
                                "a table is renamed",
                                "select o.id, e.n from orders o join extra e on e.id = o.id",
                                "alter table extra rename to other",
                                "public.extra",
                                "alter table other rename to extra"),
                        new Fault(
                                "a table is renamed and another has its name",
                                "select o.id, e.n from orders o join extra e on e.id = o.id",
                                "alter table extra rename to other; create table extra (id int primary key, n int)",
                                "public.extra",
                                "insert into extra values (1, 1)"),
                        new Fault(
                                "a table is dropped",
                                "select o.id, e.n from orders o join extra e on e.id = o.id",
                                "drop table extra",
                                "public.extra, which it reads, ended",
                                "create table extra (id int primary key, n int); insert into extra values (1, 5)"),
                        new Fault(
                                "a column has another type",
                                "select o.id, e.n from orders o join extra e on e.id = o.id",
                                "alter table extra alter column n type bigint",
                                "public.extra, which it reads, ended",
                                "insert into extra values (7, 7)"))
                .filter(fault -> LONG || SHORT.contains(fault.name()));
    }

    @BeforeEach
    void start() throws Exception {
        desk = new ViewDesk();
        desk.spine.run(
                "create table customers (id int primary key, name text)",
                "create table orders (id int primary key, customer int, amount int, note text)",
                "create table extra (id int primary key, n int)",
                "insert into customers values (1, 'ann'), (2, 'bob'), (3, 'cyd')",
                "insert into orders select g, 1 + g % 3, g, g::text from generate_series(1, 12) g",
                "insert into extra select g, g from generate_series(1, 6) g");
        desk.spine.settleFilled();
        OLDER.forEach(desk::make);
    }

    @AfterEach
    void stop() throws Exception {
        desk.close();
    }

    /// An ordinary transaction.
    private String ordinary() {
        next++;
        return """
               insert into orders (id, customer, amount) values (%1$d, %2$d, 5);
               update orders set amount = amount + 1 where id = %1$d - 1;
               update customers set name = 'c%1$d' where id = %2$d
               """
                .formatted(next, 1 + next % 3);
    }

    @ParameterizedTest
    @MethodSource("faults")
    void a_view_that_fails_stops_alone(Fault fault) throws Exception {
        desk.make("faulty", fault.query());
        YOUNGER.forEach(desk::make);
        desk.make("reader", "select count(*) as n from faulty");
        desk.make("reader_of_both", "select r.n + m.n as n from reader r cross join most m");
        var dependents = List.of("reader", "reader_of_both");
        desk.spine.run(ordinary());
        desk.assertRight(TABLES, NEIGHBOURS);
        desk.assertRight(TABLES, List.of("faulty", "reader", "reader_of_both"));
        long before = desk.spine.head.settled().position();

        desk.runAsOneBatch(ordinary(), fault.breaks(), ordinary());
        desk.assertRight(TABLES, NEIGHBOURS);
        assertThat(desk.view("faulty").state()).isEqualTo("stopped");
        assertThat(desk.view("faulty").error()).contains(fault.reason()).doesNotContain("\n");
        for (var dependent : dependents) {
            assertThat(desk.view(dependent).state()).as(dependent).isEqualTo("stopped");
            assertThat(desk.view(dependent).error()).contains("which it reads, stopped: ");
        }
        assertThat(desk.relation("faulty").state())
                .isInstanceOfSatisfying(
                        Relation.State.Stopped.class,
                        stopped ->
                                assertThat(lastBefore(stopped.until()))
                                        .isEqualTo(stopped.until() - 1)
                                        .isGreaterThanOrEqualTo(before));
        assertThat(desk.relation("faulty").isReadableAt(before)).isTrue();

        desk.spine.run(ordinary());
        desk.assertRight(TABLES, NEIGHBOURS);
        desk.spine.stop();
        desk.spine.start();
        desk.spine.run(ordinary());
        desk.assertRight(TABLES, NEIGHBOURS);
        assertThat(desk.view("faulty").error()).contains(fault.reason());

        desk.spine.run(fault.mends());
        desk.spine.settleFilled();
        String why = String.valueOf(desk.view("faulty").error());
        if (!why.contains(", which it reads, ")) {
            desk.makeAnew();
            assertThat(desk.view("faulty").error()).isEqualTo(why);
            desk.make("faulty", fault.query());
        }
        desk.makeAnew("faulty", "reader", "reader_of_both");
        desk.spine.run(ordinary(), "delete from orders where id = 5");
        desk.assertRight(TABLES, NEIGHBOURS);
        desk.assertRight(TABLES, List.of("faulty", "reader", "reader_of_both"));
    }

    /// The last settled position before another one.
    private long lastBefore(long position) {
        try {
            return Long.parseLong(
                    desk.spine
                            .stored(
                                    "select max(position) from highwater.entry where settled and position < "
                                            + position)
                            .getFirst());
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void several_views_that_fail_in_one_batch_stop_each_with_its_own_reason() throws Exception {
        YOUNGER.forEach(desk::make);
        desk.make("shares", "select id, 100 / amount as share from orders");
        desk.make("numbers", "select id, note::int as n from orders");
        desk.make("over", "select s.id, n.n from shares s join numbers n on n.id = s.id");
        desk.runAsOneBatch(
                ordinary(),
                "update orders set amount = 0 where id = 3",
                "update orders set note = 'y' where id = 4",
                ordinary());
        desk.assertRight(TABLES, NEIGHBOURS);
        assertThat(desk.view("shares").error()).contains("division by zero");
        assertThat(desk.view("numbers").error()).contains("invalid input syntax");
        assertThat(desk.view("over").state()).isEqualTo("stopped");

        // Healing fills every table anew.
        desk.spine.stop();
        String own = desk.spine.stored("select slot from highwater.capture").getFirst();
        desk.spine.source.dropSlot(own);
        desk.spine.run(ordinary());
        desk.spine.start();
        desk.spine.settleFilled();
        desk.makeAnew(NEIGHBOURS.toArray(String[]::new));
        desk.assertRight(TABLES, NEIGHBOURS);
        assertThat(desk.view("shares").error()).contains("division by zero");
    }

    @Test
    void a_view_that_takes_too_long_is_stopped_and_the_others_settle() throws Exception {
        YOUNGER.forEach(desk::make);
        // Pairs of as many numbers as the amount: some ten seconds, or a minute, for one order.
        desk.make(
                "pairs",
                """
                select o.id, (select count(*) from generate_series(1, o.amount) a
                  cross join generate_series(1, o.amount) b where a % 7 = b % 11) as n
                from orders o
                """);
        desk.spine.run(ordinary());
        desk.assertRight(TABLES, NEIGHBOURS);
        desk.assertRight(TABLES, List.of("pairs"));
        long from = System.nanoTime();
        desk.spine.run("update orders set amount = 40000 where id = 3", ordinary());
        desk.assertRight(TABLES, NEIGHBOURS);
        var waited = Duration.ofNanos(System.nanoTime() - from);
        System.out.printf(
                "the neighbours of a view that takes too long waited for %d ms%n",
                waited.toMillis());
        assertThat(desk.view("pairs").state()).isEqualTo("stopped");
        assertThat(desk.view("pairs").error()).contains("longer than 5 s");
        assertThat(waited).isLessThan(WAITING_MAX);
        from = System.nanoTime();
        desk.spine.run(ordinary());
        desk.assertRight(TABLES, NEIGHBOURS);
        assertThat(Duration.ofNanos(System.nanoTime() - from)).isLessThan(Duration.ofSeconds(5));
        desk.spine.run("update orders set amount = 4 where id = 3");
        desk.spine.settle();
        desk.make("pairs", desk.view("pairs").query());
        desk.assertRight(TABLES, List.of("pairs"));
    }

    @Test
    void a_view_that_can_be_filled_but_not_kept_stops_and_the_others_settle() throws Exception {
        YOUNGER.forEach(desk::make);
        Sql.update(
                desk.spine.store,
                """
                create function public.nap(n int) returns int language plpgsql immutable as $$
                begin
                  if current_setting('application_name') !~ 'fill' then
                    perform pg_sleep(600);
                  end if;
                  return n;
                end $$
                """);
        desk.ask("slow", "select nap(count(distinct id)::int) as n from orders");
        desk.spine.await("slow to stop", () -> desk.view("slow").state().equals("stopped"));
        assertThat(desk.view("slow").error()).contains("longer than 5 s");
        desk.spine.run(ordinary());
        desk.assertRight(TABLES, NEIGHBOURS);
    }

    @Test
    void a_view_whose_rows_take_forever_gives_way() throws Exception {
        YOUNGER.forEach(desk::make);
        Sql.update(
                desk.spine.store,
                """
                create function public.forever(n int) returns int language plpgsql immutable as $$
                begin perform pg_sleep(600); return n; end $$
                """);
        String endless = "select forever(id) as n from orders";
        assertThat(desk.ask("endless", endless).state()).isEqualTo("filling");
        desk.spine.run(ordinary());
        desk.assertRight(TABLES, NEIGHBOURS);
        assertThat(sleeping()).isEqualTo(1);
        desk.drop("endless");
        desk.make("after", "select count(*) as n from orders");
        assertThat(sleeping()).isZero();

        // A node that stops leaves nothing behind that goes on.
        assertThat(desk.ask("endless", endless).state()).isEqualTo("filling");
        desk.spine.stop();
        assertThat(sleeping()).isZero();
        desk.spine.start();
        desk.drop("endless");
        desk.spine.run(ordinary());
        desk.assertRight(TABLES, NEIGHBOURS);
        desk.assertRight(TABLES, List.of("after"));
        assertThat(sleeping()).isZero();
    }

    @Test
    void an_index_that_was_cut_short_is_made_again() throws Exception {
        String broken = "select count(*) from pg_index where not indisvalid";
        Sql.update(
                desk.spine.store,
                """
                update pg_index set indisvalid = false where indexrelid::regclass::text like 'highwater_data.r%\\_c%'
                """);
        assertThat(desk.spine.stored(broken)).isNotEqualTo(List.of("0"));
        desk.make(
                "again",
                "select c.id, o.amount from customers c join orders o on o.customer = c.id");
        assertThat(desk.spine.stored(broken)).containsExactly("0");
        desk.spine.run(ordinary());
        desk.assertRight(TABLES, List.of("totals", "named", "again"));
    }

    /// How many connections are sleeping.
    private long sleeping() throws SQLException {
        return Long.parseLong(
                desk.spine
                        .stored(
                                "select count(*) from pg_stat_activity where wait_event = 'PgSleep'"
                                        + " and datname = current_database()")
                        .getFirst());
    }
}
