package dev.highwater.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.highwater.failure.Failure;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimesTest {

    private static final InstantSource NOON =
            InstantSource.fixed(Instant.parse("2026-11-20T12:00:00Z"));

    @ParameterizedTest
    @CsvSource({
        "42, 42",
        "3f9a1c2b.42, 3f9a1c2b.42",
        "2026-11-20T10:00:00Z, 2026-11-20T10:00:00Z",
        "2026-11-20T10:00:00.123456+01:00, 2026-11-20T09:00:00.123456Z",
        "2026-11-20 10:00, 2026-11-20T09:00:00Z",
        "2026-11-20 10:00:30, 2026-11-20T09:00:30Z",
        "2026-07-01, 2026-06-30T22:00:00Z",
        "5m ago, 2026-11-20T11:55:00Z",
        "1h30m ago, 2026-11-20T10:30:00Z"
    })
    void as_of_takes_positions_and_times(String text, String sent) {
        assertThat(Times.asOf(text, NOON, ZoneId.of("Europe/Berlin"))).isEqualTo(sent);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "yesterday",
                "3F9A.42",
                "-1",
                "2026-13-01",
                "2026-11-20T25:00:00Z",
                "ago"
            })
    void what_is_neither_is_refused_with_its_value(String text) {
        assertThatThrownBy(() -> Times.asOf(text, NOON, ZoneId.of("UTC")))
                .isInstanceOf(Failure.Refused.class)
                .hasMessageContaining("'" + text + "'");
    }

    @ParameterizedTest
    @CsvSource({"500ms, PT0.5S", "90s, PT1M30S", "5m, PT5M", "1h30m, PT1H30M", "2d, PT48H"})
    void durations_are_a_number_and_a_unit_or_several(String text, Duration duration) {
        assertThat(Times.duration("--for", text)).isEqualTo(duration);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "s", "5 s", "5m!", "-5s", "1.5h"})
    void what_is_no_duration_is_refused_with_the_option(String text) {
        assertThatThrownBy(() -> Times.duration("--for", text))
                .isInstanceOf(Failure.Refused.class)
                .hasMessageContaining("--for '" + text + "'");
    }

    @Test
    void a_position_may_carry_its_incarnation() {
        assertThat(Times.position("--after", "3f9a1c2b.42")).isEqualTo("3f9a1c2b.42");
        assertThatThrownBy(() -> Times.position("--after", "x.42"))
                .hasMessageContaining("--after 'x.42' is no position");
    }

    @ParameterizedTest
    @CsvSource({
        "420000, 0.42 ms",
        "3140000, 3.1 ms",
        "250000000, 250 ms",
        "4200000000, 4.2 s",
        "180000000000, 3 min"
    })
    void a_latency_is_shown_with_the_digits_that_matter(long nanos, String shown) {
        assertThat(Times.shown(Duration.ofNanos(nanos))).isEqualTo(shown);
    }
}
