package dev.highwater.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What a subscriber and the store see while tables come, change and go, and while writers go on.
@ExtendWith(SharedNode.class)
class ResumeIT {
    private static final Duration SOON = Duration.ofSeconds(30);

    private final RunningNode node;

    ResumeIT(RunningNode node) {
        this.node = node;
    }

    @Test
    void a_feed_of_events_goes_on_behind_the_last_event_id() throws Exception {
        node.run(
                "create table resumed (id int primary key, n int not null)",
                "insert into resumed select g, 0 from generate_series(1, 10) g");
        Oracle.settle(node);
        String id;
        try (var first = FeedClient.follow(node, FeedClient.Format.EVENTS, "public.resumed")) {
            first.awaitEqualToSource();
            id = String.valueOf(first.state().lastId());
        }
        node.run(
                "update resumed set n = 1 where id = 1",
                "delete from resumed where id = 2",
                "insert into resumed values (11, 0)");
        Oracle.settle(node);

        List<JsonNode> missed = Events.read(node, "/api/relations/resumed/feed", id, 3);
        assertThat(missed.stream().map(e -> e.path("changes").get(0).path("op").asText()))
                .containsExactly("update", "delete", "insert");
        assertThat(missed.getFirst().path("changes").get(0).path("old").path("n").asInt()).isZero();
        // Behind the second of them there is only the third.
        List<JsonNode> rest =
                Events.read(
                        node,
                        "/api/relations/resumed/feed",
                        missed.get(1).path("position").asText(),
                        1);
        assertThat(rest).containsExactly(missed.getLast());
    }

    @Test
    void a_table_made_while_the_node_runs_is_live_at_once() throws Exception {
        node.run("create table \"Later on\" (id int primary key, \"a b\" text)");
        Await.until(
                "the table can be read",
                SOON,
                () -> node.http().get("/api/relations/%22Later%20on%22/rows").status() == 200);
        node.run("insert into \"Later on\" values (1, 'x'), (2, null)");
        Oracle.settle(node);
        Oracle.assertEqual(node, "\"Later on\"");
        assertThat(node.http().get("/api/tables/%22Later%20on%22").json().path("state").asText())
                .isEqualTo("live");
    }

    @Test
    void many_subscribers_see_the_same_whenever_they_come() throws Exception {
        node.run(
                "create table crowd (id int primary key, n int not null, note text)",
                "insert into crowd select g, 0, repeat('x', 100) from generate_series(1, 500) g");
        Oracle.settle(node);
        var clients = new ArrayList<FeedClient>();
        try {
            int subscribers = Distribution.isLong() ? 200 : 40;
            for (int i = 0; i < subscribers; i++) {
                clients.add(
                        FeedClient.follow(
                                node,
                                i % 2 == 0 ? FeedClient.Format.LINES : FeedClient.Format.EVENTS,
                                "public.crowd"));
                node.run(
                        "update crowd set n = n + 1 where id %% 50 = %d".formatted(i % 50),
                        "delete from crowd where id = %d".formatted(i + 1),
                        "insert into crowd values (%d, 1, 'new')".formatted(1000 + i));
            }
            for (FeedClient client : clients) {
                client.awaitEqualToSource();
            }
            System.out.printf("e2e: %d subscribers, each equal to the source%n", subscribers);
        } finally {
            for (FeedClient client : clients) {
                client.close();
            }
        }
    }

    @Test
    void a_large_transaction_is_one_event_in_parts() throws Exception {
        node.run("create table large (id int primary key, note text)");
        Oracle.settle(node);
        var events = new ConcurrentLinkedQueue<Integer>();
        try (var client =
                FeedClient.follow(
                        node,
                        FeedClient.Format.EVENTS,
                        (_, changes) -> events.add(changes.size()),
                        "public.large")) {
            Await.until("the snapshot", SOON, () -> client.state().snapshots() == 1);
            node.run(
                    "insert into large select g, repeat('y', 80) from generate_series(1, 20000) g");
            node.run("update large set note = 'z' where id <= 7000");
            client.awaitEqualToSource();
        }
        assertThat(events).containsExactly(20_000, 7_000);
        Oracle.assertEqual(node, "large");
    }

    @Test
    void a_filtered_feed_brings_rows_as_they_begin_and_cease_to_match() throws Exception {
        node.run(
                "create table filtered (id int primary key, state text not null)",
                "insert into filtered values (1, 'open'), (2, 'closed')");
        Oracle.settle(node);
        String path = "/api/relations/filtered/feed?state=eq.open";
        String before = node.http().get("/api/relations/filtered/rows").position();
        node.run(
                "update filtered set state = 'closed' where id = 1",
                "update filtered set state = 'open' where id = 2",
                "insert into filtered values (3, 'closed')",
                "insert into filtered values (4, 'open')");
        List<JsonNode> seen = Events.read(node, path, before, 3);
        assertThat(
                        seen.stream()
                                .map(e -> e.path("changes").get(0))
                                .map(
                                        c ->
                                                c.path("op").asText()
                                                        + c.path("key").path("id").asText()))
                .containsExactly("delete1", "insert2", "insert4");
    }

    @Test
    void publishing_and_unpublishing_do_not_disturb_writers() throws Exception {
        node.run(
                "create table switched (id bigint primary key, n int not null)",
                "insert into switched select g, 0 from generate_series(1, 5000) g");
        Oracle.settle(node);
        try (var writers =
                        new Traffic(
                                "insert into switched values (?, 1)",
                                "update switched set n = n + 1 where id = ? % 5000 + 1",
                                "delete from switched where id = ? - 20");
                var client = FeedClient.follow(node, FeedClient.Format.LINES, "public.switched")) {
            for (int round = 0; round < 3; round++) {
                writers.awaitMore(100);
                node.http().delete("/api/tables/switched").expect(200);
                Await.until(
                        "the table is unpublished",
                        SOON,
                        () ->
                                node.http()
                                        .get("/api/tables/switched")
                                        .json()
                                        .path("state")
                                        .asText()
                                        .equals("unpublished"));
                writers.awaitMore(100);
                assertThat(node.http().put("/api/tables/switched").status()).isIn(200, 201);
                Await.until(
                        "the table is live",
                        SOON,
                        () ->
                                node.http()
                                        .get("/api/tables/switched")
                                        .json()
                                        .path("state")
                                        .asText()
                                        .equals("live"));
            }
            writers.awaitMore(100);
            writers.end();
            Oracle.settle(node);
            Oracle.assertEqual(node, "switched");
            client.awaitEqualToSource();
            assertThat(client.state().resyncs())
                    .as("times it was told to start again")
                    .isPositive();
        }
    }

    @Test
    void what_an_unpublished_table_goes_through_stays_out_of_the_store() throws Exception {
        node.run(
                "create table withdrawn (id int primary key, n int)",
                "insert into withdrawn values (1, 0), (2, 0)");
        Oracle.settle(node);
        assertThat(Oracle.assertEqual(node, "withdrawn")).isEqualTo(2);
        node.http().delete("/api/tables/withdrawn").expect(200);
        node.run("update withdrawn set n = 1 where id = 1", "insert into withdrawn values (3, 0)");
        Oracle.settle(node);
        try (var store = node.store();
                var statement = store.createStatement()) {
            assertThat(
                            Oracle.number(
                                    statement,
                                    "select count(*) filter (where n = 0)"
                                            + " from public_history.withdrawn"))
                    .as("versions that stay")
                    .isEqualTo(2);
        }
        assertThat(node.http().get("/api/relations/withdrawn/rows").status()).isEqualTo(410);
    }

    @Test
    void the_comparison_that_every_test_rests_on_notices_a_difference() {
        assertThatThrownBy(
                        () -> Oracle.assertEqual(node, "(select current_database()::text as name)"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("(source)");
    }

    @Test
    void columns_come_change_their_names_and_go_while_rows_are_written() throws Exception {
        node.run(
                "create table shifting (id bigint primary key, a text, b int)",
                "insert into shifting select g, 'a' || g, g from generate_series(1, 3000) g");
        Oracle.settle(node);
        try (var writers =
                new Traffic(
                        "insert into shifting (id) values (?)",
                        "update shifting set id = -id where id = ? % 3000 + 1",
                        "delete from shifting where id = ? - 20")) {
            for (String ddl :
                    List.of(
                            "alter table shifting add column c int default 42",
                            "alter table shifting rename column a to label",
                            "alter table shifting add column d timestamptz",
                            "alter table shifting drop column b",
                            "alter table shifting add column b text default 'again'",
                            "alter table shifting alter column c type bigint",
                            "alter table shifting add column token uuid default gen_random_uuid()",
                            "alter table shifting drop column d")) {
                writers.awaitMore(40);
                node.run(ddl);
            }
            writers.awaitMore(100);
            writers.end();
        }
        Oracle.settle(node);
        Oracle.assertEqual(node, "shifting");
        Oracle.assertVerified(node);
    }

    /// One writer that goes on until it is ended, a transaction a number.
    private final class Traffic implements AutoCloseable {
        private final AtomicLong written = new AtomicLong();
        private final Thread thread;
        private volatile boolean ended;
        private volatile String failure = "";

        Traffic(String... statements) {
            thread = Thread.ofVirtual().start(() -> write(statements));
        }

        private void write(String... statements) {
            try (Connection connection = node.source()) {
                // Plans made before a column came or went are made again.
                connection.unwrap(org.postgresql.PGConnection.class).setPrepareThreshold(0);
                connection.setAutoCommit(false);
                for (long number = 10_000; !ended; number++) {
                    for (String sql : statements) {
                        try (PreparedStatement statement = connection.prepareStatement(sql)) {
                            statement.setLong(1, number);
                            statement.executeUpdate();
                        }
                    }
                    connection.commit();
                    written.incrementAndGet();
                }
            } catch (SQLException e) {
                failure = String.valueOf(e.getMessage());
            }
        }

        /// Waits for so many more commits: writers must never be held up.
        void awaitMore(long more) throws Exception {
            long wanted = written.get() + more;
            Await.until(
                    "the writer goes on; " + failure,
                    SOON,
                    () -> written.get() >= wanted || !failure.isEmpty());
            assertThat(failure).isEmpty();
        }

        void end() {
            ended = true;
            Await.end(thread);
            assertThat(failure).isEmpty();
        }

        @Override
        public void close() {
            ended = true;
            Await.end(thread);
        }
    }
}
