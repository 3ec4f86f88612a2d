package dev.highwater.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// Expected versions, batches, repeated calls, conditions on tags, metadata and CloudEvents.
@ParameterizedClass
@MethodSource("servers")
@Timeout(120)
final class BatchIT {
    private static final String BATCH =
            "select decider_id || ' ' || version from append_events(?::jsonb)";
    private static final String CONDITIONAL =
            "select decider_id || ' ' || version from append_events(?::jsonb, ?::jsonb, ?)";

    static Stream<Server> servers() {
        return Server.all();
    }

    @Parameter Server server;
    private Events events;
    private Events.Session sql;

    @BeforeEach
    void create() {
        events = server.events();
        sql = events.sql();
    }

    @AfterEach
    void close() throws Exception {
        events.close();
    }

    private static String event(String stream, String more) {
        return "{\"event\": \"e\", \"decider\": \"d\", \"decider_id\": \"%s\", \"data\": {}%s}"
                .formatted(stream, more);
    }

    private static String batch(String... all) {
        return "[" + String.join(", ", all) + "]";
    }

    @Test
    void an_expected_version_holds_or_the_append_is_refused() throws Exception {
        String append =
                "select version from append_event('e', gen_random_uuid(), 'd', 's', '{}', null,"
                        + " null, v_expected_version => ?)";
        assertThat(sql.one(append, 0)).isEqualTo("1");
        assertThat(sql.one(append, 1)).isEqualTo("2");
        assertThat(sql.state(append, 1)).isEqualTo("HW001");
        assertThat(sql.state(append, 0)).isEqualTo("HW001");
        assertThat(sql.state(append, 3)).isEqualTo("HW001");
        assertThat(sql.one(append, -1)).isEqualTo("3");
        assertThat(sql.all("select previous_id is null from get_events('s')"))
                .containsExactly("t", "f", "f");
    }

    @Test
    void many_appends_to_wherever_the_stream_is_all_go_through() throws Exception {
        var appenders = new ArrayList<CompletableFuture<String>>();
        for (int i = 0; i < 8; i++) {
            var session = events.session();
            appenders.add(
                    CompletableFuture.supplyAsync(
                            () -> {
                                for (int n = 0; n < 50; n++) {
                                    String state =
                                            session.state(
                                                    "select append_event('e', gen_random_uuid(),"
                                                            + " 'd', 's', '{}', null, null,"
                                                            + " v_expected_version => -1)");
                                    if (!state.equals("00000")) {
                                        return state;
                                    }
                                }
                                return "00000";
                            }));
        }
        for (var appender : appenders) {
            assertThat(appender.get()).isEqualTo("00000");
        }
        assertThat(sql.one("select max(version) from events")).isEqualTo("400");
    }

    @Test
    void a_batch_is_appended_whole_in_its_order_or_not_at_all() throws Exception {
        sql.append("b");
        assertThat(
                        sql.all(
                                BATCH,
                                batch(
                                        event("c", ""),
                                        event("b", ", \"expected_version\": 1"),
                                        event("a", ""),
                                        event("b", ", \"final\": true"),
                                        event("c", ", \"expected_version\": 1"))))
                .containsExactly("c 1", "b 2", "a 1", "b 3", "c 2");
        assertThat(sql.all("select decider_id from read_events(1)"))
                .containsExactly("c", "b", "a", "b", "c");
        assertThat(
                        sql.state(
                                BATCH,
                                batch(event("new", ""), event("b", ", \"expected_version\": 3"))))
                .isEqualTo("HW002");
        assertThat(sql.state(BATCH, batch(event("new", ""), event("a", "")))).isEqualTo("HW001");
        assertThat(sql.state(BATCH, batch(event("new", ", \"final\": true"), event("new", ""))))
                .isEqualTo("HW002");
        assertThat(
                        sql.state(
                                BATCH,
                                batch(
                                        event("new", ""),
                                        event("new", "").replace("\"e\"", "\"unknown\""))))
                .isEqualTo("23503");
        assertThat(sql.state(BATCH, "{}")).isEqualTo("22023");
        assertThat(sql.state(BATCH, "[{}]")).isEqualTo("22023");
        assertThat(sql.all("select 1 from get_events('new')")).isEmpty();
    }

    @Test
    void repeating_an_append_returns_what_is_there_and_another_event_of_the_id_is_refused()
            throws Exception {
        UUID id = UUID.randomUUID();
        String append =
                "select \"offset\" from append_event('e', ?, 'd', 's', ?::jsonb, null, null)";
        String first = sql.one(append, id, "{\"a\": 1}");
        sql.append("s");
        assertThat(sql.one(append, id, "{\"a\": 1}")).isEqualTo(first);
        assertThat(sql.state(append, id, "{\"a\": 2}")).isEqualTo("HW003");
        assertThat(sql.number("select count(*) from events")).isEqualTo(2);

        String batch =
                batch(
                        event("x", ", \"event_id\": \"%s\"".formatted(UUID.randomUUID())),
                        event("y", ", \"event_id\": \"%s\"".formatted(UUID.randomUUID())));
        var appended = sql.all(BATCH, batch);
        assertThat(sql.all(BATCH, batch)).isEqualTo(appended);
        assertThat(sql.state(BATCH, batch.replace("]", ", " + event("z", "") + "]")))
                .isEqualTo("HW003");
        assertThat(sql.number("select count(*) from events")).isEqualTo(4);
    }

    @Test
    void of_another_event_with_this_id_it_is_said_in_what_it_differs_and_not_what_it_says()
            throws Exception {
        UUID id = UUID.randomUUID();
        UUID command = UUID.randomUUID();
        String there = "event " + id + " is there already, and differs in ";
        String append =
                "select version from append_event(?, ?, ?, ?, ?::jsonb, ?, null, ?, ?,"
                        + " v_expected_version => -1)";
        sql.one(append, "e", id, "d", "s", "{\"secret\": 1}", command, 1L, false);
        sql.one("select event from register_decider_event('d2', 'other', null, 2)");

        assertThat(sql.refusal(append, "e", id, "d", "s", "{\"secret\": 2}", command, 1L, false))
                .contains(there + "data\n", "It is e of d s, version 1.")
                .doesNotContain("secret");
        assertThat(sql.refusal(append, "e", id, "d", "s", "{\"secret\": 1}", null, 1L, false))
                .contains(there + "command_id\n");
        assertThat(sql.refusal(append, "e", id, "d", "s", "{\"secret\": 1}", command, 1L, true))
                .contains(there + "final\n");
        assertThat(sql.refusal(append, "e", id, "d", "t", "{\"secret\": 1}", command, 1L, false))
                .contains(there + "decider_id\n");
        assertThat(sql.refusal(append, "other", id, "d2", "t", "{}", null, 2L, true))
                .contains(
                        there
                                + "event, event_version, decider, decider_id, data, final,"
                                + " command_id\n");
        String again = ", \"expected_version\": -1, \"event_id\": \"%s\"".formatted(id);
        assertThat(sql.refusal(BATCH, batch(event("s", again))))
                .contains(there + "data, command_id\n");
        assertThat(sql.number("select count(*) from events")).isEqualTo(1);
    }

    @Test
    void two_at_a_time_with_one_id_append_it_once() throws Exception {
        for (int round = 0; round < 20; round++) {
            UUID id = UUID.randomUUID();
            String stream = "s" + round;
            var both = new ArrayList<CompletableFuture<String>>();
            for (var session : List.of(events.session(), events.session())) {
                both.add(
                        CompletableFuture.supplyAsync(
                                () ->
                                        session.state(
                                                "select append_event('e', ?, 'd', ?, '{}', null,"
                                                        + " null)",
                                                id,
                                                stream)));
            }
            assertThat(both.get(0).get()).isEqualTo("00000");
            assertThat(both.get(1).get()).isEqualTo("00000");
        }
        assertThat(sql.number("select count(*) from events")).isEqualTo(20);
    }

    @Test
    void a_boundary_refuses_when_a_matching_event_came_after_the_position() throws Exception {
        sql.one("select event from register_decider_event('d', 'other')");
        String tagged = ", \"tags\": [\"course:1\", \"student:7\"]";
        sql.all(BATCH, batch(event("a", tagged)));
        long seen = sql.number("select max(position) from read_events()");
        String course = "[{\"tags\": [\"course:1\"]}]";
        String both = "[{\"tags\": [\"student:7\", \"course:1\"], \"events\": [\"e\"]}]";
        String others = "[{\"tags\": [\"course:1\"], \"events\": [\"other\"]}]";
        String elsewhere = "[{\"tags\": [\"course:1\", \"student:8\"]}, {\"tags\": [\"x\"]}]";

        assertThat(sql.state(CONDITIONAL, batch(event("b", "")), course, 0)).isEqualTo("HW004");
        assertThat(sql.state(CONDITIONAL, batch(event("b", "")), both, 0)).isEqualTo("HW004");
        assertThat(sql.all(CONDITIONAL, batch(event("b", "")), others, 0)).hasSize(1);
        assertThat(sql.all(CONDITIONAL, batch(event("c", "")), elsewhere, 0)).hasSize(1);
        assertThat(sql.all(CONDITIONAL, batch(event("d", tagged)), course, seen)).hasSize(1);
        // What has no position yet came after every position.
        assertThat(sql.state(CONDITIONAL, batch(event("f", tagged)), both, seen))
                .isEqualTo("HW004");
        assertThat(sql.state(CONDITIONAL, batch(event("f", "")), "[{\"tags\": []}]", 0))
                .isEqualTo("22023");
        assertThat(sql.state(CONDITIONAL, batch(event("f", "")), course, 1_000)).isEqualTo("HW008");
        seen = sql.number("select max(position) from read_events()");
        assertThat(sql.all(CONDITIONAL, batch(event("f", tagged)), both, seen)).hasSize(1);
    }

    @Test
    void of_many_conditional_appends_at_a_time_one_goes_through() throws Exception {
        for (int round = 0; round < 10; round++) {
            var all = new ArrayList<CompletableFuture<String>>();
            String tag = "seat:" + round;
            for (int i = 0; i < 6; i++) {
                var session = events.session();
                String stream = round + "-" + i;
                boolean single = i == 0;
                all.add(
                        CompletableFuture.supplyAsync(
                                () ->
                                        session.state(
                                                CONDITIONAL,
                                                batch(
                                                        event(
                                                                stream,
                                                                ", \"tags\": [\"%s\", \"%s\"]"
                                                                        .formatted(
                                                                                single ? "a" : "b",
                                                                                tag))),
                                                "[{\"tags\": [\"%s\"]}]".formatted(tag),
                                                0)));
            }
            var states = new ArrayList<String>();
            for (var each : all) {
                states.add(each.get());
            }
            assertThat(states).containsOnlyOnce("00000").contains("HW004");
        }
        assertThat(sql.number("select count(*) from events")).isEqualTo(10);
    }

    @Test
    void a_long_transaction_with_a_tag_is_waited_for() throws Exception {
        var slow = events.session();
        slow.begin();
        slow.all(BATCH, batch(event("a", ", \"tags\": [\"t\"]")));
        var conditional = events.session();
        var state =
                CompletableFuture.supplyAsync(
                        () ->
                                conditional.state(
                                        CONDITIONAL,
                                        batch(event("b", "")),
                                        "[{\"tags\": [\"t\"]}]",
                                        0));
        sql.one(
                "select event_id from append_event('e', gen_random_uuid(), 'd', 'c', '{}', null,"
                        + " null, v_tags => '{u}')");
        slow.commit();
        assertThat(state.get()).isEqualTo("HW004");
    }

    @Test
    void an_event_goes_out_as_a_cloud_event_and_comes_in_as_the_same_event() throws Exception {
        sql.one(
                """
                select event_id from append_event('e', '21e19516-9bda-11ed-a8fc-0242ac120002', 'd', 's', '{"a": 1}', null, null,
                  v_metadata => '{"correlation_id": "c", "causation_id": "b", "traceparent": "00-1-2-01"}')
                """);
        String event = sql.one("select cloud_event(e) from get_last_event('s', 'd') e");
        assertThat(event)
                .contains(
                        "\"id\": \"21e19516-9bda-11ed-a8fc-0242ac120002\"",
                        "\"source\": \"d\"",
                        "\"type\": \"e\"",
                        "\"subject\": \"s\"",
                        "\"specversion\": \"1.0\"",
                        "\"data\": {\"a\": 1}",
                        "\"traceparent\": \"00-1-2-01\"",
                        "\"correlationid\": \"c\"");
        sql.register("v");
        assertThat(sql.one("select cloud_event(to_jsonb(s)) from stream_events('v') s"))
                .isEqualTo(event);
        var other = server.events();
        try (other) {
            other.sql().one("select event_id from append_cloud_event(?::jsonb)", event);
            assertThat(other.sql().one("select cloud_event(e) - 'time' from get_events('s') e"))
                    .isEqualTo(sql.one("select ?::jsonb - 'time'", event));
            String named = event.replace("21e19516-9bda-11ed-a8fc-0242ac120002", "no uuid");
            other.sql().one("select event_id from append_cloud_event(?::jsonb)", named);
            other.sql().one("select event_id from append_cloud_event(?::jsonb)", named);
            assertThat(other.sql().number("select count(*) from events")).isEqualTo(2);
            assertThat(other.sql().state("select append_cloud_event('{}')")).isEqualTo("22023");
        }
    }
}
