package dev.highwater.journal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.highwater.sql.CopyLine;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class InsertTextTest {
    private static final String COLUMN =
            """
            {"number": %d, "name": "%s", "type": "x", "oid": %d, "modifier": -1, "base": %d, "loose": false}
            """;

    private static final String[] LETTERS = {
        "a",
        "Z",
        "0",
        " ",
        "\"",
        "\\",
        "/",
        "\b",
        "\f",
        "\n",
        "\r",
        "\t",
        "\u000b",
        "\u0001",
        "\u001f",
        "\u007f",
        "\u00e9",
        "\u20ac",
        "\ud83d\ude00",
        "\\N",
        "N"
    };

    private static TableDefinition definition(String key) throws Exception {
        String columns =
                String.join(
                        ",",
                        COLUMN.formatted(1, "id", 20, 20),
                        COLUMN.formatted(3, "na\\\"me", 25, 25),
                        COLUMN.formatted(4, "price", 1700, 1700),
                        COLUMN.formatted(5, "paid", 16, 16),
                        COLUMN.formatted(6, "note \u00fc", 114, 114));
        String json =
                """
                {"oid": 1, "schema": "public", "table": "my \\"orders\\"", "columns": [%s], "key": %s, "types": []}
                """
                        .formatted(columns, key);
        return TableDefinition.parse(new ObjectMapper().readTree(json));
    }

    /// As COPY writes it (PostgreSQL manual, "COPY", "Text Format").
    private static CopyLine line(@Nullable String... values) {
        var line = new StringBuilder();
        for (int i = 0; i < values.length; i++) {
            String value = values[i];
            line.append(i == 0 ? "" : "\t").append(value == null ? "\\N" : escape(value));
        }
        return new CopyLine(
                line.append('\n').toString().getBytes(StandardCharsets.UTF_8), values.length);
    }

    private static String escape(String value) {
        return value.replace("\\", "\\\\")
                .replace("\b", "\\b")
                .replace("\f", "\\f")
                .replace("\n", "\\n")
                .replace("\r", "\\r")
                .replace("\t", "\\t")
                .replace("\u000b", "\\v");
    }

    private static String text(Random random) {
        var text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            text.append(LETTERS[random.nextInt(LETTERS.length)]);
        }
        return text.toString();
    }

    private static @Nullable String orNull(Random random, String value) {
        return random.nextInt(6) == 0 ? null : value;
    }

    private static String json(Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> "{\r\n\"a\":\t[1, \"\\n\\\\ \\\"\u00e9\"]}";
            case 1 -> "null";
            default -> "\"" + text(random).replaceAll("[\\\\\"\\p{Cntrl}]", "-") + "\"";
        };
    }

    @Test
    void the_bytes_are_those_of_the_text_that_strings_make() throws Exception {
        long seed = System.nanoTime();
        var random = new Random(seed);
        var numbers = new String[] {"0", "-12.50", "1e-7", "NaN", "Infinity", "-Infinity"};
        for (var key : new String[] {"[1]", "[3, 1]", "[]"}) {
            var definition = definition(key);
            var bytes = new InsertText(definition);
            var strings = new ChangeText(definition);
            var leaves = new ArrayList<Leaf>();
            var texts = new ArrayList<String>();
            for (int i = 0; i < 5_000; i++) {
                var line =
                        line(
                                String.valueOf(random.nextLong()),
                                key.equals("[1]") ? orNull(random, text(random)) : text(random),
                                orNull(random, numbers[random.nextInt(numbers.length)]),
                                orNull(random, random.nextBoolean() ? "t" : "f"),
                                orNull(random, json(random)),
                                // the partition, which is no column of the source's
                                "16385");
                var leaf = bytes.leaf(line);
                String text = strings.insert(line.values());
                assertThat(new String(leaf.text(), StandardCharsets.UTF_8))
                        .as("seed %d, row %d", seed, i)
                        .isEqualTo(text);
                assertThat(leaf.hash())
                        .isEqualTo(MerkleTree.leaf(Hashes.sha256(), leaf.salt(), leaf.text()));
                leaves.add(leaf);
                texts.add(text);
            }
            // And among those that came otherwise.
            leaves.add(new Leaves().of(texts.getFirst()));
            texts.add(texts.getFirst());
            var run = new String(RunText.of(leaves), StandardCharsets.UTF_8);
            assertThat(RunText.texts(run)).as("seed %d", seed).isEqualTo(texts);
        }
    }

    @Test
    void a_large_row_does_not_keep_its_buffer_from_the_next() throws Exception {
        var definition = definition("[1]");
        var bytes = new InsertText(definition);
        var strings = new ChangeText(definition);
        for (String name : new String[] {"\t\"large\"\u0002".repeat(300_000), "small"}) {
            var line = line("1", name, "2", "t", "{}");
            assertThat(new String(bytes.leaf(line).text(), StandardCharsets.UTF_8))
                    .isEqualTo(strings.insert(line.values()));
        }
    }
}
