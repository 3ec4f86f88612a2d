package dev.highwater.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.highwater.failure.Failure;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WhereTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    status=eq.open        | status    | eq.open
                    amount=gte.5.5        | amount    | gte.5.5
                    id=in.(1,2)           | id        | in.(1,2)
                    name=like.A%          | name      | like.A%
                    status=open           | status    | eq.open
                    status = 'on hold'    | status    | eq.on hold
                    name='O''Brien'       | name      | eq.O'Brien
                    name=                 | name      | eq.
                    amount>5              | amount    | gt.5
                    amount >= -5          | amount    | gte.-5
                    amount<5              | amount    | lt.5
                    amount<=5             | amount    | lte.5
                    amount!=5             | amount    | neq.5
                    amount<>5             | amount    | neq.5
                    a=b=c                 | a         | eq.b=c
                    status eq open        | status    | eq.open
                    name LIKE 'A%'        | name      | like.A%
                    id in 1,2             | id        | in.(1,2)
                    note is null          | note      | is.null
                    note is not null      | note      | is.not_null
                    "my col"=7            | my col    | eq.7
                    größe>3               | größe     | gt.3
                    isin=DE0001           | isin      | eq.DE0001
                    """)
    void conditions_are_read_as_filters_of_the_http_interface(
            String text, String column, String filter) {
        Where where = Where.parse(text);

        assertThat(where.column()).isEqualTo(column);
        assertThat(where.filter()).isEqualTo(filter);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "status", "=5", "5>3", "a b", "a ! b", "drop table x"})
    void what_is_no_condition_is_refused_with_the_forms_to_write(String text) {
        assertThatThrownBy(() -> Where.parse(text))
                .isInstanceOf(Failure.Refused.class)
                .hasMessageContaining("'" + text + "'")
                .hasMessageContaining("column=value");
    }
}
