package dev.highwater.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// pgbench and psql, as Debian ships them, against a node's source: they know nothing of it.
@ExtendWith(SharedNode.class)
class PgbenchIT {
    static final List<String> TABLES =
            List.of("pgbench_branches", "pgbench_tellers", "pgbench_accounts", "pgbench_history");

    /// The four sums of TPC-B after every position from a given one on, from the versions alone: a
    /// version adds its value where it came and takes it back where it went.
    private static final String SUMS =
            """
            with moves(position, a, t, b, h) as (
              select _from, abalance, 0, 0, 0 from public_history.pgbench_accounts
              union all
              select _to, -abalance, 0, 0, 0 from public_history.pgbench_accounts where _to is not null
              union all
              select _from, 0, tbalance, 0, 0 from public_history.pgbench_tellers
              union all
              select _to, 0, -tbalance, 0, 0 from public_history.pgbench_tellers where _to is not null
              union all
              select _from, 0, 0, bbalance, 0 from public_history.pgbench_branches
              union all
              select _to, 0, 0, -bbalance, 0 from public_history.pgbench_branches where _to is not null
              union all
              select _from, 0, 0, 0, delta from public_history.pgbench_history
              union all
              select _to, 0, 0, 0, -delta from public_history.pgbench_history where _to is not null
            ), summed as (
              select position, sum(a) a, sum(t) t, sum(b) b, sum(h) h from moves group by position
            ), running as (
              select position,
                     sum(a) over w a, sum(t) over w t, sum(b) over w b, sum(h) over w h
              from summed window w as (order by position)
            )
            select position, a, t, b, h from running where position >= ? order by position
            """;

    private static final String SUMS_NOW =
            "select (select coalesce(sum(abalance), 0) from pgbench_accounts) as a,"
                    + " (select coalesce(sum(tbalance), 0) from pgbench_tellers) as t,"
                    + " (select coalesce(sum(bbalance), 0) from pgbench_branches) as b,"
                    + " (select coalesce(sum(delta), 0) from pgbench_history) as h";

    private static final int READS_OF_THE_PAST = 50;

    private final RunningNode node;

    PgbenchIT(RunningNode node) {
        this.node = node;
    }

    @AfterAll
    static void dropTables(RunningNode node) throws SQLException {
        node.run("drop table if exists " + String.join(", ", TABLES));
    }

    @Test
    void pgbench_runs_unchanged_and_its_sums_agree_at_every_position() throws Exception {
        createTables(node);
        TABLES.forEach(this::assertLive);
        long before = node.http().get("/api/status").expect(200).settled();
        String said = pgbench(node, "-c", "8", "-T", Distribution.isLong() ? "30" : "3");
        Oracle.settle(node);

        for (String table : TABLES) {
            Oracle.assertEqual(node, table);
        }
        NavigableMap<Long, Long> sums = assertSumsAgree(node, before);
        assertThat(sums.lastEntry().getValue().toString())
                .isEqualTo(
                        psql(node.sourceUrl(), "select sum(delta) from pgbench_history").strip());
        assertReadsOfThePast(sums);
        System.out.printf(
                "e2e: pgbench %s; four sums agree at %d positions%n",
                said.lines().filter(l -> l.startsWith("tps")).findFirst().orElse("?"), sums.size());
    }

    @Test
    void psql_reads_the_store_like_any_database() throws Exception {
        node.run(
                "create table seen_by_psql (id int primary key, note text)",
                "insert into seen_by_psql values (1, 'first')",
                "update seen_by_psql set note = 'second'");
        Oracle.settle(node);
        assertThat(psql(node.storeUrl(), "select note from seen_by_psql")).isEqualTo("second\n");
        assertThat(
                        psql(
                                node.storeUrl(),
                                "select note, _to is null from public_history.seen_by_psql order by _from"))
                .isEqualTo("first|f\nsecond|t\n");
        assertThat(psql(node.storeUrl(), "\\d seen_by_psql"))
                .contains("id|integer", "note|text")
                .doesNotContain("_from");
        assertThat(psql(node.storeUrl(), "\\dv public.*")).contains("seen_by_psql");
        assertThat(
                        Program.postgres(
                                        "psql",
                                        node.storeUrl(),
                                        "-c",
                                        "insert into seen_by_psql values (2, 'no')")
                                .status())
                .isEqualTo(1);
    }

    /// Makes pgbench's tables, with a key where there is none, and waits until they are there.
    static void createTables(RunningNode node) throws Exception {
        pgbench(node, "-i", "-q", "-s", Distribution.isLong() ? "10" : "1");
        psql(node.sourceUrl(), "alter table pgbench_history add column id bigserial primary key");
        Oracle.settle(node);
    }

    /// Runs pgbench against a node's source.
    ///
    /// @return what it printed
    static String pgbench(RunningNode node, String... arguments) throws InterruptedException {
        var all = new java.util.ArrayList<>(List.of(arguments));
        all.add(node.sourceUrl());
        var run = Program.postgres("pgbench", all.toArray(String[]::new)).succeeded();
        assertThat(run.err()).doesNotContain("error", "aborted");
        return run.out();
    }

    private static String psql(String url, String sql) throws InterruptedException {
        return Program.postgres("psql", url, "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql)
                .succeeded()
                .out();
    }

    private void assertLive(String table) {
        JsonNode json = node.http().get("/api/tables/" + table).expect(200).json();
        assertThat(json.path("state").asText()).as("%s", json).isEqualTo("live");
    }

    /// Fails unless the four sums are the same after every position from one on.
    ///
    /// @return the sum after each position
    static NavigableMap<Long, Long> assertSumsAgree(RunningNode node, long from)
            throws SQLException {
        var sums = new TreeMap<Long, Long>();
        try (Connection store = node.store();
                PreparedStatement statement = store.prepareStatement(SUMS)) {
            statement.setLong(1, from);
            ResultSet row = statement.executeQuery();
            while (row.next()) {
                long a = row.getLong(2);
                assertThat(List.of(row.getLong(3), row.getLong(4), row.getLong(5)))
                        .as("tellers, branches, history at position %d", row.getLong(1))
                        .containsOnly(a);
                sums.put(row.getLong(1), a);
            }
        }
        assertThat(sums).hasSizeGreaterThan(100);
        return sums;
    }

    private void assertReadsOfThePast(NavigableMap<Long, Long> sums) {
        long seed = Long.getLong("highwater.seed", System.nanoTime());
        var random = new Random(seed);
        for (int i = 0; i < READS_OF_THE_PAST; i++) {
            long position = random.nextLong(sums.firstKey(), sums.lastKey() + 1);
            long expected = sums.floorEntry(position).getValue();
            JsonNode answer =
                    node.http()
                            .post(
                                    "/api/query",
                                    Json.object()
                                            .put("sql", SUMS_NOW)
                                            .put("as_of", Long.toString(position))
                                            .toString())
                            .expect(200)
                            .json();
            JsonNode row = answer.path("rows").get(0);
            assertThat(List.of("a", "t", "b", "h"))
                    .as("sums as of %d, seed %d: %s", position, seed, row)
                    .allSatisfy(name -> assertThat(row.path(name).asLong(-1)).isEqualTo(expected));
            long tellers =
                    node.http()
                            .get(
                                    "/api/relations/pgbench_tellers/rows?select=tbalance&as_of="
                                            + position)
                            .expect(200)
                            .json()
                            .valueStream()
                            .mapToLong(teller -> teller.path("tbalance").asLong())
                            .sum();
            assertThat(tellers).as("tellers as of %d, seed %d", position, seed).isEqualTo(expected);
        }
    }
}
