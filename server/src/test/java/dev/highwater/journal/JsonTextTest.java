package dev.highwater.journal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class JsonTextTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "NUMBER  | JOURNAL | 2.50                | 2.50",
                "NUMBER  | JOURNAL | NaN                 | \"NaN\"",
                "NUMBER  | JOURNAL | -Infinity           | \"-Infinity\"",
                "NUMBER  | CLIENT  | 1e+20               | 1e+20",
                "BIGINT  | JOURNAL | 9223372036854775807 | 9223372036854775807",
                "BIGINT  | CLIENT  | 9223372036854775807 | \"9223372036854775807\"",
                "BIGINT  | CLIENT  | 9007199254740992    | 9007199254740992",
                "BIGINT  | CLIENT  | -9007199254740993   | \"-9007199254740993\"",
                "BOOLEAN | CLIENT  | t                   | true",
                "BOOLEAN | CLIENT  | f                   | false",
                "JSON    | CLIENT  | {\"a\": [1, null]}  | {\"a\": [1, null]}",
                "TEXT    | CLIENT  | say \"hi\" \\       | \"say \\\"hi\\\" \\\\\"",
            })
    void a_value_stands_in_json_by_its_kind(
            ValueKind kind, JsonText.Reader reader, String text, String json) {
        var out = new StringBuilder();
        JsonText.value(out, kind, text, reader);
        assertThat(out).hasToString(json);
    }

    @org.junit.jupiter.api.Test
    void json_with_line_breaks_becomes_one_line() {
        var out = new StringBuilder();
        JsonText.value(out, ValueKind.JSON, "{\r\n\"a\":\n1}", JsonText.Reader.CLIENT);
        assertThat(out).hasToString("{  \"a\": 1}");
    }
}
