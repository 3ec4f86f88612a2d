package dev.highwater.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class RunTextTest {
    private static final String A =
            "{\"relation\":\"public.t\",\"op\":\"insert\",\"key\":{\"n\":1},\"row\":{\"n\":1,\"x\":\"a\"}}";

    @Test
    void what_stands_around_values_is_written_once() {
        assertThat(of(A, A.replace("1", "22").replace("\"a\"", "null")))
                .isEqualTo(
                        "{\"relation\":\"public.t\",\"op\":\"insert\",\"key\":{\"n\":\u001f},\"row\":{\"n\":\u001f,\"x\":\u001f}}"
                                + "\n\u001f1\u001f1\u001f\"a\"\n\u001f22\u001f22\u001fnull");
    }

    @Test
    void a_text_with_other_pieces_stands_as_it_is() {
        String other = A.replace("insert", "delete");
        assertThat(of(A, other, A)).contains("\n" + other + "\n");
        assertThat(RunText.texts(of(A, other, A))).containsExactly(A, other, A);
    }

    @Test
    void texts_without_values_stand_by_lines() {
        String truncate = "{\"relation\":\"public.t\",\"op\":\"truncate\"}";
        assertThat(of(truncate, A)).isEqualTo(truncate + "\n" + A);
        assertThat(RunText.texts(truncate + "\n" + A)).containsExactly(truncate, A);
    }

    @Test
    void one_text_is_itself() {
        assertThat(of(A)).isEqualTo(A);
        assertThat(RunText.texts(A)).containsExactly(A);
    }

    @Test
    void any_texts_come_back() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        var values =
                List.of(
                        "1",
                        "null",
                        "\"\"",
                        "\"ü€😀\"",
                        "\"\\\"},\\\"row\\\":{\\\"n\\\":\"",
                        "\"\\\\\"",
                        "{\"n\":1,\"x\":{\"row\":[1,{\"x\":\"}\"}]}}",
                        "[]",
                        "[{},[\"]\"]]",
                        "{ \"x\"\t:2 ,\"x\":3}",
                        "true");
        for (int round = 0; round < 5_000; round++) {
            var texts = new ArrayList<String>();
            int rows = 2 + random.nextInt(5);
            for (int i = 0; i < rows; i++) {
                var row = new StringBuilder();
                int columns = 1 + random.nextInt(random.nextInt(5) == 0 ? 4 : 1) + 2;
                for (int c = 0; c < columns; c++) {
                    row.append(c == 0 ? "\"n\":" : ",\"x" + (c == 1 ? "" : ",:{}\\\"") + "\":");
                    row.append(values.get(random.nextInt(values.size())));
                }
                String key =
                        random.nextInt(5) == 0
                                ? ""
                                : "\"key\":{\"n\":"
                                        + values.get(random.nextInt(values.size()))
                                        + "},";
                texts.add(
                        "{\"relation\":\"t\",\"op\":\"insert\"," + key + "\"row\":{" + row + "}}");
            }
            assertThat(RunText.texts(of(texts.toArray(String[]::new))))
                    .as("seed %d, round %d", seed, round)
                    .isEqualTo(texts);
        }
    }

    private static String of(String... texts) {
        var leaves = new Leaves();
        return new String(
                RunText.of(Stream.of(texts).map(leaves::of).toList()), StandardCharsets.UTF_8);
    }
}
