package dev.highwater.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A store is backed up while it is written to, and restored: the past is there as it was, the
/// present is the source's, and whoever knew later positions is told to start again.
final class BackupIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final List<String> TABLES = List.of("orders", "notes", "parted", "shaped");
    private static final String TOTALS = "select note, count(*) as n from orders group by note";

    @TempDir private Path folder;
    private Path backup;

    @BeforeEach
    void name() {
        backup = folder.resolve("backups/monday");
    }

    @Test
    void an_old_backup_heals() throws Exception {
        try (var node = RunningNode.start(folder.resolve("node"))) {
            write(node);
            var past = past(node);
            var views = new LiveViews(node).want("totals", TOTALS);
            views.ask("totals");
            views.awaitLive();
            try (var client = FeedClient.follow(node, FeedClient.Format.EVENTS, "public.orders")) {
                client.awaitEqualToSource();
                backUp(node);
                String later = change(node);
                client.awaitEqualToSource();

                var restored = Program.highwater(node, "restore", backup.toString());

                assertThat(restored.status()).as(restored.toString()).isZero();
                assertThat(restored.out()).contains("restored: the store is now ", "whole: ");
                assertThat(node.http().get("/api/relations/orders/feed?after=" + later).status())
                        .as("a position that was given out after the backup")
                        .isEqualTo(410);
                client.awaitEqualToSource();
                assertThat(client.state().resyncs()).isPositive();
            }
            Oracle.settle(node);
            for (String table : TABLES) {
                Oracle.assertEqual(node, table);
            }
            assertThat(node.http().get("/api/tables/gone").json().path("state").asText())
                    .as("a table that was dropped since")
                    .isEqualTo("dropped");
            Oracle.assertVerified(node);
            assertThat(past(node, past)).isEqualTo(past);
            Await.until(
                    "the view is kept again",
                    SOON,
                    () -> {
                        views.ask("totals");
                        views.awaitLive();
                        return true;
                    });
            node.run("insert into orders values (100001, 'after', 1)");
            Oracle.settle(node);
            views.assertEqualToSource();
        }
    }

    @Test
    void a_backup_goes_into_another_node_and_survives_its_death() throws Exception {
        Past past;
        try (var node = RunningNode.start(folder.resolve("node"))) {
            write(node);
            past = past(node);
            backUp(node);
        }
        try (var other = RunningNode.start(folder.resolve("other"))) {
            other.run("create table orders (id int primary key, other text)");
            other.run("insert into orders values (1, 'of another source')");
            Oracle.settle(other);
            String incarnation = incarnation(other);
            var answer =
                    Http.CLIENT.send(
                            HttpRequest.newBuilder(other.address().resolve("/api/restore"))
                                    .header("Highwater-Restore-Key", key(other))
                                    .POST(
                                            HttpRequest.BodyPublishers.ofFile(
                                                    backup.resolve("store.zip")))
                                    .build(),
                            BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
            other.kill();
            other.startAgain();

            assertThat(incarnation(other)).isNotEqualTo(incarnation);
            Oracle.settle(other);
            assertThat(Oracle.assertEqual(other, "orders")).isEqualTo(1);
            Oracle.assertVerified(other);
            assertThat(past(other, past)).isEqualTo(past);
            assertThat(Files.exists(other.data().resolve("restore.zip"))).isFalse();
        }
    }

    @Test
    void what_is_no_backup_changes_nothing() throws Exception {
        try (var node = RunningNode.start(folder.resolve("node"))) {
            node.run("create table t (id int primary key)", "insert into t values (1)");
            Oracle.settle(node);
            backUp(node);
            byte[] whole = Files.readAllBytes(backup.resolve("store.zip"));
            byte[] damaged = whole.clone();
            // More than the times of a member, which nobody reads.
            for (int i = 0; i < 64; i++) {
                damaged[damaged.length / 2 + i] ^= 0x55;
            }
            String before = node.http().get("/api/status").json().path("position").asText();
            for (byte[] bad :
                    List.of(
                            new byte[0],
                            "nonsense".getBytes(java.nio.charset.StandardCharsets.UTF_8),
                            Arrays.copyOf(whole, whole.length / 2),
                            damaged)) {
                Path place = Files.createTempDirectory(folder, "bad");
                Files.write(place.resolve("store.zip"), bad);
                var refused = Program.highwater(node, "restore", place.toString());
                assertThat(refused.status()).as(refused.toString()).isEqualTo(1);
                assertThat(refused.err()).contains("no backup that can be restored");
            }
            assertThat(
                            node.http()
                                    .send("POST", "/api/restore", "application/zip", "no key")
                                    .status())
                    .isEqualTo(403);
            assertThat(Program.highwater(node, "restore", folder.toString()).err())
                    .contains("holds no backup");
            assertThat(Program.highwater(node, "backup", backup.toString()).err())
                    .contains("is not empty");
            assertThat(node.http().get("/api/status").json().path("position").asText())
                    .isEqualTo(before);
        }
    }

    /// What two relations were at a position.
    private record Past(long position, List<String> rows) {}

    private void write(RunningNode node) throws Exception {
        node.run(
                "create type mood as enum ('sad', 'ok')",
                "create type place as (x int, m mood)",
                "create domain short as varchar(20)",
                "create table orders (id int primary key, note text, price numeric)",
                "create table notes (n int, t text)",
                "alter table notes replica identity full",
                "create table parted (id int primary key, n int) partition by range (id)",
                "create table parted_1 partition of parted for values from (0) to (100)",
                "create table parted_2 partition of parted for values from (100) to (200)",
                "create table shaped (id int primary key, m mood, p place, s short, a mood[],"
                        + " twice int generated always as (id * 2) stored)",
                "create table gone (id int primary key)",
                "create table gone_before (id int primary key)",
                "insert into orders select g, 'note ' || g % 10, g from generate_series(1, 5000) g",
                "insert into notes select g % 3, 'x' from generate_series(1, 10) g",
                "insert into parted select g, 0 from generate_series(0, 199) g",
                "insert into shaped values (1, 'ok', (1, 'sad'), 'short', '{ok,sad}')",
                "insert into gone_before values (1)");
        Oracle.settle(node);
        node.run(
                "alter type mood add value 'happy'",
                "insert into shaped values (2, 'happy', (2, 'happy'), null, null)",
                "alter table orders add column further text default 'f'",
                "alter table orders drop column further",
                "update orders set note = 'changed' where id % 7 = 0",
                "delete from orders where id % 11 = 0",
                "delete from notes where n = 1",
                "drop table gone_before");
        Oracle.settle(node);
    }

    private void backUp(RunningNode node) throws Exception {
        var made = Program.highwater(node, "backup", backup.toString());
        assertThat(made.status()).as(made.toString()).isZero();
        assertThat(made.out()).contains("everything up to position " + incarnation(node) + ".");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(backup)))
                .isEqualTo("rwx------");
    }

    /// What happens after the backup, and the position at which it is done.
    private String change(RunningNode node) throws Exception {
        node.run(
                "update orders set note = 'later' where id % 5 = 0",
                "insert into orders select g, 'new' from generate_series(10001, 10100) g",
                "delete from parted where id < 50",
                "alter type mood add value 'angry'",
                "update shaped set m = 'angry'",
                "alter table notes add column further int",
                "update notes set further = 1",
                "drop table gone");
        Oracle.settle(node);
        return node.http().get("/api/status").json().path("position").asText();
    }

    private static String key(RunningNode node) throws Exception {
        return Json.parse(Files.readString(node.data().resolve("node.json")))
                .path("restore_key")
                .asText();
    }

    private static String incarnation(RunningNode node) {
        return node.http().get("/api/status").json().path("incarnation").asText();
    }

    private static Past past(RunningNode node) throws Exception {
        return past(
                node,
                new Past(
                        Long.parseLong(
                                node.http()
                                        .get("/api/status")
                                        .json()
                                        .path("position")
                                        .asText()
                                        .replaceFirst(".*\\.", "")),
                        List.of()));
    }

    /// What the relations were at that position, as the node says now.
    private static Past past(RunningNode node, Past then) throws Exception {
        var rows = new ArrayList<String>();
        for (String table : List.of("orders", "notes", "parted", "shaped", "gone_before")) {
            long at = table.equals("gone_before") ? firstOf(node) : then.position();
            JsonNode all =
                    node.http()
                            .get(
                                    "/api/relations/%s/rows?limit=100000&as_of=%d"
                                            .formatted(table, at))
                            .expect(200)
                            .json();
            var texts = new ArrayList<String>();
            all.forEach(row -> texts.add(table + row));
            texts.sort(null);
            rows.addAll(texts);
        }
        return new Past(then.position(), rows);
    }

    /// A position at which the table that was dropped was still there.
    private static long firstOf(RunningNode node) throws Exception {
        try (Connection store = node.store();
                var statement = store.createStatement()) {
            return Oracle.number(statement, "select max(_from) from public_history.gone_before");
        }
    }
}
