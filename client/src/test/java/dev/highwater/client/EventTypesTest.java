package dev.highwater.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.highwater.client.Account.Event;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EventTypesTest {
    private sealed interface Step {
        record Renamed(@Nullable String owner, int more) implements Step {}

        sealed interface Inner extends Step {
            record Deep() implements Inner {}
        }
    }

    private static StoredEvent stored(String type, String data) {
        return new StoredEvent(
                new UUID(0, 1),
                type,
                "account",
                "ann",
                3,
                Json.parse(data),
                Metadata.NONE,
                List.of(),
                false,
                null,
                Instant.EPOCH,
                7);
    }

    @Test
    void records_are_named_as_their_classes() {
        assertThat(Account.EVENTS.names())
                .containsExactly("Closed", "Deposited", "Opened", "Withdrawn");
        assertThat(new EventTypes<>("account", Step.class).names())
                .containsExactly("Deep", "Renamed");
        assertThat(Account.EVENTS.event("ann", new Event.Deposited(5)).json().toString())
                .contains("\"event\":\"Deposited\"", "\"data\":{\"amount\":5}");
        assertThat(Account.EVENTS.read(stored("Deposited", "{\"amount\": 5, \"newer\": 1}")))
                .isEqualTo(new Event.Deposited(5));
    }

    @Test
    void a_renamed_record_keeps_the_name_that_history_has() {
        var types =
                new EventTypes<Step>(
                        "account",
                        Map.of("Opened", Step.Renamed.class, "Deep", Step.Inner.Deep.class));

        assertThat(types.event("ann", new Step.Renamed("ann", 1)).json().path("event").asText())
                .isEqualTo("Opened");
        assertThat(types.read(stored("Opened", "{\"owner\": \"ann\"}")))
                .isEqualTo(new Step.Renamed("ann", 0));
    }

    @Test
    void what_has_no_record_is_named() {
        assertThatThrownBy(() -> Account.EVENTS.read(stored("Frozen", "{}")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(
                        "Frozen of account ann, version 3",
                        "[Closed, Deposited, Opened, Withdrawn]");
        assertThatThrownBy(() -> Account.EVENTS.read(stored("Deposited", "{\"amount\": \"much\"}")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot be read as a dev.highwater.client.Account$Event$Dep");
        assertThatThrownBy(() -> new EventTypes<>("account", Object.class))
                .hasMessageContaining("neither a record nor a sealed interface");
    }
}
