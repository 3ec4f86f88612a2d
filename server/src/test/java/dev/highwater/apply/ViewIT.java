package dev.highwater.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.highwater.sql.QualifiedName;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Views over tables that change.
final class ViewIT {
    @Test
    void a_view_equals_its_query_after_every_commit() throws Exception {
        try (var spine = new Spine()) {
            spine.run(
                    "create table orders (id int primary key, customer text, amount numeric(10,2))",
                    "insert into orders values (1, 'ann', 5), (2, 'bob', 7), (3, 'ann', 5)");
            spine.settle();
            spine.createView(
                    "totals",
                    "select customer, sum(amount) as total from orders group by customer");
            spine.createView("plain", "select amount from orders where id > 0");
            spine.createView("over", "select count(*) as n, max(total) as most from totals");
            assertThat(spine.stored("select * from totals order by 1"))
                    .containsExactly("ann", "bob");
            spine.run(
                    "insert into orders values (4, 'cyd', 1)",
                    "update orders set amount = 9 where id = 2");
            spine.settle();
            assertThat(spine.stored("select t::text from totals t order by 1"))
                    .containsExactly("(ann,10.00)", "(bob,9.00)", "(cyd,1.00)");
            assertThat(spine.stored("select amount from plain order by 1"))
                    .containsExactly("1.00", "5.00", "5.00", "9.00");
            assertThat(spine.stored("select o::text from over o")).containsExactly("(3,10.00)");
            spine.stop();
            spine.start();
            spine.run("delete from orders where customer = 'ann'");
            spine.settle();
            assertThat(spine.stored("select o::text from over o")).containsExactly("(2,9.00)");
        }
    }

    private static final String[] VIEWS = {
        "select c.name, sum(o.amount) as total, count(*) as n from orders o join customers c on c.id = o.customer group by c.name",
        "select c.id, c.name, o.amount from customers c left join orders o on o.customer = c.id",
        "select id, name from customers c where exists (select 1 from orders o where o.customer = c.id and o.amount > 5)",
        "select id, name from customers where id not in (select customer from orders where amount > 5)",
        "select id, name from customers where id in (select customer from orders where amount > 5)",
        "select distinct amount from orders",
        "select customer, max(amount) as most, min(id) as first from orders group by customer",
        "select id, row_number() over (partition by customer order by amount, id) as n from orders",
        "select name, (select max(amount) from orders o where o.customer = c.id) as most from customers c",
        "select c.name, x.n from customers c join (select customer, count(*) as n from orders group by customer) x on x.customer = c.id",
        "select c.id, c.name, count(o.id) as n from customers c left join orders o on o.customer = c.id group by c.id",
        "with big as (select * from orders where amount > 3) select b.id, c.name from big b join customers c on c.id = b.customer",
        "select a.id as a, b.id as b from orders a join orders b on a.customer = b.customer and a.id < b.id",
        "select distinct on (customer) customer, id, amount from orders order by customer, amount desc, id",
        "select customer from orders union select id from customers",
        "select id, amount from orders order by amount desc, id limit 3",
        "select customer, amount, count(*) from orders group by rollup (customer, amount)",
        "select name from customers where name like 'a%' or name ilike '%B%'",
        "select c.name, l.amount from customers c cross join lateral (select amount from orders o where o.customer = c.id order by amount desc, id limit 1) l",
        "select sum(amount) as s, count(*) as n from orders",
    };

    @Test
    void every_kind_of_view_equals_its_query() throws Exception {
        long seed = java.util.concurrent.ThreadLocalRandom.current().nextLong();
        var random = new java.util.Random(seed);
        try (var spine = new Spine()) {
            spine.run(
                    "create table customers (id int primary key, name text)",
                    "create table orders (id int primary key, customer int, amount numeric(10,2))",
                    "insert into customers select g, chr(97 + g % 4) || case when g > 5 then 'b' else '' end from generate_series(1, 8) g",
                    "insert into orders select g, nullif(g % 9, 0), g % 7 from generate_series(1, 30) g");
            spine.settle();
            // Published again with rows in it: rows from before and rows that came since.
            var orders = new QualifiedName("public", "orders");
            spine.source.unpublish(orders);
            spine.source.publish(orders);
            spine.settleFilled();
            for (int v = 0; v < VIEWS.length; v++) {
                spine.createView("v" + v, VIEWS[v]);
                System.out.println("v" + v + ": " + spine.strategy("v" + v));
            }
            for (int step = 0; step < 60; step++) {
                spine.run(
                        switch (random.nextInt(7)) {
                            case 0 ->
                                    "insert into orders values (%d, %d, %d)"
                                            .formatted(
                                                    100 + step,
                                                    1 + random.nextInt(9),
                                                    random.nextInt(8));
                            case 1 ->
                                    "delete from orders where id = (select id from orders order by md5(id::text || '%d') limit 1)"
                                            .formatted(step);
                            case 2 ->
                                    "update orders set customer = nullif(%d, 0) where id %% 9 = %d"
                                            .formatted(random.nextInt(10), random.nextInt(9));
                            case 3 ->
                                    "update orders set amount = nullif(%d, 0) where id %% 11 = %d"
                                            .formatted(random.nextInt(9), random.nextInt(11));
                            case 4 ->
                                    "update customers set name = nullif('%s', 'n') where id = %d"
                                            .formatted(
                                                    (char) ('a' + random.nextInt(14)),
                                                    1 + random.nextInt(9));
                            case 5 ->
                                    "begin; delete from customers where id = %1$d; insert into customers values (%1$d, 'x'); update customers set name = 'a' where id = %1$d; commit"
                                            .formatted(1 + random.nextInt(9));
                            default ->
                                    "begin; delete from customers where id = %d; update orders set amount = amount + 1 where id %% 3 = 0; commit"
                                            .formatted(1 + random.nextInt(9));
                        });
                spine.settle();
                for (int v = 0; v < VIEWS.length; v++) {
                    String query = VIEWS[v];
                    var expected =
                            spine.stored("select q::text from (" + query + ") q order by 1", true);
                    assertThat(spine.stored("select q::text from v" + v + " q order by 1"))
                            .as(
                                    "seed %d step %d v%d %s (%s)",
                                    seed, step, v, query, spine.strategy("v" + v))
                            .isEqualTo(expected);
                }
            }
        }
    }

    /// Plans are made once for batches of few changes, which must not outlast the size of tables
    /// that they were made for.
    @Test
    void a_view_stays_cheap_when_its_tables_grow() throws Exception {
        String query =
                "select c.region, array_agg(o.amount) as amounts from customers c join orders o on o.customer = c.id group by c.region";
        try (var spine = new Spine()) {
            spine.run(
                    "create table customers (id int primary key, region int)",
                    "create table orders (id int primary key, customer int, amount int)",
                    "insert into customers select g, g % 3 from generate_series(1, 5) g",
                    "insert into orders select g, g, g from generate_series(1, 5) g");
            spine.settle();
            spine.createView("early", query);
            change(spine, "early");
            // In transactions so small that each is a batch of few.
            for (int from = 6; from < 20_000; from += 900) {
                String some = " from generate_series(%d, %d) g".formatted(from, from + 899);
                spine.run(
                        "insert into customers select g, g" + some,
                        "insert into orders select g, g, g" + some);
                spine.settle();
            }
            spine.createView("late", query);
            // Both at once: whatever else the machine does is the same for both.
            var taken = change(spine, "early", "late");
            assertThat(taken.get(0)).isLessThan(3 * taken.get(1) + 1_000_000);
        }
    }

    /// Changes single rows.
    ///
    /// @return for each view the median of what keeping it took, in nanoseconds
    private static List<Long> change(Spine spine, String... views) throws Exception {
        var taken = new ArrayList<List<Long>>();
        for (var _ : views) {
            taken.add(new ArrayList<>());
        }
        for (int i = 1; i <= 15; i++) {
            var before = costs(spine, views);
            spine.run(
                    "update orders set amount = amount + 1 where id = " + (i % 5 + 1),
                    "update customers set region = region + 1 where id = " + (i % 5 + 1));
            spine.settle();
            var after = costs(spine, views);
            for (int v = 0; v < views.length; v++) {
                taken.get(v).add(after.get(v) - before.get(v));
            }
        }
        return taken.stream().map(t -> t.stream().sorted().toList().get(t.size() / 2)).toList();
    }

    private static List<Long> costs(Spine spine, String... views) {
        return Stream.of(views)
                .map(v -> spine.head.settled().catalog().newest("public", v).orElseThrow().id())
                .map(id -> spine.applier().costs().of(id).nanos())
                .toList();
    }
}
