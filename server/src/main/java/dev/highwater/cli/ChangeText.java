package dev.highwater.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.StringJoiner;

/// One change of a feed or a journal entry, in words.
///
/// @param relation without its schema when that is `public`; empty when the feed is of one relation
/// @param key the key columns, `id=17`
/// @param detail what else came, changed (`status: open -> filled`) or went
record ChangeText(String operation, String relation, String key, String detail) {

    private static final int LONGEST_VALUE = 60;

    static ChangeText of(JsonNode change) {
        String operation = change.path("op").asText();
        JsonNode key = change.path("key");
        JsonNode row = change.path("row");
        JsonNode old = change.path("old");
        String detail =
                switch (operation) {
                    case "update" -> differences(old, row, key);
                    case "delete" -> values(old, key);
                    default -> values(row, key);
                };
        return new ChangeText(
                operation,
                plainName(change.path("relation").asText()),
                values(key, Json.MAPPER.missingNode()),
                detail);
    }

    static ChangeText ofSnapshot(String relation, JsonNode row) {
        return new ChangeText(
                "row", plainName(relation), "", values(row, Json.MAPPER.missingNode()));
    }

    static String plainName(String relation) {
        return relation.startsWith("public.") ? relation.substring("public.".length()) : relation;
    }

    private static String values(JsonNode row, JsonNode without) {
        StringJoiner text = new StringJoiner(" ");
        for (Map.Entry<String, JsonNode> column : row.properties()) {
            if (!without.has(column.getKey())) {
                text.add(column.getKey() + "=" + value(column.getValue()));
            }
        }
        return text.toString();
    }

    private static String differences(JsonNode old, JsonNode row, JsonNode key) {
        if (!old.isObject()) {
            return values(row, key);
        }
        StringJoiner text = new StringJoiner("  ");
        for (Map.Entry<String, JsonNode> column : row.properties()) {
            JsonNode before = old.path(column.getKey());
            if (!before.isMissingNode() && !before.equals(column.getValue())) {
                text.add(
                        column.getKey() + ": " + value(before) + " -> " + value(column.getValue()));
            }
        }
        return text.length() == 0 ? "(nothing changed)" : text.toString();
    }

    private static String value(JsonNode value) {
        String text = DisplayText.printable(Json.text(value));
        boolean quote = value.isTextual() && (text.isEmpty() || text.indexOf(' ') >= 0);
        return DisplayText.cut(quote ? "'" + text + "'" : text, LONGEST_VALUE);
    }
}
