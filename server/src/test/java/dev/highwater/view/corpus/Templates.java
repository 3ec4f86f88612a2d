package dev.highwater.view.corpus;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;

/// Query texts with choices, `{{this ¦ or that}}`, which may nest.
final class Templates {
    private static final int COMBINATIONS_MAX = 4000;

    private Templates() {}

    /// A text with choices, and the features that all of its outcomes have.
    record Template(Set<String> tags, String text) {

        /// Every outcome.
        List<String> all() {
            return expand(text);
        }

        /// Some of its outcomes, all where there are no more, in random order.
        List<String> draw(Random random, int count) {
            List<String> all = new ArrayList<>(all());
            Collections.shuffle(all, random);
            return all.subList(0, Math.min(count, all.size()));
        }
    }

    /// Templates in a file: a line `--- tag, tag`, then the text until the next such line.
    static List<Template> read(String file) {
        List<Template> templates = new ArrayList<>();
        for (String part : ViewTexts.sections(file, "--- ")) {
            int line = part.indexOf('\n');
            templates.add(
                    new Template(
                            ViewTexts.words(part.substring(0, line)),
                            part.substring(line).strip()));
        }
        return templates;
    }

    /// Every outcome, from left to right.
    private static List<String> expand(String text) {
        int open = text.indexOf("{{");
        if (open < 0) {
            return List.of(text);
        }
        int close = end(text, open);
        List<String> tails = expand(text.substring(close + 2));
        List<String> all = new ArrayList<>();
        for (String choice : choices(text.substring(open + 2, close))) {
            for (String chosen : expand(choice.strip())) {
                for (String tail : tails) {
                    if (all.size() == COMBINATIONS_MAX) {
                        throw new IllegalArgumentException("too many choices: " + text);
                    }
                    all.add(text.substring(0, open) + chosen + tail);
                }
            }
        }
        return all;
    }

    private static int end(String text, int open) {
        int depth = 0;
        for (int i = open; i < text.length() - 1; i++) {
            if (text.startsWith("{{", i)) {
                depth++;
                i++;
            } else if (text.startsWith("}}", i)) {
                depth--;
                if (depth == 0) {
                    return i;
                }
                i++;
            }
        }
        throw new IllegalArgumentException("a choice is not closed: " + text);
    }

    private static List<String> choices(String text) {
        List<String> choices = new ArrayList<>();
        int depth = 0;
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            if (text.startsWith("{{", i)) {
                depth++;
            } else if (text.startsWith("}}", i)) {
                depth--;
            } else if (text.charAt(i) == '¦' && depth == 0) {
                choices.add(text.substring(from, i));
                from = i + 1;
            }
        }
        choices.add(text.substring(from));
        return choices;
    }
}
