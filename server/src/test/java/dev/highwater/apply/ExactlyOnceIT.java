package dev.highwater.apply;

import static org.assertj.core.api.Assertions.assertThat;

import dev.highwater.capture.Source;
import dev.highwater.capture.SourceSettings;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Nothing lost, nothing doubled, whatever breaks between source and store.
final class ExactlyOnceIT {
    private Spine spine;

    @BeforeEach
    void start() throws Exception {
        spine = new Spine();
    }

    @AfterEach
    void stop() throws Exception {
        spine.close();
    }

    @Test
    void connections_that_break_at_any_moment_lose_and_double_nothing() throws Exception {
        long seed = ThreadLocalRandom.current().nextLong();
        var random = new Random(seed);
        int rounds = Boolean.getBoolean("highwater.long") ? 300 : 30;
        spine.run("create table t (id int primary key, n int not null)");
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < 20; i++) {
                spine.run(
                        "begin; insert into t values (%d, 0); update t set n = n + 1 where id > %d; commit"
                                .formatted(round * 20 + i, (round - 2) * 20));
                if (random.nextInt(20) == 0) {
                    spine.breakConnection(
                            random.nextBoolean() ? "highwater applier" : "highwater capture");
                }
            }
        }
        spine.settle();
        spine.assertSame("t");
        assertThat(
                        spine.stored(
                                "select count(*) from highwater.change, highwater.change_texts(body) text where text like '%insert%'"))
                .as("seed " + seed)
                .containsExactly(String.valueOf(rounds * 20));
        assertThat(
                        spine.stored(
                                "select count(*) = max(position) and count(*) = max(seq) from highwater.entry"))
                .as("seed " + seed)
                .containsExactly("t");
        assertThat(dev.highwater.journal.Verification.run(spine.store, _ -> true).broken())
                .as("seed " + seed)
                .isEmpty();
    }

    @Test
    void a_second_applier_takes_over_and_the_first_can_commit_nothing_more() throws Exception {
        spine.run("create table t (id int primary key)", "insert into t values (1)");
        spine.settle();
        var first = spine.progress();
        var second =
                new Applier(
                        new Source(
                                SourceSettings.of(spine.databases.source(), List.of("public.*"))),
                        spine.databases.store(),
                        new Head());
        var thread = Thread.ofPlatform().start(second);
        try {
            // Each takes the slot from the other until one finds that its term is over.
            spine.await(
                    "one of the two to stop",
                    () -> {
                        try {
                            spine.run("insert into t select max(id) + 1 from t");
                        } catch (java.sql.SQLException e) {
                            throw new AssertionError(e);
                        }
                        return isOver(first) || isOver(second.progress());
                    });
        } finally {
            thread.interrupt();
            thread.join();
        }
        spine.stop();
        spine.start();
        spine.settle();
        spine.assertSame("t");
    }

    private static boolean isOver(Progress progress) {
        return progress.state() instanceof Progress.State.Stopped(String error)
                && error.contains("taken over");
    }
}
