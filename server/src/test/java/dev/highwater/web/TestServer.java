package dev.highwater.web;

import dev.highwater.failure.Failure;
import dev.highwater.feed.FeedSettings;
import dev.highwater.feed.Feeds;
import dev.highwater.relation.TestStore;
import dev.highwater.sql.QualifiedName;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A server over a store whose versions are written by hand.
final class TestServer implements AutoCloseable {
    final TestStore store = new TestStore();
    final HttpClient client = HttpClient.newHttpClient();
    final Feeds feeds;
    final WebServer server;
    volatile Optional<String> unready = Optional.empty();

    TestServer() throws SQLException {
        this(new HttpSettings("127.0.0.1", 0, List.of(), List.of(), Duration.ofMillis(1500), 1000));
    }

    TestServer(HttpSettings settings) throws SQLException {
        var versions = store.versions();
        feeds =
                new Feeds(
                        versions,
                        store.head(),
                        store.positions(),
                        new FeedSettings(
                                Duration.ofMillis(300),
                                32 << 10,
                                1 << 20,
                                1000,
                                4,
                                Duration.ofSeconds(20)));
        var node =
                new NodeAccess(
                        store.head(),
                        store.positions(),
                        versions,
                        feeds,
                        store.pool(),
                        store.reader(),
                        new Memory(),
                        new NoViews(),
                        TestServer::status,
                        () -> unready,
                        TestServer::verify,
                        (_, _) -> {
                            throw new Failure.Refused("bad-backup", "this is no backup");
                        });
        server = WebServer.start(settings, node, Clock.systemUTC());
    }

    private static NodeStatus status() {
        return new NodeStatus(
                "highwater",
                TestStore.SHARD,
                Instant.EPOCH,
                new NodeStatus.Capture("streaming", "0/10", 5, 0.5, null),
                List.of(new NodeStatus.Follower("capture", "0/10", 5, "streaming", null)),
                new NodeStatus.Applied(1, 2, 3),
                new NodeStatus.Kept(0, 0),
                null);
    }

    private static Verifier.Verdict verify(Verifier.Listener listener) throws InterruptedException {
        listener.checked(1, 2);
        return new Verifier.Verdict.Broken(1, 2, 100, 2L, "its hash is another");
    }

    /// Publications that are only remembered.
    private static final class Memory implements Publishing {
        private final List<Table> tables = new ArrayList<>();

        @Override
        public List<Table> tables() {
            return List.copyOf(tables);
        }

        @Override
        public Published publish(QualifiedName name) {
            if (name.name().equals("missing")) {
                throw new Failure.NotFound("unknown-table", "the source has no table " + name);
            }
            var before = tables.stream().filter(t -> t.name().equals(name)).findFirst();
            if (before.isPresent()) {
                return new Published(before.get(), true);
            }
            var table = table(name, "filling");
            tables.add(table);
            return new Published(table, false);
        }

        @Override
        public Table unpublish(QualifiedName name) {
            tables.removeIf(t -> t.name().equals(name));
            return table(name, "unpublished");
        }

        private static Table table(QualifiedName name, String state) {
            return new Table(
                    name,
                    state,
                    null,
                    7L,
                    3,
                    List.of("id"),
                    List.of(new NamedType("id", "bigint")));
        }
    }

    /// A node that keeps no view.
    private static final class NoViews implements Viewing {
        @Override
        public @Nullable Past past(QualifiedName name, long position) {
            return null;
        }

        @Override
        public List<View> views() {
            return List.of();
        }

        @Override
        public View view(QualifiedName name) {
            throw new Failure.NotFound("unknown-view", "there is no view " + name);
        }

        @Override
        public Created create(QualifiedName name, String query, boolean replace) {
            throw new Failure.Refused("bad-view", "it cannot be kept");
        }

        @Override
        public View drop(QualifiedName name, boolean cascade) {
            return view(name);
        }
    }

    HttpResponse<String> get(String path, String... headers)
            throws IOException, InterruptedException {
        return send("GET", path, "", headers);
    }

    HttpResponse<String> send(String method, String path, String body, String... headers)
            throws IOException, InterruptedException {
        return client.send(
                request(method, path, body, headers), HttpResponse.BodyHandlers.ofString());
    }

    /// The lines of an answer as they come.
    Iterator<String> lines(String path, String... headers)
            throws IOException, InterruptedException {
        Stream<String> lines =
                client.send(request("GET", path, "", headers), HttpResponse.BodyHandlers.ofLines())
                        .body();
        return lines.iterator();
    }

    HttpRequest request(String method, String path, String body, String... headers) {
        var request =
                HttpRequest.newBuilder(URI.create(server.url() + path))
                        .timeout(Duration.ofSeconds(20))
                        .method(
                                method,
                                body.isEmpty()
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return request.build();
    }

    @Override
    public void close() {
        client.shutdownNow();
        server.close();
        store.close();
    }
}
