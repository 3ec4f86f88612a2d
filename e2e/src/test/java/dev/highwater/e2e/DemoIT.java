package dev.highwater.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// `highwater demo`, the first thing that a newcomer runs.
class DemoIT {
    @Test
    void the_demo_shows_changes_and_ends_with_their_number_and_latency() throws Exception {
        String data = SharedNode.empty("demo").toString();
        var run =
                Program.highwater(
                                "demo",
                                "--for",
                                "5s",
                                "--rate",
                                "20",
                                "--data",
                                data,
                                "--http",
                                "0",
                                "--pg-port",
                                "0")
                        .succeeded();

        NodeLog.assertClean(run.err().lines().toList(), java.util.List.of());
        assertThat(run.lines().getFirst()).contains("second terminal");
        assertThat(run.out())
                .contains("feed positions", "best_prices", "top_ten_trades", "\nactivity\n  trader")
                .contains("feed trades", "--as-of", "http://127.0.0.1:", "orders", "instruments");
        assertThat(run.lines().getLast())
                .matches("demo: [0-9,]+ commits, [0-9,]+ changes in .* s; commit to feed .*ms.*");
        long commits =
                Long.parseLong(
                        run.lines()
                                .getLast()
                                .replaceAll("demo: ([0-9,]+) .*", "$1")
                                .replace(",", ""));
        assertThat(commits).isGreaterThan(30);
        System.out.println("e2e: " + run.lines().getLast());

        // What it did stays: a node started on the same data has the desk's tables.
        try (var node = RunningNode.start(SharedNode.path("demo"))) {
            Oracle.settle(node);
            for (String table : new String[] {"traders", "instruments", "orders", "trades"}) {
                assertThat(Oracle.assertEqual(node, table)).isPositive();
            }
            Oracle.assertVerified(node);
        }
    }
}
