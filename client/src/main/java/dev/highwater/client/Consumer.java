package dev.highwater.client;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.postgresql.PGConnection;

/// Consumes the events of a view in a loop: leases some, hands each to a handler, acknowledges.
///
/// Handler and acknowledgement share a transaction. What the handler writes on the connection that
/// it is given is therefore there exactly once, whatever crashes; anything else that it does
/// happens at least once. Events of one stream that were leased together are one transaction.
///
/// An event whose handler fails is given back, its effect undone, to be given out again after a
/// pause that doubles with each attempt; its stream waits, others go on. A consumer outlives
/// restarts of the database. Any number of consumers may work for one view, in any processes.
public final class Consumer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Consumer.class.getName());

    private static final Duration SHORTEST_IDLE = Duration.ofMillis(5);
    private static final Duration FIRST_RECONNECT = Duration.ofMillis(100);
    private static final Duration LONGEST_RECONNECT = Duration.ofSeconds(5);
    private static final Duration LONGEST_RETRY = Duration.ofMinutes(1);

    /// Does what an event asks for.
    @FunctionalInterface
    public interface Handler {
        /// Handles one event.
        ///
        /// @param connection in the transaction that acknowledges the event; the handler neither
        ///   commits it nor rolls it back
        void handle(Connection connection, StoredEvent event) throws Exception;
    }

    /// How it goes about it.
    ///
    /// @param batch how many events to lease at once; they should be done long before the lease of
    ///   the view is over
    /// @param perStream how many of them in a row may be of one stream; beyond 64 PostgreSQL keeps
    ///   the subtransactions of one transaction in a slower way
    /// @param longestIdle how long to wait at most before asking again when there was nothing; a
    ///   notification wakes it earlier, where something gives positions meanwhile
    /// @param firstRetry how long an event waits that failed the first time
    public record Pace(int batch, int perStream, Duration longestIdle, Duration firstRetry) {
        public static final Pace USUAL =
                new Pace(100, 50, Duration.ofMillis(200), Duration.ofMillis(500));
    }

    private final DataSource source;
    private final String view;
    private final Pace pace;

    /// One event of each stream that is leased and not done; where a connection was lost the next
    /// gives them back.
    private final Deque<LeasedEvent> held = new ArrayDeque<>();

    private final CountDownLatch closing = new CountDownLatch(1);
    private final ReentrantLock running = new ReentrantLock();

    public Consumer(DataSource source, String view) {
        this(source, view, Pace.USUAL);
    }

    public Consumer(DataSource source, String view, Pace pace) {
        this.source = source;
        this.view = view;
        this.pace = pace;
    }

    /// Consumes until [#close].
    ///
    /// @throws SQLException when the database can be reached but refuses, such as for a view that
    ///   is not registered
    /// @throws InterruptedException when the thread is interrupted; leased events are given back
    public void run(Handler handler) throws SQLException, InterruptedException {
        if (!running.tryLock()) {
            throw new IllegalStateException("this consumer runs already");
        }
        try {
            var pause = new Backoff(FIRST_RECONNECT, LONGEST_RECONNECT);
            while (isOpen()) {
                try (var connection = source.getConnection()) {
                    consume(connection, handler, pause);
                } catch (SQLException e) {
                    if (!mayPass(e)) {
                        throw e;
                    }
                    LOG.log(WARNING, "a consumer of {0} tries again: {1}", view, e.getMessage());
                    var _ = closing.await(pause.next().toMillis(), TimeUnit.MILLISECONDS);
                }
            }
        } finally {
            running.unlock();
        }
    }

    /// Ends [#run] when the event that is being handled is done, gives the others back, and returns
    /// after that; called by the handler it returns at once.
    @Override
    public void close() {
        closing.countDown();
        if (!running.isHeldByCurrentThread()) {
            running.lock();
            try {
                // To have it was to wait for the end.
            } finally {
                running.unlock();
            }
        }
    }

    private boolean isOpen() {
        return closing.getCount() > 0;
    }

    private void consume(Connection connection, Handler handler, Backoff pause)
            throws SQLException, InterruptedException {
        boolean autoCommit = connection.getAutoCommit();
        connection.setAutoCommit(true);
        execute(connection, "listen highwater_events");
        try {
            var idle = new Backoff(SHORTEST_IDLE, pace.longestIdle());
            var leases = new EventStore(source).on(connection).view(view);
            nackHeld(leases);
            while (isOpen()) {
                var leased = leases.stream(pace.batch(), pace.perStream());
                pause.reset();
                if (!leased.isEmpty()) {
                    work(connection, leases, leased, handler);
                    idle.reset();
                } else if (isNotified(connection, idle.next())) {
                    idle.reset();
                }
                if (Thread.interrupted()) {
                    throw new InterruptedException("while consuming " + view);
                }
            }
        } finally {
            giveBack(connection, autoCommit);
        }
    }

    private void nackHeld(View leases) throws SQLException {
        while (!held.isEmpty()) {
            try {
                leases.nack(held.getFirst());
            } catch (EventStoreException e) {
                if (!e.reason().isLapsedLease()) {
                    throw e;
                }
            }
            held.removeFirst();
        }
    }

    private void work(Connection connection, View leases, List<LeasedEvent> leased, Handler handler)
            throws SQLException, InterruptedException {
        connection.setAutoCommit(false);
        boolean interrupted = false;
        var streams = byStream(leased);
        streams.forEach(stream -> held.add(stream.getFirst()));
        for (var stream : streams) {
            try {
                interrupted |= Thread.interrupted();
                if (interrupted) {
                    leases.nack(stream.getFirst());
                } else {
                    interrupted = !handle(connection, leases, stream, handler);
                }
                connection.commit();
            } catch (EventStoreException e) {
                if (!e.reason().isLapsedLease()) {
                    throw e;
                }
                connection.rollback();
                LOG.log(INFO, "{0} took longer than its lease", stream.getFirst().event());
            }
            held.removeFirst();
        }
        connection.setAutoCommit(true);
        if (interrupted) {
            throw new InterruptedException("while consuming " + view);
        }
    }

    /// Handles events of one stream up to the first that fails, or [#close], and gives the others
    /// back.
    ///
    /// @return false when the handler was interrupted
    private boolean handle(
            Connection connection, View leases, List<LeasedEvent> stream, Handler handler)
            throws SQLException {
        int done = 0;
        Exception failure = null;
        while (done < stream.size() && failure == null && isOpen()) {
            var before = connection.setSavepoint();
            try {
                handler.handle(connection, stream.get(done).event());
                connection.releaseSavepoint(before);
                done++;
            } catch (Exception e) {
                connection.rollback(before);
                failure = e;
            }
        }
        if (done > 0) {
            leases.ack(stream.get(done - 1));
        }
        if (failure instanceof InterruptedException) {
            leases.nack(stream.get(done));
            return false;
        }
        if (failure == null && done < stream.size()) {
            leases.nack(stream.get(done));
        }
        if (failure != null) {
            var failed = stream.get(done);
            LOG.log(WARNING, "the handler failed on " + failed.event(), failure);
            leases.scheduleNack(
                    failed, retry(done == 0 ? failed.attempt() : 1), failure.toString());
        }
        return true;
    }

    private Duration retry(int attempt) {
        var pause = pace.firstRetry().multipliedBy(1L << Math.min(attempt - 1, 20));
        return pause.compareTo(LONGEST_RETRY) < 0 ? pause : LONGEST_RETRY;
    }

    /// What was leased together has its token in common.
    private static Collection<List<LeasedEvent>> byStream(List<LeasedEvent> leased) {
        var streams = new LinkedHashMap<Long, List<LeasedEvent>>();
        for (var each : leased) {
            streams.computeIfAbsent(each.token(), _ -> new ArrayList<>()).add(each);
        }
        return streams.values();
    }

    private static boolean isNotified(Connection connection, Duration atMost) throws SQLException {
        int millis = (int) Math.max(1, atMost.toMillis());
        var come = connection.unwrap(PGConnection.class).getNotifications(millis);
        return come != null && come.length > 0;
    }

    /// A pool wants its connection back as it was.
    private static void giveBack(Connection connection, boolean autoCommit) {
        try {
            if (!connection.getAutoCommit()) {
                connection.rollback();
            }
            connection.setAutoCommit(true);
            execute(connection, "unlisten highwater_events");
            connection.setAutoCommit(autoCommit);
        } catch (SQLException _) {
            // It is broken, and whoever noticed is on the way out with the reason.
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /// Connections that fail (08), conflicts of transactions (40), resources that are short (53), a
    /// server that stops or starts (57P), and a pool whose connection is gone, which has no state.
    private static boolean mayPass(SQLException e) {
        String state = e.getSQLState();
        return state == null
                || state.startsWith("08")
                || state.startsWith("40")
                || state.startsWith("53")
                || state.startsWith("57P");
    }
}
