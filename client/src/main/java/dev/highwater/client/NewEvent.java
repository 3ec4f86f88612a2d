package dev.highwater.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.UUID;

/// An event to append, made by [EventTypes#event]. It has an id of its own from the beginning, so
/// that appending it once more does nothing. Unless [#expecting] says more it goes to the end of
/// its stream, wherever that is. Immutable.
public final class NewEvent {
    /// The object that `append_events` takes.
    private final ObjectNode json;

    private NewEvent(ObjectNode json) {
        this.json = json;
    }

    static NewEvent of(String type, String decider, String deciderId, JsonNode data) {
        var json = JsonNodeFactory.instance.objectNode();
        json.put("event", type).put("decider", decider).put("decider_id", deciderId);
        json.set("data", data);
        json.put("event_id", UUID.randomUUID().toString()).put("expected_version", -1);
        return new NewEvent(json);
    }

    /// Only if the stream is at this version; 0 for a new stream.
    public NewEvent expecting(long version) {
        return with("expected_version", JsonNodeFactory.instance.numberNode(version));
    }

    public NewEvent withId(UUID id) {
        return with("event_id", text(id));
    }

    /// Decided on this command.
    public NewEvent withCommand(UUID id) {
        return with("command_id", text(id));
    }

    public NewEvent with(Metadata metadata) {
        return with("metadata", metadata.json());
    }

    /// With tags for conditional appends.
    public NewEvent tagged(String... tags) {
        var array = JsonNodeFactory.instance.arrayNode();
        for (var tag : tags) {
            array.add(tag);
        }
        return with("tags", array);
    }

    /// The stream ends with it.
    public NewEvent asFinal() {
        return with("final", JsonNodeFactory.instance.booleanNode(true));
    }

    public UUID id() {
        return UUID.fromString(json.path("event_id").asText());
    }

    JsonNode json() {
        return json;
    }

    private NewEvent with(String key, JsonNode value) {
        var copy = JsonNodeFactory.instance.objectNode();
        copy.setAll(json);
        copy.set(key, value);
        return new NewEvent(copy);
    }

    private static JsonNode text(UUID id) {
        return JsonNodeFactory.instance.textNode(id.toString());
    }

    @Override
    public String toString() {
        return json.toString();
    }
}
