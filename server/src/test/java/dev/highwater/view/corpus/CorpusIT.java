package dev.highwater.view.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.highwater.sql.Sql;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The corpora held against PostgreSQL itself: their texts are accepted, their rows and changes
/// work, their queries have one answer whatever the plan.
final class CorpusIT {
    private static final int ROWS_MAX = 5_000;

    private final PlainNode node;

    CorpusIT() throws SQLException {
        node = new PlainNode(false);
    }

    @AfterEach
    void stop() throws SQLException {
        node.close();
    }

    @Test
    void tpch_is_accepted_and_every_query_has_an_answer() throws Exception {
        CorpusRun run = new CorpusRun(node, new TpchCorpus(), 1, 300);
        run.prepare();
        assertThat(run.refused()).isEmpty();
        assertThat(run.live()).hasSize(22);
        assertThat(rowsOf(run.live(), 1, 1_000)).isEmpty();
        for (int i = 0; i < 8; i++) {
            run.step(5);
        }
    }

    @Test
    void nexmark_is_accepted_and_every_query_has_an_answer() throws Exception {
        CorpusRun run = new CorpusRun(node, new NexmarkCorpus(), 1, 200);
        run.prepareEmpty();
        assertThat(run.refused()).isEmpty();
        assertThat(run.live()).hasSizeGreaterThan(20);
        assertThat(rowsOf(run.live(), 1, ROWS_MAX)).isEmpty();
        for (int i = 0; i < 10; i++) {
            run.step(5);
        }
    }

    @Test
    void more_than_five_hundred_small_views_are_accepted_and_have_one_answer_whatever_the_plan()
            throws Exception {
        SmallCorpus corpus = new SmallCorpus();
        CorpusRun run = new CorpusRun(node, corpus, 1, 24);
        run.prepare();
        assertThat(run.refused()).isEmpty();
        assertThat(run.live()).hasSizeGreaterThan(500);
        assertThat(rowsOf(run.live(), 0, ROWS_MAX)).isEmpty();
        assertThat(rowsOf(run.live(), 1, ROWS_MAX))
                .as("views without rows")
                .hasSizeLessThan(run.live().size() / 6);
        run.step(40);
        assertThat(answersThatVary(corpus.views())).isEmpty();
    }

    @Test
    void small_views_of_any_seed_are_accepted() throws Exception {
        SmallCorpus corpus = new SmallCorpus();
        CorpusRun.execute(node.source(), corpus.schema());
        CorpusRun.execute(node.source(), corpus.functions());
        List<String> errors = new ArrayList<>();
        for (Templates.Template template : Templates.read("small-templates.sql")) {
            template.all().forEach(text -> explain(text, errors));
        }
        RandomViews composed = new RandomViews(new Random(2));
        for (int i = 0; i < 1_000; i++) {
            explain(composed.next().sql(), errors);
        }
        assertThat(errors.stream().limit(20)).isEmpty();
    }

    @Test
    void traps_are_accepted_and_their_steps_run() throws Exception {
        List<Traps.Trap> traps = Traps.all();
        assertThat(traps).hasSizeGreaterThan(60);
        for (Traps.Trap trap : traps) {
            try {
                trap.prepare(node);
                trap.run(node, false);
                trap.clear(node);
            } catch (Exception e) {
                throw new AssertionError("trap " + trap, e);
            }
        }
    }

    @Test
    void all_sequences_of_two_changes_run() throws Exception {
        CorpusRun.execute(node.source(), Exhaustive.schema());
        for (CorpusView view : Exhaustive.views()) {
            node.createView(view.name(), view.sql());
        }
        assertThat(Exhaustive.sequences()).hasSizeGreaterThan(1_000).doesNotHaveDuplicates();
        ViewOracle oracle =
                new ViewOracle(node, "exhaustive", Exhaustive.views(), Exhaustive.views());
        assertThat(Exhaustive.run(node, oracle, 97)).isGreaterThan(15);
    }

    private void explain(String sql, List<String> errors) {
        try {
            CorpusRun.execute(node.source(), List.of("explain " + sql));
        } catch (SQLException e) {
            errors.add(e.getMessage());
        }
    }

    /// The views whose number of rows is out of bounds, with it.
    private List<String> rowsOf(List<CorpusView> views, int least, int most) throws SQLException {
        List<String> out = new ArrayList<>();
        for (CorpusView view : views) {
            int rows = Bag.of(node.store(), "select * from " + view.name()).size();
            if (rows < least || rows > most) {
                out.add(view.name() + ": " + rows + " rows of " + view.sql());
            }
        }
        return out;
    }

    /// The views that answer differently with the rows in another order and with other plans.
    private List<String> answersThatVary(List<CorpusView> views) throws SQLException {
        List<Bag> before = new ArrayList<>();
        for (CorpusView view : views) {
            before.add(ViewOracle.answer(node.source(), view, views));
        }
        List<String> shuffled = new ArrayList<>();
        for (String table : List.of("r", "s", "t", "u", "e", "g")) {
            shuffled.add("create temporary table kept as select * from " + table);
            shuffled.add("delete from " + table);
            shuffled.add(
                    "insert into %s select * from kept order by md5(kept::text)".formatted(table));
            shuffled.add("drop table kept");
        }
        CorpusRun.commit(node.source(), shuffled);
        for (String setting : List.of("hashjoin", "hashagg", "nestloop", "seqscan", "memoize")) {
            Sql.update(node.source(), "set enable_" + setting + " = off");
        }
        List<String> vary = new ArrayList<>();
        for (int i = 0; i < views.size(); i++) {
            Bag.Difference difference =
                    before.get(i).difference(ViewOracle.answer(node.source(), views.get(i), views));
            if (!difference.isEmpty()) {
                vary.add(views.get(i) + " " + difference);
            }
        }
        return vary;
    }
}
