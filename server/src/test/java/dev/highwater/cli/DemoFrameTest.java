package dev.highwater.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DemoFrameTest {

    private static final DemoFrame FRAME =
            new DemoFrame(
                    Duration.ofSeconds(65),
                    260,
                    512,
                    Duration.ofMillis(2),
                    "p50 2.0 ms, p99 7.0 ms",
                    List.of(
                            panel("prices", "symbol  bid", "ORCA    1.5"),
                            panel("positions", "trader  shares", "Ada          7")),
                    Collections.nCopies(
                            4,
                            new DemoFrame.Shown(
                                    "3f9a1c2b.42",
                                    new ChangeLine("update", "orders", "id=1", "filled: 0 -> 5"))),
                    List.of("highwater feed trades"),
                    null);

    private static DemoFrame.Panel panel(String name, String... lines) {
        return new DemoFrame.Panel(
                name, Stream.of(lines).map(l -> new DemoFrame.PanelLine(l, false)).toList());
    }

    @Test
    void views_stand_side_by_side_and_take_turns_where_there_is_no_room() {
        assertThat(FRAME.lines(100, 40, false))
                .containsSequence(
                        "prices         positions",
                        "symbol  bid    trader  shares",
                        "ORCA    1.5    Ada          7");
        assertThat(FRAME.lines(20, 40, false))
                .containsSequence("positions         …", "trader  shares", "Ada          7")
                .doesNotContain("prices");
        assertThat(FRAME.lines(100, 14, false)).doesNotContain("prices         positions");
    }

    @Test
    void what_is_cut_off_is_marked() {
        var tall = panel("tall", "id", "1", "2", "3", "4", "5", "6", "7", "8", "9");
        var frame =
                new DemoFrame(
                        Duration.ZERO, 0, 0, null, "", List.of(tall), List.of(), List.of(), null);
        assertThat(frame.lines(80, 24, false)).containsSequence("7", "…").doesNotContain("8");
    }

    @Test
    void it_shows_the_numbers_the_last_changes_and_what_to_try() {
        assertThat(FRAME.lines(100, 40, false))
                .contains(
                        "260 commits, 512 changes in 1:05 (4.0 commits/s)",
                        "commit to feed: last 2.0 ms, p50 2.0 ms, p99 7.0 ms",
                        "  highwater feed trades");
    }

    @Test
    void a_position_stands_once_for_all_changes_of_its_commit() {
        assertThat(FRAME.lines(100, 40, false).stream().filter(line -> line.contains("id=1")))
                .hasSize(4)
                .filteredOn(line -> line.startsWith("3f9a1c2b.42"))
                .hasSize(1);
    }

    @Test
    void it_fits_any_screen() {
        for (int columns = 20; columns < 150; columns += 13) {
            for (int rows = 1; rows < 60; rows++) {
                int width = columns;
                assertThat(FRAME.lines(columns, rows, false))
                        .hasSizeLessThanOrEqualTo(rows)
                        .allMatch(line -> DisplayText.width(line) <= Math.max(width, 33));
            }
        }
    }
}
