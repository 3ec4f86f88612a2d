package dev.highwater.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.highwater.view.corpus.Corpus;
import dev.highwater.view.corpus.CorpusRun;
import dev.highwater.view.corpus.Part;
import dev.highwater.view.corpus.SmallCorpus;
import dev.highwater.view.corpus.TpchCorpus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A change costs a view the same, however many rows there are.
final class ViewCostIT {
    private static final Logger LOG = LoggerFactory.getLogger(ViewCostIT.class);
    private static final boolean LONG = Boolean.getBoolean("highwater.long");

    /// Orders; there are about six rows in all for each.
    private static final int FEW = 1_700;

    private static final int MANY = LONG ? 170_000 : 8_500;
    private static final int ROUNDS = LONG ? 15 : 12;
    private static final int ROUNDS_MORE = 40;
    private static final int WARM_UP = LONG ? 6 : 3;
    private static final double RATIO_MAX = 1.5;

    /// Changes of one row each, of every table that grows: the table, its key, and what is set.
    private static final List<Change> CHANGES =
            List.of(
                    new Change(
                            "lineitem",
                            "l_orderkey, l_linenumber",
                            "l_quantity = l_quantity % 50 + 1"),
                    new Change("orders", "o_orderkey", "o_totalprice = o_totalprice + 1"),
                    new Change("customer", "c_custkey", "c_acctbal = c_acctbal + 1"),
                    new Change(
                            "partsupp",
                            "ps_partkey, ps_suppkey",
                            "ps_supplycost = ps_supplycost + 1"));

    /// The same of the generated corpus.
    private static final List<Change> SMALL_CHANGES =
            List.of(
                    new Change("r", "id", "b = coalesce(b, 0) % 4 + 1, n = 2.5"),
                    new Change("s", "id", "n = coalesce(n, 0) + 1, a = 2"),
                    new Change("t", "k1, k2", "f = coalesce(f, 0) + 1"));

    private record Change(String table, String key, String set) {
        /// A statement that changes one row, another in every round.
        String sql(int round) {
            return "update %s set %s where (%s) in (select %s from %s order by %s offset %d * (select count(*) from %s) / %d limit 1)"
                    .formatted(
                            table,
                            set,
                            key,
                            key,
                            table,
                            key,
                            Math.floorMod(round, ROUNDS),
                            table,
                            ROUNDS);
        }
    }

    /// A node with the views, and what they take: nanoseconds by view and change.
    private static final class Side implements AutoCloseable {
        final SpineNode node = new SpineNode();
        final CorpusRun run;
        final Map<String, Map<String, List<Long>>> taken = new LinkedHashMap<>();

        Side(Corpus corpus, int scale) throws Exception {
            this.run = new CorpusRun(node, corpus, 1, scale);
            run.prepare();
            assertThat(run.refused()).isEmpty();
        }

        void change(Change change, int round) throws SQLException {
            var before = new LinkedHashMap<String, Long>();
            for (var view : run.live()) {
                before.put(view.name(), node.nanos(view.name()));
            }
            try (var statement = node.source().createStatement()) {
                assertThat(statement.executeUpdate(change.sql(round))).isEqualTo(1);
            }
            node.settle();
            if (round >= 0) {
                before.forEach(
                        (view, nanos) ->
                                taken.computeIfAbsent(view, _ -> new LinkedHashMap<>())
                                        .computeIfAbsent(change.table(), _ -> new ArrayList<>())
                                        .add(node.nanos(view) - nanos));
            }
        }

        /// The least of each kind of change: what else the machine does only adds.
        List<Long> of(String view) {
            return taken.getOrDefault(view, Map.of()).values().stream()
                    .map(Collections::min)
                    .toList();
        }

        /// The sum of these.
        long nanos(String view) {
            return of(view).stream().mapToLong(n -> n).sum();
        }

        @Override
        public void close() throws SQLException {
            node.close();
        }
    }

    @Test
    void a_change_costs_the_same_with_few_rows_and_with_many() throws Exception {
        compare(new TpchCorpus(), FEW, MANY, CHANGES, 16.0 / 22);
    }

    @Test
    void so_it_does_with_the_generated_views() throws Exception {
        compare(
                new Part(new SmallCorpus(), LONG ? 18 : 36),
                2_000,
                LONG ? 200_000 : 20_000,
                SMALL_CHANGES,
                0.8);
    }

    private static void compare(
            Corpus corpus, int small, int large, List<Change> changes, double wanted)
            throws Exception {
        try (var few = new Side(corpus, small);
                var many = new Side(corpus, large)) {
            for (int round = -WARM_UP; round < ROUNDS; round++) {
                change(few, many, changes, round);
            }
            // On a busy machine the least comes late.
            for (int round = 0; round < ROUNDS_MORE && cheap(few, many) < wanted; round++) {
                change(few, many, changes, round);
            }
            tell(corpus.name(), few, many, wanted);
        }
    }

    private static void change(Side few, Side many, List<Change> changes, int round)
            throws SQLException {
        for (var change : changes) {
            few.change(change, round);
            many.change(change, round);
        }
    }

    /// The share of views that a change costs about the same on both sides.
    private static double cheap(Side few, Side many) {
        var views = few.run.live();
        return (double) views.stream().filter(v -> ratio(few, many, v.name()) <= RATIO_MAX).count()
                / views.size();
    }

    private static double ratio(Side few, Side many, String view) {
        return (double) many.nanos(view) / Math.max(1, few.nanos(view));
    }

    private static void tell(String name, Side few, Side many, double wanted)
            throws SQLException, IOException {
        var lines = new ArrayList<String>();
        for (var view : few.run.live()) {
            lines.add(
                    String.format(
                            Locale.ROOT,
                            "%s: %.2f ms and %.2f ms, ratio %.2f; microseconds %s and %s; %s",
                            view.name(),
                            few.nanos(view.name()) / 1e6,
                            many.nanos(view.name()) / 1e6,
                            ratio(few, many, view.name()),
                            few.of(view.name()).stream().map(n -> n / 1000).toList(),
                            many.of(view.name()).stream().map(n -> n / 1000).toList(),
                            many.node.strategy(view.name())));
        }
        write(name, lines);
        LOG.info(
                "a share of {} of {} views cost the same: {}",
                cheap(few, many),
                lines.size(),
                lines);
        assertThat(cheap(few, many)).as(String.join("\n", lines)).isGreaterThanOrEqualTo(wanted);
    }

    private static void write(String corpus, List<String> lines) throws IOException {
        Files.write(Path.of("target", corpus.replace(' ', '-') + "-costs.txt"), lines);
    }
}
