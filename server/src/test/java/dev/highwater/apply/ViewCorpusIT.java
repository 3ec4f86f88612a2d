package dev.highwater.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.highwater.view.corpus.Corpus;
import dev.highwater.view.corpus.CorpusRun;
import dev.highwater.view.corpus.Exhaustive;
import dev.highwater.view.corpus.NexmarkCorpus;
import dev.highwater.view.corpus.Part;
import dev.highwater.view.corpus.SmallCorpus;
import dev.highwater.view.corpus.TpchCorpus;
import dev.highwater.view.corpus.ViewOracle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Views of every kind equal their queries, over the store and over the source, now and in the
/// past.
final class ViewCorpusIT {
    private static final Logger LOG = LoggerFactory.getLogger(ViewCorpusIT.class);
    private static final boolean LONG = Boolean.getBoolean("highwater.long");

    private final long seed =
            Long.getLong("highwater.seed", ThreadLocalRandom.current().nextInt(1_000_000));
    private final SpineNode node;

    ViewCorpusIT() throws Exception {
        node = new SpineNode();
    }

    @AfterEach
    void stop() throws Exception {
        node.close();
    }

    @Test
    void tpch() throws Exception {
        run(new TpchCorpus(), LONG ? 400 : 100, LONG ? 60 : 4);
    }

    @Test
    void nexmark() throws Exception {
        run(new NexmarkCorpus(), 100, LONG ? 60 : 4);
    }

    @Test
    void small() throws Exception {
        run(
                new Part(new SmallCorpus(), Integer.getInteger("highwater.stride", LONG ? 1 : 36)),
                24,
                LONG ? 40 : 5);
    }

    @Test
    void every_sequence_of_two_changes() throws Exception {
        CorpusRun.execute(node.source(), Exhaustive.schema());
        node.settle();
        for (var view : Exhaustive.views()) {
            node.createView(view.name(), view.sql());
        }
        var oracle = new ViewOracle(node, "exhaustive", Exhaustive.views(), Exhaustive.views());
        assertThat(Exhaustive.run(node, oracle, LONG ? 3 : 251)).isPositive();
    }

    private void run(Corpus corpus, int scale, int steps) throws Exception {
        LOG.info("{}, seed {}", corpus.name(), seed);
        var run = new CorpusRun(node, corpus, seed, scale);
        run.prepare();
        assertThat(run.refused()).isEmpty();
        var lines = new ArrayList<String>();
        int incremental = 0;
        for (var view : run.live()) {
            var strategy = node.strategy(view.name());
            incremental += strategy.startsWith("whole") ? 0 : 1;
            lines.add(view.name() + ": " + strategy + ": " + view.sql().replaceAll("\\s+", " "));
        }
        Files.write(Path.of("target", corpus.name().replace(' ', '-') + "-views.txt"), lines);
        LOG.info("{} of {} views are not computed as a whole", incremental, run.live().size());
        run.oracle().check("after they were filled");
        for (int i = 0; i < steps; i++) {
            run.step(1 + i % 5);
        }
        run.past(5).check();
    }
}
