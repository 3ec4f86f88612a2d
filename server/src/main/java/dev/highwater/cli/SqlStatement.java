package dev.highwater.cli;

import java.util.List;
import java.util.Locale;

/// One statement of a script, or one backslash command.
///
/// @param text without the closing semicolon
/// @param line the line of the script it begins on, from 1; 0 when it is of no script
/// @param words its first words in lower case, which say what kind of statement it is
record SqlStatement(String text, int line, List<String> words) {

    private static final List<String> VERBS_OF_OBJECTS = List.of("create", "alter", "drop");
    private static final List<String> COUNTED =
            List.of("insert", "update", "delete", "merge", "copy", "with");
    private static final List<String> MODIFIERS =
            List.of("or", "replace", "temp", "temporary", "unlogged", "unique", "global", "local");

    boolean backslash() {
        return text.startsWith("\\");
    }

    /// What PostgreSQL calls the command tag, as far as the text tells: `INSERT 3`, `CREATE TABLE`.
    String tag(long count) {
        String verb = words.isEmpty() ? "OK" : words.getFirst();
        if (verb.equals("with")) {
            return "ROWS " + count;
        }
        if (VERBS_OF_OBJECTS.contains(verb)) {
            String object =
                    words.stream()
                            .skip(1)
                            .filter(word -> !MODIFIERS.contains(word))
                            .findFirst()
                            .orElse("");
            return (verb + " " + object).strip().toUpperCase(Locale.ROOT);
        }
        return verb.toUpperCase(Locale.ROOT) + (COUNTED.contains(verb) ? " " + count : "");
    }
}
