package dev.highwater.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LatenciesTest {

    @Test
    void quantiles_are_the_smallest_latency_that_enough_do_not_exceed() {
        Latencies latencies = new Latencies(1_000);
        for (int i = 100; i >= 1; i--) {
            latencies.add(Duration.ofMillis(i));
        }

        assertThat(latencies.quantile(0.5)).hasMillis(50);
        assertThat(latencies.quantile(0.99)).hasMillis(99);
        assertThat(latencies.quantile(1)).hasMillis(100);
        assertThat(latencies.last()).hasMillis(1);
        assertThat(latencies.summary()).isEqualTo("p50 50 ms, p99 99 ms");
    }

    @Test
    void only_the_last_ones_count() {
        Latencies latencies = new Latencies(3);
        for (int i = 1; i <= 5; i++) {
            latencies.add(Duration.ofMillis(i));
        }

        assertThat(latencies.quantile(0.01)).hasMillis(3);
        assertThat(latencies.quantile(1)).hasMillis(5);
    }

    @Test
    void without_any_there_is_nothing_to_say() {
        assertThat(new Latencies(3).quantile(0.5)).isNull();
        assertThat(new Latencies(3).summary()).isEqualTo("no latency yet");
    }
}
