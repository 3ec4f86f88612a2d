package dev.highwater.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SqlErrorTest {

    @Test
    void the_caret_stands_below_the_character_that_is_wrong() {
        assertThat(SqlError.caret("select nme from t", 8, 1))
                .containsExactly("LINE 1: select nme from t", "               ^");
    }

    @Test
    void the_line_is_counted_from_the_beginning_of_the_script() {
        assertThat(SqlError.caret("select 1,\n\tnme\nfrom t", 12, 10))
                .containsExactly("LINE 11:  nme", "          ^");
    }

    @Test
    void wide_characters_before_it_move_the_caret() {
        assertThat(SqlError.caret("select '東京', nme", 14, 1))
                .containsExactly("LINE 1: select '東京', nme", "                       ^");
    }

    @Test
    void a_long_line_is_cut_around_it() {
        String sql = "select " + "a, ".repeat(100) + "nme from t";

        assertThat(SqlError.caret(sql, sql.indexOf("nme") + 1, 1))
                .allMatch(line -> line.length() <= 82)
                .first()
                .asString()
                .contains("nme");
    }

    @Test
    void an_error_at_the_end_points_behind_the_last_character() {
        assertThat(SqlError.caret("select (", 9, 1))
                .containsExactly("LINE 1: select (", "                ^");
    }
}
