package dev.highwater.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TerminalTest {

    @Test
    void the_terminal_itself_says_how_large_it_is() {
        assertThat(Terminal.parse("input\noutput 50 132\n", Map.of("COLUMNS", "99")))
                .isEqualTo(new Terminal(true, true, 132, 50));
    }

    @Test
    void a_terminal_of_unknown_size_takes_the_environments_or_80_by_24() {
        assertThat(Terminal.parse("output 0 0\n", Map.of("COLUMNS", "99")))
                .isEqualTo(new Terminal(false, true, 99, 24));
        assertThat(Terminal.parse("output\n", Map.of("COLUMNS", "wide")))
                .isEqualTo(new Terminal(false, true, 80, 24));
    }

    @Test
    void without_a_terminal_there_is_none() {
        assertThat(Terminal.parse("", Map.of())).isEqualTo(Terminal.NONE);
    }
}
