package dev.highwater.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.highwater.sql.OtherPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A node beside a database that was there before it and is busy: it attaches, dies, attaches
/// again, and lives through what happens to both databases.
final class AttachIT {
    /// A backfill lets writers keep most of their rate, whatever else the machine does.
    private static final Duration UNTIL_LIVE = Duration.ofMinutes(Distribution.isLong() ? 10 : 1);

    @TempDir private Path folder;

    /// One of them, another one each time, unless there is time for all.
    static List<OtherPostgres.Version> versions() {
        var all = new ArrayList<>(List.of(OtherPostgres.Version.values()));
        Collections.shuffle(all);
        return Distribution.isLong() ? all : all.subList(0, 1);
    }

    @ParameterizedTest
    @MethodSource("versions")
    void sums_agree_at_every_position_while_it_attaches_is_killed_and_attaches_again(
            OtherPostgres.Version version) throws Exception {
        try (var server = External.serve(version, folder)) {
            underPgbench(version, server);
        }
    }

    private void underPgbench(OtherPostgres.Version version, OtherPostgres server)
            throws Exception {
        int seconds = Distribution.isLong() ? 20 : 1;
        Program.postgres(
                        "pgbench",
                        "-i",
                        "-q",
                        "-s",
                        Distribution.isLong() ? "10" : "1",
                        External.address(server))
                .succeeded();
        server.run("app", "alter table pgbench_history add column id bigserial primary key");
        var ended = new AtomicBoolean();
        var pgbench = CompletableFuture.supplyAsync(() -> pgbench(server, ended));
        try (var node = External.attach(server, folder, Map.of())) {
            for (String table : PgbenchIT.TABLES) {
                Await.until(
                        table + " is live",
                        UNTIL_LIVE,
                        () ->
                                node.http()
                                        .get("/api/tables/" + table)
                                        .json()
                                        .path("state")
                                        .asText()
                                        .equals("live"));
            }
            Await.pause(Duration.ofSeconds(seconds));
            node.kill();
            Await.pause(Duration.ofSeconds(1));
            node.startAgain();
            Await.pause(Duration.ofSeconds(seconds));
            ended.set(true);
            String said = pgbench.join();
            Oracle.settle(node);

            long since = 0;
            for (String table : PgbenchIT.TABLES) {
                Oracle.assertEqual(node, table);
                String from = node.http().get("/api/tables/" + table).json().path("since").asText();
                since = Math.max(since, Long.parseLong(from.replaceFirst(".*\\.", "")));
            }
            var sums = PgbenchIT.assertSumsAgree(node, since);
            Oracle.assertVerified(node);
            System.out.printf(
                    "e2e: attached to %s under pgbench, killed, attached again: %s; sums agree at %d positions%n",
                    version, said, sums.size());
        }
    }

    @ParameterizedTest
    @MethodSource("versions")
    void a_subscriber_lives_through_a_promotion_and_a_restored_store(OtherPostgres.Version version)
            throws Exception {
        try (var server = External.serve(version, folder);
                var node = External.attach(server, folder, Map.of());
                var writers = new Writers(node, 7, 4)) {
            Writers.createTables(node);
            Oracle.settle(node);
            try (var client = FeedClient.follow(node, FeedClient.Format.LINES, Writers.TABLES)) {
                writers.start();
                writers.awaitMore(200);
                Path store = folder.resolve("store");
                assertThat(Program.highwater(node, "backup", store.toString()).status()).isZero();
                Path standby = server.backup(folder);
                writers.awaitMore(200);
                // The node is ahead of the standby for sure.
                Oracle.settle(node);

                server.standBy(standby);
                server.promote();
                writers.awaitMore(200);
                writers.stop();
                client.awaitEqualToSource();
                long promoted = client.state().resyncs();
                assertThat(promoted).as("resyncs after the promotion").isPositive();

                writers.start();
                writers.awaitMore(100);
                assertThat(Program.highwater(node, "restore", store.toString()).status()).isZero();
                writers.awaitMore(100);
                writers.stop();
                client.awaitEqualToSource();
                assertThat(client.state().resyncs())
                        .as("resyncs after the restore")
                        .isGreaterThan(promoted);
            }
            Oracle.settle(node);
            for (String table : Writers.TABLES) {
                Oracle.assertEqual(node, table);
            }
            Oracle.assertVerified(node);
        }
    }

    /// Runs pgbench again and again, until it is told to end.
    ///
    /// @return the rate of the last run
    private static String pgbench(OtherPostgres server, AtomicBoolean ended) {
        String rate = "";
        // In the short form few transactions: all of their positions are looked at.
        List<String> load =
                Distribution.isLong() ? List.of("-T", "3") : List.of("-T", "1", "-R", "500");
        var command = new ArrayList<>(List.of("-n", "-c", "8"));
        command.addAll(load);
        command.add(External.address(server));
        try {
            while (!ended.get()) {
                rate =
                        Program.postgres("pgbench", command.toArray(String[]::new))
                                .succeeded()
                                .out()
                                .lines()
                                .filter(l -> l.startsWith("tps"))
                                .findFirst()
                                .orElse("?");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return rate;
    }
}
