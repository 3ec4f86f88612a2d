package dev.highwater.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A data directory on a disk that is full. The disk is a small tmpfs of its own, which only root
/// can mount; without that right the test fails rather than pretending.
class FullDiskIT {
    private final Path disk = Path.of("target", "nodes", "disk").toAbsolutePath();

    @AfterEach
    void unmount() throws Exception {
        Program.run(List.of("umount", disk.toString()), "");
    }

    private void mount(int megabytes) throws Exception {
        Files.createDirectories(disk);
        var run =
                Program.run(
                        List.of(
                                "mount",
                                "-t",
                                "tmpfs",
                                "-o",
                                "size=" + megabytes + "m",
                                "highwater-e2e",
                                disk.toString()),
                        "");
        assertThat(run.status())
                .as("this test has to mount a small tmpfs, as root: %s", run.err())
                .isZero();
    }

    /// The smaller one has no room for PostgreSQL's files, the larger one none for our tables.
    @ParameterizedTest
    @ValueSource(ints = {8, 40})
    void starting_on_a_full_disk_is_refused_in_one_line(int megabytes) throws Exception {
        mount(megabytes);
        String said =
                Program.highwater(
                                "start",
                                "--data",
                                disk.resolve("data").toString(),
                                "--http",
                                "0",
                                "--pg-port",
                                "0")
                        .refused(1);
        assertThat(said).containsIgnoringCase("space").contains(disk.toString());
    }

    @Test
    void a_disk_that_fills_up_stops_commits_and_nothing_else_for_good() throws Exception {
        mount(700);
        try (var node = RunningNode.start(disk.resolve("data"))) {
            node.run(
                    "create table filled (id bigint generated always as identity primary key, note text)");
            node.run("insert into filled (note) values ('before')");
            Oracle.settle(node);
            try (var feed = FeedClient.follow(node, FeedClient.Format.LINES, "public.filled")) {
                Path filler = fillUp();
                String refusal = writeUntilRefused(node);
                assertThat(refusal).isNotBlank();
                Await.until(
                        "the node says why, in its log; it said:\n" + node.log().tail(),
                        Duration.ofSeconds(30),
                        () ->
                                node.log().lines().stream()
                                        .anyMatch(l -> l.contains("No space left on device")));
                assertThat(node.isAlive()).isTrue();

                Files.delete(filler);
                node.awaitReadyAgain();
                Await.until(
                        "a commit goes through again",
                        Duration.ofSeconds(60),
                        () -> insert(node, "after").isEmpty());
                Oracle.settle(node);
                Oracle.assertEqual(node, "filled");
                feed.awaitEqualToSource();
                Oracle.assertVerified(node);
            }
        }
    }

    /// Leaves about two megabytes.
    private Path fillUp() throws IOException {
        Path filler = disk.resolve("filler");
        long free = Files.getFileStore(disk).getUsableSpace() - (2 << 20);
        byte[] block = new byte[1 << 20];
        try (var out = Files.newOutputStream(filler)) {
            for (long written = 0; written + block.length < free; written += block.length) {
                out.write(block);
            }
        }
        return filler;
    }

    private static String writeUntilRefused(RunningNode node) throws Exception {
        return Await.find(
                "a commit is refused",
                Duration.ofMinutes(1),
                () -> {
                    String refusal = insert(node, "while it fills");
                    return refusal.isEmpty()
                            ? java.util.Optional.empty()
                            : java.util.Optional.of(refusal);
                });
    }

    /// @return why it was refused, empty when it was not
    private static String insert(RunningNode node, String note) {
        try (Connection source = node.source();
                Statement statement = source.createStatement()) {
            statement.execute(
                    "insert into filled (note) select '%s ' || string_agg(md5(random()::text), '') from generate_series(1, 30000)"
                            .formatted(note));
            return "";
        } catch (SQLException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
