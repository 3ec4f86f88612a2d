package dev.highwater.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SqlSplitterTest {

    private static List<String> texts(String script) {
        return SqlSplitter.all(script).stream().map(SqlStatement::text).toList();
    }

    @Test
    void statements_end_at_semicolons_and_the_last_needs_none() {
        assertThat(texts("select 1; select 2 ;;\n select 3"))
                .containsExactly("select 1", "select 2", "select 3");
    }

    @Test
    void semicolons_in_quotes_comments_and_parentheses_end_nothing() {
        assertThat(texts("select ';', E'\\';', \"a;b\", $$;$$, $x$ $$ ; $x$; select 2"))
                .containsExactly("select ';', E'\\';', \"a;b\", $$;$$, $x$ $$ ; $x$", "select 2");
        assertThat(texts("select 1 -- not here;\n + 1 /* nor; /* here; */ ; */; select 2"))
                .containsExactly(
                        "select 1 -- not here;\n + 1 /* nor; /* here; */ ; */", "select 2");
        assertThat(texts("create rule r as on insert to t do also (select 1; select 2); select 3"))
                .hasSize(2);
    }

    @Test
    void the_body_of_a_function_is_one_statement() {
        String function =
                "create or replace function f() returns int language sql begin atomic"
                        + " select 1; select case when true then 2 end; end";

        assertThat(texts(function + "; begin; commit; end"))
                .containsExactly(function, "begin", "commit", "end");
    }

    @Test
    void dollars_in_names_and_parameters_are_no_quotes() {
        assertThat(texts("select a$b$c from t where x = $1; select $2"))
                .containsExactly("select a$b$c from t where x = $1", "select $2");
    }

    @Test
    void what_is_not_closed_yet_is_the_rest() {
        assertThat(SqlSplitter.split("select 1; select 'a;\n", 1).rest()).isEqualTo("select 'a;\n");
        assertThat(SqlSplitter.split("select 1; /* a;\n", 1).rest()).isEqualTo("/* a;\n");
        assertThat(SqlSplitter.split("select 1; -- done\n", 1).rest()).isEmpty();
        assertThat(SqlSplitter.split("select $f$;\n", 1).rest()).isEqualTo("select $f$;\n");
    }

    @Test
    void each_statement_knows_the_line_it_begins_on() {
        assertThat(
                        SqlSplitter.all("-- a script\nselect 1;\n\n/* two\nlines */ select\n2;\n3")
                                .stream()
                                .map(SqlStatement::line))
                .containsExactly(2, 5, 7);
    }

    @Test
    void a_backslash_command_ends_with_its_line() {
        List<SqlStatement> statements = SqlSplitter.all("\\d orders\nselect 1;\n\\q");

        assertThat(statements.stream().map(SqlStatement::text))
                .containsExactly("\\d orders", "select 1", "\\q");
        assertThat(statements.stream().map(SqlStatement::backslash))
                .containsExactly(true, false, true);
    }

    @ParameterizedTest
    @CsvSource({
        "insert into t values (1), INSERT 3",
        "Create Unique Index i on t (a), CREATE INDEX",
        "create or replace view v as select 1, CREATE VIEW",
        "drop table t, DROP TABLE",
        "/* why */ begin, BEGIN",
        "with x as (select 1) delete from t, ROWS 3",
        "set x = 1, SET"
    })
    void the_tag_says_what_was_done(String sql, String tag) {
        assertThat(SqlSplitter.all(sql).getFirst().tag(3)).isEqualTo(tag);
    }
}
