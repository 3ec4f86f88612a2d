package dev.highwater.apply;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is tried again, and what is not.
final class TransientTest {
    @ParameterizedTest
    @CsvSource({
        "57014, true", // somebody cancelled the statement
        "57P01, true",
        "40P01, true",
        "23514, false",
        "42P01, false",
    })
    void the_state_tells(String state, boolean isTransient) {
        assertThat(Transient.is(new SQLException("…", state))).isEqualTo(isTransient);
    }
}
