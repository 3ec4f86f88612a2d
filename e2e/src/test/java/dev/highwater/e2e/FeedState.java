package dev.highwater.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// What a reader of a feed holds: the rows of each relation, rebuilt from a snapshot and the
/// changes after it. It is suspicious: a change that does not fit what it holds was lost, doubled
/// or reordered on its way.
///
/// Written by the feed's thread, read by tests: every method is synchronized.
final class FeedState {
    /// One change as it arrived.
    record Change(
            long position, String relation, String op, JsonNode key, JsonNode row, JsonNode old) {}

    private final Map<String, List<String>> keys;
    private final Map<String, Map<JsonNode, JsonNode>> rows = new HashMap<>();
    private final List<JsonNode> parts = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();
    private final BiConsumer<Long, List<Change>> listener;
    private @Nullable String lastId;
    private long position = -1;
    private long events;
    private long changes;
    private long snapshots;
    private long resyncs;
    private long connections;

    /// @param keys the key columns of each relation
    /// @param listener told of each event, complete, with its position
    FeedState(Map<String, List<String>> keys, BiConsumer<Long, List<Change>> listener) {
        this.keys = Map.copyOf(keys);
        this.listener = listener;
        keys.keySet().forEach(relation -> rows.put(relation, new HashMap<>()));
    }

    /// The id from which to go on, null when a snapshot is needed.
    synchronized @Nullable String lastId() {
        return lastId;
    }

    /// The position of the last event.
    synchronized long position() {
        return position;
    }

    synchronized long changes() {
        return changes;
    }

    synchronized long events() {
        return events;
    }

    synchronized long snapshots() {
        return snapshots;
    }

    synchronized long resyncs() {
        return resyncs;
    }

    synchronized long connections() {
        return connections;
    }

    /// What did not fit; empty when every change arrived once and in order.
    synchronized List<String> faults() {
        return List.copyOf(faults);
    }

    /// The relations that were asked for.
    List<String> relations() {
        return List.copyOf(keys.keySet());
    }

    /// The rows of a relation by their keys.
    synchronized Map<JsonNode, JsonNode> rows(String relation) {
        return Map.copyOf(table(relation));
    }

    private Map<JsonNode, JsonNode> table(String relation) {
        Map<JsonNode, JsonNode> table = rows.get(relation);
        if (table == null) {
            throw new AssertionError(
                    "the feed names a relation that was not asked for: " + relation);
        }
        return table;
    }

    /// A connection begins; what the last one did not finish is forgotten.
    synchronized void connected() {
        connections++;
        parts.clear();
    }

    synchronized void fault(String what) {
        if (faults.size() < 20) {
            faults.add(what);
        }
    }

    /// It was told to start over with a snapshot.
    synchronized void resync() {
        resyncs++;
        parts.clear();
        lastId = null;
        position = -1;
        rows.values().forEach(Map::clear);
    }

    /// Takes one event in.
    synchronized void accept(JsonNode event) {
        switch (event.path("event").asText()) {
            case "snapshot" -> parts.add(event);
            case "snapshot-end" -> endSnapshot(event);
            case "change" -> {
                parts.add(event);
                if (!event.path("more").asBoolean()) {
                    endChange(event);
                }
            }
            case "progress" -> progress(event);
            case "resync" -> resync();
            default -> fault("unknown event " + event);
        }
    }

    private void endSnapshot(JsonNode event) {
        if (lastId != null) {
            fault("a snapshot although the feed was resumed from " + lastId);
        }
        rows.values().forEach(Map::clear);
        for (JsonNode part : parts) {
            String relation = relation(part);
            for (JsonNode row : part.path("rows")) {
                if (table(relation).put(key(relation, row), row) != null) {
                    fault("row twice in the snapshot of " + relation + ": " + row);
                }
            }
        }
        parts.clear();
        snapshots++;
        moveTo(event);
    }

    private void endChange(JsonNode event) {
        var all = new ArrayList<Change>();
        long at = number(event);
        for (JsonNode part : parts) {
            if (number(part) != at) {
                fault("parts of different positions: " + number(part) + " in " + at);
            }
            for (JsonNode json : part.path("changes")) {
                all.add(
                        new Change(
                                at,
                                relation(json),
                                json.path("op").asText(),
                                json.path("key"),
                                json.path("row"),
                                json.path("old")));
            }
        }
        parts.clear();
        if (at <= position) {
            fault("a change at " + at + " after " + position);
            return;
        }
        all.forEach(this::apply);
        events++;
        changes += all.size();
        moveTo(event);
        listener.accept(at, all);
    }

    private void apply(Change change) {
        String relation = change.relation();
        Map<JsonNode, JsonNode> table = table(relation);
        boolean gone = change.op().equals("delete");
        JsonNode key = key(relation, gone ? change.old() : change.row());
        if (!key.equals(change.key())) {
            fault("key " + change.key() + " of a row with key " + key);
        }
        JsonNode before = gone ? table.remove(key) : table.put(key, change.row());
        boolean fits =
                switch (change.op()) {
                    case "insert" -> before == null;
                    case "update", "delete" -> change.old().equals(before);
                    default -> false;
                };
        if (!fits) {
            fault(
                    "at %d %s %s %s: old %s, but held was %s"
                            .formatted(
                                    change.position(),
                                    change.op(),
                                    relation,
                                    key,
                                    change.old(),
                                    before));
        }
    }

    private void progress(JsonNode event) {
        if (!parts.isEmpty()) {
            fault("progress between parts");
        }
        if (number(event) < position) {
            fault("progress at " + number(event) + " after " + position);
        }
        moveTo(event);
    }

    private void moveTo(JsonNode event) {
        position = number(event);
        lastId = event.path("position").asText();
    }

    private static long number(JsonNode event) {
        String text = event.path("position").asText();
        return Long.parseLong(text.substring(text.indexOf('.') + 1));
    }

    private String relation(JsonNode json) {
        return json.has("relation")
                ? json.path("relation").asText()
                : keys.keySet().iterator().next();
    }

    private JsonNode key(String relation, JsonNode row) {
        ObjectNode key = Json.object();
        for (String column : keys.getOrDefault(relation, List.of())) {
            key.set(column, row.path(column));
        }
        return key;
    }
}
