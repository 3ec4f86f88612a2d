package dev.highwater.e2e;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Applications that write to a source which may go away at any moment. Every transaction adds a
/// row with an id of its own to `ledger`, moves the same amount on an account, and changes, adds
/// and deletes hot rows; so the sum over `ledger` equals the sum over `account` at every position.
///
/// Each transaction's fate is kept: `committed` once COMMIT returned, `unknown` when the connection
/// broke during COMMIT, `failed` when it broke before.
final class Writers implements AutoCloseable {
    static final String[] TABLES = {"public.account", "public.hot", "public.ledger"};
    private static final Duration THINKING = Duration.ofMillis(3);
    private static final Duration BEFORE_RECONNECT = Duration.ofMillis(500);
    private static final int ACCOUNTS = 20;
    private static final int HOT = 50;

    /// The transactions of one kind of fate, by their ids in `ledger`.
    final Set<Long> committed = ConcurrentHashMap.newKeySet();

    final Set<Long> unknown = ConcurrentHashMap.newKeySet();
    final Set<Long> failed = ConcurrentHashMap.newKeySet();

    private final RunningNode node;
    private final long seed;
    private final int count;
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicLong ids = new AtomicLong();
    private volatile boolean ended;
    private volatile @Nullable Throwable broken;

    Writers(RunningNode node, long seed, int count) {
        this.node = node;
        this.seed = seed;
        this.count = count;
    }

    static void createTables(RunningNode node) throws SQLException {
        node.run(
                "create table account (id int primary key, balance bigint not null)",
                "insert into account select g, 0 from generate_series(0, %d) g"
                        .formatted(ACCOUNTS - 1),
                "create table hot (id int primary key, n int not null, note text)",
                "create table ledger (id bigint primary key, amount int not null, note text)");
    }

    /// Lets them loose again.
    void start() {
        ended = false;
        for (int writer = 0; writer < count; writer++) {
            var random = new SplittableRandom(seed * 31 + writer + ids.get());
            threads.add(Thread.ofVirtual().start(() -> write(random)));
        }
    }

    /// Waits for so many more transactions to be committed.
    void awaitMore(int more) throws Exception {
        long wanted = committed.size() + (long) more;
        Await.until(
                "the writers commit; " + broken,
                Duration.ofMinutes(1),
                () -> committed.size() >= wanted || broken != null);
        failIfBroken();
    }

    /// Has each finish what it does.
    void stop() {
        ended = true;
        threads.forEach(Await::end);
        threads.clear();
        failIfBroken();
    }

    private void failIfBroken() {
        if (broken != null) {
            throw new AssertionError("a writer failed: " + broken, broken);
        }
    }

    @Override
    public void close() {
        ended = true;
        threads.forEach(Await::end);
    }

    private void write(SplittableRandom random) {
        try {
            while (!ended) {
                try (Connection connection = node.source()) {
                    connection.setAutoCommit(false);
                    while (!ended) {
                        transaction(connection, random);
                        Await.pause(THINKING);
                    }
                } catch (SQLException e) {
                    if (!isConnectionLost(e)) {
                        throw e;
                    }
                    Await.pause(BEFORE_RECONNECT);
                }
            }
        } catch (SQLException | RuntimeException e) {
            broken = e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// The source is down, goes down, comes up, or is a standby still.
    private static boolean isConnectionLost(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        return state.startsWith("08") || state.startsWith("57P") || state.equals("25006");
    }

    private void transaction(Connection connection, SplittableRandom random) throws SQLException {
        long id = ids.incrementAndGet();
        try {
            fill(connection, random, id);
            if (random.nextInt(20) == 0) {
                connection.rollback();
                failed.add(id);
                return;
            }
        } catch (SQLException e) {
            failed.add(id);
            if (!"40P01".equals(e.getSQLState())) {
                throw e;
            }
            connection.rollback();
            return;
        }
        try {
            connection.commit();
            committed.add(id);
        } catch (SQLException e) {
            unknown.add(id);
            throw e;
        }
    }

    private void fill(Connection connection, SplittableRandom random, long id) throws SQLException {
        int amount = random.nextInt(-100, 100);
        run(
                connection,
                "insert into ledger values (?, ?, repeat('n', ?))",
                id,
                amount,
                random.nextInt(200));
        run(
                connection,
                "update account set balance = balance + ? where id = ?",
                amount,
                random.nextInt(ACCOUNTS));
        for (int i = random.nextInt(4); i > 0; i--) {
            int row = random.nextInt(HOT);
            switch (random.nextInt(4)) {
                case 0 -> run(connection, "delete from hot where id = ?", row);
                case 1 ->
                        run(
                                connection,
                                "update hot set note = repeat('t', ?) where id = ?",
                                random.nextInt(4000),
                                row);
                default ->
                        run(
                                connection,
                                "insert into hot values (?, 0, 'new') on conflict (id) do update set n = hot.n + 1",
                                row);
            }
        }
        if (random.nextInt(10) == 0) {
            var savepoint = connection.setSavepoint();
            run(connection, "insert into ledger values (?, 0, 'taken back')", -id);
            connection.rollback(savepoint);
        }
    }

    private static void run(Connection connection, String sql, Object... values)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            statement.executeUpdate();
        }
    }
}
