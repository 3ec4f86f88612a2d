package dev.highwater.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.highwater.apply.RetentionSettings;
import dev.highwater.apply.RetentionSettings.Limit;
import dev.highwater.apply.RetentionSettings.Rule;
import dev.highwater.failure.Failure;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConfigFileTest {
    private static RetentionSettings retention(String yaml) {
        return ConfigFile.parse(yaml, "test.yaml", Map.of()).retention();
    }

    @Test
    void everything_is_kept_unless_told_otherwise() {
        assertThat(retention("")).isEqualTo(RetentionSettings.everything());
        assertThat(retention("retention: {}").isNone()).isTrue();
        assertThat(retention("retention: {relations: {orders: {}}}").isNone()).isTrue();
    }

    @Test
    void who_may_ask_is_told_before_others_can() {
        for (var wrong :
                Map.of(
                                "{http: {host: 0.0.0.0}, source: {wal_limit: many}}",
                                "http.host is 0.0.0.0, which others can reach: configure http.tokens",
                                "http: {host: nowhere.invalid}",
                                "http.host nowhere.invalid is not an address")
                        .entrySet()) {
            assertThatThrownBy(() -> ConfigFile.parse(wrong.getKey(), "test.yaml", Map.of()))
                    .isInstanceOf(Failure.class)
                    .hasMessageContaining(wrong.getValue());
        }
        assertThat(
                        ConfigFile.parse(
                                        "http: {host: 0.0.0.0, tokens: [0123456789abcdef]}",
                                        "test.yaml",
                                        Map.of())
                                .http()
                                .host())
                .isEqualTo("0.0.0.0");
    }

    @Test
    void limits_are_read_in_their_order() {
        assertThat(
                        retention(
                                """
                                retention:
                                  journal: {time: 30d, size: 10GB}
                                  relations:
                                    "public.*": {time: 90 min}
                                    orders: {size: 500 MB}
                                    "a.b": {time: 12h}
                                """))
                .isEqualTo(
                        new RetentionSettings(
                                new Limit(Optional.of(Duration.ofDays(30)), Optional.of(10L << 30)),
                                List.of(
                                        new Rule(
                                                "public.*",
                                                new Limit(
                                                        Optional.of(Duration.ofMinutes(90)),
                                                        Optional.empty())),
                                        new Rule(
                                                "public.orders",
                                                new Limit(
                                                        Optional.empty(), Optional.of(500L << 20))),
                                        new Rule(
                                                "a.b",
                                                new Limit(
                                                        Optional.of(Duration.ofHours(12)),
                                                        Optional.empty())))));
    }

    @Test
    void everything_that_is_wrong_is_said_with_its_place() {
        assertThatThrownBy(
                        () ->
                                retention(
                                        """
                                        retention:
                                          journal: {time: soon, size: -1}
                                          relation: {}
                                          relations: {orders: {size: big, colour: red}, "!audit": {}, a.b: 7d}
                                        """))
                .isInstanceOf(Failure.Refused.class)
                .hasMessageContainingAll(
                        "test.yaml: ",
                        "retention.relation is unknown (known: journal, relations)",
                        "retention.journal.time: \"soon\" is not a time, such as 12 h or 30 d",
                        "retention.journal.size: \"-1\" is not a size",
                        "retention.relations.orders.colour is unknown (known: size, time)",
                        "retention.relations.orders.size: \"big\" is not a size",
                        "retention.relations.!audit: \"!audit\" is not a table",
                        "retention.relations.a.b should hold keys and values");
        assertThatThrownBy(() -> retention("retention: {relations: [orders]}"))
                .hasMessageContaining("retention.relations: [\"orders\"] should hold");
        assertThatThrownBy(() -> retention("retention: 7d"))
                .hasMessageContaining("retention should hold keys and values");
    }
}
