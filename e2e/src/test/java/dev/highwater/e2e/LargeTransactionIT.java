package dev.highwater.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A transaction that is larger than the node's heap passes through it, and its memory stays flat.
class LargeTransactionIT {
    private static final boolean LONG = Boolean.getBoolean("highwater.long");
    private static final int ROWS = LONG ? 5_000_000 : 250_000;
    private static final String HEAP = LONG ? "-Xmx256m" : "-Xmx64m";
    private static final Duration PATIENCE = Duration.ofMinutes(LONG ? 20 : 2);
    private static final String SUMS =
            "select count(*) || ' ' || coalesce(sum(id * n), 0) || ' ' || coalesce(sum(length(note)), 0) from t";

    @TempDir private Path folder;

    @Test
    void memory_stays_flat() throws Exception {
        var environment = Map.of("JAVA_TOOL_OPTIONS", HEAP);
        try (var node = RunningNode.start(folder.resolve("data"), List.of(), environment);
                var source = node.source();
                var store = node.store()) {
            execute(source, "create table t (id bigint primary key, n int, note text)");
            execute(source, "insert into t values (0, 0, 'first')");
            execute(source, "delete from t");
            arrives(node, source, store, "the first row");
            long before = node.memory();
            long most = 0;
            for (String change :
                    List.of(
                            "insert into t select g, g %% 97, 'note number ' || g from generate_series(1, %d) g",
                            "update t set n = n + 1, note = note || ' changed' where id <= %d",
                            "delete from t where id %% 2 = 0 and id <= %d")) {
                execute(source, change.formatted(ROWS));
                most = Math.max(most, arrives(node, source, store, change));
            }
            System.out.printf(
                    "%,d rows a transaction with %s: %d MB before, at most %d MB%n",
                    ROWS, HEAP, before >> 20, most >> 20);
            assertThat(most - before).as("bytes more than before").isLessThan(256L << 20);
            assertThat(sum(store, "select count(*) from public_history.t"))
                    .isEqualTo(Integer.toString(2 * ROWS + 1));
        }
    }

    /// Waits until the store holds what the source holds.
    ///
    /// @return the most memory that the node had in use meanwhile
    private static long arrives(RunningNode node, Connection source, Connection store, String what)
            throws Exception {
        String expected = sum(source, SUMS);
        var most = new long[1];
        Await.until(
                what + " to arrive",
                PATIENCE,
                () -> {
                    most[0] = Math.max(most[0], node.memory());
                    return sum(store, SUMS).equals(expected);
                });
        return most[0];
    }

    private static String sum(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                var rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getString(1);
        } catch (SQLException e) {
            if ("42P01".equals(e.getSQLState())) {
                return "no table yet";
            }
            throw e;
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
