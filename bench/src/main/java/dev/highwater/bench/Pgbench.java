package dev.highwater.bench;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// The program of PostgreSQL that loads a server with clients.
///
/// @param path where it is
record Pgbench(String path) {
    private static final Pattern RATE = Pattern.compile("tps = ([0-9.]+)");
    private static final Pattern MEAN = Pattern.compile("latency average = ([0-9.]+)");

    /// What it said.
    record Said(String text) {
        double transactionsPerSecond() {
            return find(RATE);
        }

        double meanMs() {
            return find(MEAN);
        }

        private double find(Pattern pattern) {
            var matcher = pattern.matcher(text);
            if (!matcher.find()) {
                throw new IllegalStateException("pgbench said: " + text);
            }
            return Double.parseDouble(matcher.group(1));
        }
    }

    /// Where the program is: in PATH or where Debian keeps it.
    static Optional<Pgbench> find() {
        var folders = new ArrayList<String>();
        folders.add("/usr/lib/postgresql/18/bin");
        folders.add("/usr/lib/postgresql/15/bin");
        folders.addAll(
                List.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)));
        return folders.stream()
                .map(f -> Path.of(f, "pgbench"))
                .filter(Files::isExecutable)
                .map(path -> new Pgbench(path.toString()))
                .findFirst();
    }

    /// Eight clients for so many seconds.
    Said load(Server server, long seconds, String... more)
            throws IOException, InterruptedException {
        var options = new ArrayList<String>();
        options.addAll(List.of("-n", "-c", "8", "-j", "2", "-T", Long.toString(seconds)));
        options.addAll(List.of(more));
        return run(server, options);
    }

    /// Makes its own tables.
    void initialize(Server server, int scale) throws IOException, InterruptedException {
        run(server, List.of("-i", "-q", "-s", Integer.toString(scale)));
    }

    /// Runs it with these options.
    Said run(Server server, List<String> options) throws IOException, InterruptedException {
        var address = server.source();
        var user = address.getUserInfo().split(":", 2);
        var command = new ArrayList<String>();
        command.addAll(
                List.of(
                        path,
                        "-h",
                        address.getHost(),
                        "-p",
                        Integer.toString(address.getPort()),
                        "-U",
                        user[0]));
        command.addAll(options);
        command.add(address.getPath().substring(1));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("PGPASSWORD", user[1]);
        var process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("pgbench failed: " + said);
        }
        return new Said(said);
    }
}
