package dev.highwater.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestTest {

    private static final List<String> COMMANDS =
            List.of("status", "start", "tables", "publish", "unpublish", "rows", "feed", "sql");

    @ParameterizedTest
    @CsvSource({"stauts, status", "strat, start", "table, tables", "pubish, publish", "sq, sql"})
    void a_slip_of_the_fingers_finds_its_word(String typed, String meant) {
        assertThat(Nearest.to(typed, COMMANDS)).contains(meant);
    }

    @Test
    void something_else_finds_none() {
        assertThat(Nearest.to("deploy", COMMANDS)).isEmpty();
        assertThat(Nearest.to("x", List.of())).isEmpty();
    }

    @Test
    void a_swap_of_neighbours_is_one_edit() {
        assertThat(Nearest.distance("rwos", "rows")).isEqualTo(1);
        assertThat(Nearest.distance("", "rows")).isEqualTo(4);
        assertThat(Nearest.distance("feed", "feed")).isZero();
    }
}
