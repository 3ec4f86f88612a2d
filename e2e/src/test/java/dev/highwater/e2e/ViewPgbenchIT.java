package dev.highwater.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// The four sums of TPC-B as views, and their differences as views over these, while pgbench
/// writes.
class ViewPgbenchIT {
    private static final List<String> SUMS = List.of("accounts", "tellers", "branches", "deltas");

    private static final List<String> DIFFERENCES =
            List.of("accounts_tellers", "tellers_branches", "branches_deltas", "deltas_accounts");

    private static final int READS_OF_THE_PAST = 30;

    @Test
    void sums_and_their_differences_agree_at_every_settled_position() throws Exception {
        try (var node = SharedNode.start("view-pgbench")) {
            PgbenchIT.createTables(node);
            var views = wanted(node);
            views.awaitLive();
            long since = views.since();
            long before = node.http().get("/api/status").expect(200).settled();
            String said =
                    PgbenchIT.pgbench(node, "-c", "8", "-T", Distribution.isLong() ? "60" : "3");
            Oracle.settle(node);

            views.assertEqualToSource();
            views.assertEqualInStore();
            var settled = settled(node, before);
            NavigableMap<Long, Long> sums = PgbenchIT.assertSumsAgree(node, before);
            for (String view : SUMS) {
                assertHistory(node, view, sums, settled);
            }
            for (String view : DIFFERENCES) {
                assertAlwaysZero(node, view);
            }
            assertReadsOfThePast(node, views, sums, settled);
            System.out.printf(
                    "e2e: pgbench with views %s; %s; sums and differences agree at %d settled of %d"
                            + " positions, since %d%n",
                    said.lines().filter(l -> l.startsWith("tps")).findFirst().orElse("?"),
                    views.strategies(),
                    settled.size(),
                    sums.size(),
                    since);
        }
    }

    private static LiveViews wanted(RunningNode node) {
        var views =
                new LiveViews(node)
                        .want("accounts", "select sum(abalance) as total from pgbench_accounts")
                        .want("tellers", "select sum(tbalance) as total from pgbench_tellers")
                        .want("branches", "select sum(bbalance) as total from pgbench_branches")
                        .want(
                                "deltas",
                                "select coalesce(sum(delta), 0) as total from pgbench_history");
        for (String name : DIFFERENCES) {
            String[] two = name.split("_", 2);
            views.want(
                    name,
                    "select a.total - b.total as difference from {%s} a cross join {%s} b"
                            .formatted(two[0], two[1]));
        }
        return views;
    }

    private static List<Long> settled(RunningNode node, long from) throws SQLException {
        var result = new ArrayList<Long>();
        try (Connection store = node.store();
                Statement statement = store.createStatement();
                ResultSet row =
                        statement.executeQuery(
                                "select position from highwater.entry where settled and position > "
                                        + from
                                        + " order by position")) {
            while (row.next()) {
                result.add(row.getLong(1));
            }
        }
        assertThat(result).hasSizeGreaterThan(20);
        return result;
    }

    /// Fails unless a view holds the sum of the tables at every settled position, and changes at no
    /// other.
    private static void assertHistory(
            RunningNode node, String view, NavigableMap<Long, Long> sums, List<Long> settled)
            throws SQLException {
        var held = new TreeMap<Long, Long>();
        try (Connection store = node.store();
                Statement statement = store.createStatement();
                ResultSet row =
                        statement.executeQuery(
                                "select _from, total from public_history.%s order by _from"
                                        .formatted(view))) {
            while (row.next()) {
                held.put(row.getLong(1), row.getLong(2));
            }
        }
        assertThat(settled)
                .as("positions at which %s changes", view)
                .containsAll(held.tailMap(settled.getFirst(), true).keySet());
        for (long position : settled) {
            var expected = sums.floorEntry(position);
            if (expected != null) {
                assertThat(held.floorEntry(position).getValue())
                        .as("%s at %d", view, position)
                        .isEqualTo(expected.getValue());
            }
        }
    }

    private static void assertAlwaysZero(RunningNode node, String view) throws SQLException {
        try (Connection store = node.store();
                Statement statement = store.createStatement()) {
            String versions = "select count(*) from public_history." + view;
            assertThat(Oracle.number(statement, versions)).as(view).isPositive();
            assertThat(Oracle.number(statement, versions + " where difference is distinct from 0"))
                    .as("versions of %s that are not 0", view)
                    .isZero();
        }
    }

    private static void assertReadsOfThePast(
            RunningNode node, LiveViews views, NavigableMap<Long, Long> sums, List<Long> settled) {
        long seed = Long.getLong("highwater.seed", System.nanoTime());
        var random = new Random(seed);
        for (int i = 0; i < READS_OF_THE_PAST; i++) {
            long position = settled.get(random.nextInt(settled.size()));
            var entry = sums.floorEntry(position);
            views.assertEqualAsOf(position);
            for (String view : views.names()) {
                JsonNode rows =
                        node.http()
                                .get("/api/relations/" + view + "/rows?as_of=" + position)
                                .expect(200)
                                .json();
                long expected = SUMS.contains(view) && entry != null ? entry.getValue() : 0;
                String column = SUMS.contains(view) ? "total" : "difference";
                assertThat(rows).as("%s as of %d, seed %d", view, position, seed).hasSize(1);
                assertThat(rows.get(0).path(column).asLong(-1))
                        .as("%s as of %d, seed %d: %s", view, position, seed, rows)
                        .isEqualTo(expected);
            }
        }
    }
}
