package dev.highwater.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchIT {
    /// Without Debezium and without numbers that mean anything: `bench/run.sh --smoke all` does
    /// more.
    @Test
    void the_benchmarks_still_run_and_write_their_tables(@TempDir Path folder) throws Exception {
        String distribution = Objects.requireNonNull(System.getProperty("highwater.distribution"));

        Bench.main(
                new String[] {
                    "--smoke",
                    "--distribution",
                    distribution,
                    "--out",
                    folder.toString(),
                    "latency",
                    "insert"
                });

        assertThat(Files.readString(folder.resolve("benchmarks.md")))
                .contains(
                        "| [latency](benchmarks/latency.md) | commit to subscriber over SSE at 200 commits/s, p50 | <= 3 ms |")
                .contains("| [insert](benchmarks/insert.md) |");
        assertThat(Files.readString(folder.resolve("benchmarks").resolve("insert.md")))
                .contains("`bench/run.sh insert`")
                .contains("| INSERT of many rows |")
                .contains("PostgreSQL 18");
    }
}
