package dev.highwater.web;

import static dev.highwater.relation.TestStore.definition;
import static dev.highwater.relation.TestStore.delete;
import static dev.highwater.relation.TestStore.put;
import static org.assertj.core.api.Assertions.assertThat;

import dev.highwater.relation.Relation;
import dev.highwater.relation.TestStore;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpIT {
    private TestServer web;
    private TestStore store;
    private Relation orders;

    @BeforeEach
    void start() throws SQLException {
        web = new TestServer();
        store = web.store;
        orders =
                store.table(
                        definition(
                                "orders",
                                "id bigint 20",
                                "total numeric(10,2) 1700",
                                "note text 25"));
    }

    @AfterEach
    void stop() {
        web.close();
    }

    private String position(long position) {
        return store.positions().format(position);
    }

    @Test
    void rowsAreReadNowAndAsOfAPosition() throws Exception {
        store.commit(put(orders, "1", "10.50", "a"), put(orders, "2", "20.00", null));
        store.commit(put(orders, "1", "11.00", "b"), delete(orders, "2"));

        var now = web.get("/api/relations/orders/rows");
        assertThat(now.statusCode()).isEqualTo(200);
        assertThat(now.headers().firstValue("highwater-position")).contains(position(2));
        assertThat(now.body()).isEqualTo("[{\"id\":1,\"total\":11.00,\"note\":\"b\"}]\n");
        assertThat(
                        web.get(
                                        "/api/relations/public.orders/rows?as_of=1&select=id,note&order=id.desc")
                                .body())
                .isEqualTo("[{\"id\":2,\"note\":null},\n{\"id\":1,\"note\":\"a\"}]\n");
        assertThat(
                        web.get("/api/relations/orders/rows?as_of=" + position(1) + "&total=gt.15")
                                .body())
                .contains("20.00");
        assertThat(web.get("/api/relations/orders/rows?as_of=2020-01-01T00:00:00Z").body())
                .isEqualTo("[]\n");
    }

    @Test
    void aCutAnswerSaysSo() throws Exception {
        store.commit(
                put(orders, "1", "1", "a"), put(orders, "2", "2", "b"), put(orders, "3", "3", "c"));
        var cut = web.get("/api/relations/orders/rows?limit=2");
        assertThat(cut.headers().firstValue("highwater-truncated")).contains("true");
        assertThat(cut.body()).doesNotContain("\"c\"");
        assertThat(
                        web.get("/api/relations/orders/rows?limit=3")
                                .headers()
                                .firstValue("highwater-truncated"))
                .isEmpty();
        assertThat(web.get("/api/relations/orders/rows?limit=3&offset=2").body()).contains("\"c\"");
        assertThat(web.get("/api/relations/orders/rows?limit=0").body()).isEqualTo("[]\n");
    }

    @Test
    void anAnswerTooLargeForMemoryIsStreamed() throws Exception {
        String note = "x".repeat(10_000);
        var writes = new ArrayList<TestStore.Write>();
        for (int i = 0; i < 400; i++) {
            writes.add(put(orders, "" + i, "1", note));
        }
        store.write(writes);
        store.announce();
        var cut = web.get("/api/relations/orders/rows?limit=399");
        assertThat(cut.headers().firstValue("highwater-truncated")).contains("true");
        assertThat(cut.body().lines()).hasSize(399);
        var whole = web.get("/api/relations/orders/rows?limit=400");
        assertThat(whole.headers().firstValue("highwater-truncated")).isEmpty();
        assertThat(whole.body().lines()).hasSize(400);
        assertThat(whole.body()).endsWith("\"}]\n");
    }

    @Test
    void numbersThatJavaScriptWouldRoundAreStrings() throws Exception {
        store.commit(
                put(orders, "9007199254740993", "0.10", "a"),
                put(orders, "9007199254740992", "NaN", "b"));
        assertThat(web.get("/api/relations/orders/rows").body().lines())
                .containsExactly(
                        "[{\"id\":9007199254740992,\"total\":\"NaN\",\"note\":\"b\"},",
                        "{\"id\":\"9007199254740993\",\"total\":0.10,\"note\":\"a\"}]");
    }

    @Test
    void anUnchangedAnswerNeedNotBeSentAgain() throws Exception {
        store.commit(put(orders, "1", "1", "a"));
        String tag =
                web.get("/api/relations/orders/rows").headers().firstValue("etag").orElseThrow();
        assertThat(web.get("/api/relations/orders/rows", "If-None-Match", tag).statusCode())
                .isEqualTo(304);
        store.commit(put(orders, "1", "2", "a"));
        assertThat(web.get("/api/relations/orders/rows", "If-None-Match", tag).statusCode())
                .isEqualTo(200);
    }

    @Test
    void aFeedOfLinesBeginsWithASnapshotAndGoesOnWithChanges() throws Exception {
        store.commit(put(orders, "1", "10.50", "a"));
        var lines = web.lines("/api/relations/orders/feed", "Accept", "application/x-ndjson");
        assertThat(lines.next())
                .isEqualTo(
                        "{\"event\":\"snapshot\",\"rows\":[{\"id\":1,\"total\":10.50,\"note\":\"a\"}]}");
        assertThat(lines.next())
                .isEqualTo("{\"event\":\"snapshot-end\",\"position\":\"" + position(1) + "\"}");
        store.commit(put(orders, "1", "11.00", "b"), put(orders, "3", "1.00", "c"));
        assertThat(nextChange(lines))
                .startsWith("{\"event\":\"change\",\"position\":\"" + position(2) + "\",\"at\":\"")
                .endsWith(
                        "Z\",\"changes\":[{\"op\":\"update\",\"key\":{\"id\":1},"
                                + "\"row\":{\"id\":1,\"total\":11.00,\"note\":\"b\"},"
                                + "\"old\":{\"id\":1,\"total\":10.50,\"note\":\"a\"}},"
                                + "{\"op\":\"insert\",\"key\":{\"id\":3},\"row\":{\"id\":3,\"total\":1.00,\"note\":\"c\"}}]}");
    }

    @Test
    void aFeedOfEventsResumesBehindTheLastOneSeen() throws Exception {
        store.commit(put(orders, "1", "1", "a"));
        store.commit(put(orders, "1", "2", "a"));
        var events =
                web.lines(
                        "/api/relations/orders/feed?after=0&select=total",
                        "Last-Event-ID",
                        position(1));
        assertThat(events.next()).isEqualTo("retry: 1000");
        assertThat(events.next()).isEmpty();
        assertThat(events.next()).isEqualTo("event: change");
        assertThat(events.next()).isEqualTo("id: " + position(2));
        assertThat(events.next())
                .startsWith("data: {\"position\":\"" + position(2) + "\"")
                .contains("\"key\":{\"id\":1},\"row\":{\"total\":2.00},\"old\":{\"total\":1.00}");
        assertThat(events.next()).isEmpty();
        assertThat(events.next()).isEqualTo("event: progress");
    }

    @Test
    void aFeedOfSeveralRelationsNamesThem() throws Exception {
        var lines = store.table(definition("lines", "id bigint 20"));
        var feed = web.lines("/api/feed?relations=orders,public.lines&after=0&format=ndjson");
        store.commit(put(orders, "1", "1", "a"), put(lines, "5"));
        assertThat(nextChange(feed))
                .contains(
                        "{\"relation\":\"public.orders\",\"op\":\"insert\",\"key\":{\"id\":1}",
                        "{\"relation\":\"public.lines\",\"op\":\"insert\",\"key\":{\"id\":5}");
    }

    private static String nextChange(java.util.Iterator<String> lines) {
        String line = lines.next();
        while (line.contains("\"event\":\"progress\"")) {
            line = lines.next();
        }
        return line;
    }

    @Test
    void aReaderThatTakesNothingHoldsUpNobodyAndMissesNothing() throws Exception {
        String note = "n".repeat(20_000);
        try (var socket = open("/api/relations/orders/feed?after=0&format=ndjson")) {
            for (int i = 1; i <= 500; i++) {
                store.commit(put(orders, "1", "" + i, note));
            }
            var quick = web.lines("/api/relations/orders/feed?after=499&format=ndjson");
            assertThat(nextChange(quick)).contains(position(500));
            var in = new BufferedInputStream(socket.getInputStream());
            for (int i = 1; i <= 500; i++) {
                assertThat(lineWith(in, "\"change\""))
                        .contains("\"position\":\"" + position(i) + "\"");
            }
        }
    }

    @Test
    void aReaderThatGoesAwayEndsItsSubscription() throws Exception {
        try (var socket = open("/api/relations/orders/feed?after=0&format=ndjson")) {
            await(() -> web.feeds.subscribers() == 1);
            assertThat(lineWith(socket.getInputStream(), "progress")).isNotBlank();
        }
        await(() -> web.feeds.subscribers() == 0);
    }

    @Test
    void aServerThatStopsEndsItsFeeds() throws Exception {
        var lines = web.lines("/api/relations/orders/feed?format=ndjson");
        lines.next();
        long start = System.nanoTime();
        web.server.close();
        while (lines.hasNext()) {
            lines.next();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
    }

    @Test
    void failuresAreProblemsInOneLine() throws Exception {
        store.commit();
        store.table(definition("later", "id bigint 20"));
        var filling = store.table(definition("filling", "id bigint 20"));
        store.enter(filling.id(), new Relation.State.Filling());
        var ended = store.table(definition("ended", "id bigint 20"));
        store.enter(ended.id(), new Relation.State.Ended(1L, 1, "it was dropped"));
        var cases =
                """
                GET /nothing 404 not-found
                GET /api/relations/ordres/rows 404 unknown-relation
                GET /api/relations/ordres/feed 404 unknown-relation
                GET /api/relations/a.b.c/rows 400 bad-name
                GET /api/relations/orders/rows?colour=eq.red 400 unknown-column
                GET /api/relations/orders/rows?id=equals.1 400 bad-filter
                GET /api/relations/orders/rows?id=eq.one 400 bad-filter
                GET /api/relations/orders/rows?order=id.up 400 unknown-column
                GET /api/relations/orders/rows?limit=-1 400 bad-parameter
                GET /api/relations/orders/rows?limit=1&limit=2 400 bad-parameter
                GET /api/relations/orders/rows?select=id,x 400 unknown-column
                GET /api/relations/orders/rows?select= 400 unknown-column
                GET /api/relations/orders/rows?as_of=99 400 position-in-future
                GET /api/relations/orders/rows?as_of=2999-01-01T00:00:00Z 400 position-in-future
                GET /api/relations/orders/rows?as_of=yesterday 400 bad-position
                GET /api/relations/orders/rows?as_of=deadbeef.1 410 resync
                GET /api/relations/orders/feed?after=99 400 position-in-future
                GET /api/relations/orders/feed?after=deadbeef.0 410 resync
                GET /api/relations/orders/feed?limit=5 400 unknown-column
                GET /api/relations/orders/feed?format=xml 400 bad-parameter
                GET /api/relations/later/rows?as_of=0 410 not-kept
                GET /api/relations/later/feed?after=0 410 resync
                GET /api/relations/filling/rows 409 filling
                GET /api/relations/filling/feed 409 filling
                GET /api/relations/ended/rows 410 ended
                GET /api/feed 400 bad-parameter
                GET /api/feed?relations= 400 bad-name
                GET /api/feed?relations=orders,orders 400 bad-parameter
                GET /api/feed?relations=orders&id=eq.1 400 unknown-parameter
                POST /api/relations/orders/rows 405 method-not-allowed
                DELETE /api/status 405 method-not-allowed
                GET /api/query 405 method-not-allowed
                GET /api/tables/missing 404 unknown-table
                PUT /api/tables/missing 404 unknown-table
                GET /api/journal?limit=x 400 bad-parameter
                GET /api/journal?after=999999 400 position-in-future
                GET /api/journal?from=1 400 unknown-parameter
                """;
        for (var line : cases.lines().toList()) {
            var words = line.split(" ", 4);
            var answer = web.send(words[0], words[1], "");
            assertThat(answer.body()).as(line).contains("\"type\":\"highwater:" + words[3] + "\"");
            assertThat(answer.statusCode()).as(line).isEqualTo(Integer.parseInt(words[2]));
            assertThat(answer.headers().firstValue("content-type"))
                    .as(line)
                    .contains("application/problem+json");
            assertThat(answer.body().lines()).as(line).hasSize(1);
        }
    }

    @Test
    void aMistypedNameIsPutRight() throws Exception {
        assertThat(web.get("/api/relations/ordres/rows").body())
                .contains("did you mean public.orders?");
    }

    @Test
    void headersAloneAreAnsweredToHead() throws Exception {
        store.commit(put(orders, "1", "1", "a"));
        for (var path :
                List.of(
                        "/",
                        "/healthz",
                        "/api/status",
                        "/api/relations/orders/rows",
                        "/api/relations/orders/feed")) {
            var head = web.send("HEAD", path, "");
            assertThat(head.statusCode()).as(path).isEqualTo(200);
            assertThat(head.body()).as(path).isEmpty();
        }
        assertThat(web.feeds.subscribers()).isZero();
    }

    @Test
    void healthReadinessStatusAndMetricsAreTold() throws Exception {
        assertThat(web.get("/healthz").statusCode()).isEqualTo(200);
        assertThat(web.get("/readyz").statusCode()).isEqualTo(200);
        web.unready = Optional.of("the source cannot be reached");
        var unready = web.get("/readyz");
        assertThat(unready.statusCode()).isEqualTo(503);
        assertThat(unready.body()).contains("the source cannot be reached");
        store.commit();
        assertThat(web.get("/api/status").body())
                .contains("\"position\":\"" + position(1) + "\"", "\"lag_bytes\":5", "\"live\":1");
        assertThat(web.get("/metrics").body())
                .contains(
                        "highwater_position 1.0",
                        "highwater_capture_lag_bytes 5.0",
                        "highwater_applied_changes_total 3.0",
                        "highwater_feed_subscribers 0.0",
                        "highwater_http_requests_total",
                        "service=\"/api/status\"")
                .doesNotContain("Lambda");
        assertThat(web.get("/api").body())
                .contains("{\"method\":\"GET\",\"path\":\"/api/relations/{name}/rows\",\"is\":\"");
        assertThat(web.get("/").body()).contains("<title>Highwater</title>");
    }

    @Test
    void tablesArePublishedAndUnpublished() throws Exception {
        assertThat(web.send("PUT", "/api/tables/orders", "").statusCode()).isEqualTo(201);
        assertThat(web.send("PUT", "/api/tables/public.orders", "").statusCode()).isEqualTo(200);
        String table =
                "{\"name\":\"public.orders\",\"state\":\"filling\",\"reason\":null,\"since\":\""
                        + position(7)
                        + "\",\"filled\":3,\"key\":[\"id\"],\"columns\":[{\"name\":\"id\",\"type\":\"bigint\"}]}";
        assertThat(web.get("/api/tables").body()).isEqualTo("[" + table + "]\n");
        assertThat(web.get("/api/tables/orders").body()).isEqualTo(table + "\n");
        assertThat(web.send("DELETE", "/api/tables/orders", "").body()).contains("unpublished");
        assertThat(web.get("/api/tables").body()).isEqualTo("[]\n");
    }

    @Test
    void theJournalIsReadInPages() throws Exception {
        store.commit(put(orders, "1", "1", "a"));
        store.commit(put(orders, "1", "2", "a"));
        try (var connection = store.pool().getConnection();
                var statement = connection.createStatement()) {
            statement.execute(
                    "insert into highwater.change (position, ordinal, relation, body, salt)"
                            + " values (1, 0, 1, '{\"op\":\"insert\"}', ''), (1, 1, 1, '{\"op\":\"x\"}', '')");
        }
        var all = web.get("/api/journal");
        assertThat(all.body())
                .startsWith(
                        "[{\"position\":\""
                                + position(1)
                                + "\",\"kind\":\"commit\",\"shard\":100,\"epoch\":1,\"seq\":1,\"lamport\":1,\"at\":\"")
                .contains(
                        "\"hash\":\"00\",\"changes\":[{\"op\":\"insert\"},{\"op\":\"x\"}]},\n{\"position\":")
                .endsWith("\"changes\":[]}]\n");
        assertThat(web.get("/api/journal?after=1&limit=5").body())
                .contains(position(2))
                .doesNotContain(position(1));
        assertThat(web.get("/api/journal?limit=1").body()).doesNotContain(position(2));
        assertThat(web.get("/api/journal?limit=1").headers().firstValue("highwater-truncated"))
                .hasValue("true");
        assertThat(all.headers().firstValue("highwater-truncated")).isEmpty();
        assertThat(web.get("/api/journal?last=1").body())
                .contains(position(2))
                .doesNotContain("\"" + position(1) + "\"");
        assertThat(web.get("/api/journal?last=2").body()).isEqualTo(all.body());
        assertThat(web.get("/api/journal?last=2&limit=1").statusCode()).isEqualTo(400);
        assertThat(web.get("/api/journal?shard=7").body()).isEqualTo("[]\n");
        assertThat(web.send("POST", "/api/verify", "").body())
                .isEqualTo(
                        "{\"checked\":1,\"of\":2}\n{\"ok\":false,\"entries\":1,\"broken\":{\"position\":\""
                                + position(2)
                                + "\",\"shard\":100,\"seq\":2,\"reason\":\"its hash is another\"}}\n");
    }

    private Socket open(String path) throws IOException {
        var url = URI.create(web.server.url());
        var socket = new Socket();
        socket.setReceiveBufferSize(16 << 10);
        socket.connect(new java.net.InetSocketAddress(url.getHost(), url.getPort()));
        socket.setSoTimeout(20_000);
        socket.getOutputStream()
                .write(
                        ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /// The next line that holds a text.
    private static String lineWith(InputStream in, String text) throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c >= 0; c = in.read()) {
            if (c == '\n') {
                if (line.indexOf(text) >= 0) {
                    return line.toString();
                }
                line.setLength(0);
            } else {
                line.append((char) c);
            }
        }
        throw new AssertionError("it ended without " + text);
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            Thread.onSpinWait();
        }
    }
}
