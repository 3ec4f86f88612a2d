package dev.highwater.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ChangeLineTest {

    private static ChangeLine of(String json) {
        return ChangeLine.of(Json.parse(json));
    }

    @Test
    void an_update_says_what_was_and_what_is() {
        assertThat(
                        of(
                                """
                                {"relation":"public.orders","op":"update","key":{"id":17},
                                 "row":{"id":17,"status":"filled","price":1.50,"note":"on time"},
                                 "old":{"id":17,"status":"open","price":1.50,"note":null}}"""))
                .isEqualTo(
                        new ChangeLine(
                                "update",
                                "orders",
                                "id=17",
                                "status: open -> filled  note: null -> 'on time'"));
    }

    @Test
    void an_insert_says_the_row_and_a_delete_what_went() {
        assertThat(of("{\"op\":\"insert\",\"key\":{\"id\":1},\"row\":{\"id\":1,\"x\":[1,2]}}"))
                .isEqualTo(new ChangeLine("insert", "", "id=1", "x=[1,2]"));
        assertThat(of("{\"op\":\"delete\",\"key\":{\"id\":1},\"old\":{\"id\":1,\"x\":\"a\"}}"))
                .isEqualTo(new ChangeLine("delete", "", "id=1", "x=a"));
    }

    @Test
    void a_bag_has_no_key_and_says_how_often_a_row_came_or_went() {
        assertThat(of("{\"op\":\"insert\",\"row\":{\"x\":1},\"diff\":1}"))
                .isEqualTo(new ChangeLine("insert", "", "", "x=1"));
        assertThat(of("{\"op\":\"delete\",\"old\":{\"x\":1},\"diff\":-1200}"))
                .isEqualTo(new ChangeLine("delete", "", "", "x=1 (1,200 times)"));
    }

    @Test
    void numbers_keep_the_digits_they_came_with() {
        assertThat(of("{\"op\":\"insert\",\"row\":{\"x\":1.50,\"y\":12345678901234567890.10}}"))
                .extracting(ChangeLine::detail)
                .isEqualTo("x=1.50 y=12345678901234567890.10");
    }

    @Test
    void other_schemas_keep_their_name_and_a_truncate_has_nothing_to_say() {
        assertThat(of("{\"relation\":\"sales.orders\",\"op\":\"truncate\"}"))
                .isEqualTo(new ChangeLine("truncate", "sales.orders", "", ""));
    }

    @Test
    void long_values_are_cut() {
        assertThat(of("{\"op\":\"insert\",\"row\":{\"x\":\"" + "a".repeat(500) + "\"}}").detail())
                .hasSizeLessThan(70)
                .endsWith("…");
    }
}
