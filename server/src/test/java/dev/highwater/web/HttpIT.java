package dev.highwater.web;

import static dev.highwater.relation.TestStore.definition;
import static dev.highwater.relation.TestStore.delete;
import static dev.highwater.relation.TestStore.put;
import static org.assertj.core.api.Assertions.assertThat;

import dev.highwater.feed.FeedSettings;
import dev.highwater.feed.Feeds;
import dev.highwater.relation.Relation;
import dev.highwater.relation.TestStore;
import dev.highwater.sql.QualifiedName;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpIT {
    private TestStore store;
    private WebServer server;
    private Relation orders;
    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeEach
    void start() throws Exception {
        store = new TestStore();
        orders =
                store.table(
                        definition(
                                "orders",
                                "id bigint 20",
                                "total numeric(10,2) 1700",
                                "note text 25"));
        server = WebServer.start(HttpSettings.onLoopback(0), access(store), Clock.systemUTC());
    }

    @AfterEach
    void stop() {
        server.close();
        store.close();
    }

    static NodeAccess access(TestStore store) {
        var versions = store.versions();
        return new NodeAccess(
                store.head(),
                store.positions(),
                versions,
                new Feeds(versions, store.head(), store.positions(), FeedSettings.standard()),
                store.pool(),
                store.reader(),
                new NoPublishing(),
                () ->
                        new NodeStatus(
                                "highwater",
                                TestStore.SHARD,
                                Instant.EPOCH,
                                new NodeStatus.Capture("streaming", "0/0", 0, 0, null),
                                List.of(),
                                new NodeStatus.Applied(1, 2, 3)),
                Optional::empty,
                _ -> new Verifier.Verdict.Whole(0, 0, ""));
    }

    private record NoPublishing() implements Publishing {
        @Override
        public List<Table> tables() {
            return List.of();
        }

        @Override
        public Published publish(QualifiedName name) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Table unpublish(QualifiedName name) {
            throw new UnsupportedOperationException();
        }
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(server.url() + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void rowsAreReadNowAndAsOfAPosition() throws Exception {
        store.commit(put(orders, "1", "10.50", "a"), put(orders, "2", "20.00", null));
        store.commit(put(orders, "1", "11.00", "b"), delete(orders, "2"));

        var now = get("/api/relations/orders/rows");
        assertThat(now.statusCode()).isEqualTo(200);
        assertThat(now.headers().firstValue("highwater-position"))
                .contains(store.positions().format(2));
        assertThat(now.body()).isEqualTo("[{\"id\":1,\"total\":11.00,\"note\":\"b\"}]\n");
        assertThat(get("/api/relations/orders/rows?as_of=1&select=id,note&order=id.desc").body())
                .isEqualTo("[{\"id\":2,\"note\":null},\n{\"id\":1,\"note\":\"a\"}]\n");
    }

    @Test
    void aFeedBeginsWithASnapshotAndGoesOnWithChanges() throws Exception {
        store.commit(put(orders, "1", "10.50", "a"));
        var request =
                HttpRequest.newBuilder(
                                URI.create(
                                        server.url() + "/api/relations/orders/feed?format=ndjson"))
                        .build();
        var lines = client.send(request, HttpResponse.BodyHandlers.ofLines()).body().iterator();
        assertThat(lines.next())
                .isEqualTo(
                        "{\"event\":\"snapshot\",\"rows\":[{\"id\":1,\"total\":10.50,\"note\":\"a\"}]}");
        assertThat(lines.next()).contains("snapshot-end").contains(store.positions().format(1));
        store.commit(put(orders, "1", "11.00", "b"), put(orders, "3", "1.00", "c"));
        assertThat(lines.next())
                .startsWith(
                        "{\"event\":\"change\",\"position\":\""
                                + store.positions().format(2)
                                + "\",\"at\":\"")
                .endsWith(
                        "Z\",\"changes\":[{\"op\":\"update\",\"key\":{\"id\":1},"
                                + "\"row\":{\"id\":1,\"total\":11.00,\"note\":\"b\"},"
                                + "\"old\":{\"id\":1,\"total\":10.50,\"note\":\"a\"}},"
                                + "{\"op\":\"insert\",\"key\":{\"id\":3},\"row\":{\"id\":3,\"total\":1.00,\"note\":\"c\"}}]}");
    }

    @Test
    void failuresAreProblems() throws Exception {
        var unknown = get("/api/relations/ordres/rows");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(unknown.body())
                .contains("highwater:unknown-relation", "did you mean public.orders?");
        assertThat(unknown.headers().firstValue("content-type"))
                .contains("application/problem+json");
        assertThat(get("/nothing").statusCode()).isEqualTo(404);
        assertThat(get("/metrics").body()).contains("highwater_position");
        assertThat(get("/api/status").body()).contains("\"position\"");
        assertThat(get("/readyz").statusCode()).isEqualTo(200);
    }
}
