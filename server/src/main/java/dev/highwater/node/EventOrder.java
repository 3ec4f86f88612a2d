package dev.highwater.node;

import dev.highwater.sql.PgAddress;
import dev.highwater.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// Gives the events of the source their positions in the global order while the node runs, so that
/// no consumer has to: where the source has the event store and the node's role may.
///
/// While events come it holds the lock that tells consumers so, and looks a hundred times a second;
/// otherwise four times, and whoever is in a hurry gives positions himself.
final class EventOrder implements AutoCloseable {
    private static final Duration QUIET_PAUSE = Duration.ofMillis(250);
    private static final Duration QUIET_AFTER = Duration.ofSeconds(5);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(10);

    private static final String MAY =
            """
            select exists (
              select from pg_proc p join pg_namespace n on n.oid = p.pronamespace
              where n.nspname = 'highwater' and p.proname = 'keep_order'
                and has_schema_privilege(n.oid, 'usage') and has_function_privilege(p.oid, 'execute'))
            """;

    private static final String ONCE = "select highwater.advance_events()";

    private static final String FOR_A_SECOND = "call highwater.keep_order(10, 1)";

    private final ConnectedWork work;

    EventOrder(PgAddress source) {
        work = new ConnectedWork("event order", source, EventOrder::keepWhereAllowed);
    }

    private static Duration keepWhereAllowed(Connection connection)
            throws SQLException, InterruptedException {
        if (may(connection)) {
            keep(connection);
        }
        return LOOK_AGAIN;
    }

    private static boolean may(Connection connection) throws SQLException {
        return Sql.first(connection, MAY, row -> row.getBoolean(1)).orElse(false);
    }

    /// Goes on until it is interrupted or fails.
    private static void keep(Connection connection) throws SQLException, InterruptedException {
        long lastEvent = System.nanoTime() - QUIET_AFTER.toNanos();
        long last = advance(connection);
        while (true) {
            long position = advance(connection);
            if (position != last) {
                last = position;
                lastEvent = System.nanoTime();
            }
            if (System.nanoTime() - lastEvent < QUIET_AFTER.toNanos()) {
                Sql.update(connection, FOR_A_SECOND);
            } else {
                TimeUnit.NANOSECONDS.sleep(QUIET_PAUSE.toNanos());
            }
        }
    }

    /// @return the newest position
    private static long advance(Connection connection) throws SQLException {
        return Sql.first(connection, ONCE, row -> row.getLong(1)).orElse(0L);
    }

    @Override
    public void close() throws SQLException {
        work.close();
    }
}
