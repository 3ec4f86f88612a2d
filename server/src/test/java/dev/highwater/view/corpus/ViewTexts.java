package dev.highwater.view.corpus;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// Views in files: a line `--- name: tag, tag`, then the query until the next such line.
final class ViewTexts {

    private ViewTexts() {}

    /// The file's views in its order; what each uses of the earlier ones is found by their names.
    static List<CorpusView> read(String file) {
        List<CorpusView> views = new ArrayList<>();
        for (String part : sections(file, "--- ")) {
            int line = part.indexOf('\n');
            String head = part.substring(0, line);
            int colon = head.indexOf(':');
            views.add(
                    view(
                            head.substring(0, colon).strip(),
                            part.substring(line).strip(),
                            words(head.substring(colon + 1)),
                            views));
        }
        return views;
    }

    static CorpusView view(String name, String sql, Set<String> tags, List<CorpusView> earlier) {
        Set<String> uses = new HashSet<>();
        for (CorpusView other : earlier) {
            if (Pattern.compile("\\b" + other.name() + "\\b").matcher(sql).find()) {
                uses.add(other.name());
            }
        }
        return new CorpusView(name, sql, tags, uses);
    }

    static Set<String> words(String list) {
        Set<String> words = new HashSet<>();
        for (String word : list.split(",", -1)) {
            if (!word.isBlank()) {
                words.add(word.strip());
            }
        }
        return words;
    }

    /// The parts of a file that begin with a marker at the beginning of a line, without it.
    static List<String> sections(String file, String marker) {
        List<String> parts = new ArrayList<>();
        for (String part : ("\n" + text(file)).split(Pattern.quote("\n" + marker), -1)) {
            parts.add(part + "\n");
        }
        return parts.subList(1, parts.size());
    }

    /// The statements of a text in which each ends with a semicolon at the end of a line.
    static List<String> statements(String text) {
        List<String> statements = new ArrayList<>();
        for (String statement : text.split(";[ ]*\n", -1)) {
            if (!statement.isBlank()) {
                statements.add(statement.strip());
            }
        }
        return statements;
    }

    static String text(String file) {
        try (InputStream stream =
                ViewTexts.class.getResourceAsStream("/dev/highwater/view/" + file)) {
            if (stream == null) {
                throw new IllegalArgumentException("no file " + file);
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
