package dev.highwater.view.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The oracles see what is wrong, and nothing else.
final class OracleIT {
    private static final CorpusView VIEW =
            new CorpusView("v", "select a, n, f from t", Set.of("where"), Set.of());

    private PlainNode node;

    @BeforeEach
    void start() throws Exception {
        node = new PlainNode(true);
        run(
                "create table t (id int primary key, a int, n numeric, f float8)",
                "insert into t values (1, 1, 1.0, 0.1), (2, 1, 1.0, 0.1), (3, null, null, null)");
    }

    @AfterEach
    void stop() throws SQLException {
        node.close();
    }

    @Test
    void a_right_view_passes_also_with_other_scales_and_rounded_floats() throws Exception {
        keep("values (1, 1.000, 0.1 + 1e-12), (1, 1, 0.1::float8), (null, null, null)");
        oracle().check("right");
    }

    @Test
    void a_wrong_row_is_seen() throws Exception {
        keep("values (1, 1.0, 0.1), (2, 1.0, 0.1), (null, null, null)");
        assertWrong("missing: [1 | 1 | 0.1]", "extra: [2 | 1 | 0.1]");
    }

    @Test
    void a_wrong_float_is_seen() throws Exception {
        keep("values (1, 1.0, 0.1::float8), (1, 1.0, 0.1001), (null, null, null)");
        assertWrong("missing: [1 | 1 | 0.1]", "extra: [1 | 1 | 0.1001]");
    }

    @Test
    void a_missing_row_is_seen() throws Exception {
        keep("values (1, 1.0, 0.1), (1, 1.0, 0.1)");
        assertWrong("missing: [NULL | NULL | NULL]", "extra: []");
    }

    @Test
    void a_wrong_multiplicity_is_seen_both_ways() throws Exception {
        keep("values (1, 1.0, 0.1), (null, null, null)");
        assertWrong("missing: [1 | 1 | 0.1]", "extra: []");
        run("drop view v");
        keep("values (1, 1.0, 0.1), (1, 1.0, 0.1), (1, 1.0, 0.1), (null, null, null)");
        assertWrong("missing: []", "extra: [1 | 1 | 0.1]");
    }

    @Test
    void other_columns_are_seen() throws Exception {
        run("create view v as select a, n::text as n, f from t");
        assertWrong("columns [a int4, n numeric, f float8]", "columns [a int4, n text, f float8]");
    }

    @Test
    void a_view_that_cannot_be_read_is_wrong() throws Exception {
        run("create view v as select a / 0 as a, n, f from t");
        assertWrong("cannot be read", "division by zero");
    }

    @Test
    void the_past_is_compared_with_what_the_source_answered_then() throws Exception {
        node.createView("v", VIEW.sql());
        PastOracle past = new PastOracle(node, "test", List.of(VIEW), List.of(VIEW));
        past.commit(List.of("delete from t where id = 1"));
        long middle = past.commit(List.of("update t set a = 7", "delete from t where id = 2"));
        past.commit(List.of("insert into t values (4, 4, 4, 4)"));
        past.check();

        run("delete from kept.v where position = " + middle);
        assertThatThrownBy(past::check)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("the source as of " + middle)
                .hasMessageContaining("missing: [7 | NULL | NULL]");
    }

    @Test
    void values_compare_as_except_all_would() throws Exception {
        assertThat(
                        rows(
                                "select interval '1 day', '{\"a\": [1.0, null]}'::jsonb, array[1.50, null]"))
                .isEqualTo(
                        rows(
                                "select interval '24 hours', '{\"a\": [1, null]}'::jsonb, array[1.5, null]"));
        assertThat(rows("select interval '1 day', 'NaN'::numeric"))
                .isNotEqualTo(rows("select interval '25 hours', 'NaN'::numeric"));
        assertThat(rows("select array[1.5, 'NaN']::float8[]").toString()).contains("{~,NaN}");
    }

    @Test
    void views_on_views_are_asked_of_tables_alone() {
        CorpusView below = new CorpusView("b", "select a from t", Set.of(), Set.of());
        CorpusView above =
                new CorpusView("c", "with q as (select 1) select * from b", Set.of(), Set.of("b"));
        assertThat(above.overTables(List.of(below, above)))
                .isEqualTo(
                        "with \"b\" as (select a from t) select * from"
                                + " (with q as (select 1) select * from b) as q");
    }

    private Set<String> rows(String sql) throws SQLException {
        return Bag.of(node.source(), sql).rows().keySet();
    }

    /// Makes a view that holds the given rows whatever its query says.
    private void keep(String rows) throws SQLException {
        run(
                "create view v as select a::int as a, n::numeric as n, f::float8 as f from ("
                        + rows
                        + ") as q (a, n, f)");
    }

    private void assertWrong(String... contents) {
        List<String> all = new ArrayList<>(List.of(contents));
        all.addAll(List.of("seed 42", "step 7", "select a, n, f from t", "where: 1 of 1"));
        assertThatThrownBy(() -> oracle().check("step 7"))
                .isInstanceOf(AssertionError.class)
                .satisfies(e -> assertThat(e.getMessage()).contains(all));
    }

    private ViewOracle oracle() {
        return new ViewOracle(node, "seed 42", List.of(VIEW), List.of(VIEW));
    }

    private void run(String... statements) throws SQLException {
        Connection connection = node.source();
        CorpusRun.execute(connection, List.of(statements));
    }
}
