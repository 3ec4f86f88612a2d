package dev.highwater.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class DemoBoardTest {

    private final Instant later = Instant.now().plusSeconds(60);

    private final DemoBoard board =
            new DemoBoard(
                    List.of(
                            new DemoViews.Shown("prices", "", "symbol", false),
                            new DemoViews.Shown("minutes", "", "minute", true)));
    private final FeedEvent.Reader reader = new FeedEvent.Reader();

    private void take(String json) {
        FeedEvent event = reader.accept(json);
        assertThat(event).isNotNull();
        if (event != null) {
            board.add(event);
        }
    }

    private List<String> lines(int panel) {
        return board.panels(3, later).get(panel).lines().stream()
                .map(DemoFrame.PanelLine::text)
                .toList();
    }

    private void snapshot() {
        take(
                """
                {"event":"snapshot","relation":"public.prices","rows":[{"symbol":"TIDE","bid":63.10},{"symbol":"FERN","bid":null}]}""");
        take(
                """
                {"event":"snapshot","relation":"public.minutes","rows":[{"minute":"2026-11-21 09:58:00+00","n":1},{"minute":"2026-11-21 10:02:00+00","n":20}]}""");
        take("{\"event\":\"snapshot-end\",\"position\":\"3f9a1c2b.7\"}");
    }

    @Test
    void rows_of_a_snapshot_are_shown_in_their_order() {
        snapshot();
        assertThat(lines(0)).containsExactly("symbol    bid", "FERN        -", "TIDE    63.10");
        assertThat(lines(1)).containsExactly("minute   n", "10:02   20", "09:58    1");
        assertThat(board.panels(1, later).get(1).lines()).hasSize(2);
    }

    @Test
    void differences_of_bags_and_of_views_with_a_key_are_taken_in() {
        snapshot();
        take(
                """
                {"event":"change","position":"3f9a1c2b.8","at":"2026-11-21T10:02:09Z","changes":[\
                {"relation":"public.prices","op":"delete","old":{"symbol":"TIDE","bid":63.10},"diff":-1},\
                {"relation":"public.prices","op":"insert","row":{"symbol":"TIDE","bid":64.00},"diff":1},\
                {"relation":"public.minutes","op":"update","key":{"minute":"2026-11-21 10:02:00+00"},\
                "old":{"minute":"2026-11-21 10:02:00+00","n":20},"row":{"minute":"2026-11-21 10:02:00+00","n":21}}]}""");
        assertThat(lines(0)).containsExactly("symbol    bid", "FERN        -", "TIDE    64.00");
        assertThat(lines(1)).containsExactly("minute   n", "10:02   21", "09:58    1");
        assertThat(board.panels(3, Instant.now()).getFirst().lines())
                .extracting(DemoFrame.PanelLine::fresh)
                .containsExactly(false, false, true);
        assertThat(board.panels(3, later).getFirst().lines())
                .extracting(DemoFrame.PanelLine::fresh)
                .containsOnly(false);
    }

    @Test
    void a_row_that_is_there_twice_stays_when_one_goes() {
        snapshot();
        String change =
                """
                {"event":"change","position":"3f9a1c2b.%d","at":"2026-11-21T10:02:09Z","changes":[\
                {"relation":"public.prices","op":"x","%s":{"symbol":"TIDE","bid":63.10},"diff":%d}]}""";
        take(change.formatted(8, "row", 2));
        take(change.formatted(9, "old", -2));
        assertThat(lines(0)).hasSize(3);
        take(change.formatted(10, "old", -1));
        assertThat(lines(0)).hasSize(2);
    }

    @Test
    void a_resync_begins_with_nothing() {
        snapshot();
        take("{\"event\":\"resync\",\"reason\":\"replaced\"}");
        assertThat(lines(0)).isEmpty();
        assertThat(lines(1)).isEmpty();
    }
}
