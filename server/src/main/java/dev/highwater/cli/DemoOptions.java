package dev.highwater.cli;

import dev.highwater.failure.Failure;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of `highwater demo` that concern the workload; a picocli mixin.
public final class DemoOptions {

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "4",
            description = "Transactions a second (default: ${DEFAULT-VALUE}).")
    private double rate = 4;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "What happens is random; the same seed gives the same (default: 1).")
    private long seed = 1;

    @Option(
            names = "--for",
            paramLabel = "DURATION",
            description = "End by itself after, say, 30s or 5m.")
    private @Nullable String length;

    /// Refuses what cannot be done, before anything is started.
    public void check() {
        rate();
        length();
    }

    double rate() {
        if (rate >= 0.1 && rate <= 1000) {
            return rate;
        }
        throw new Failure.Refused(Cli.USAGE, "--rate " + rate + " is not between 0.1 and 1000");
    }

    long seed() {
        return seed;
    }

    @Nullable Duration length() {
        return length == null ? null : Times.duration("--for", length);
    }
}
