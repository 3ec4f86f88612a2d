package dev.highwater.node;

import dev.highwater.apply.Background;
import dev.highwater.apply.Transient;
import dev.highwater.failure.Failure;
import dev.highwater.sql.Database;
import dev.highwater.sql.PgAddress;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Work on a thread and a connection of its own. When it fails, it says so once, and begins again
/// on a new connection.
final class ConnectedWork implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectedWork.class);

    private static final Duration RETRY = Duration.ofSeconds(1);

    /// What is done on a connection.
    interface Work {
        /// Does it once, or until it fails.
        ///
        /// @return how long to wait before it is done again
        Duration on(Connection connection) throws SQLException, InterruptedException;
    }

    private final String what;
    private final PgAddress address;
    private final Work work;
    private final Background thread;
    private volatile @Nullable Connection working;
    private volatile boolean closed;

    /// @param what names the connection, the thread, and what waits when it fails
    ConnectedWork(String what, PgAddress address, Work work) {
        this.what = what;
        this.address = address;
        this.work = work;
        this.thread = Background.start("highwater-" + what.replace(' ', '-'), this::run);
    }

    private void run() throws InterruptedException {
        String told = "";
        while (!closed) {
            var pause = RETRY;
            try (var connection = Database.single(address, what)) {
                working = connection;
                // Whoever closed this before saw no connection to end.
                if (!closed) {
                    pause = work.on(connection);
                }
                told = "";
            } catch (SQLException | Failure.Unavailable e) {
                String error = Transient.line(e);
                if (!closed && !error.equals(told)) {
                    LOG.atWarn()
                            .addKeyValue("what", what)
                            .addKeyValue("cause", error)
                            .log("waits, and is tried again");
                    told = error;
                }
            } finally {
                working = null;
            }
            TimeUnit.NANOSECONDS.sleep(pause.toNanos());
        }
    }

    @Override
    public void close() throws SQLException {
        closed = true;
        var connection = working;
        if (connection != null) {
            connection.abort(Runnable::run);
        }
        thread.close();
    }
}
