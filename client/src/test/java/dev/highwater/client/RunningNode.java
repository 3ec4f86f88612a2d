package dev.highwater.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/// A node as a process of its own, that a test may kill and start again.
final class RunningNode implements AutoCloseable {
    private final Path data;
    private Process process;
    private JsonNode file;

    RunningNode(Path data) throws IOException {
        this.data = data;
        this.process = launch();
        this.file = awaitReady();
    }

    private Process launch() throws IOException {
        var command =
                Stream.of(
                        List.of(
                                ProcessHandle.current().info().command().orElseThrow(),
                                "-Xmx256m",
                                "-XX:TieredStopAtLevel=1",
                                "-XX:+UseSerialGC",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "dev.highwater.node.Main",
                                "start",
                                "--data",
                                data.toString()),
                        List.of("--http", "0", "--pg-port", "0"));
        return new ProcessBuilder(command.flatMap(List::stream).toList())
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(
                                data.resolveSibling(data.getFileName() + ".log").toFile()))
                .start();
    }

    /// What `node.json` says, which a node writes when it is ready.
    private JsonNode awaitReady() throws IOException {
        Path path = data.resolve("node.json");
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (true) {
            if (Files.exists(path)) {
                var said = Json.parse(Files.readString(path));
                if (said.path("pid").asLong() == process.pid()) {
                    return said;
                }
            }
            assertThat(process.isAlive() && System.nanoTime() < end)
                    .as("the node starts; see %s.log", data)
                    .isTrue();
            LockSupport.parkNanos(20_000_000);
        }
    }

    URI address() {
        return URI.create(file.path("http").asText());
    }

    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    void startAgain() throws IOException {
        process = launch();
        file = awaitReady();
    }

    /// Waits until a table that was just made can be followed.
    void awaitRelation(String name) throws IOException, InterruptedException {
        var ask =
                HttpRequest.newBuilder(address().resolve("/api/relations/" + name + "/rows"))
                        .build();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        try (var http = HttpClient.newHttpClient()) {
            while (http.send(ask, HttpResponse.BodyHandlers.discarding()).statusCode() != 200) {
                assertThat(System.nanoTime()).as("%s can be read", name).isLessThan(end);
                LockSupport.parkNanos(20_000_000);
            }
        }
    }

    /// Runs statements in the source, each in a transaction of its own.
    void run(String... statements) throws SQLException {
        var uri = URI.create(file.path("source").asText());
        String[] login = uri.getUserInfo().split(":", 2);
        String url =
                "jdbc:postgresql://" + uri.getAuthority().replaceAll(".*@", "") + uri.getPath();
        try (Connection connection = DriverManager.getConnection(url, login[0], login[1]);
                var statement = connection.createStatement()) {
            for (var sql : statements) {
                statement.execute(sql);
            }
        }
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().orTimeout(20, TimeUnit.SECONDS).join();
    }
}
