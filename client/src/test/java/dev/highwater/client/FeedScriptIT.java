package dev.highwater.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.highwater.client.FeedEvent.Change;
import dev.highwater.client.FeedEvent.Op;
import dev.highwater.client.FeedEvent.Progress;
import dev.highwater.client.FeedEvent.Resync;
import dev.highwater.client.FeedEvent.RowChange;
import dev.highwater.client.FeedEvent.Snapshot;
import dev.highwater.client.FeedEvent.SnapshotEnd;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a feed's reader makes of answers that a real node gives seldom.
class FeedScriptIT {
    private static final String AT = "2026-11-21T10:00:00Z";

    private ScriptedNode node;
    private Feeds feeds;

    @BeforeEach
    void start() throws IOException {
        node = new ScriptedNode();
        feeds = new Feeds(node.address(), "secret");
    }

    @AfterEach
    void stop() {
        feeds.close();
        node.close();
    }

    private static String change(String position, int id, String more) {
        return "{\"event\":\"change\",\"position\":\"%s\",\"at\":\"%s\",\"changes\":[{\"op\":\"insert\",\"key\":{\"id\":%d},\"row\":{\"id\":%d}}]%s}"
                .formatted(position, AT, id, id, more);
    }

    private static RowChange inserted(int id) {
        var row = JsonNodeFactory.instance.objectNode().put("id", id);
        return new RowChange(null, Op.INSERT, row, row, null, 1);
    }

    private static Change changed(String position, int... ids) {
        var changes = new ArrayList<RowChange>();
        for (int id : ids) {
            changes.add(inserted(id));
        }
        return new Change(position, Instant.parse(AT), changes);
    }

    /// The first so many events.
    private List<FeedEvent> follow(FeedRequest request, int count) throws Exception {
        var events = new ArrayList<FeedEvent>();
        feeds.follow(
                request,
                event -> {
                    events.add(event);
                    return events.size() < count;
                });
        return events;
    }

    @Test
    void a_broken_connection_goes_on_after_the_last_whole_event() throws Exception {
        node.thenCut(change("x.4", 1, ""), change("x.5", 2, ",\"more\":true"))
                .then(503)
                .then(200, change("x.5", 2, ",\"more\":true"), change("x.5", 3, ""))
                .then(200, "{\"event\":\"progress\",\"position\":\"x.9\"}");

        assertThat(follow(FeedRequest.of("orders").after("x.3"), 3))
                .containsExactly(changed("x.4", 1), changed("x.5", 2, 3), new Progress("x.9"));
        assertThat(node.requests)
                .containsExactly(
                        "/api/relations/orders/feed?after=x.3 Bearer secret",
                        "/api/relations/orders/feed?after=x.4 Bearer secret",
                        "/api/relations/orders/feed?after=x.4 Bearer secret",
                        "/api/relations/orders/feed?after=x.5 Bearer secret");
    }

    @Test
    void what_cannot_go_on_begins_anew_and_says_so() throws Exception {
        String rows = "{\"event\":\"snapshot\",\"relation\":\"a b\",\"rows\":[{\"id\":1}]}";
        String end = "{\"event\":\"snapshot-end\",\"position\":\"y.1\"}";
        node.then(410, "{\"type\":\"highwater:resync\",\"detail\":\"another store\"}")
                .thenCut(rows, "{\"event\":\"progress\",\"position\":\"y.0\"}")
                .then(200, rows, end, "{\"event\":\"resync\",\"reason\":\"retyped\"}")
                .then(200, rows, "{\"event\":\"of-tomorrow\"}", "", end);

        var snapshot =
                new Snapshot("a b", List.of(JsonNodeFactory.instance.objectNode().put("id", 1)));
        assertThat(follow(FeedRequest.of("a b", "c").after("x.3"), 8))
                .containsExactly(
                        new Resync("another store"),
                        snapshot,
                        new Resync("the snapshot was cut off"),
                        snapshot,
                        new SnapshotEnd("y.1"),
                        new Resync("retyped"),
                        snapshot,
                        new SnapshotEnd("y.1"));
        assertThat(node.requests)
                .containsExactly(
                        "/api/feed?relations=a%20b%2Cc&after=x.3 Bearer secret",
                        "/api/feed?relations=a%20b%2Cc Bearer secret",
                        "/api/feed?relations=a%20b%2Cc Bearer secret",
                        "/api/feed?relations=a%20b%2Cc Bearer secret");
    }

    @Test
    void what_the_node_refuses_is_not_asked_again() {
        node.then(404, "{\"type\":\"highwater:unknown-relation\",\"detail\":\"no orders\"}");

        assertThatThrownBy(() -> follow(FeedRequest.of("orders").where("note", "eq.a&b"), 1))
                .isInstanceOfSatisfying(
                        FeedRefusedException.class,
                        e -> {
                            assertThat(e.status()).isEqualTo(404);
                            assertThat(e.type()).isEqualTo("highwater:unknown-relation");
                        })
                .hasMessage("no orders");
        assertThat(node.requests)
                .containsExactly("/api/relations/orders/feed?note=eq.a%26b Bearer secret");
    }

    @Test
    void what_a_subscriber_throws_is_thrown() {
        node.then(200, change("x.4", 1, ""));

        assertThatThrownBy(
                        () ->
                                feeds.follow(
                                        FeedRequest.of("orders"),
                                        _ -> {
                                            throw new IOException("the subscriber's own");
                                        }))
                .hasMessage("the subscriber's own");
        assertThat(node.requests).hasSize(1);
    }

    private record Order(long id, BigDecimal total, @Nullable String customerName, double rate) {}

    @Test
    void a_row_becomes_a_record() {
        var row =
                Json.parse(
                        "{\"id\":\"9007199254740993\",\"total\":10.50,\"customer_name\":null,\"rate\":\"NaN\",\"x\":{}}");

        assertThat(Feeds.row(row, Order.class))
                .isEqualTo(
                        new Order(
                                9_007_199_254_740_993L, new BigDecimal("10.50"), null, Double.NaN));
        assertThatThrownBy(() -> Feeds.row(Json.parse("{\"id\":[]}"), Order.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(
                        "cannot be read as a dev.highwater.client.FeedScriptIT$Order");
    }
}
