package dev.highwater.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a feed tells. Who keeps the position of the last [SnapshotEnd], [Change] or [Progress]
/// beside what it made of the feed goes on from there, with [FeedRequest#after].
public sealed interface FeedEvent {

    /// Some rows of the state that the feed starts from.
    ///
    /// @param relation whose rows; null in the feed of one relation
    record Snapshot(@Nullable String relation, List<JsonNode> rows) implements FeedEvent {}

    /// The snapshot was complete: it is the state at `position`.
    record SnapshotEnd(String position) implements FeedEvent {}

    /// All that one transaction changed.
    ///
    /// @param at when it was committed
    record Change(String position, Instant at, List<RowChange> changes) implements FeedEvent {}

    /// Nothing more happened up to `position`.
    record Progress(String position) implements FeedEvent {}

    /// What was told so far is void; a snapshot follows.
    record Resync(String reason) implements FeedEvent {}

    /// A row that came, changed or went.
    ///
    /// @param relation null in the feed of one relation
    /// @param key null in a relation without a key
    /// @param row as it is now; null for [Op#DELETE]
    /// @param old as it was before; null for [Op#INSERT]
    /// @param diff how many such rows more there are, below zero fewer; in a relation without a key
    ///   it may be more than one
    record RowChange(
            @Nullable String relation,
            Op op,
            @Nullable JsonNode key,
            @Nullable JsonNode row,
            @Nullable JsonNode old,
            long diff) {

        static RowChange read(JsonNode json) {
            var op =
                    switch (json.path("op").asText()) {
                        case "insert" -> Op.INSERT;
                        case "update" -> Op.UPDATE;
                        case "delete" -> Op.DELETE;
                        case String other ->
                                throw new IllegalArgumentException("unknown operation " + other);
                    };
            return new RowChange(
                    json.path("relation").textValue(),
                    op,
                    json.get("key"),
                    json.get("row"),
                    json.get("old"),
                    json.path("diff").asLong(op.diff));
        }
    }

    /// What happened to a row.
    enum Op {
        INSERT(1),
        UPDATE(0),
        DELETE(-1);

        private final int diff;

        Op(int diff) {
            this.diff = diff;
        }
    }
}
