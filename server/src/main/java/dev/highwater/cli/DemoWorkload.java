package dev.highwater.cli;

import dev.highwater.failure.Failure;
import dev.highwater.sql.PgAddress;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Writes the trading desk's transactions through plain JDBC, as any application would: it knows
/// nothing of Highwater. One thread runs it until it is interrupted; a broken connection is made
/// again.
final class DemoWorkload {

    static final List<String> TABLES = List.of("traders", "instruments", "orders", "trades");

    private static final String CREATE =
            """
            create table if not exists traders (
                id int primary key,
                name text not null,
                turnover numeric(16,2) not null default 0);
            create table if not exists instruments (
                symbol text primary key,
                name text not null,
                price numeric(12,2) not null check (price > 0),
                volume bigint not null default 0);
            create table if not exists orders (
                id bigint generated always as identity primary key,
                trader_id int not null references traders,
                symbol text not null references instruments,
                side text not null check (side in ('buy', 'sell')),
                quantity int not null check (quantity > 0),
                filled int not null default 0 check (filled between 0 and quantity),
                price numeric(12,2) not null,
                status text not null default 'open'
                    check (status in ('open', 'partial', 'filled', 'cancelled')),
                placed_at timestamptz not null default now());
            create table if not exists trades (
                id bigint generated always as identity primary key,
                order_id bigint not null references orders,
                quantity int not null check (quantity > 0),
                price numeric(12,2) not null,
                traded_at timestamptz not null default now());
            """;

    /// Fails when a table of that name is not the one above.
    private static final String CHECK =
            """
            select t.name, t.turnover, i.name, i.price, i.volume, o.side, o.quantity, o.filled,
                   o.price, o.status, r.quantity, r.price
            from traders t, instruments i, orders o, trades r
            where o.trader_id = t.id and o.symbol = i.symbol and r.order_id = o.id
            limit 0
            """;

    private static final String ADD_TRADER =
            "insert into traders (id, name) values (?, ?) on conflict do nothing";

    private static final String ADD_INSTRUMENT =
            """
            insert into instruments (symbol, name, price) values (?, ?, ?::numeric)
            on conflict do nothing
            """;

    private static final String OPEN_ORDERS =
            """
            select id, quantity - filled from orders
            where status in ('open', 'partial') order by id desc limit 30
            """;

    private static final String DRIFT =
            """
            update instruments set price = greatest(round(price * ?, 2), 0.01) where symbol = ?
            """;

    private static final String PLACE =
            """
            insert into orders (trader_id, symbol, side, quantity, price)
            select ?, symbol, ?, ?, greatest(round(price * ?, 2), 0.01)
            from instruments where symbol = ?
            returning id
            """;

    private static final String CANCEL =
            """
            update orders set status = 'cancelled'
            where id = ? and status in ('open', 'partial')
            """;

    private static final String EXECUTE =
            """
            update orders set filled = filled + ?,
                   status = case when filled + ? = quantity then 'filled' else 'partial' end
            where id = ? and status in ('open', 'partial') and filled + ? <= quantity
            """;

    private static final String RECORD_TRADE =
            """
            insert into trades (order_id, quantity, price)
            select o.id, ?, i.price from orders o join instruments i using (symbol) where o.id = ?
            """;

    private static final String MOVE_MARKET =
            """
            update instruments i
            set volume = volume + ?, price = greatest(round(i.price * ?, 2), 0.01)
            from orders o where o.id = ? and i.symbol = o.symbol
            """;

    private static final String BOOK_TURNOVER =
            """
            update traders t set turnover = turnover + ? * i.price
            from orders o join instruments i using (symbol)
            where o.id = ? and t.id = o.trader_id
            """;

    /// What a trader does is an event of the trader too, where the source has the event store.
    private static final String HAS_EVENTS =
            """
            select exists (
              select from pg_proc p join pg_namespace n on n.oid = p.pronamespace
              where n.nspname = 'highwater' and p.proname = 'append_event'
                and has_schema_privilege(n.oid, 'usage') and has_function_privilege(p.oid, 'execute'))
            """;

    private static final String REGISTER =
            "select from highwater.register_decider_event('trader', ?)";

    private static final String TELL =
            """
            select from orders o join traders t on t.id = o.trader_id
            cross join lateral highwater.append_event(
              ?, gen_random_uuid(), 'trader', t.name,
              jsonb_build_object('order', o.id, 'symbol', o.symbol, 'side', o.side, 'quantity', ?::int, 'price', o.price),
              null, null, v_expected_version => -1)
            where o.id = ?
            """;

    private static final List<String> EVENTS = List.of("Placed", "Traded", "Cancelled");

    private static final long RETRY_PAUSE_MS = 250;

    private final PgAddress source;
    private final Random random;
    private final double perSecond;
    private final AtomicLong commits = new AtomicLong();
    private volatile boolean tellsEvents;

    /// @param seed the same seed gives the same steps on an empty source
    /// @param perSecond transactions a second, on average
    DemoWorkload(PgAddress source, long seed, double perSecond) {
        this.source = source;
        this.random = new Random(seed);
        this.perSecond = perSecond;
    }

    /// How many transactions were committed by [#run].
    long commits() {
        return commits.get();
    }

    /// Creates the tables where they are missing, and what the desk needs to begin.
    void prepare() {
        try (Connection connection = Connections.open(source, "highwater demo")) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute(CREATE);
                statement.execute(CHECK);
            }
            for (int i = 0; i < DemoDesk.TRADERS.size(); i++) {
                update(connection, ADD_TRADER, i + 1, DemoDesk.TRADERS.get(i));
            }
            for (DemoDesk.Instrument one : DemoDesk.INSTRUMENTS) {
                update(connection, ADD_INSTRUMENT, one.symbol(), one.name(), one.price());
            }
            prepareEvents(connection);
            connection.commit();
        } catch (SQLException e) {
            throw new Failure.Conflict(
                    "demo-tables",
                    "the demo cannot use the tables traders, instruments, orders and trades ("
                            + e.getMessage()
                            + "); run it on another data directory with --data DIR");
        }
    }

    private void prepareEvents(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(HAS_EVENTS)) {
            tellsEvents = row.next() && row.getBoolean(1);
        }
        if (tellsEvents) {
            for (String event : EVENTS) {
                run(connection, REGISTER, event);
            }
        }
    }

    /// Whether what traders do is told as events.
    boolean tellsEvents() {
        return tellsEvents;
    }

    private void tell(Connection connection, String event, int quantity, long order)
            throws SQLException {
        if (tellsEvents) {
            run(connection, TELL, event, quantity, order);
        }
    }

    /// Trades until interrupted.
    void run() throws InterruptedException {
        while (true) {
            try (Connection connection = Connections.open(source, "highwater demo")) {
                connection.setAutoCommit(false);
                trade(connection);
            } catch (Failure.Unavailable away) {
                TimeUnit.MILLISECONDS.sleep(RETRY_PAUSE_MS);
            } catch (SQLException e) {
                if (!passing(e)) {
                    throw new Failure.Conflict(
                            "demo-stopped", "the demo's trading was refused: " + e.getMessage());
                }
                TimeUnit.MILLISECONDS.sleep(RETRY_PAUSE_MS);
            }
        }
    }

    /// Whether another attempt may succeed: the connection broke (08), the server stops or starts
    /// (57P), or another transaction was in the way (40).
    private static boolean passing(SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        return state.startsWith("08") || state.startsWith("57P") || state.startsWith("40");
    }

    private void trade(Connection connection) throws SQLException, InterruptedException {
        DemoDesk desk = new DemoDesk(random, openOrders(connection));
        while (true) {
            if (perform(connection, desk, desk.next())) {
                commits.incrementAndGet();
            }
            TimeUnit.NANOSECONDS.sleep((long) (1e9 / perSecond * (0.5 + random.nextDouble())));
        }
    }

    private List<DemoDesk.OpenOrder> openOrders(Connection connection) throws SQLException {
        List<DemoDesk.OpenOrder> open = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(OPEN_ORDERS)) {
            while (rows.next()) {
                open.add(new DemoDesk.OpenOrder(rows.getLong(1), rows.getInt(2)));
            }
        }
        connection.commit();
        return open;
    }

    /// Performs a step in one transaction; false when somebody else changed what it builds on.
    private boolean perform(Connection connection, DemoDesk desk, DemoDesk.Step step)
            throws SQLException {
        boolean done =
                switch (step) {
                    case DemoDesk.Drift drift -> drift(connection, drift);
                    case DemoDesk.Place place -> place(connection, desk, place);
                    case DemoDesk.Fill fill -> {
                        DemoDesk.OpenOrder order = fill.order();
                        boolean filled =
                                execute(connection, order.id(), fill.quantity(), fill.factor());
                        desk.left(order.id(), filled ? order.left() - fill.quantity() : 0);
                        yield filled;
                    }
                    case DemoDesk.Cancel cancel -> {
                        desk.left(cancel.order().id(), 0);
                        long id = cancel.order().id();
                        boolean cancelled = update(connection, CANCEL, id) == 1;
                        if (cancelled) {
                            tell(connection, "Cancelled", cancel.order().left(), id);
                        }
                        yield cancelled;
                    }
                };
        if (done) {
            connection.commit();
        } else {
            connection.rollback();
        }
        return done;
    }

    private static boolean drift(Connection connection, DemoDesk.Drift drift) throws SQLException {
        int moved = 0;
        for (DemoDesk.Move move : drift.moves()) {
            moved += update(connection, DRIFT, move.factor(), move.symbol());
        }
        return moved > 0;
    }

    private boolean place(Connection connection, DemoDesk desk, DemoDesk.Place place)
            throws SQLException {
        long id;
        try (PreparedStatement insert =
                prepared(
                        connection,
                        PLACE,
                        place.trader(),
                        place.side(),
                        place.quantity(),
                        place.limit(),
                        place.symbol())) {
            ResultSet rows = insert.executeQuery();
            if (!rows.next()) {
                return false;
            }
            id = rows.getLong(1);
        }
        tell(connection, "Placed", place.quantity(), id);
        boolean filled =
                place.filled() > 0 && execute(connection, id, place.filled(), BigDecimal.ONE);
        desk.left(id, filled ? place.quantity() - place.filled() : place.quantity());
        return true;
    }

    private boolean execute(Connection connection, long order, int quantity, BigDecimal factor)
            throws SQLException {
        if (update(connection, EXECUTE, quantity, quantity, order, quantity) == 0) {
            return false;
        }
        update(connection, RECORD_TRADE, quantity, order);
        tell(connection, "Traded", quantity, order);
        update(connection, BOOK_TURNOVER, quantity, order);
        update(connection, MOVE_MARKET, quantity, factor, order);
        return true;
    }

    private static void run(Connection connection, String query, Object... values)
            throws SQLException {
        try (PreparedStatement statement = prepared(connection, query, values)) {
            statement.execute();
        }
    }

    private static int update(Connection connection, String sql, Object... values)
            throws SQLException {
        try (PreparedStatement statement = prepared(connection, sql, values)) {
            return statement.executeUpdate();
        }
    }

    private static PreparedStatement prepared(Connection connection, String sql, Object... values)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < values.length; i++) {
            statement.setObject(i + 1, values[i]);
        }
        return statement;
    }
}
