package dev.highwater.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// A node as a user runs it: `bin/highwater start` in a process of its own, with its embedded
/// PostgreSQL.
final class Node implements Server {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration START_MAX = Duration.ofSeconds(90);

    private final Path data;
    private final Process process;
    private final JsonNode file;

    private Node(Path data, Process process, JsonNode file) {
        this.data = data;
        this.process = process;
        this.file = file;
    }

    /// Starts it and waits until it is ready.
    static Node start(Path program, Path data, String... options)
            throws IOException, InterruptedException {
        var process = launch(program, data, options);
        return awaitReady(data, process);
    }

    /// Starts it and does not wait.
    static Process launch(Path program, Path data, String... options) throws IOException {
        Files.createDirectories(data);
        Path log = data.resolve("bench.log");
        var command = new ArrayList<String>();
        command.addAll(List.of(program.toString(), "start", "--data", data.toString()));
        command.addAll(List.of("--http", "0", "--pg-port", "0"));
        command.addAll(List.of(options));
        var process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start();
        Wait.endWithUs(process);
        return process;
    }

    /// Waits until a launched node says that it is ready and serves reads.
    static Node awaitReady(Path data, Process process) throws IOException, InterruptedException {
        Path path = data.resolve("node.json");
        long deadline = System.nanoTime() + START_MAX.toNanos();
        while (System.nanoTime() < deadline && process.isAlive()) {
            if (Files.exists(path) && Files.size(path) > 0) {
                var file = JSON.readTree(path.toFile());
                if (file.path("pid").asLong() == process.pid()) {
                    var node = new Node(data, process, file);
                    if (node.isReady()) {
                        return node;
                    }
                }
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
        process.destroyForcibly();
        throw new IOException("the node is not ready; see " + data.resolve("bench.log"));
    }

    long pid() {
        return process.pid();
    }

    Path data() {
        return data;
    }

    @Override
    public URI source() {
        return URI.create(file.path("source").asText());
    }

    /// The store, as its readers see it.
    URI store() {
        return URI.create(file.path("store").asText());
    }

    /// A database of the embedded server, as the superuser that the node itself is.
    URI superuser(String database) throws IOException {
        var credentials = JSON.readTree(data.resolve("credentials.json").toFile());
        return URI.create(
                "postgresql://highwater:%s@%s:%d/%s"
                        .formatted(
                                credentials.path("highwater").asText(),
                                source().getHost(),
                                source().getPort(),
                                database));
    }

    /// Asks over HTTP.
    JsonNode get(String path) throws IOException {
        var connection = open(path);
        try (var in = connection.getInputStream()) {
            return JSON.readTree(in);
        }
    }

    /// Opens an HTTP connection to the node.
    HttpURLConnection open(String path) throws IOException {
        return (HttpURLConnection)
                URI.create(file.path("http").asText() + path).toURL().openConnection();
    }

    private boolean isReady() {
        try {
            return open("/readyz").getResponseCode() == 200;
        } catch (IOException _) {
            return false;
        }
    }

    /// Makes a view and waits until it is kept.
    void view(String name, String query) throws IOException, InterruptedException {
        var connection = open("/api/views/" + name);
        connection.setRequestMethod("PUT");
        connection.setRequestProperty("Content-Type", "application/sql");
        connection.setDoOutput(true);
        try (var out = connection.getOutputStream()) {
            out.write(query.getBytes(StandardCharsets.UTF_8));
        }
        if (connection.getResponseCode() >= 400) {
            try (var error = connection.getErrorStream()) {
                throw new IOException(name + ": " + JSON.readTree(error));
            }
        }
        Wait.until(
                name + " is live", () -> !checked(name).path("state").asText().equals("filling"));
    }

    /// What the node says of a view.
    ///
    /// @throws IOException when it has stopped
    private JsonNode checked(String view) throws IOException {
        var said = get("/api/views/" + view);
        if (said.path("state").asText().equals("stopped")) {
            throw new IOException(view + " has stopped: " + said.path("error").asText());
        }
        return said;
    }

    /// Waits until a query over a view has a row.
    void awaitView(Connection store, String view, String query)
            throws SQLException, InterruptedException, IOException {
        try (var statement = store.prepareStatement(query)) {
            Wait.Condition<SQLException> shown =
                    () -> {
                        try (var row = statement.executeQuery()) {
                            return row.next();
                        }
                    };
            while (!Wait.within(query, Duration.ofSeconds(2), shown)) {
                checked(view);
            }
        }
    }

    /// Waits until every published table has its rows from before.
    void awaitLive(String... tables) throws IOException, InterruptedException {
        for (var table : tables) {
            Wait.until(table + " is live", () -> isLive(table));
        }
    }

    /// Publishes a table, whose rows then begin to come.
    void publish(String table) throws IOException {
        send("PUT", "/api/tables/" + table);
    }

    /// Unpublishes a table if it is published, and waits until the store knows.
    void unpublish(String table) throws IOException, InterruptedException {
        if (isLive(table)) {
            send("DELETE", "/api/tables/" + table);
            Wait.until(table + " is unpublished", () -> !isLive(table));
        }
    }

    private boolean isLive(String table) throws IOException {
        try {
            return get("/api/tables/" + table).path("state").asText().equals("live");
        } catch (FileNotFoundException _) {
            return false;
        }
    }

    private void send(String method, String path) throws IOException {
        var connection = open(path);
        connection.setRequestMethod(method);
        if (connection.getResponseCode() >= 400) {
            throw new IOException(method + " " + path + ": " + connection.getResponseMessage());
        }
    }

    @Override
    public void awaitReadable(String query) throws SQLException, InterruptedException {
        try (var connection = Server.connect(store())) {
            awaitReadable(connection, query);
        }
    }

    private static void awaitReadable(Connection connection, String query)
            throws SQLException, InterruptedException {
        try (var statement = connection.prepareStatement(query)) {
            Wait.until(
                    query,
                    () -> {
                        try (var row = statement.executeQuery()) {
                            return row.next();
                        } catch (SQLException e) {
                            // The view is there when the table's first transaction is, and can be
                            // read once its rows from before are.
                            if (Set.of("42P01", "55000").contains(e.getSQLState())) {
                                return false;
                            }
                            throw e;
                        }
                    });
        }
    }

    /// Ends the process without a chance to do anything, its PostgreSQL too if asked.
    void kill(boolean postgresToo) throws IOException, InterruptedException {
        long postmaster =
                Long.parseLong(
                        Files.readAllLines(data.resolve("postgres", "postmaster.pid"))
                                .getFirst()
                                .strip());
        process.destroyForcibly();
        if (postgresToo) {
            ProcessHandle.of(postmaster).ifPresent(ProcessHandle::destroyForcibly);
        }
        process.waitFor();
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        Wait.forEnd(process, "the node in " + data);
    }
}
