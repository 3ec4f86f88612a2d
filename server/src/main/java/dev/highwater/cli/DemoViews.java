package dev.highwater.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.highwater.failure.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// The live views of the demo: what somebody at a trading desk keeps an eye on.
final class DemoViews {

    private static final Duration UNTIL_LIVE = Duration.ofSeconds(10);

    /// A view, and the order in which its rows are shown.
    ///
    /// @param by the column to sort by
    record Shown(String name, String sql, String by, boolean descending) {}

    static final List<Shown> ALL =
            List.of(
                    new Shown(
                            "best_prices",
                            """
                            select i.symbol,
                                   max(o.price) filter (where o.side = 'buy') as bid,
                                   min(o.price) filter (where o.side = 'sell') as ask,
                                   i.price as last
                            from instruments i left join orders o
                              on o.symbol = i.symbol and o.status in ('open', 'partial')
                            group by i.symbol, i.price
                            """,
                            "symbol",
                            false),
                    new Shown(
                            "positions",
                            """
                            select t.name as trader,
                                   sum(case o.side when 'buy' then o.filled else -o.filled end) as shares,
                                   sum(case o.side when 'buy' then o.filled else -o.filled end * i.price)
                                     as value
                            from traders t
                            join orders o on o.trader_id = t.id
                            join instruments i on i.symbol = o.symbol
                            group by t.name
                            """,
                            "trader",
                            false),
                    new Shown(
                            "revenue_by_minute",
                            """
                            select date_trunc('minute', traded_at) as minute,
                                   count(*) as trades, sum(quantity * price) as revenue
                            from trades group by 1
                            """,
                            "minute",
                            true),
                    new Shown(
                            "top_ten_trades",
                            """
                            select r.id as trade, t.name as trader, o.symbol, r.quantity * r.price as value
                            from trades r
                            join orders o on o.id = r.order_id
                            join traders t on t.id = o.trader_id
                            order by value desc, r.id limit 10
                            """,
                            "value",
                            true));

    /// The table of events, which is not published by itself, and a view over it.
    static final String EVENTS = "highwater.events";

    private static final Shown ACTIVITY =
            new Shown(
                    "activity",
                    """
                            select decider_id as trader,
                                   count(*) filter (where event = 'Placed') as placed,
                                   count(*) filter (where event = 'Traded') as traded,
                                   count(*) filter (where event = 'Cancelled') as cancelled
                            from highwater.events where decider = 'trader' group by decider_id
                            """,
                    "trader",
                    false);

    private final NodeClient client;

    DemoViews(NodeClient client) {
        this.client = client;
    }

    /// Creates the views where they are missing. One that cannot be used is left out.
    ///
    /// @param events whether the table of events is followed
    /// @param notices told which one is left out, and why
    /// @return those that are live
    List<Shown> create(boolean events, Consumer<String> notices) throws InterruptedException {
        List<Shown> wanted = new ArrayList<>(ALL);
        if (events) {
            wanted.add(ACTIVITY);
        }
        List<Shown> live = new ArrayList<>();
        for (Shown view : wanted) {
            try {
                JsonNode made = live(view);
                if (made.path("state").asText().equals("live")) {
                    live.add(view);
                } else {
                    notices.accept(
                            "the view "
                                    + view.name()
                                    + " is left out: "
                                    + made.path("error").asText());
                }
            } catch (Failure.Conflict | Failure.Refused | Failure.NotFound e) {
                notices.accept("the view " + view.name() + " is left out: " + e.line());
            }
        }
        return live;
    }

    private JsonNode live(Shown view) throws InterruptedException {
        NodeClient.Target target = new NodeClient.Target("api", "views", view.name());
        JsonNode made = client.putSql(target, view.sql());
        Instant latest = Instant.now().plus(UNTIL_LIVE);
        while (made.path("state").asText().equals("filling") && Instant.now().isBefore(latest)) {
            TimeUnit.MILLISECONDS.sleep(50);
            made = client.get(target);
        }
        return made;
    }
}
