package dev.highwater.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.highwater.failure.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class IdentifiersTest {

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '\'',
            value = {
                "orders, public, orders",
                "Orders, public, orders",
                "sales.orders, sales, orders",
                "' Sales . ORDERS ', sales, orders",
                "'\"Mixed \"\"Case\".x', 'Mixed \"Case', x",
                "'\"a.b\".\"c.d\"', a.b, c.d",
                "_x$1.tab_1, _x$1, tab_1",
                "größe.ÄÖÜ, größe, ÄÖÜ",
            })
    void a_typed_name_is_read_as_sql_reads_it(String text, String schema, String name) {
        assertThat(Identifiers.parse(text)).isEqualTo(new QualifiedName(schema, name));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ".",
                "a.",
                ".a",
                "a..b",
                "a.b.c",
                "1a",
                "a b",
                "a-b",
                "a;drop table x",
                "\"a",
                "\"\"",
                "\"a\"b",
                "a\"b\"",
                "$a",
                "'a'",
                "a.*",
                "\"a\0b\"",
                "a\0",
                "(select 1)",
                "a123456789012345678901234567890123456789012345678901234567890123456789"
            })
    void nonsense_is_refused_in_one_line(String text) {
        assertThatThrownBy(() -> Identifiers.parse(text))
                .isInstanceOfSatisfying(
                        Failure.Refused.class,
                        refused -> {
                            assertThat(refused.code()).isEqualTo("bad-name");
                            assertThat(refused.line())
                                    .doesNotContain("\n", "\0")
                                    .contains("write name or schema.name");
                        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a", "A", "a b", "a.b", "\"", "\"\"x", "ä", "1", "select", "a$", " ", "\n"})
    void a_shown_name_reads_back_as_itself(String identifier) {
        QualifiedName name = new QualifiedName(identifier, identifier);
        assertThat(Identifiers.parse(name.toString())).isEqualTo(name);
        assertThat(Identifiers.parse(name.sql())).isEqualTo(name);
    }

    @Test
    void plain_names_are_shown_without_quotes() {
        assertThat(new QualifiedName("public", "orders")).hasToString("public.orders");
        assertThat(new QualifiedName("sales", "Mixed Case")).hasToString("sales.\"Mixed Case\"");
    }

    @Test
    void quoting_doubles_quotes_and_refuses_a_zero_character() {
        assertThat(Identifiers.quote("a\"b")).isEqualTo("\"a\"\"b\"");
        assertThat(Identifiers.quote("s", "t")).isEqualTo("\"s\".\"t\"");
        assertThatThrownBy(() -> Identifiers.quote("a\0")).isInstanceOf(Failure.Refused.class);
    }
}
