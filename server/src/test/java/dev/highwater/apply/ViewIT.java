package dev.highwater.apply;

import static org.assertj.core.api.Assertions.assertThat;

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
}
