package dev.highwater.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.highwater.sql.OtherPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// More tables, and larger rows, than anyone would have by choice.
final class CapacityIT {
    private static final boolean LONG = Distribution.isLong();
    private static final int TABLES = LONG ? 10_000 : 150;
    private static final int AT_ONCE = 50;
    private static final int MEGABYTES = LONG ? 256 : 16;
    private static final String HEAP = LONG ? "-Xmx3g" : "-Xmx192m";
    private static final Duration PATIENCE = Duration.ofMinutes(LONG ? 40 : 2);

    @TempDir private Path folder;

    @Test
    void tables_by_the_thousand() throws Exception {
        try (var server = External.serve(OtherPostgres.Version.V18, folder)) {
            createTables(server);
            long start = System.nanoTime();
            try (var node = External.attach(server, folder, Map.of())) {
                var most = new long[1];
                var random = new Random(7);
                Await.until(
                        TABLES + " tables are live",
                        PATIENCE,
                        () -> {
                            write(node, random);
                            Await.pause(Duration.ofMillis(LONG ? 20_000 : 200));
                            most[0] = Math.max(most[0], node.memory());
                            return live(node) == TABLES;
                        });
                long live = System.nanoTime();
                write(node, random);
                awaitLast(node);
                assertSame(node);
                System.out.printf(
                        "e2e: %,d tables with rows live after %d s, at most %d MB; %,d tables the same%n",
                        TABLES, (live - start) / 1_000_000_000, most[0] >> 20, TABLES);
            }
        }
    }

    @Test
    void rows_of_hundreds_of_megabytes() throws Exception {
        int pieces = (MEGABYTES << 20) / 32;
        try (var server = External.serve(OtherPostgres.Version.V18, folder)) {
            server.run(
                    "app",
                    "set role owner",
                    "create table t (id int primary key, n int, v text)",
                    "alter table t alter v set storage external",
                    "insert into t select 1, 0, repeat(md5('a'), %d)".formatted(pieces));
            try (var node = External.attach(server, folder, Map.of("JAVA_TOOL_OPTIONS", HEAP));
                    var source = node.source();
                    var store = node.store()) {
                long most = arrives(node, source, store);
                for (String change :
                        List.of(
                                "insert into t select 2, 0, repeat(md5('b'), %d)",
                                "update t set n = 5 where id = 1",
                                "update t set v = v || %d where id = 2",
                                "delete from t where id = 1")) {
                    node.run(change.formatted(pieces));
                    most = Math.max(most, arrives(node, source, store));
                }
                String hashes =
                        "select id || ' ' || n || ' ' || length(v) || ' ' || md5(v) from %s order by id";
                assertThat(values(store, hashes.formatted("public.t")))
                        .isEqualTo(values(source, hashes.formatted("public.t")));
                assertThat(values(store, "select md5(v) from public_history.t where id = 1"))
                        .containsExactlyElementsOf(
                                values(
                                        source,
                                        "select md5(repeat(md5('a'), %d)) from generate_series(1, 2)"
                                                .formatted(pieces)));
                Oracle.assertVerified(node);
                System.out.printf(
                        "e2e: rows of %d MB filled in, inserted, changed and deleted with %s, at most %d MB%n",
                        MEGABYTES, HEAP, most >> 20);
            }
        }
    }

    /// Waits until the store holds rows of the same lengths as the source.
    ///
    /// @return the most memory that the node had in use meanwhile
    private static long arrives(RunningNode node, Connection source, Connection store)
            throws Exception {
        String lengths = "select id || ' ' || n || ' ' || length(v) from public.t order by id";
        var expected = values(source, lengths);
        var most = new long[1];
        Await.until(
                "rows to arrive",
                PATIENCE,
                () -> {
                    most[0] = Math.max(most[0], node.memory());
                    return expected.equals(valuesSoFar(store, lengths));
                });
        return most[0];
    }

    /// What a query of one column gives.
    private static List<String> values(Connection connection, String query) throws SQLException {
        var values = new ArrayList<String>();
        try (Statement statement = connection.createStatement();
                var rows = statement.executeQuery(query)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return values;
    }

    /// The same, nothing while what it reads is not there or being filled.
    private static List<String> valuesSoFar(Connection store, String query) throws SQLException {
        try {
            return values(store, query);
        } catch (SQLException e) {
            if (Oracle.isNotYet(e)) {
                return List.of();
            }
            throw e;
        }
    }

    private static void createTables(OtherPostgres server) throws SQLException {
        for (int from = 0; from < TABLES; from += AT_ONCE) {
            server.run(
                    "app",
                    "set role owner",
                    ofSome(
                            from,
                            "create table t%1$d (id int primary key, v text); insert into t%1$d values (1, 'a'), (2, 'b')",
                            ";"));
        }
    }

    /// Changes a row of some tables, each in a transaction of its own.
    private static void write(RunningNode node, Random random) throws SQLException {
        var updates = new ArrayList<String>();
        for (int i = 0; i < AT_ONCE; i++) {
            updates.add(
                    "update t%d set v = v || 'x' where id = 1".formatted(random.nextInt(TABLES)));
        }
        node.run(updates.toArray(String[]::new));
    }

    /// Waits for what is committed now. In a table that is there: one that is new is found by
    /// looking at all of them, which is done seldom where there are so many.
    private static void awaitLast(RunningNode node) throws Exception {
        node.run("insert into t0 values (3, 'last')");
        try (var store = node.store()) {
            Await.until(
                    "the last row to arrive",
                    Duration.ofMinutes(2),
                    () -> !valuesSoFar(store, "select 1 from public.t0 where id = 3").isEmpty());
        }
    }

    private static int live(RunningNode node) {
        return node.http().get("/api/status").json().path("tables").path("live").asInt();
    }

    private static void assertSame(RunningNode node) throws SQLException {
        try (var source = node.source();
                var store = node.store()) {
            for (int from = 0; from < TABLES; from += AT_ONCE) {
                String rows =
                        ofSome(from, "select %1$d || t::text from public.t%1$d t", " union all ")
                                + " order by 1";
                assertThat(values(store, rows)).isEqualTo(values(source, rows)).isNotEmpty();
            }
        }
    }

    private static String ofSome(int from, String statement, String between) {
        return IntStream.range(from, from + AT_ONCE)
                .mapToObj(statement::formatted)
                .collect(Collectors.joining(between));
    }
}
