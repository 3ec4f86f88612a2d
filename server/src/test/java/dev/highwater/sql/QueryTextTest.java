package dev.highwater.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.highwater.failure.Failure;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueryTextTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "select :a|select ?|a",
                "select :a, :b, :a|select ?, ?, ?|a b a",
                "select $1, $12|select ?, ?|1 12",
                "select 'x :a' , :b|select 'x :a' , ?|b",
                "select 'it''s :a', :b|select 'it''s :a', ?|b",
                "select E'\\' :a', :b|select E'\\' :a', ?|b",
                "select \"c:a\" from t where x=:b|select \"c:a\" from t where x=?|b",
                "select $$ :a $$, :b|select $$ :a $$, ?|b",
                "select $q$ $$ :a $q$, :b|select $q$ $$ :a $q$, ?|b",
                "select 1 /* :a /* :a */ :a */, :b|select 1 /* :a /* :a */ :a */, ?|b",
                "select :a::int|select ?::int|a",
                "select x::int from t|select x::int from t|``",
                "select a$1 from t|select a$1 from t|``",
                "select j ? 'k', :b|select j ?? 'k', ?|b",
                "select x[1:2], x[lo:hi], x[:b]|select x[1:2], x[lo:hi], x[?]|b",
                "select f(a := 1, b => :b)|select f(a := 1, b => ?)|b",
                "select 1; -- :a|select 1|``",
            })
    void parametersAreFoundOutsideOfQuotesAndComments(String sql, String jdbc, String parameters) {
        var text = QueryText.parse(sql, Set.of("a", "b"));
        assertThat(text.jdbc()).isEqualTo(jdbc);
        assertThat(String.join(" ", text.parameters())).isEqualTo(parameters);
        assertThat(text.word()).isEqualTo("select");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "  ", "-- nothing", "/* */", ";", "select 1; select 2", "select 1;;"})
    void anythingButOneStatementIsRefused(String sql) {
        assertThatThrownBy(() -> QueryText.parse(sql, Set.of()))
                .isInstanceOf(Failure.Refused.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select '",
                "select \"x",
                "select $$ x",
                "/* x",
                "select e'\\",
                "select $a",
                "select :",
                "("
            })
    void whatIsLeftOpenIsLeftToPostgres(String sql) {
        try {
            QueryText.parse(sql, Set.of());
        } catch (Failure.Refused expected) {
            assertThat(expected.line()).contains("no statement");
        }
    }

    @Test
    void placesAreThoseOfTheClientsText() {
        // PostgreSQL sees: select $1, $2, x
        var text = QueryText.parse("select :first, :b, x", Set.of("first", "b"));
        assertThat(text.written(1)).isEqualTo(1);
        assertThat(text.written(10)).isEqualTo(14);
        assertThat(text.written(16)).isEqualTo(20);
    }
}
