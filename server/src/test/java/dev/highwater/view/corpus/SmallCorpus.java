package dev.highwater.view.corpus;

import dev.highwater.view.corpus.Changes.Pick;
import dev.highwater.view.corpus.Changes.Table;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/// Hundreds of views over a few small tables with NULLs, duplicates, ties and narrow domains: one
/// part is drawn from templates by feature ([Templates]), the other composed at random
/// ([RandomViews]). Each has one answer, whatever the plan.
public final class SmallCorpus implements Corpus {
    /// The seed whose views are the same in every run and in every version: `small.sql` lists them.
    public static final long SEED = 1;

    private static final int TEMPLATES = 9;
    private static final int COMPOSED = 230;

    private final long seed;
    private final List<CorpusView> views;

    public SmallCorpus() {
        this(SEED);
    }

    /// The views of a seed; that of the rows is apart.
    public SmallCorpus(long seed) {
        this.seed = seed;
        this.views = draw(new Random(seed));
    }

    @Override
    public String name() {
        return "small corpus " + seed;
    }

    @Override
    public List<String> schema() {
        return ViewTexts.statements(ViewTexts.text("small-schema.sql"));
    }

    @Override
    public List<String> functions() {
        return ViewTexts.statements(ViewTexts.text("small-functions.sql"));
    }

    @Override
    public List<CorpusView> views() {
        return views;
    }

    private static List<CorpusView> draw(Random random) {
        List<CorpusView> drawn = new ArrayList<>();
        Set<String> texts = new HashSet<>();
        for (Templates.Template template : Templates.read("small-templates.sql")) {
            for (String text : template.draw(random, TEMPLATES)) {
                if (texts.add(text)) {
                    drawn.add(ViewTexts.view(name(drawn), text, template.tags(), drawn));
                }
            }
        }
        RandomViews composed = new RandomViews(random);
        for (int i = 0; i < COMPOSED; ) {
            RandomViews.Drawn view = composed.next();
            if (texts.add(view.sql())) {
                String name = name(drawn);
                drawn.add(ViewTexts.view(name, view.sql(), view.tags(), drawn));
                composed.offer(name, view);
                i++;
            }
        }
        drawn.addAll(ViewTexts.read("small-chain.sql"));
        return List.copyOf(drawn);
    }

    private static String name(List<CorpusView> before) {
        return "v%04d".formatted(before.size() + 1);
    }

    @Override
    public Changes changes(long seed, int scale) {
        return new Changes(
                seed,
                List.of(
                        new Table(
                                "r",
                                1,
                                List.of("id", "a", "b", "c", "n", "f", "o", "d", "ts", "j", "v"),
                                scale,
                                SmallCorpus::r),
                        new Table(
                                "s",
                                1,
                                List.of("id", "r_id", "a", "c", "n", "d", "o"),
                                scale,
                                SmallCorpus::s),
                        new Table(
                                "t", 2, List.of("k1", "k2", "a", "c", "f"), scale, SmallCorpus::t),
                        new Table("u", 1, List.of("code", "a", "b", "n"), 6, SmallCorpus::u),
                        new Table("e", 1, List.of("id", "a", "c"), 0, SmallCorpus::e),
                        new Table(
                                "g", 1, List.of("id", "parent", "w"), scale / 2, SmallCorpus::g)));
    }

    private static List<String> r(Pick pick) {
        return List.of(
                number(pick, 1, 99),
                small(pick),
                pick.chance(0.3) ? "null" : number(pick, -2, 9),
                text(pick),
                numeric(pick),
                pick.of("null", "0", "1.5", "-2.25", "100", "0.5", "1.5"),
                bool(pick),
                day(pick),
                pick.of(
                        "null",
                        "'2024-01-31 10:00'",
                        "'2024-02-29 23:59:59'",
                        "'2024-03-01'",
                        "'2024-03-01 12:30:00.5'"),
                pick.of(
                        "null",
                        "'{}'",
                        "'{\"k\": 1, \"t\": \"x\"}'",
                        "'{\"k\": 2, \"l\": [1, 2]}'",
                        "'{\"k\": 1.0, \"t\": \"x\"}'",
                        "'[1, 2, 2]'",
                        "'null'",
                        "'{\"k\": null, \"l\": []}'",
                        "'\"x\"'"),
                pick.of("null", "'{}'", "'{1}'", "'{1,2,2}'", "'{null,3}'", "'{3,1}'"));
    }

    private static List<String> s(Pick pick) {
        return List.of(
                number(pick, 1, 99),
                pick.chance(0.15) ? "null" : pick.key("r", List.of("0")).getFirst(),
                small(pick),
                text(pick),
                pick.of("null", "0", "1", "1.50", "-3.25", "10", "99.99"),
                day(pick),
                bool(pick));
    }

    private static List<String> t(Pick pick) {
        return List.of(
                number(pick, 0, 4),
                number(pick, 0, 14),
                small(pick),
                text(pick),
                pick.of("null", "0", "1.5", "2.5", "-8", "0.25"));
    }

    private static List<String> u(Pick pick) {
        return List.of(
                pick.of("'a'", "'b'", "'A b'", "'foo bar'", "'zz'", "''", "'ä'", "'B'", "'q%'"),
                number(pick, 0, 4),
                small(pick),
                numeric(pick));
    }

    private static List<String> e(Pick pick) {
        return List.of(number(pick, 1, 9), small(pick), text(pick));
    }

    /// Mostly a forest; now and then a circle.
    private static List<String> g(Pick pick) {
        int id = pick.number(1, 40);
        String parent =
                pick.chance(0.2)
                        ? "null"
                        : pick.chance(0.05) ? number(pick, 1, 40) : number(pick, 0, id - 1);
        return List.of("" + id, parent, number(pick, 0, 3));
    }

    private static String number(Pick pick, int low, int high) {
        return "" + pick.number(low, high);
    }

    private static String small(Pick pick) {
        return pick.chance(0.2) ? "null" : number(pick, 0, 4);
    }

    private static String text(Pick pick) {
        return pick.of(
                "null",
                "''",
                "'a'",
                "'b'",
                "'A b'",
                "'foo bar'",
                "'the quick brown fox'",
                "'ä'",
                "'q%'");
    }

    /// Equal values of different scales among them.
    private static String numeric(Pick pick) {
        return pick.of("null", "0", "1", "1.0", "1.00", "2.5", "2.50", "-3", "10.25", "0.125");
    }

    private static String bool(Pick pick) {
        return pick.of("null", "true", "false", "true", "false");
    }

    private static String day(Pick pick) {
        return pick.of(
                "null",
                "'2024-01-01'",
                "'2024-01-31'",
                "'2024-02-29'",
                "'2024-12-31'",
                "'2024-02-29'");
    }
}
