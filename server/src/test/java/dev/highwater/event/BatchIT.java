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
    void an_id_that_is_twice_in_a_batch_leaves_out_no_event() throws Exception {
        UUID id = UUID.randomUUID();
        String same = ", \"event_id\": \"%s\"".formatted(id);
        for (String other : List.of("s", "t")) {
            String batch = batch(event("a", ""), event("s", same), event(other, same));
            assertThat(sql.state(BATCH, batch)).isEqualTo("HW003");
            assertThat(sql.refusal(BATCH, batch))
                    .contains("event " + id + " is in this batch at index 1 and at index 2");
        }
        assertThat(sql.number("select count(*) from events")).isEqualTo(0);
    }

    @Test
    void an_id_that_another_transaction_takes_meanwhile_leaves_out_no_event() throws Exception {
        UUID id = UUID.randomUUID();
        var one = events.session();
        one.begin();
        one.one("select event_id from append_event('e', ?, 'd', 's', '{}', null, null)", id);
        var other = events.session();
        var second =
                CompletableFuture.supplyAsync(
                        () ->
                                other.refusal(
                                        BATCH,
                                        batch(
                                                event("a", ""),
                                                event(
                                                        "b",
                                                        ", \"event_id\": \"%s\"".formatted(id)))));
        while (sql.number(
                        "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and"
                                + " datname = current_database()")
                == 0) {}
        one.commit();
        assertThat(second.get())
                .contains("event " + id + " at index 1 was appended by another transaction");
        assertThat(sql.all("select decider_id from events")).containsExactly("s");
    }

    @Test
    void what_is_not_known_in_a_batch_or_missing_is_named_with_its_place() throws Exception {
        String known =
                "An event to append has event, decider, decider_id, data, and may have event_id,"
                        + " command_id, event_version, previous_id, expected_version, final,"
                        + " metadata, tags.";
        assertThat(
                        sql.refusal(
                                BATCH,
                                batch(
                                        event("a", ""),
                                        event("b", ", \"expected_vesion\": 3, \"Tags\": []"))))
                .contains("the event at index 1 has unknown keys: Tags, expected_vesion\n", known);
        assertThat(sql.refusal(BATCH, "[{\"event\": \"e\", \"data\": 1}]"))
                .contains("the event at index 0 lacks decider, decider_id\n", known);
        assertThat(sql.refusal(BATCH, "[{}]"))
                .contains("the event at index 0 lacks event, decider, decider_id, data\n");
        assertThat(sql.refusal(BATCH, batch("[" + event("a", "") + "]")))
                .contains("the event at index 0 is of JSON type array, not an object\n");
        assertThat(sql.refusal(BATCH, event("a", "")))
                .contains("events to append are a JSON array of objects, not of JSON type object");
        assertThat(sql.refusal("select append_events(null)"))
                .contains("array of objects, not null");

        String misspelt = "[{\"tags\": [\"t\"]}, {\"tags\": [\"u\"], \"event\": [\"e\"]}]";
        assertThat(sql.refusal(CONDITIONAL, batch(event("a", "")), misspelt, 0))
                .contains(
                        "the condition at index 1 has unknown keys: event\n",
                        "A condition has tags, and may have events");
        assertThat(sql.refusal(CONDITIONAL, batch(event("a", "")), "[{\"events\": []}]", 0))
                .contains("the condition at index 0 lacks tags\n");
        assertThat(sql.number("select count(*) from events")).isEqualTo(0);
    }

    @Test
    void nonsense_in_a_batch_is_refused_as_such_and_nothing_of_it_appended() throws Exception {
        var nonsense =
                List.of(
                        "null",
                        "true",
                        "0",
                        "-1.5",
                        "1e400",
                        "\"\"",
                        "\"x\"",
                        "\"%s %\"",
                        "[]",
                        "[[]]",
                        "[[\"t\"]]",
                        "[null]",
                        "[{}]",
                        "{}",
                        "{\"a\": [null]}");
        var keys =
                List.of(
                        "event",
                        "decider",
                        "decider_id",
                        "data",
                        "event_id",
                        "command_id",
                        "event_version",
                        "previous_id",
                        "expected_version",
                        "final",
                        "metadata",
                        "tags");
        for (String key : keys) {
            for (String value : nonsense) {
                long before = sql.number("select count(*) from events");
                String one = "%s: %s".formatted(key, value);
                String good = event("good" + before, "");
                // Of two keys of one name the last counts.
                String bad = event("bad" + before, ", \"%s\": %s".formatted(key, value));
                String state = sql.state(BATCH, batch(good, bad));
                // There may be a decider or a version that nobody knows.
                assertThat(state).as(one).isIn("00000", "22023", "23503", "HW001");
                if (state.equals("22023")) {
                    assertThat(sql.refusal(BATCH, batch(good, bad)))
                            .as(one)
                            .contains("the event at index 1 has ", key);
                }
                assertThat(sql.number("select count(*) from events") - before)
                        .as(one)
                        .isEqualTo(state.equals("00000") ? 2 : 0);
            }
        }
        for (String key : keys.subList(4, keys.size())) {
            String absent = event("null " + key, ", \"%s\": null".formatted(key));
            assertThat(sql.all(BATCH, batch(absent))).as(key).hasSize(1);
        }
        assertThat(
                        sql.all(
                                "select distinct metadata::text || ' ' || tags::text from events where"
                                        + " decider_id like 'null %'"))
                .containsExactly("{} {}");

        long before = sql.number("select count(*) from events");
        for (String value : nonsense) {
            if (value.equals("[]")) {
                assertThat(sql.all(BATCH, value)).isEmpty();
                continue;
            }
            assertThat(sql.state(BATCH, value)).as(value).isEqualTo("22023");
            assertThat(sql.state(BATCH, batch(event("a", ""), value))).as(value).isEqualTo("22023");
            assertThat(sql.state(CONDITIONAL, batch(event("a", "")), value, 0))
                    .as(value)
                    .isEqualTo("22023");
            for (String condition :
                    List.of("[{\"tags\": %s}]", "[{\"tags\": [\"t\"], \"events\": %s}]")) {
                String all = condition.formatted(value);
                assertThat(sql.refusal(CONDITIONAL, batch(event("a", "")), all, 0))
                        .as(all)
                        .contains("the condition at index 0 has ");
            }
        }
        assertThat(sql.number("select count(*) from events")).isEqualTo(before);
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
