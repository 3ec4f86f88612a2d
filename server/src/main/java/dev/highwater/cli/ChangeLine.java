package dev.highwater.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.StringJoiner;

/// One change of a feed or a journal entry, in words.
///
/// @param relation without its schema when that is `public`; empty when the feed is of one relation
/// @param key the key columns, `id=17`
/// @param detail what else came, changed (`status: open -> filled`) or went
record ChangeLine(String operation, String relation, String key, String detail) {

    private static final int LONGEST_VALUE = 60;
    private static final int POSITION_WIDTH = 14;
    private static final int AGE_WIDTH = 8;
    private static final int OPERATION_WIDTH = 7;
    private static final int RELATION_WIDTH = 11;

    static ChangeLine of(JsonNode change) {
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
        return new ChangeLine(
                operation,
                plainName(change.path("relation").asText()),
                values(key, Json.MAPPER.missingNode()),
                detail + times(change.path("diff").asLong()));
    }

    /// How often a row of a bag came or went, where that is not once.
    private static String times(long diff) {
        return Math.abs(diff) < 2 ? "" : " (%,d times)".formatted(Math.abs(diff));
    }

    static ChangeLine ofSnapshot(String relation, JsonNode row) {
        return new ChangeLine(
                "row", plainName(relation), "", values(row, Json.MAPPER.missingNode()));
    }

    /// `3f9a1c2b.42 2.1 ms update orders id=17 status: open -> filled`
    ///
    /// @param position empty where it is the line above's
    /// @param age how old the change is, in words
    String line(String position, String age, int screen, boolean colour) {
        String head =
                DisplayText.padRight(position, POSITION_WIDTH)
                        + (age.isEmpty() ? "" : DisplayText.padLeft(age, AGE_WIDTH))
                        + "  ";
        String verb = DisplayText.padRight(operation, OPERATION_WIDTH);
        String rest =
                (relation.isEmpty() ? "" : DisplayText.padRight(relation, RELATION_WIDTH) + " ")
                        + (key.isEmpty() ? "" : key + "  ")
                        + detail;
        String shown = DisplayText.cut(rest, Math.max(10, screen - head.length() - verb.length()));
        return colour
                ? Colour.DIM.paint(head) + Colour.ofOperation(operation).paint(verb) + shown
                : head + verb + shown;
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
