package dev.highwater.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.highwater.view.corpus.CorpusRun;
import dev.highwater.view.corpus.TpchCorpus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
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

    private static final int MANY = LONG ? 170_000 : 17_000;
    private static final int ROUNDS = 15;
    private static final int WARM_UP = 6;
    private static final double RATIO_MAX = 1.5;
    private static final int WANTED = 16;

    /// One changed row each, of every table that grows.
    private static final List<String> CHANGES =
            List.of(
                    "update lineitem set l_quantity = l_quantity %% 50 + 1 where (l_orderkey, l_linenumber) in (select l_orderkey, l_linenumber from lineitem where l_orderkey >= %d order by l_orderkey limit 1)",
                    "update orders set o_totalprice = o_totalprice + 1 where o_orderkey in (select o_orderkey from orders where o_orderkey >= %d order by o_orderkey limit 1)",
                    "update customer set c_acctbal = c_acctbal + 1 where c_custkey in (select c_custkey from customer where c_custkey >= %d / 10 order by c_custkey limit 1)",
                    "update partsupp set ps_supplycost = ps_supplycost + 1 where (ps_partkey, ps_suppkey) in (select ps_partkey, ps_suppkey from partsupp where ps_partkey >= %d / 16 order by ps_partkey limit 1)");

    /// A node with the views, and what they take: nanoseconds by view and change.
    private static final class Side implements AutoCloseable {
        final SpineNode node = new SpineNode();
        final int scale;
        final CorpusRun run;
        final Map<String, Map<String, List<Long>>> taken = new LinkedHashMap<>();

        Side(int scale) throws Exception {
            this.scale = scale;
            this.run = new CorpusRun(node, new TpchCorpus(), 1, scale);
            run.prepare();
            assertThat(run.refused()).isEmpty();
        }

        void change(String change, int round) throws SQLException {
            var before = new LinkedHashMap<String, Long>();
            for (var view : run.live()) {
                before.put(view.name(), node.nanos(view.name()));
            }
            String sql = change.formatted(1 + Math.floorMod(round, ROUNDS) * scale / ROUNDS);
            CorpusRun.execute(node.source(), List.of(sql));
            node.settle();
            if (round >= 0) {
                before.forEach(
                        (view, nanos) ->
                                taken.computeIfAbsent(view, _ -> new LinkedHashMap<>())
                                        .computeIfAbsent(change, _ -> new ArrayList<>())
                                        .add(node.nanos(view) - nanos));
            }
        }

        /// The medians of each kind of change.
        List<Long> of(String view) {
            return taken.getOrDefault(view, Map.of()).values().stream()
                    .map(v -> v.stream().sorted().toList().get(v.size() / 2))
                    .toList();
        }

        @Override
        public void close() throws SQLException {
            node.close();
        }
    }

    @Test
    void a_change_costs_the_same_with_few_rows_and_with_many() throws Exception {
        try (var few = new Side(FEW);
                var many = new Side(MANY)) {
            for (int round = -WARM_UP; round < ROUNDS; round++) {
                for (var change : CHANGES) {
                    few.change(change, round);
                    many.change(change, round);
                }
            }
            compare(few, many);
        }
    }

    private static void compare(Side few, Side many) throws SQLException, IOException {
        var lines = new ArrayList<String>();
        int cheap = 0;
        for (var view : few.run.live()) {
            long small = few.of(view.name()).stream().mapToLong(n -> n).sum();
            long large = many.of(view.name()).stream().mapToLong(n -> n).sum();
            double ratio = (double) large / Math.max(1, small);
            cheap += ratio <= RATIO_MAX ? 1 : 0;
            lines.add(
                    String.format(
                            Locale.ROOT,
                            "%s: %.2f ms and %.2f ms, ratio %.2f; microseconds %s and %s; %s",
                            view.name(),
                            small / 1e6 / CHANGES.size(),
                            large / 1e6 / CHANGES.size(),
                            ratio,
                            few.of(view.name()).stream().map(n -> n / 1000).toList(),
                            many.of(view.name()).stream().map(n -> n / 1000).toList(),
                            many.node.strategy(view.name())));
        }
        write(lines);
        LOG.info("{} of {} views cost the same: {}", cheap, lines.size(), lines);
        assertThat(cheap).as(String.join("\n", lines)).isGreaterThanOrEqualTo(WANTED);
    }

    private static void write(List<String> lines) throws IOException {
        Files.write(Path.of("target", "TPC-H-costs.txt"), lines);
    }
}
