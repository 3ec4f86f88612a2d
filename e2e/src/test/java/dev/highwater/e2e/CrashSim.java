package dev.highwater.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/// Kills the node, its PostgreSQL or both, at random moments while applications write, tables are
/// filled and a feed is read; again and again on the same data. `-Dhighwater.seed=N` repeats a run
/// as far as the moments can be repeated.
class CrashSim {
    private static final Duration READY_AT_MOST = Duration.ofSeconds(5);
    private static final int WRITERS = 4;

    private final long seed = Long.getLong("highwater.seed", System.nanoTime());
    private final int rounds = Distribution.isLong() ? 50 : 4;
    private final long rowsBefore = Distribution.isLong() ? 1_000_000 : 10_000;

    /// With a million rows, reading all of them takes longer than the rest of a round.
    private final int checkEvery = Distribution.isLong() ? 5 : 1;

    private final SplittableRandom random = new SplittableRandom(seed);
    private final List<Duration> untilReady = new ArrayList<>();

    @Test
    void no_change_is_lost_or_doubled_by_any_crash() throws Exception {
        System.out.printf("e2e: crash seed %d%n", seed);
        var node = SharedNode.start("crash");
        var atomicity = new Atomicity();
        try (node;
                var writers = new Writers(node, seed, WRITERS)) {
            Writers.createTables(node);
            load(node);
            try (var feed =
                    FeedClient.follow(
                            node, FeedClient.Format.LINES, atomicity::event, Writers.TABLES)) {
                Await.until(
                        "the snapshot",
                        Duration.ofSeconds(30),
                        () -> feed.state().snapshots() == 1);
                for (int round = 0; round < rounds; round++) {
                    round(round, node, writers, feed);
                }
                report(node, writers, feed);
            }
            assertThat(atomicity.faults)
                    .as("positions where ledger and accounts disagree")
                    .isEmpty();
            assertThat(node.terminate()).isIn(0, 143);
        } catch (Throwable e) {
            throw new AssertionError(
                    "seed " + seed + ": " + e.getMessage() + "\n" + node.log().tail(), e);
        }
    }

    /// Rows that were there before, so that starting with many of them is measured.
    private void load(RunningNode node) throws Exception {
        node.run("create table old (id bigint primary key, n int not null, note text)");
        long step = 10_000;
        for (long from = 0; from < rowsBefore; from += step) {
            node.run(
                    "insert into old select g, 0, 'row ' || g from generate_series(%d, %d) g"
                            .formatted(from + 1, from + step));
        }
        Oracle.settle(node);
    }

    private void round(int round, RunningNode node, Writers writers, FeedClient feed)
            throws Exception {
        Victim victim = Victim.of(round + Math.floorMod(seed, 3L));
        writers.start();
        writers.awaitMore(random.nextInt(20, 300));
        boolean filling = random.nextBoolean();
        if (filling) {
            node.run(
                    "create table fill_%d (id int, note text)".formatted(round),
                    "insert into fill_%d select g, 'f' || g from generate_series(1, 20000) g"
                            .formatted(round),
                    "alter table fill_%d add primary key (id)".formatted(round));
        }
        writers.awaitMore(random.nextInt(1, 50));
        victim.kill(node, random);
        if (victim.isNode()) {
            startAgain(node, feed);
        } else {
            node.awaitReadyAgain();
        }
        writers.awaitMore(random.nextInt(20, 200));
        writers.stop();
        Oracle.settle(node);

        assertFates(node, writers);
        for (String table : Writers.TABLES) {
            Oracle.assertEqual(node, table);
        }
        if (round % checkEvery == 0) {
            Oracle.assertEqual(node, "public.old");
            Oracle.assertVerified(node);
        }
        if (filling) {
            assertThat(Oracle.assertEqual(node, "public.fill_" + round)).isEqualTo(20_000);
            node.run("drop table fill_" + round);
        }
        feed.awaitEqualToSource();
        assertThat(feed.state().snapshots()).as("snapshots that the feed needed").isEqualTo(1);
        node.assertCleanLog();
    }

    /// Ready is who serves what it had served before.
    private void startAgain(RunningNode node, FeedClient feed) throws Exception {
        long served = feed.state().position();
        long begun = System.nanoTime();
        node.startAgain();
        String position =
                node.http().get("/api/relations/ledger/rows?limit=1").expect(200).position();
        untilReady.add(Duration.ofNanos(System.nanoTime() - begun));
        assertThat(Long.parseLong(position.substring(position.indexOf('.') + 1)))
                .as("position served after the start")
                .isGreaterThanOrEqualTo(served);
    }

    /// What was committed is there, what was not is not; what nobody knows is one or the other.
    private static void assertFates(RunningNode node, Writers writers) throws SQLException {
        Set<Long> there = new HashSet<>();
        try (Connection source = node.source();
                Statement statement = source.createStatement();
                ResultSet ids = statement.executeQuery("select id from ledger")) {
            while (ids.next()) {
                there.add(ids.getLong(1));
            }
        }
        assertThat(there).as("transactions of the source").containsAll(writers.committed);
        assertThat(there).doesNotContainAnyElementsOf(writers.failed);
        there.removeAll(writers.committed);
        assertThat(writers.unknown).as("transactions whose end nobody saw").containsAll(there);
    }

    private void report(RunningNode node, Writers writers, FeedClient feed) throws SQLException {
        JsonNode verdict = Oracle.assertVerified(node);
        Duration slowest = untilReady.stream().max(Duration::compareTo).orElse(Duration.ZERO);
        System.out.printf(
                "e2e: %d crashes, %d transactions committed, %d of unknown end; feed: %d changes in %d"
                        + " events over %d connections; journal: %s entries; ready after %s ms, slowest"
                        + " %d ms, with %d rows%n",
                rounds,
                writers.committed.size(),
                writers.unknown.size(),
                feed.state().changes(),
                feed.state().events(),
                feed.state().connections(),
                verdict.path("entries"),
                untilReady.stream().map(d -> Long.toString(d.toMillis())).toList(),
                slowest.toMillis(),
                Oracle.assertEqual(node, "public.old"));
        assertThat(feed.state().connections()).isGreaterThan(1);
        if (Distribution.isLong()) {
            assertThat(slowest).as("slowest start").isLessThanOrEqualTo(READY_AT_MOST);
        }
    }

    /// Holds the feed to the one rule that every transaction keeps: the ledger's sum is that of the
    /// accounts. And no transaction's row comes twice.
    private static final class Atomicity {
        private final List<String> faults = new ArrayList<>();
        private final Set<Long> seen = ConcurrentHashMap.newKeySet();
        private long difference;

        synchronized void event(long position, List<FeedState.Change> changes) {
            for (var change : changes) {
                switch (change.relation()) {
                    case "public.ledger" -> {
                        difference += change.row().path("amount").asLong();
                        if (!change.op().equals("insert")
                                || !seen.add(change.row().path("id").asLong())) {
                            faults.add(position + ": " + change);
                        }
                    }
                    case "public.account" ->
                            difference -=
                                    change.row().path("balance").asLong()
                                            - change.old().path("balance").asLong();
                    default -> {}
                }
            }
            if (difference != 0 && faults.size() < 10) {
                faults.add(position + ": off by " + difference);
            }
        }
    }
}
