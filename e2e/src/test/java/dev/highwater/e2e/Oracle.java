package dev.highwater.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Says whether the store holds what the source holds. It asks both by plain SQL.
final class Oracle {
    private static final Duration UNTIL_SETTLED = Duration.ofMinutes(2);
    private static final int SHOWN_MAX = 5;

    private Oracle() {}

    /// Waits until everything that was committed in the source before this call can be read in the
    /// store, backfills too.
    static void settle(RunningNode node) throws Exception {
        long barrier = raiseBarrier(node);
        Await.until(
                "the store holds barrier " + barrier + "; status " + status(node),
                UNTIL_SETTLED,
                () -> lowered(node, barrier));
        Await.until(
                "no table is being filled; tables " + status(node),
                UNTIL_SETTLED,
                () ->
                        node.http()
                                        .get("/api/status")
                                        .json()
                                        .path("tables")
                                        .path("filling")
                                        .asInt(-1)
                                == 0);
    }

    private static String status(RunningNode node) {
        return node.answers("/api/status") ? node.http().get("/api/status").body() : "unknown";
    }

    private static long raiseBarrier(RunningNode node) throws SQLException {
        try (Connection source = node.source();
                Statement statement = source.createStatement()) {
            statement.execute(
                    "create table if not exists e2e_barrier"
                            + " (id bigint generated always as identity primary key)");
            return number(statement, "insert into e2e_barrier default values returning id");
        }
    }

    private static boolean lowered(RunningNode node, long barrier) throws SQLException {
        try (Connection store = node.store();
                Statement statement = store.createStatement()) {
            return number(
                            statement,
                            "select count(*) from public.e2e_barrier where id = " + barrier)
                    == 1;
        } catch (SQLException e) {
            // 08: the node is restarting its PostgreSQL.
            if (isNotYet(e) || String.valueOf(e.getSQLState()).startsWith("08")) {
                return false;
            }
            throw e;
        }
    }

    /// Whether a table has not arrived yet, or is being filled.
    static boolean isNotYet(SQLException e) {
        return List.of("42P01", "55000").contains(String.valueOf(e.getSQLState()));
    }

    static long number(Statement statement, String sql) throws SQLException {
        try (ResultSet row = statement.executeQuery(sql)) {
            assertThat(row.next()).as(sql).isTrue();
            return row.getLong(1);
        }
    }

    /// Fails unless table and relation hold the same rows, the same number of times, under the same
    /// columns: EXCEPT ALL both ways. Both are read in the same order, so that their size does not
    /// matter.
    ///
    /// @return how many rows they hold
    static long assertEqual(RunningNode node, String table) throws SQLException {
        return assertEqual(node, table, table, table);
    }

    /// The same for what a query gives in the source and a relation holds in the store.
    ///
    /// @param there what to read in the source: a table, or a query in brackets
    static long assertEqual(RunningNode node, String what, String there, String here)
            throws SQLException {
        try (Connection source = node.source();
                Connection store = node.store()) {
            assertThat(columns(store, here)).as(what).isEqualTo(columns(source, there));
            try (Rows expected = new Rows(source, there);
                    Rows actual = new Rows(store, here)) {
                return compare(what, expected, actual);
            }
        }
    }

    private static long compare(String table, Rows there, Rows here) throws SQLException {
        var missing = new ArrayList<String>();
        var surplus = new ArrayList<String>();
        long same = 0;
        while ((there.row != null || here.row != null)
                && missing.size() + surplus.size() < SHOWN_MAX) {
            String left = there.row;
            String right = here.row;
            int order = left == null ? 1 : right == null ? -1 : byCodePoints(left, right);
            if (order < 0) {
                missing.add(String.valueOf(left));
                there.advance();
            } else if (order > 0) {
                surplus.add(String.valueOf(right));
                here.advance();
            } else {
                same++;
                there.advance();
                here.advance();
            }
        }
        assertThat(missing).as("rows of %s that the store lacks", table).isEmpty();
        assertThat(surplus).as("rows of %s that only the store has", table).isEmpty();
        return same;
    }

    /// The order of collation "C" on UTF-8.
    private static int byCodePoints(String left, String right) {
        int[] a = left.codePoints().toArray();
        int[] b = right.codePoints().toArray();
        return java.util.Arrays.compare(a, b);
    }

    private static List<String> columns(Connection connection, String table) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet none = statement.executeQuery("select * from " + table + " t limit 0")) {
            var columns = new ArrayList<String>();
            var meta = none.getMetaData();
            for (int i = 1; i <= meta.getColumnCount(); i++) {
                columns.add(
                        meta.getColumnName(i)
                                + " "
                                + meta.getColumnTypeName(i)
                                        .replace("bigserial", "int8")
                                        .replace("serial", "int4"));
            }
            return columns;
        }
    }

    /// The rows of a table as texts, sorted, a few at a time.
    private static final class Rows implements AutoCloseable {
        private final Statement statement;
        private final ResultSet result;
        private @Nullable String row;

        Rows(Connection connection, String table) throws SQLException {
            connection.setAutoCommit(false);
            statement = connection.createStatement();
            statement.setFetchSize(10_000);
            result =
                    statement.executeQuery(
                            "select r from (select t::text as r from "
                                    + table
                                    + " t) as rows order by r collate \"C\"");
            advance();
        }

        private void advance() throws SQLException {
            row = result.next() ? result.getString(1) : null;
        }

        @Override
        public void close() throws SQLException {
            statement.close();
        }
    }

    /// How rows held by a client differ from those of the source; empty when they do not.
    static String difference(RunningNode node, String relation, Map<JsonNode, JsonNode> held)
            throws SQLException {
        var remaining = new HashMap<JsonNode, JsonNode>();
        held.values().forEach(row -> remaining.put(row, row));
        try (Connection source = node.source();
                Statement statement = source.createStatement();
                ResultSet rows =
                        statement.executeQuery(
                                "select row_to_json(t)::text from " + relation + " t")) {
            while (rows.next()) {
                JsonNode row = Json.parse(rows.getString(1));
                if (remaining.remove(row) == null) {
                    return "not held: " + row;
                }
            }
        }
        return remaining.isEmpty() ? "" : "only held: " + remaining.keySet().iterator().next();
    }

    /// Has the node check its journal and fails unless that is whole.
    ///
    /// @return the verdict
    static JsonNode assertVerified(RunningNode node) {
        List<String> lines =
                node.http().post("/api/verify", "").expect(200).body().lines().toList();
        JsonNode verdict = Json.parse(lines.getLast());
        assertThat(verdict.path("ok").asBoolean()).as("verdict %s", verdict).isTrue();
        return verdict;
    }
}
