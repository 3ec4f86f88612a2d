package dev.highwater.bench;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/// A client that commits one row at a time on a fixed schedule, and what is known of each commit:
/// how long it took, and when its event arrived. Every row carries the number of its commit.
final class Commits {
    private static final int COMMITS_MAX = 1 << 20;

    private final String table;
    private final AtomicLongArray returned = new AtomicLongArray(COMMITS_MAX);
    private final AtomicLongArray arrived = new AtomicLongArray(COMMITS_MAX);

    Commits(String table) {
        this.table = table;
    }

    /// Distributions in nanoseconds.
    record Taken(Histogram latency, Histogram commit) {}

    static String create(String table) {
        return "create table "
                + table
                + " (id bigint generated always as identity primary key, commit_number bigint not null, customer int not null,"
                + " amount numeric(12,2) not null, state text not null, placed timestamptz not null default now())";
    }

    /// The event of a commit is here. Called by the thread that receives it.
    void arrived(long commitNumber) {
        arrived.set((int) commitNumber, System.nanoTime());
    }

    /// Commits for a while, waits for the last event, and tells of the commits after the warm-up.
    Taken run(Server server, int perSecond, Duration warmUp, Duration turn)
            throws SQLException, InterruptedException {
        var commit = new Histogram(3);
        int first = count(perSecond, warmUp);
        int end = first + count(perSecond, turn);
        try (var connection = server.connect();
                var insert =
                        connection.prepareStatement(
                                "insert into %s (commit_number, customer, amount, state) values (?, ?, 12.50, 'placed')"
                                        .formatted(table));
                var update =
                        connection.prepareStatement(
                                "update %s set commit_number = ?, state = 'paid' where id = (select max(id) from %s)"
                                        .formatted(table, table))) {
            connection.setAutoCommit(false);
            long start = System.nanoTime();
            for (int i = 0; i < end; i++) {
                sleepUntil(start + i * 1_000_000_000L / perSecond);
                var statement = i % 2 == 0 ? insert : update;
                statement.setLong(1, i);
                if (i % 2 == 0) {
                    statement.setInt(2, i);
                }
                statement.executeUpdate();
                long before = System.nanoTime();
                connection.commit();
                long after = System.nanoTime();
                returned.set(i, after);
                if (i >= first) {
                    commit.recordValue(after - before);
                }
            }
        }
        Wait.until(
                "all events of " + table + " have arrived",
                Duration.ofSeconds(60),
                () -> {
                    for (int i = 0; i < end; i++) {
                        if (arrived.get(i) == 0) {
                            return false;
                        }
                    }
                    return true;
                });
        var latency = new Histogram(3);
        for (int i = first; i < end; i++) {
            // An event may overtake the reply to its own commit.
            latency.recordValue(Math.max(0, arrived.get(i) - returned.get(i)));
        }
        return new Taken(latency, commit);
    }

    private static int count(int perSecond, Duration duration) {
        return Math.toIntExact(duration.toMillis() * perSecond / 1000);
    }

    private static void sleepUntil(long nanoTime) {
        long left = nanoTime - System.nanoTime();
        while (left > 0) {
            LockSupport.parkNanos(left);
            left = nanoTime - System.nanoTime();
        }
    }
}
