package dev.highwater.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// An event as the database has it; [EventTypes#read] makes a record of it.
///
/// @param type the event type's name
/// @param version 1, 2, 3 … in its stream
/// @param isFinal whether the stream ends with it
/// @param commandId the command that it was decided on
/// @param offset ascends along its stream; the order of all events is that of positions
public record StoredEvent(
        UUID id,
        String type,
        String decider,
        String deciderId,
        long version,
        JsonNode data,
        Metadata metadata,
        List<String> tags,
        boolean isFinal,
        @Nullable UUID commandId,
        Instant createdAt,
        long offset) {

    public StoredEvent {
        tags = List.copyOf(tags);
    }

    static StoredEvent read(ResultSet row) throws SQLException {
        return new StoredEvent(
                row.getObject("event_id", UUID.class),
                row.getString("event"),
                row.getString("decider"),
                row.getString("decider_id"),
                row.getLong("version"),
                Json.parse(row.getString("data")),
                Metadata.read(Json.parse(row.getString("metadata"))),
                List.of((String[]) row.getArray("tags").getArray()),
                row.getBoolean("final"),
                row.getObject("command_id", UUID.class),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getLong("offset"));
    }

    @Override
    public String toString() {
        return "event %s (%s of %s %s, version %d)"
                .formatted(id, type, decider, deciderId, version);
    }
}
