package dev.highwater.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One event of a feed. A change is complete: its parts are joined again.
sealed interface FeedEvent {

    /// The lines of NDJSON that the event came as.
    List<String> lines();

    /// Some rows of the state that the feed starts from.
    ///
    /// @param relation whose rows; null in the feed of one relation
    record Snapshot(@Nullable String relation, List<JsonNode> rows, List<String> lines)
            implements FeedEvent {}

    /// The snapshot was complete; it is the state at `position`.
    record SnapshotEnd(String position, List<String> lines) implements FeedEvent {}

    /// What one commit changed.
    ///
    /// @param at when it was committed, null when the node doesn't say
    record Change(String position, @Nullable Instant at, List<JsonNode> changes, List<String> lines)
            implements FeedEvent {}

    /// Nothing more happened up to `position`.
    record Progress(String position, List<String> lines) implements FeedEvent {}

    /// What was received so far is void: the feed starts again from a snapshot.
    record Resync(String reason, List<String> lines) implements FeedEvent {}

    /// An event of a later version.
    record Unknown(List<String> lines) implements FeedEvent {}

    /// Puts events together from the lines of one connection.
    final class Reader {
        private final List<String> lines = new ArrayList<>();
        private final List<JsonNode> changes = new ArrayList<>();

        /// The event that `line` completes, null when more of it follows.
        @Nullable FeedEvent accept(String line) {
            JsonNode json = Json.parse(line);
            lines.add(line);
            String event = json.path("event").asText();
            if (event.equals("change")) {
                json.path("changes").forEach(changes::add);
                if (json.path("more").asBoolean()) {
                    return null;
                }
            }
            FeedEvent complete = event(event, json);
            lines.clear();
            changes.clear();
            return complete;
        }

        private FeedEvent event(String event, JsonNode json) {
            String position = json.path("position").asText();
            List<String> all = List.copyOf(lines);
            return switch (event) {
                case "snapshot" ->
                        new Snapshot(
                                json.path("relation").textValue(),
                                json.path("rows").valueStream().toList(),
                                all);
                case "snapshot-end" -> new SnapshotEnd(position, all);
                case "change" ->
                        new Change(
                                position,
                                instant(json.path("at").asText()),
                                List.copyOf(changes),
                                all);
                case "progress" -> new Progress(position, all);
                case "resync" -> new Resync(json.path("reason").asText(), all);
                default -> new Unknown(all);
            };
        }

        private static @Nullable Instant instant(String text) {
            try {
                return Instant.parse(text);
            } catch (DateTimeParseException unknownTime) {
                return null;
            }
        }
    }
}
