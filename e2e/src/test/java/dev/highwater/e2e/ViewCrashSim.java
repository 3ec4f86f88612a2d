package dev.highwater.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Kills the node, its PostgreSQL or both while views of every kind are filled, kept and replaced
/// and applications write. `-Dhighwater.seed=N` repeats a run as far as the moments can be
/// repeated.
class ViewCrashSim {
    private static final int WRITERS = 4;
    private static final int READS_OF_THE_PAST = 3;

    private final long seed = Long.getLong("highwater.seed", System.nanoTime());
    private final int rounds = Distribution.isLong() ? 30 : 2;
    private final long rowsBefore = Distribution.isLong() ? 300_000 : 20_000;
    private final SplittableRandom random = new SplittableRandom(seed);

    /// What views go through when the crash comes.
    private enum Phase {
        FILL,
        KEEP,
        REPLACE
    }

    @Test
    void views_equal_their_queries_after_any_crash() throws Exception {
        System.out.printf("e2e: crash of views, seed %d%n", seed);
        var node = SharedNode.start("view-crash");
        try (node;
                var writers = new Writers(node, seed, WRITERS)) {
            Writers.createTables(node);
            node.run(
                    "create table old (id bigint primary key, n int not null)",
                    "insert into old select g, g %% 17 from generate_series(1, %d) g"
                            .formatted(rowsBefore));
            Oracle.settle(node);
            var views = wanted(node);
            views.awaitLive();
            System.out.printf("e2e: %s%n", views.strategies());
            for (int round = 0; round < rounds; round++) {
                round(round, node, writers, views);
            }
            System.out.printf(
                    "e2e: %d crashes, %d transactions committed%n",
                    rounds, writers.committed.size());
            assertThat(node.terminate()).isIn(0, 143);
        } catch (Throwable e) {
            throw new AssertionError(
                    "seed " + seed + ": " + e.getMessage() + "\n" + node.log().tail(), e);
        }
    }

    private static LiveViews wanted(RunningNode node) {
        return new LiveViews(node)
                .want(
                        "moved",
                        "select count(*) as n, coalesce(sum(amount), 0) as total from ledger")
                .want("held", "select coalesce(sum(balance), 0) as total from account")
                .want(
                        "difference",
                        "select m.total - h.total as difference from {moved} m cross join {held} h")
                .want(
                        "by_digit",
                        "select amount % 10 as digit, count(*) as n, sum(amount) as total from ledger group by amount % 10")
                .want("joined", joined(0))
                .want("sizes", "select distinct length(note) as size from hot")
                .want(
                        "places",
                        "select id, n, rank() over (partition by id % 5 order by n desc) as place from hot")
                .want("top", top(0))
                .want("either", "select id from hot union select id from account")
                .want(
                        "rolled",
                        "select id % 3 as part, id, sum(balance) as total from account group by rollup (id % 3, id)")
                .want("large", large(0))
                .want(
                        "over",
                        "select count(*) as n, sum(n) as rows, max(most) as most from {large}");
    }

    private static String joined(int variant) {
        return "select a.id, a.balance, h.n, length(h.note) as size from account a left join hot h on h.id = a.id"
                + (variant % 2 == 0 ? "" : " where a.id % 2 = 0");
    }

    private static String top(int variant) {
        return "select id, amount from ledger order by amount desc, id limit " + (5 + variant);
    }

    private static String large(int variant) {
        return "select o.n as part, count(*) as n, max(l.amount) as most from old o left join ledger l on l.id = o.id group by o.n"
                + " having count(*) > "
                + variant;
    }

    private void round(int round, RunningNode node, Writers writers, LiveViews views)
            throws Exception {
        Phase phase = Phase.values()[round % 3];
        Victim victim = Victim.of(round + round / 3 + Math.floorMod(seed, 3L));
        writers.start();
        writers.awaitMore(random.nextInt(20, 100));
        switch (phase) {
            case FILL -> {
                views.drop("large");
                views.drop("places");
                views.want("large", large(round));
                views.askInPassing("large");
                views.askInPassing("places");
            }
            case KEEP -> {}
            case REPLACE -> {
                views.want("joined", joined(round)).want("top", top(round));
                views.askInPassing("joined");
                views.askInPassing("top");
            }
        }
        Await.pause(Duration.ofMillis(random.nextInt(400)));
        victim.kill(node, random);
        if (victim.isNode()) {
            node.startAgain();
        } else {
            node.awaitReadyAgain();
        }
        writers.awaitMore(random.nextInt(20, 100));
        assertNoneStopped(node);
        views.awaitLive();
        views.assertEqualInStore();
        writers.awaitMore(random.nextInt(20, 100));
        long since = views.since();
        writers.stop();
        Oracle.settle(node);

        views.assertEqualInStore();
        views.assertEqualToSource();
        for (String table : Writers.TABLES) {
            Oracle.assertEqual(node, table);
        }
        for (long position : settled(node, since)) {
            views.assertEqualAsOf(position);
        }
        assertAlwaysZero(node);
        Oracle.assertVerified(node);
        node.assertCleanLog();
        System.out.printf("e2e: round %d, %s at %s, is right%n", round, victim, phase);
    }

    private static void assertNoneStopped(RunningNode node) {
        for (var view : node.http().get("/api/views").expect(200).json()) {
            assertThat(view.path("state").asText()).as("%s", view).isNotEqualTo("stopped");
        }
    }

    /// Some settled positions at which every view can be read.
    private List<Long> settled(RunningNode node, long since) throws SQLException {
        var all = new ArrayList<Long>();
        try (Connection store = node.store();
                Statement statement = store.createStatement();
                ResultSet row =
                        statement.executeQuery(
                                "select position from highwater.entry where settled and position >= "
                                        + since)) {
            while (row.next()) {
                all.add(row.getLong(1));
            }
        }
        var some = new ArrayList<Long>();
        for (int i = 0; i < READS_OF_THE_PAST; i++) {
            some.add(all.get(random.nextInt(all.size())));
        }
        return some;
    }

    /// Every transaction keeps the ledger's sum equal to that of the accounts.
    private static void assertAlwaysZero(RunningNode node) throws SQLException {
        try (Connection store = node.store();
                Statement statement = store.createStatement()) {
            assertThat(
                            Oracle.number(
                                    statement,
                                    "select count(*) from public_history.difference where difference <> 0"))
                    .isZero();
        }
    }
}
