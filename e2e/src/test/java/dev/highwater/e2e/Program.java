package dev.highwater.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Runs a program to its end: `bin/highwater` or an ordinary client of PostgreSQL.
final class Program {
    private static final Duration AT_MOST = Duration.ofMinutes(2);
    private static final Path POSTGRES = Path.of("/usr/lib/postgresql/15/bin");

    private Program() {}

    /// How a program ended and what it said.
    record Run(List<String> command, int status, String out, String err) {
        /// What it printed, line by line.
        List<String> lines() {
            return out.lines().toList();
        }

        /// What it printed with `--format json`: an object a line.
        List<JsonNode> objects() {
            return out.lines().map(Json::parse).toList();
        }

        Run succeeded() {
            assertThat(status)
                    .as("exit status of %s, which said: %s%s", command, out, err)
                    .isZero();
            return this;
        }

        /// Fails unless the program refused in a single line that starts with its name.
        ///
        /// @return that line
        String refused(int expected) {
            assertThat(status)
                    .as("exit status of %s, which said: %s", command, err)
                    .isEqualTo(expected);
            NodeLog.assertClean(err.lines().toList(), List.of());
            List<String> said = err.lines().filter(l -> l.startsWith("highwater: ")).toList();
            assertThat(said).as("what %s said: %s", command, err).hasSize(1);
            return said.getFirst();
        }
    }

    /// Runs `bin/highwater` with these arguments.
    static Run highwater(String... arguments) throws InterruptedException {
        var command = new ArrayList<String>();
        command.add(Distribution.program().toString());
        command.addAll(List.of(arguments));
        return run(command, "");
    }

    /// Runs `bin/highwater` on a node's data directory.
    static Run highwater(RunningNode node, String command, String... arguments)
            throws InterruptedException {
        var all = new ArrayList<String>();
        all.add(command);
        all.add("--data");
        all.add(node.data().toString());
        all.addAll(List.of(arguments));
        return highwater(all.toArray(String[]::new));
    }

    /// Runs psql, pgbench and the like as Debian ships them.
    static Run postgres(String program, String... arguments) throws InterruptedException {
        Path packaged = POSTGRES.resolve(program);
        var command = new ArrayList<String>();
        command.add(packaged.toFile().canExecute() ? packaged.toString() : program);
        command.addAll(List.of(arguments));
        return run(command, "");
    }

    static Run run(List<String> command, String input) throws InterruptedException {
        try {
            // Somewhere without a data directory, which many commands would find by its usual name.
            Process process =
                    new ProcessBuilder(command).directory(Distribution.home().toFile()).start();
            CompletableFuture<String> out = text(process.getInputStream());
            CompletableFuture<String> err = text(process.getErrorStream());
            try (var in = process.getOutputStream()) {
                in.write(input.getBytes(UTF_8));
            }
            if (!process.waitFor(AT_MOST.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(
                        command + " did not end within " + AT_MOST + "; it said: " + err.join());
            }
            return new Run(command, process.exitValue(), out.join(), err.join());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static CompletableFuture<String> text(InputStream stream) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try (stream) {
                        return new String(stream.readAllBytes(), UTF_8);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                task -> Thread.ofVirtual().start(task));
    }
}
