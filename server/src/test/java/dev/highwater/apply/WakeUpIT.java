package dev.highwater.apply;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/// The source's sender can lose the wake-up for a commit that nothing follows; without a cure such
/// a commit arrives seconds later.
final class WakeUpIT {
    private static final Duration BOUND = Duration.ofSeconds(1);

    @Test
    void a_commit_that_nothing_follows_arrives_at_once() throws Exception {
        int commits = Boolean.getBoolean("highwater.long") ? 50_000 : 1_000;
        var random = new Random(7);
        var nanos = new long[commits];
        try (var spine = new Spine()) {
            spine.run("create table t (id int primary key)");
            spine.settle();
            for (int i = 0; i < commits; i++) {
                long before = spine.head.settled().position();
                spine.run("insert into t values (" + i + ")");
                long committed = System.nanoTime();
                var settled = spine.head.awaitBeyond(before, BOUND);
                nanos[i] = System.nanoTime() - committed;
                assertThat(settled.position()).as("commit " + i).isGreaterThan(before);
                LockSupport.parkNanos(random.nextInt(3_000_000));
            }
        }
        Arrays.sort(nanos);
        System.out.printf(
                "commit to settled over %d lone commits: p50 %.2f ms, p99 %.2f ms, most %.2f ms%n",
                commits,
                nanos[commits / 2] / 1e6,
                nanos[commits * 99 / 100] / 1e6,
                nanos[commits - 1] / 1e6);
    }
}
