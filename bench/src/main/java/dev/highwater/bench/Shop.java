package dev.highwater.bench;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.random.RandomGenerator;

/// Orders of customers in regions, which views are made of.
///
/// Each order has a commit number, 0 in nearly all, so that a view that sums it tells by one of its
/// rows which commit it has come to. The first orders are of one region each.
///
/// @param orders how many; a tenth as many customers, a fortieth of those as many regions
record Shop(int orders) {
    private static final int CHUNK = 10_000;

    int customers() {
        return orders / 10;
    }

    int regions() {
        return Math.max(2, orders / 400);
    }

    /// Makes the tables and waits until they are readable.
    void create(Server server) throws SQLException, InterruptedException {
        server.execute(
                "create table customers (id int primary key, name text not null, region text not null)",
                """
                create table orders (id bigint primary key, customer int not null, product int not null,
                  shop int not null, channel text not null, state text not null, placed date not null,
                  quantity int not null, amount numeric(12,2) not null, commit_number bigint not null)
                """,
                """
                insert into customers select i, 'customer ' || i, 'region ' || lpad((i %% %d)::text, 4, '0')
                from generate_series(1, %d) i
                """
                        .formatted(regions(), customers()));
        for (int from = 1; from <= orders; from += CHUNK) {
            server.execute(
                    """
                    insert into orders
                    select i, 1 + (i - 1) %% %d, i * 7919 %% 500, i * 31 %% 200,
                      (array['web', 'phone', 'store', 'app', 'partner'])[1 + i / 3 %% 5],
                      (array['placed', 'paid', 'packed', 'sent'])[1 + i / 7 %% 4],
                      date '2026-01-01' + (i / 11 %% 365)::int, 1 + i %% 9, (i %% 50000) / 100.0, 0
                    from generate_series(%d::bigint, %d) i
                    """
                            .formatted(
                                    customers(),
                                    (long) from,
                                    (long) Math.min(orders, from + CHUNK - 1)));
        }
        server.execute("analyze customers", "analyze orders");
        server.awaitReadable("select 1 from orders where id = " + orders);
    }

    /// Updates random orders, each transaction distinct ones.
    void update(Connection connection, RandomGenerator random, int rows) throws SQLException {
        connection.setAutoCommit(false);
        try (var update =
                connection.prepareStatement(
                        "update orders set quantity = 1 + quantity % 9, amount = amount + 1 where id = any(?)")) {
            for (int done = 0; done < rows; done += Sizes.TRANSACTION) {
                var ids =
                        random.longs(1, orders + 1L)
                                .distinct()
                                .limit(Math.min(orders, Sizes.TRANSACTION))
                                .boxed()
                                .toArray(Long[]::new);
                update.setArray(1, connection.createArrayOf("int8", ids));
                update.executeUpdate();
                connection.commit();
            }
        }
        connection.setAutoCommit(true);
    }

    /// Writes a number that [#shows] waits for.
    void mark(Connection connection, long number) throws SQLException {
        try (var update =
                connection.prepareStatement("update orders set commit_number = ? where id = 1")) {
            update.setLong(1, number);
            update.executeUpdate();
        }
    }

    /// A query that has a row when a relation has come to a mark.
    static String shows(String relation, long number) {
        return "select 1 from %s where commit_number = %d".formatted(relation, number);
    }

    /// Takes all numbers back, and waits until a view shows none.
    void clear(Node node, String view) throws SQLException, InterruptedException, IOException {
        node.execute("update orders set commit_number = 0 where commit_number <> 0");
        try (var store = Server.connect(node.store())) {
            node.awaitView(
                    store,
                    view,
                    "select 1 where not exists (select from %s where commit_number <> 0)"
                            .formatted(view));
        }
    }

    /// For [Commits]: an order of each region in turn.
    String commitInRegions() {
        return """
        update orders set commit_number = n, amount = amount + 1 from (select ?::bigint as n) v
        where id = 1 + n %% %d
        """
                .formatted(regions());
    }

    /// For [Commits]: always the same order.
    String commitInOne() {
        return "update orders set commit_number = ?, amount = amount + 1 where id = 1";
    }
}
