package dev.highwater.bench;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/// What several turns of [Commits] came to, in milliseconds.
final class Latencies {
    static final List<String> HEAD =
            List.of(
                    "",
                    "p50",
                    "p50 by turn",
                    "p90",
                    "p99",
                    "p99.9",
                    "max",
                    "commit() p50",
                    "commit() p99",
                    "commits");

    private final String name;
    private final Histogram latency = new Histogram(3);
    private final Histogram commit = new Histogram(3);
    private final List<Double> medians = new ArrayList<>();

    Latencies(String name) {
        this.name = name;
    }

    void add(Commits.Taken taken) {
        latency.add(taken.latency());
        commit.add(taken.commit());
        medians.add(ms(taken.latency(), 50));
    }

    /// The median of each turn.
    List<Double> medians() {
        return medians;
    }

    /// From `commit()` returning to the event's arrival.
    double ms(double percentile) {
        return ms(latency, percentile);
    }

    /// How long `commit()` itself took.
    double commitMs(double percentile) {
        return ms(commit, percentile);
    }

    /// As [#HEAD] says.
    List<String> row() {
        return List.of(
                name,
                Report.number(ms(50)),
                Report.list(medians),
                Report.number(ms(90)),
                Report.number(ms(99)),
                Report.number(ms(99.9)),
                Report.number(ms(100)),
                Report.number(commitMs(50)),
                Report.number(commitMs(99)),
                Long.toString(latency.getTotalCount()));
    }

    private static double ms(Histogram histogram, double percentile) {
        return histogram.getValueAtPercentile(percentile) / 1e6;
    }
}
