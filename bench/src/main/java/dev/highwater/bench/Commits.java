package dev.highwater.bench;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/// A client that commits one row at a time on a fixed schedule, and what is known of each commit:
/// how long it took, and when its event arrived. Every commit writes its number into a row.
final class Commits {
    private static final int COMMITS_MAX = 1 << 20;

    private final String what;
    private final List<String> statements;
    private final AtomicLongArray returned = new AtomicLongArray(COMMITS_MAX);
    private final AtomicLongArray arrived = new AtomicLongArray(COMMITS_MAX);

    /// The thread that receives events knows up to where it has.
    private int next;

    /// @param what that the events are of
    /// @param statements each writes one row, with the number of the commit as its only parameter;
    ///   they take turns
    Commits(String what, List<String> statements) {
        this.what = what;
        this.statements = List.copyOf(statements);
    }

    /// Inserts and updates in turn.
    static Commits into(String table) {
        return new Commits(
                table,
                List.of(
                        "insert into %s (commit_number, customer, amount, state) values (?, 7, 12.50, 'placed')"
                                .formatted(table),
                        "update %s set commit_number = ?, state = 'paid' where id = (select max(id) from %s)"
                                .formatted(table, table)));
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

    /// An event is here that shows this commit, and so every earlier one: a view shows several
    /// commits at once when they came together. Called by the thread that receives it.
    void arrivedUpTo(long commitNumber) {
        long now = System.nanoTime();
        for (; next <= commitNumber; next++) {
            arrived.set(next, now);
        }
    }

    /// Commits for a while, waits for the last event, and tells of the commits after the warm-up.
    Taken run(Server server, int perSecond, Duration warmUp, Duration turn)
            throws SQLException, InterruptedException {
        var commit = new Histogram(3);
        int first = count(perSecond, warmUp);
        int end = first + count(perSecond, turn);
        try (var connection = server.connect()) {
            var prepared = new ArrayList<PreparedStatement>();
            for (var text : statements) {
                prepared.add(connection.prepareStatement(text));
            }
            connection.setAutoCommit(false);
            long start = System.nanoTime();
            for (int i = 0; i < end; i++) {
                sleepUntil(start + i * 1_000_000_000L / perSecond);
                var statement = prepared.get(i % prepared.size());
                statement.setLong(1, i);
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
                "all events of " + what + " have arrived",
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
