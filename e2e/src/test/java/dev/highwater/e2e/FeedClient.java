package dev.highwater.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// Follows the feed of one or more relations on a thread of its own, as a careful client does: when
/// the connection ends for any reason, it connects again with the last id that it saw.
final class FeedClient implements AutoCloseable {
    /// How events travel.
    enum Format {
        LINES("application/x-ndjson"),
        EVENTS("text/event-stream");

        private final String type;

        Format(String type) {
            this.type = type;
        }
    }

    private final RunningNode node;
    private final Format format;
    private final String path;
    private final FeedState state;
    private final Thread thread;
    private volatile boolean closed;
    private volatile @Nullable InputStream open;

    private FeedClient(RunningNode node, Format format, String path, FeedState state) {
        this.node = node;
        this.format = format;
        this.path = path;
        this.state = state;
        this.thread = Thread.ofVirtual().name("feed " + path).start(this::run);
    }

    /// Follows relations, which are named with their schema.
    static FeedClient follow(RunningNode node, Format format, String... relations) {
        return follow(node, format, (_, _) -> {}, relations);
    }

    static FeedClient follow(
            RunningNode node,
            Format format,
            BiConsumer<Long, List<FeedState.Change>> listener,
            String... relations) {
        var state = new FeedState(keys(node, relations), listener);
        return new FeedClient(node, format, path(relations), state);
    }

    static String path(String... relations) {
        return relations.length == 1
                ? "/api/relations/" + relations[0] + "/feed"
                : "/api/feed?relations=" + String.join(",", relations);
    }

    private static Map<String, List<String>> keys(RunningNode node, String... relations) {
        var keys = new LinkedHashMap<String, List<String>>();
        for (String relation : relations) {
            JsonNode table = node.http().get("/api/tables/" + relation).expect(200).json();
            keys.put(relation, table.path("key").valueStream().map(JsonNode::asText).toList());
        }
        return keys;
    }

    FeedState state() {
        return state;
    }

    /// Waits until it has seen everything up to that position of the relations' own.
    void awaitPosition(long position) throws Exception {
        Await.until(
                path + " reaches " + position,
                Duration.ofMinutes(1),
                () -> state.position() >= position || !state.faults().isEmpty());
        assertNoFaults();
    }

    /// Waits until the rows that it holds are those of the source, and fails on any fault.
    void awaitEqualToSource() throws Exception {
        var last = new Object[] {"nothing was compared"};
        try {
            Await.until(
                    path + " shows what the source holds",
                    Duration.ofMinutes(1),
                    () -> {
                        if (!state.faults().isEmpty()) {
                            return true;
                        }
                        String difference = difference();
                        last[0] = difference;
                        return difference.isEmpty();
                    });
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; " + last[0], e);
        }
        assertNoFaults();
    }

    void assertNoFaults() {
        assertThat(state.faults()).as("what did not fit in %s", path).isEmpty();
    }

    private String difference() throws Exception {
        for (String relation : state.relations()) {
            String difference = Oracle.difference(node, relation, state.rows(relation));
            if (!difference.isEmpty()) {
                return relation + ": " + difference;
            }
        }
        return "";
    }

    private void run() {
        try {
            while (!closed) {
                connect();
                Await.pause();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | AssertionError e) {
            state.fault("the reader failed: " + e);
        }
    }

    /// Reads one connection to its end.
    private void connect() throws InterruptedException {
        String id = state.lastId();
        try {
            var response = Http.CLIENT.send(request(id), HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = response.body();
                    var lines = new BufferedReader(new InputStreamReader(body, UTF_8))) {
                open = body;
                switch (response.statusCode()) {
                    case 200 -> read(lines);
                    case 410 -> state.resync();
                    case 409, 503 -> {} // being filled, or not reachable now: try again
                    default -> {
                        state.fault(
                                response.statusCode() + " after " + id + ": " + lines.readLine());
                        closed = true;
                    }
                }
            }
        } catch (IOException e) {
            // The node is down, or went down while it sent; the next connection goes on.
        }
    }

    private HttpRequest request(@Nullable String id) {
        String after =
                id == null || format == Format.EVENTS
                        ? ""
                        : (path.contains("?") ? "&" : "?") + "after=" + id;
        var request =
                HttpRequest.newBuilder(URI.create(node.address() + path + after))
                        .header("Accept", format.type);
        if (id != null && format == Format.EVENTS) {
            request.header("Last-Event-ID", id);
        }
        return request.build();
    }

    private void read(BufferedReader lines) throws IOException {
        state.connected();
        switch (format) {
            case LINES -> {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (!line.isEmpty()) {
                        accept(line);
                    }
                }
            }
            case EVENTS -> readEvents(lines);
        }
    }

    /// A line that the end of a connection cut in the middle is no event.
    private void accept(String line) {
        if (line.endsWith("}")) {
            state.accept(Json.parse(line));
        }
    }

    private void readEvents(BufferedReader lines) throws IOException {
        String name = "message";
        String id = "";
        var data = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.isEmpty()) {
                if (!data.isEmpty()) {
                    event(name, id, data.toString());
                }
                name = "message";
                id = "";
                data.setLength(0);
            } else if (line.startsWith("event:")) {
                name = line.substring(6).strip();
            } else if (line.startsWith("id:")) {
                id = line.substring(3).strip();
            } else if (line.startsWith("data:")) {
                data.append(line.substring(5).strip());
            }
        }
    }

    private void event(String name, String id, String data) {
        JsonNode json = Json.parse(data);
        ((ObjectNode) json).put("event", name);
        String position = json.path("position").asText();
        boolean complete = !json.path("more").asBoolean() && json.has("position");
        if (!id.equals(complete ? position : "")) {
            state.fault("id '" + id + "' of " + data);
        }
        state.accept(json);
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        InputStream body = open;
        if (body != null) {
            try {
                body.close();
            } catch (IOException e) {
                state.fault("closing: " + e);
            }
        }
        Await.end(thread);
    }
}
