package dev.highwater.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/// Where an event comes from. Further keys that others write beside these stay in the database.
///
/// @param correlationId what all events of one conversation share
/// @param causationId the event or command that this one follows from
/// @param traceparent the trace, as W3C Trace Context writes it
public record Metadata(
        @Nullable String correlationId,
        @Nullable String causationId,
        @Nullable String traceparent) {

    public static final Metadata NONE = new Metadata(null, null, null);

    /// That of an event which follows from `cause`: of the same conversation, which begins with
    /// `cause` if it belongs to none, and of the same trace.
    public static Metadata causedBy(StoredEvent cause) {
        var before = cause.metadata();
        String conversation = before.correlationId();
        return new Metadata(
                conversation == null ? cause.id().toString() : conversation,
                cause.id().toString(),
                before.traceparent());
    }

    static Metadata read(JsonNode json) {
        return new Metadata(
                json.path("correlation_id").textValue(),
                json.path("causation_id").textValue(),
                json.path("traceparent").textValue());
    }

    ObjectNode json() {
        var json = JsonNodeFactory.instance.objectNode();
        put(json, "correlation_id", correlationId);
        put(json, "causation_id", causationId);
        put(json, "traceparent", traceparent);
        return json;
    }

    private static void put(ObjectNode json, String key, @Nullable String value) {
        if (value != null) {
            json.put(key, value);
        }
    }
}
