package dev.highwater.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The reader that judges feeds has to notice what can go wrong with one.
class FeedStateTest {
    private final List<Integer> events = new ArrayList<>();
    private final FeedState state =
            new FeedState(
                    Map.of("public.t", List.of("id")), (_, changes) -> events.add(changes.size()));

    @BeforeEach
    void take_the_snapshot() {
        accept("{'event':'snapshot','rows':[{'id':1,'n':0}],'more':true}");
        accept("{'event':'snapshot','rows':[{'id':2,'n':0}]}");
        accept("{'event':'snapshot-end','position':'a.5'}");
    }

    private void accept(String json) {
        state.accept(Json.parse(json.replace('\'', '"')));
    }

    @Test
    void changes_that_fit_are_taken_in() {
        accept(update(6, 1, 0, 1));
        accept(
                "{'event':'change','position':'a.7','changes':[{'op':'delete','key':{'id':1},"
                        + "'old':{'id':1,'n':1}}],'more':true}");
        assertThat(state.lastId()).as("while parts are missing").isEqualTo("a.6");
        accept(
                "{'event':'change','position':'a.7','changes':[{'op':'insert','key':{'id':3},"
                        + "'row':{'id':3,'n':9}}]}");
        accept("{'event':'progress','position':'a.9'}");

        assertThat(state.faults()).isEmpty();
        assertThat(state.rows("public.t").values())
                .extracting(Object::toString)
                .containsExactlyInAnyOrder("{\"id\":2,\"n\":0}", "{\"id\":3,\"n\":9}");
        assertThat(state.lastId()).isEqualTo("a.9");
        assertThat(events).containsExactly(1, 2);
    }

    @Test
    void a_lost_change_is_noticed_by_the_next_one_of_its_row() {
        accept(update(7, 1, 1, 2));
        assertThat(state.faults()).singleElement().asString().contains("old {\"id\":1,\"n\":1}");
    }

    @Test
    void a_doubled_change_is_noticed() {
        accept(update(6, 1, 0, 1));
        accept(update(6, 1, 0, 1));
        assertThat(state.faults()).singleElement().asString().contains("at 6 after 6");
    }

    @Test
    void an_insert_of_a_row_that_is_held_is_noticed() {
        accept(
                "{'event':'change','position':'a.6','changes':[{'op':'insert','key':{'id':1},"
                        + "'row':{'id':1,'n':0}}]}");
        assertThat(state.faults()).hasSize(1);
    }

    @Test
    void a_key_that_is_not_the_rows_is_noticed() {
        accept(
                "{'event':'change','position':'a.6','changes':[{'op':'insert','key':{'id':4},"
                        + "'row':{'id':3,'n':0}}]}");
        assertThat(state.faults()).hasSize(1);
    }

    @Test
    void a_snapshot_that_nobody_asked_for_is_noticed() {
        accept("{'event':'snapshot-end','position':'a.6'}");
        assertThat(state.faults()).hasSize(1);
    }

    @Test
    void parts_that_a_broken_connection_left_are_forgotten() {
        accept(
                "{'event':'change','position':'a.6','changes':[{'op':'insert','key':{'id':3},"
                        + "'row':{'id':3,'n':0}}],'more':true}");
        state.connected();
        accept(update(6, 1, 0, 1));
        assertThat(state.faults()).isEmpty();
        assertThat(state.rows("public.t")).hasSize(2);
    }

    private static String update(long position, int id, int from, int to) {
        return ("{'event':'change','position':'a.%d','changes':[{'op':'update','key':{'id':%d},"
                        + "'row':{'id':%d,'n':%d},'old':{'id':%d,'n':%d}}]}")
                .formatted(position, id, id, to, id, from);
    }
}
