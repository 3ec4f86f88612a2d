package dev.highwater.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TableTest {

    private static Table customers() {
        return new Table(List.of(Table.Column.right("id"), Table.Column.left("name")))
                .add(Table.Cell.of("7"), Table.Cell.of("Ada"))
                .add(Table.Cell.of("1200"), Table.Cell.NULL);
    }

    @Test
    void numbers_stand_right_and_text_left() {
        assertThat(customers().lines(Integer.MAX_VALUE, false))
                .containsExactly("  id  name", "   7  Ada", "1200  null");
    }

    @Test
    void wide_characters_take_two_columns_and_combining_marks_none() {
        Table table =
                new Table(List.of(Table.Column.left("name"), Table.Column.left("x")))
                        .add(Table.Cell.of("東京"), Table.Cell.of("1"))
                        .add(Table.Cell.of("Zoe\u0308"), Table.Cell.of("2"))
                        .add(Table.Cell.of("🎈"), Table.Cell.of("3"));

        assertThat(table.lines(Integer.MAX_VALUE, false))
                .containsExactly("name  x", "東京  1", "Zoe\u0308   2", "🎈    3");
    }

    @Test
    void on_a_screen_the_widest_columns_are_cut_until_the_lines_fit() {
        Table table =
                new Table(List.of(Table.Column.left("id"), Table.Column.left("text")))
                        .add(Table.Cell.of("17"), Table.Cell.of("a long value that does not fit"));

        assertThat(table.lines(20, false)).containsExactly("id  text", "17  a long value th…");
        assertThat(table.lines(20, false)).allMatch(line -> DisplayText.width(line) <= 20);
    }

    @Test
    void a_cut_never_splits_a_wide_character() {
        assertThat(DisplayText.cut("東京都", 6)).isEqualTo("東京都");
        assertThat(DisplayText.cut("東京都", 5)).isEqualTo("東京…");
        assertThat(DisplayText.cut("東京都", 4)).isEqualTo("東…");
    }

    @Test
    void no_line_is_wider_than_the_screen_however_many_columns_there_are() {
        List<Table.Column> columns =
                IntStream.range(0, 40).mapToObj(i -> Table.Column.left("column" + i)).toList();
        Table table =
                new Table(columns).add(columns.stream().map(c -> Table.Cell.of("value")).toList());

        assertThat(table.lines(80, false)).allMatch(line -> DisplayText.width(line) <= 80);
        assertThat(table.lines(Integer.MAX_VALUE, false).getFirst()).endsWith("column39");
    }

    @Test
    void colour_does_not_disturb_the_alignment() {
        List<String> plain = customers().lines(80, false);
        List<String> coloured = customers().lines(80, true);

        assertThat(coloured).isNotEqualTo(plain);
        assertThat(coloured.stream().map(line -> line.replaceAll("\u001b\\[[0-9]*m", "")))
                .isEqualTo(plain);
    }

    @Test
    void a_stored_value_can_neither_break_a_line_nor_command_the_terminal() {
        Table table =
                new Table(List.of(Table.Column.left("text")))
                        .add(Table.Cell.of("two\nlines\u001b[2J\ttab"));

        assertThat(table.lines(80, true))
                .hasSize(2)
                .last()
                .isEqualTo("two\\nlines\\u001b[2J\\ttab");
    }
}
