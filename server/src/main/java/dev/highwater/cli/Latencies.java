package dev.highwater.cli;

import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The most recent latencies, and where they lie. Not thread-safe.
final class Latencies {

    private final long[] nanos;
    private long count;

    /// @param kept how many of the last ones the quantiles are of
    Latencies(int kept) {
        nanos = new long[kept];
    }

    void add(Duration latency) {
        nanos[(int) (count % nanos.length)] = latency.toNanos();
        count++;
    }

    @Nullable Duration last() {
        return count == 0 ? null : Duration.ofNanos(nanos[(int) ((count - 1) % nanos.length)]);
    }

    /// The smallest latency that at least `part` (in (0, 1]) of the kept ones don't exceed; null
    /// when there are none.
    @Nullable Duration quantile(double part) {
        int kept = (int) Math.min(count, nanos.length);
        if (kept == 0) {
            return null;
        }
        long[] sorted = Arrays.copyOf(nanos, kept);
        Arrays.sort(sorted);
        return Duration.ofNanos(sorted[Math.max(0, (int) Math.ceil(part * kept) - 1)]);
    }

    /// `p50 2.1 ms, p99 7.9 ms`
    String summary() {
        Duration p50 = quantile(0.5);
        Duration p99 = quantile(0.99);
        return p50 == null || p99 == null
                ? "no latency yet"
                : "p50 " + Times.shown(p50) + ", p99 " + Times.shown(p99);
    }
}
