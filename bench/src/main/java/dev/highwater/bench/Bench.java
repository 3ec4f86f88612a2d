package dev.highwater.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The command line of the benchmarks; see `bench/run.sh`.
public final class Bench {
    private static final List<String> PARTS =
            List.of(
                    "latency",
                    "pgbench",
                    "insert",
                    "history",
                    "restart",
                    "views",
                    "events",
                    "external",
                    "backfill");

    private Bench() {}

    private record Arguments(
            Path distribution, Path out, Sizes sizes, boolean smoke, Set<String> parts) {}

    /// Runs the parts that are named.
    public static void main(String[] args) throws IOException, SQLException, InterruptedException {
        var arguments = parse(args);
        Path folder = Files.createTempDirectory("highwater-bench");
        try {
            run(arguments, folder);
        } finally {
            delete(folder);
        }
    }

    private static Arguments parse(String[] args) {
        Path distribution = Path.of("");
        Path out = Path.of("");
        var sizes = Sizes.full();
        boolean smoke = false;
        var parts = new LinkedHashSet<String>();
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--distribution" -> distribution = Path.of(args[++i]);
                case "--out" -> out = Path.of(args[++i]);
                case "--quick" -> {
                    sizes = Sizes.quick();
                }
                case "--smoke" -> {
                    sizes = Sizes.smoke();
                    smoke = true;
                }
                case "all" -> {
                    parts.addAll(PARTS);
                }
                default -> {
                    if (!PARTS.contains(args[i])) {
                        System.err.println(
                                "bench: unknown part "
                                        + args[i]
                                        + "; there are "
                                        + PARTS
                                        + " and all");
                        System.exit(2);
                    }
                    parts.add(args[i]);
                }
            }
        }
        if (parts.isEmpty()) {
            parts.addAll(PARTS);
        }
        return new Arguments(distribution, out, sizes, smoke, parts);
    }

    private static void run(Arguments arguments, Path folder)
            throws IOException, SQLException, InterruptedException {
        Path program = unpack(arguments.distribution(), folder);
        String machine;
        try (var node = Node.start(program, folder.resolve("machine"))) {
            machine = Machine.describe(node);
        }
        System.out.println(machine);
        for (var part : arguments.parts()) {
            var report = new Report();
            measure(part, program, folder, arguments, report);
            if (!arguments.out().toString().isEmpty()) {
                new Pages(arguments.out()).write(part, report, machine, PARTS);
            }
        }
    }

    private static void measure(
            String part, Path program, Path folder, Arguments arguments, Report report)
            throws IOException, SQLException, InterruptedException {
        var sizes = arguments.sizes();
        switch (part) {
            case "latency" ->
                    new LatencyBench(program, folder, sizes, report, !arguments.smoke()).run();
            case "insert" -> new InsertBench(program, folder, sizes, report).run();
            case "history" -> new HistoryBench(program, folder, sizes, report).run();
            case "restart" -> new RestartBench(program, folder, sizes, report).run();
            case "views" -> {
                new ViewSumsBench(program, folder, sizes, report).run();
                new ManyViewsBench(program, folder, sizes, report).run();
                new ViewChainBench(program, folder, sizes, report).run();
                new ViewRestartBench(program, folder, sizes, report).run();
            }
            case "external" -> new ExternalBench(program, folder, sizes, report).run();
            case "pgbench", "events", "backfill" -> {
                var pgbench = Pgbench.find();
                if (pgbench.isEmpty()) {
                    System.out.println("pgbench is not installed: left out");
                } else if (part.equals("pgbench")) {
                    new PgbenchBench(program, folder, sizes, report, pgbench.get()).run();
                } else if (part.equals("backfill")) {
                    new BackfillBench(program, folder, sizes, report, pgbench.get()).run();
                } else {
                    new EventsBench(program, folder, sizes, report, pgbench.get()).run();
                }
            }
            default -> throw new IllegalArgumentException(part);
        }
    }

    /// @return `bin/highwater` of the archive that the build made
    private static Path unpack(Path archive, Path folder) throws IOException, InterruptedException {
        var tar =
                new ProcessBuilder("tar", "-xzf", archive.toString(), "-C", folder.toString())
                        .inheritIO()
                        .start();
        if (tar.waitFor() != 0) {
            throw new IOException("cannot unpack " + archive);
        }
        try (var children = Files.list(folder)) {
            return children.findFirst().orElseThrow().resolve("bin", "highwater");
        }
    }

    private static void delete(Path folder) throws IOException {
        try (var all = Files.walk(folder)) {
            for (var each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }
}
