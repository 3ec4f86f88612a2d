package dev.highwater.node;

import dev.highwater.failure.Failure;
import dev.highwater.sql.Database;
import dev.highwater.sql.PgAddress;
import dev.highwater.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gives the events of the source their positions in the global order while the node runs, so that
/// no consumer has to: where the source has the event store and the node's role may.
///
/// While events come it holds the lock that tells consumers so, and looks a hundred times a second;
/// otherwise four times, and whoever is in a hurry gives positions himself.
final class EventOrder implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventOrder.class);

    private static final Duration QUIET_PAUSE = Duration.ofMillis(250);
    private static final Duration QUIET_AFTER = Duration.ofSeconds(5);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(10);
    private static final Duration RETRY = Duration.ofSeconds(1);

    private static final String MAY =
            """
            select exists (
              select from pg_proc p join pg_namespace n on n.oid = p.pronamespace
              where n.nspname = 'highwater' and p.proname = 'keep_order'
                and has_schema_privilege(n.oid, 'usage') and has_function_privilege(p.oid, 'execute'))
            """;

    private static final String ONCE = "select highwater.advance_events()";

    private static final String FOR_A_SECOND = "call highwater.keep_order(10, 1)";

    private final PgAddress source;
    private final Thread thread;
    private volatile @Nullable Connection working;
    private volatile boolean closed;

    EventOrder(PgAddress source) {
        this.source = source;
        this.thread = Thread.ofVirtual().name("highwater-event-order").start(this::run);
    }

    private void run() {
        String told = "";
        while (!closed) {
            var pause = RETRY;
            try (var connection = Database.single(source, "highwater event order")) {
                working = connection;
                if (may(connection)) {
                    keep(connection);
                }
                pause = LOOK_AGAIN;
            } catch (SQLException | Failure.Unavailable e) {
                String error = String.valueOf(e.getMessage());
                if (!closed && !error.equals(told)) {
                    LOG.atWarn().addKeyValue("cause", error).log("events wait for their positions");
                    told = error;
                }
            } finally {
                working = null;
            }
            if (!sleep(pause)) {
                return;
            }
        }
    }

    private static boolean may(Connection connection) throws SQLException {
        return Sql.first(connection, MAY, row -> row.getBoolean(1)).orElse(false);
    }

    private void keep(Connection connection) throws SQLException {
        long lastEvent = System.nanoTime() - QUIET_AFTER.toNanos();
        long last = advance(connection);
        while (!closed) {
            long position = advance(connection);
            if (position != last) {
                last = position;
                lastEvent = System.nanoTime();
            }
            if (System.nanoTime() - lastEvent < QUIET_AFTER.toNanos()) {
                Sql.update(connection, FOR_A_SECOND);
            } else if (!sleep(QUIET_PAUSE)) {
                return;
            }
        }
    }

    /// @return the newest position
    private static long advance(Connection connection) throws SQLException {
        return Sql.first(connection, ONCE, row -> row.getLong(1)).orElse(0L);
    }

    /// @return false when it is the end
    private static boolean sleep(Duration pause) {
        try {
            TimeUnit.NANOSECONDS.sleep(pause.toNanos());
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() throws SQLException {
        closed = true;
        var connection = working;
        if (connection != null) {
            connection.abort(Runnable::run);
        }
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
