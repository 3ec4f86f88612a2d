package dev.highwater.bench;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/// Views over a [Shop]: of a node, or PostgreSQL's materialized ones.
///
/// @param queries by name; a later one may read an earlier one. Each has a `commit_number`
record ShopViews(SequencedMap<String, String> queries) {
    /// A join into a sum for each region.
    static ShopViews joined() {
        return of(
                """
                order_sums: select c.region, sum(o.amount) as amount, count(*) as orders, sum(o.commit_number) as commit_number from orders o join customers c on c.id = o.customer group by c.region
                """);
    }

    /// Different sums of one table.
    static ShopViews sums() {
        return of(
                """
                by_product: select product, sum(amount) as amount, count(*) as orders, sum(commit_number) as commit_number from orders group by product
                by_shop: select shop, sum(quantity) as quantity, count(*) as orders, sum(commit_number) as commit_number from orders group by shop
                by_day: select placed, sum(amount) as amount, avg(quantity) as quantity, sum(commit_number) as commit_number from orders group by placed
                by_state: select state, count(*) as orders, sum(amount) as amount, sum(commit_number) as commit_number from orders group by state
                by_channel: select channel, avg(amount) as amount, sum(quantity) as quantity, sum(commit_number) as commit_number from orders group by channel
                by_customer: select customer, sum(amount) as amount, sum(commit_number) as commit_number from orders group by customer
                by_product_state: select product, state, sum(amount) as amount, sum(quantity) as quantity, sum(commit_number) as commit_number from orders group by product, state
                by_family: select product / 10 as family, count(*) filter (where amount >= 100) as large, sum(commit_number) as commit_number from orders group by product / 10
                online_by_day: select placed, sum(amount) as amount, count(*) as orders, sum(commit_number) as commit_number from orders where channel in ('web', 'app') group by placed
                total: select count(*) as orders, sum(amount) as amount, sum(quantity) as quantity, sum(commit_number) as commit_number from orders
                """);
    }

    /// Ten views, each over the one before.
    static ShopViews chain() {
        return of(
                """
                chain_1: select o.id, o.customer, c.region, o.quantity, o.amount, o.commit_number from orders o join customers c on c.id = o.customer
                chain_2: select id, customer, region, quantity * amount as worth, commit_number from chain_1 where quantity > 0
                chain_3: select customer, region, sum(worth) as worth, count(*) as orders, sum(commit_number) as commit_number from chain_2 group by customer, region
                chain_4: select v.customer, c.name, v.region, v.worth, v.orders, v.commit_number from chain_3 v join customers c on c.id = v.customer
                chain_5: select region, sum(worth) as worth, sum(orders) as orders, sum(commit_number) as commit_number from chain_4 group by region
                chain_6: select region, worth, orders, worth / orders as mean, commit_number from chain_5 where orders > 0
                chain_7: select region, left(region, 10) as area, worth, orders, commit_number from chain_6 where mean > 0
                chain_8: select area, sum(worth) as worth, sum(orders) as orders, count(*) as regions, sum(commit_number) as commit_number from chain_7 group by area
                chain_9: select area, worth, orders, regions, commit_number from chain_8 where regions > 0
                chain_10: select sum(worth) as worth, sum(orders) as orders, count(*) as areas, sum(commit_number) as commit_number from chain_9
                """);
    }

    private static ShopViews of(String lines) {
        var queries = new LinkedHashMap<String, String>();
        lines.lines()
                .forEach(
                        line -> {
                            int colon = line.indexOf(": ");
                            queries.put(line.substring(0, colon), line.substring(colon + 2));
                        });
        return new ShopViews(queries);
    }

    ShopViews and(ShopViews more) {
        var both = new LinkedHashMap<>(queries);
        both.putAll(more.queries);
        return new ShopViews(both);
    }

    /// The first so many.
    ShopViews first(int count) {
        var some = new LinkedHashMap<String, String>();
        queries.entrySet().stream()
                .limit(count)
                .forEach(view -> some.put(view.getKey(), view.getValue()));
        return new ShopViews(some);
    }

    List<String> names() {
        return List.copyOf(queries.keySet());
    }

    /// The queries, for a report.
    String text() {
        return queries.entrySet().stream()
                .map(view -> "    " + view.getKey() + ": " + view.getValue())
                .collect(Collectors.joining("\n"));
    }

    /// Makes them and waits until they have their rows.
    void create(Server server) throws SQLException, IOException, InterruptedException {
        for (var view : queries.entrySet()) {
            switch (server) {
                case Node node -> node.view(view.getKey(), view.getValue());
                case PlainPostgres plain ->
                        plain.execute(
                                "create materialized view "
                                        + view.getKey()
                                        + " as "
                                        + view.getValue());
            }
        }
    }

    /// Waits until all of them show a mark, or brings materialized ones up to date.
    void await(Server server, long mark) throws SQLException, IOException, InterruptedException {
        switch (server) {
            case PlainPostgres plain -> refresh(plain);
            case Node node -> {
                try (var store = Server.connect(node.store())) {
                    for (var name : names()) {
                        node.awaitView(store, name, Shop.shows(name, mark));
                    }
                }
            }
        }
    }

    /// Computes the materialized ones anew.
    ///
    /// @return how many seconds it took
    double refresh(PlainPostgres plain) throws SQLException {
        try (var connection = plain.connect();
                var statement = connection.createStatement()) {
            long start = System.nanoTime();
            for (var name : names()) {
                statement.execute("refresh materialized view " + name);
            }
            return (System.nanoTime() - start) / 1e9;
        }
    }

    /// How many of them are kept in which way.
    String strategies(Node node) throws IOException {
        var ways = new LinkedHashMap<String, List<String>>();
        for (var name : names()) {
            String way = node.get("/api/views/" + name).path("strategy").asText();
            ways.computeIfAbsent(way, _ -> new ArrayList<>()).add(name);
        }
        return ways.entrySet().stream()
                .map(way -> way.getKey() + " (" + String.join(", ", way.getValue()) + ")")
                .collect(Collectors.joining("; "));
    }

    /// Since which position each can be read; another one means that it was computed anew.
    Map<String, String> since(Node node) throws IOException {
        var result = new LinkedHashMap<String, String>();
        for (var name : names()) {
            result.put(name, node.get("/api/views/" + name).path("since").asText());
        }
        return result;
    }

    /// Those that are not what their query gives now, over what the store holds now.
    List<String> wrong(Node node) throws SQLException {
        var result = new ArrayList<String>();
        try (var store = Server.connect(node.store())) {
            for (var view : queries.entrySet()) {
                // One statement, so that both are of one moment.
                String same =
                        "select (%s) = (%s)"
                                .formatted(
                                        fingerprint("select * from " + view.getKey()),
                                        fingerprint(view.getValue()));
                if (!Server.one(store, same).equals("t")) {
                    result.add(view.getKey());
                }
            }
        }
        return result;
    }

    /// Sees that the store has the source's orders, and that the views are what their queries give.
    void check(Node node) throws SQLException {
        try (Connection source = node.connect();
                var store = Server.connect(node.store())) {
            String orders = fingerprint("select * from orders");
            if (!Server.one(source, orders).equals(Server.one(store, orders))) {
                throw new IllegalStateException("the store's orders are not the source's");
            }
        }
        var wrong = wrong(node);
        if (!wrong.isEmpty()) {
            throw new IllegalStateException("views are not what their queries give: " + wrong);
        }
    }

    private static String fingerprint(String query) {
        return "select count(*) || ' ' || coalesce(sum(hashtextextended(q::text, 0)::numeric), 0) from (%s) q"
                .formatted(query);
    }
}
