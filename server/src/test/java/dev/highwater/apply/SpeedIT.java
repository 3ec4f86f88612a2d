package dev.highwater.apply;

import org.junit.jupiter.api.Test;

final class SpeedIT {
    @Test
    void speed() throws Exception {
        try (Spine spine = new Spine()) {
            spine.run("create table t (id bigint primary key, a int, b text, c timestamptz)");
            for (int round = 0; round < 3; round++) {
                long start = System.nanoTime();
                for (int i = 0; i < 300; i++) {
                    long from = (round * 300L + i) * 1000;
                    spine.run(
                            "insert into t select g, g %% 100, 'some text ' || g, now() from generate_series(%d, %d) g"
                                    .formatted(from + 1, from + 1000));
                }
                long inserted = System.nanoTime();
                spine.settle();
                long settled = System.nanoTime();
                System.err.printf(
                        "SPEED insert %.0f rows/s, source alone %.0f rows/s%n",
                        300_000 / ((settled - start) / 1e9), 300_000 / ((inserted - start) / 1e9));
            }
            long start = System.nanoTime();
            for (int i = 0; i < 100; i++) {
                spine.run(
                        "update t set a = a + 1 where id between %d and %d"
                                .formatted(i * 1000 + 1, i * 1000 + 1000));
            }
            spine.settle();
            System.err.printf(
                    "SPEED update %.0f rows/s%n", 100_000 / ((System.nanoTime() - start) / 1e9));
            var all = new long[2000];
            for (int i = 0; i < 2000; i++) {
                long before = spine.head.settled().position();
                spine.run("update t set a = a + 1 where id = " + (i + 1));
                long committed = System.nanoTime();
                spine.head.awaitBeyond(before, java.time.Duration.ofSeconds(5));
                all[i] = System.nanoTime() - committed;
                Thread.sleep(2);
            }
            java.util.Arrays.sort(all);
            System.err.printf(
                    "SPEED commit to settled p50 %.2f p90 %.2f p99 %.2f ms%n",
                    all[1000] / 1e6, all[1800] / 1e6, all[1980] / 1e6);
        }
    }
}
