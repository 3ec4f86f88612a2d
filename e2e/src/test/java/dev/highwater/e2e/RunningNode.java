package dev.highwater.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/// A node started from the distribution, as a process of its own. It may be killed and started
/// again; its data directory and what it said stay.
final class RunningNode implements AutoCloseable {
    private static final Duration UNTIL_READY = Duration.ofMinutes(1);
    private static final Duration UNTIL_ENDED = Duration.ofSeconds(30);

    private final Path data;
    private final List<String> options;
    private final Map<String, String> environment;
    private final NodeLog log = new NodeLog();
    private final Http http = new Http(this::address);
    private Process process;
    private volatile JsonNode file = Json.object();

    private RunningNode(Path data, List<String> options, Map<String, String> environment)
            throws Exception {
        this.data = data;
        this.options = options;
        this.environment = environment;
        this.process = launch();
        awaitReady();
    }

    /// Starts a node on this data directory and any free ports, and waits until it is ready.
    static RunningNode start(Path data) throws Exception {
        return new RunningNode(data, List.of(), Map.of());
    }

    /// The same, with further options and variables of the environment.
    static RunningNode start(Path data, List<String> options, Map<String, String> environment)
            throws Exception {
        return new RunningNode(data, options, environment);
    }

    /// How much memory the process has in use, in bytes; its PostgreSQL not counted.
    long memory() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    Path data() {
        return data;
    }

    /// Starts it again after its end, and waits until it is ready.
    void startAgain() throws Exception {
        assertThat(process.isAlive()).as("the node still runs").isFalse();
        process = launch();
        awaitReady();
    }

    private Process launch() throws IOException {
        var command =
                new ArrayList<>(
                        List.of(
                                Distribution.program().toString(),
                                "start",
                                "--data",
                                data.toString(),
                                "--http",
                                "0",
                                "--pg-port",
                                "0"));
        command.addAll(options);
        var builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        var started = builder.start();
        log.collect(started.getInputStream());
        log.collect(started.getErrorStream());
        return started;
    }

    private void awaitReady() throws Exception {
        file =
                Await.find(
                        "node.json of the new process; it said:\n" + log.tail(),
                        UNTIL_READY,
                        this::written);
        awaitReadyAgain();
    }

    private Optional<JsonNode> written() throws IOException {
        assertThat(process.isAlive()).as("the node ended; it said:\n%s", log.tail()).isTrue();
        Path path = data.resolve("node.json");
        if (!Files.exists(path)) {
            return Optional.empty();
        }
        JsonNode read = Json.parse(Files.readString(path));
        return read.path("pid").asLong() == process.pid() ? Optional.of(read) : Optional.empty();
    }

    /// Waits until the node says that it is ready; for a node that has lost its PostgreSQL.
    void awaitReadyAgain() throws Exception {
        Await.until(
                "the node is ready",
                UNTIL_READY,
                () -> {
                    assertThat(process.isAlive())
                            .as("the node ended; it said:\n%s", log.tail())
                            .isTrue();
                    return answers("/readyz") && answers("/api/status");
                });
    }

    boolean answers(String path) {
        try {
            return http.get(path).status() == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    URI address() {
        return URI.create(file.path("http").asText());
    }

    Http http() {
        return http;
    }

    NodeLog log() {
        return log;
    }

    /// The source's URL, as any client of PostgreSQL takes it.
    String sourceUrl() {
        return file.path("source").asText();
    }

    String storeUrl() {
        return file.path("store").asText();
    }

    /// A connection to the source as an application has it.
    Connection source() throws SQLException {
        return connect(sourceUrl());
    }

    /// A connection to the store as a reader has it.
    Connection store() throws SQLException {
        return connect(storeUrl());
    }

    private static Connection connect(String url) throws SQLException {
        URI uri = URI.create(url);
        String[] user = uri.getUserInfo().split(":", 2);
        var properties = new Properties();
        properties.put("user", user[0]);
        properties.put("password", user[1]);
        properties.put("socketTimeout", "120");
        properties.put("connectTimeout", "5");
        return DriverManager.getConnection(
                "jdbc:postgresql://" + uri.getHost() + ":" + uri.getPort() + uri.getPath(),
                properties);
    }

    /// Runs statements in the source, each in its own transaction.
    void run(String... statements) throws SQLException {
        try (Connection connection = source();
                var statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /// Ends the process as a crash does.
    void kill() {
        process.destroyForcibly();
        assertThat(awaitEnd()).isTrue();
    }

    /// Ends the postmaster as a crash does; its backends notice by themselves.
    void killPostgres() throws IOException {
        postmaster().ifPresent(ProcessHandle::destroyForcibly);
    }

    Optional<ProcessHandle> postmaster() throws IOException {
        Path path = data.resolve("postgres", "postmaster.pid");
        if (!Files.exists(path)) {
            return Optional.empty();
        }
        String first = Files.readString(path).lines().findFirst().orElse("").strip();
        return first.isEmpty() ? Optional.empty() : ProcessHandle.of(Long.parseLong(first));
    }

    /// Asks it to stop.
    ///
    /// @return its exit status
    int terminate() {
        process.destroy();
        boolean ended = awaitEnd();
        assertThat(ended).as("the node ended after SIGTERM; it said:\n%s", log.tail()).isTrue();
        return process.exitValue();
    }

    private boolean awaitEnd() {
        try {
            return process.waitFor(UNTIL_ENDED.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// Fails when a stack trace or a password stands in what the node said so far.
    void assertCleanLog() {
        NodeLog.assertClean(log.lines(), passwords());
    }

    private List<String> passwords() {
        var secrets = new ArrayList<String>();
        for (String url : List.of(sourceUrl(), storeUrl())) {
            secrets.add(URI.create(url).getUserInfo().split(":", 2)[1]);
        }
        return secrets;
    }

    /// Stops it in good order and looks through everything it said.
    @Override
    public void close() {
        try {
            if (process.isAlive()) {
                terminate();
            }
        } finally {
            process.destroyForcibly();
        }
        assertCleanLog();
    }
}
