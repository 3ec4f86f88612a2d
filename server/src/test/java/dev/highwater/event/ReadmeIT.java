package dev.highwater.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// The calls of fstore-sql, of its first version and of its newest, as people wrote them.
@ParameterizedClass
@MethodSource("servers")
final class ReadmeIT {
    private static final String ONE = "f156a3c4-9bd8-11ed-a8fc-0242ac120002";
    private static final String TWO = "2ac37f68-9d66-11ed-a8fc-0242ac120002";

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

    @Test
    void every_statement_of_the_readme_runs_as_it_is_written() throws Exception {
        assertThat(sql.all("SELECT *\nfrom register_decider_event('decider1', 'event1');"))
                .hasSize(1);
        assertThat(sql.all("SELECT *\nfrom register_decider_event('decider1', 'event2');"))
                .hasSize(1);
        assertThat(sql.all("SELECT *\nfrom register_decider_event('decider1', 'event2');"))
                .hasSize(1);
        sql.one(
                """
                SELECT *
                from append_event('event1', '21e19516-9bda-11ed-a8fc-0242ac120002', 'decider1', 'f156a3c4-9bd8-11ed-a8fc-0242ac120002',
                                  '{}', 'f156a3c4-9bd8-11ed-a8fc-0242ac120002', null);
                """);
        sql.one(
                """
                SELECT *
                from append_event('event2', 'eb411c34-9d64-11ed-a8fc-0242ac120002', 'decider1', 'f156a3c4-9bd8-11ed-a8fc-0242ac120002',
                                  '{}', 'f156a3c4-9bd8-11ed-a8fc-0242ac120002', '21e19516-9bda-11ed-a8fc-0242ac120002');
                """);
        assertThat(sql.all("SELECT *\nfrom get_events('f156a3c4-9bd8-11ed-a8fc-0242ac120002');"))
                .containsExactly("event1", "event2");
        assertThat(
                        sql.all(
                                "SELECT *\n"
                                        + "from register_view('view1', 500, '2023-01-28"
                                        + " 12:17:17.078384');"))
                .containsExactly("view1");
        sql.one(
                """
                SELECT *
                from append_event('event1', 'f7c370aa-9d65-11ed-a8fc-0242ac120002', 'decider1', '2ac37f68-9d66-11ed-a8fc-0242ac120002',
                                  '{}', 'f156a3c4-9bd8-11ed-a8fc-0242ac120002', null);
                """);
        sql.one(
                """
                SELECT *
                from append_event('event2', '42ee177e-9d66-11ed-a8fc-0242ac120002', 'decider1', '2ac37f68-9d66-11ed-a8fc-0242ac120002',
                                  '{}', 'f156a3c4-9bd8-11ed-a8fc-0242ac120002', 'f7c370aa-9d65-11ed-a8fc-0242ac120002');
                """);
        assertThat(sql.all("SELECT event_id\nfrom stream_events('view1');"))
                .containsExactly("21e19516-9bda-11ed-a8fc-0242ac120002");
        assertThat(
                        sql.all(
                                "SELECT *\n"
                                        + "from ack_event('view1',"
                                        + " 'f156a3c4-9bd8-11ed-a8fc-0242ac120002', 1);"))
                .containsExactly("view1");
        assertThat(sql.one("select pooling_delay_ms from views")).isEqualTo("500");
        // Both streams go on, each with its next event, until there is nothing left.
        assertThat(sql.all("select decider_id || ' ' || version from stream_events('view1', 10)"))
                .containsExactly(ONE + " 2", TWO + " 1");
        sql.one("select view from ack_event('view1', ?, 2)", ONE);
        sql.one("select view from ack_event('view1', ?, 3)", TWO);
        assertThat(sql.all("select decider_id || ' ' || version from stream_events('view1', 10)"))
                .containsExactly(TWO + " 2");
    }

    @Test
    void ids_may_be_bound_as_uuids() throws Exception {
        sql.one("select event from register_decider_event('decider1', 'event1', 'the first', 1)");
        sql.one("select view from register_view('v', 1, '2023-01-28'::timestamp)");
        sql.one(
                "select event_id from append_event('event1', gen_random_uuid(), 'decider1', ?::uuid,"
                        + " '{}', gen_random_uuid(), null::uuid)",
                ONE);
        assertThat(sql.all("select event from get_events(?::uuid)", ONE)).containsExactly("event1");
        sql.one("select event from stream_events('v')");
        assertThat(sql.one("select last_offset from ack_event('v', ?::uuid, 1)", ONE))
                .isEqualTo("1");
    }

    @Test
    void the_newest_signatures_work_by_position_and_by_name() throws Exception {
        sql.one(
                "select event from register_decider_event(v_decider => 'decider1', v_event =>"
                        + " 'event1', v_description => 'x', v_event_version => 2)");
        sql.one(
                "select view from register_view('v', '2023-01-28 12:17:17', 20, 1,"
                        + " 'https://localhost/handler')");
        sql.one(
                "select event_id from append_event('event1', gen_random_uuid(), 'decider1', 'a',"
                        + " '{}', gen_random_uuid(), null, 2)");
        assertThat(
                        sql.one(
                                "select final from append_event(v_event => 'event1', v_event_id =>"
                                        + " gen_random_uuid(), v_decider => 'decider1', v_decider_id =>"
                                        + " 'b', v_data => '{}', v_command_id => gen_random_uuid(),"
                                        + " v_previous_id => null, v_event_version => 2, v_final =>"
                                        + " true)"))
                .isEqualTo("t");
        assertThat(
                        sql.state(
                                "select append_event('event1', gen_random_uuid(), 'decider1', 'b',"
                                        + " '{}', gen_random_uuid(), (select event_id from"
                                        + " get_last_event('b', 'decider1')), 2)"))
                .isEqualTo("HW002");
        assertThat(sql.all("select event from get_events('a', 'decider1')")).hasSize(1);
        assertThat(sql.all("select event from get_last_event('a', 'decider1')")).hasSize(1);
        assertThat(sql.all("select decider_id from stream_events('v', 2, 30)"))
                .containsExactly("a", "b");
        sql.one("select view from nack_event('v', 'a')");
        sql.one("select view from schedule_nack_event('v', 'b', 1000000)");
        assertThat(sql.all("select decider_id from stream_events('v', 2, 30)"))
                .containsExactly("a");
        assertThat(sql.one("select lock_timeout_s from views")).isEqualTo("20");
    }

    @Test
    void what_is_not_registered_is_refused_with_what_to_do() throws Exception {
        assertThat(
                        sql.state(
                                "select append_event('unknown', gen_random_uuid(), 'd', 's', '{}',"
                                        + " null, null)"))
                .isEqualTo("23503");
        assertThat(sql.state("select stream_events('unknown')")).isEqualTo("HW008");
        assertThat(sql.state("select ack_event('unknown', 's', 1)")).isEqualTo("HW008");
    }
}
