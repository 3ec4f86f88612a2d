package dev.highwater.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/// The pages that hold what was measured: one for each part, and one with the targets of all.
///
/// @param folder of the page of all; those of the parts are in `benchmarks` below it
record Pages(Path folder) {
    /// Writes a part's page anew, and the page of all.
    void write(String part, Report report, String machine, List<String> parts) throws IOException {
        Files.createDirectories(folder.resolve("benchmarks"));
        Files.writeString(
                page(part),
                report.markdown(part, LocalDate.now(ZoneOffset.UTC).toString(), machine));
        var lines = new ArrayList<String>();
        for (var each : parts) {
            if (Files.exists(page(each))) {
                var targets =
                        Files.readAllLines(page(each)).stream()
                                .dropWhile(l -> !l.startsWith("| what |"))
                                .skip(2)
                                .takeWhile(l -> l.startsWith("|"))
                                .toList();
                for (var target : targets) {
                    lines.add("| [%s](benchmarks/%s.md) %s".formatted(each, each, target));
                }
            }
        }
        Files.writeString(
                folder.resolve("benchmarks.md"),
                """
                # Benchmarks

                `bench/run.sh` measures everything and rewrites this page, `bench/run.sh PART` one part; each part's page has its date, the
                machine, all turns and how they were made. Every number stands beside its baseline from the same run on the same machine, run
                alternately with it. [Notes](benchmarks/notes.md) say where the time goes and what was tried.

                | part %s
                |---%s
                %s
                """
                        .formatted(
                                Report.HEAD.lines().toList().getFirst(),
                                Report.HEAD.lines().toList().getLast(),
                                String.join("\n", lines)));
        System.out.println("written to " + page(part));
    }

    private Path page(String part) {
        return folder.resolve("benchmarks").resolve(part + ".md");
    }
}
