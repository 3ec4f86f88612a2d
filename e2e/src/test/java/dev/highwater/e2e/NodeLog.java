package dev.highwater.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;

/// The lines that a process prints, while it prints them.
final class NodeLog {
    private static final Pattern STACK_TRACE =
            Pattern.compile("^\\s+at [\\w.$/]+\\(.*\\)|^Caused by: |^Exception in thread");

    private final List<String> lines = new CopyOnWriteArrayList<>();

    /// Takes in everything that comes from this stream.
    Thread collect(InputStream stream) {
        return Thread.ofVirtual()
                .start(
                        () -> {
                            try (var in =
                                    new BufferedReader(new InputStreamReader(stream, UTF_8))) {
                                in.lines().forEach(lines::add);
                            } catch (IOException | UncheckedIOException e) {
                                // The process was killed while it spoke.
                            }
                        });
    }

    List<String> lines() {
        return List.copyOf(lines);
    }

    /// The last of them, for messages about failures.
    String tail() {
        var all = lines();
        return String.join("\n", all.subList(Math.max(0, all.size() - 20), all.size()));
    }

    /// Fails when a stack trace, one of the secrets or an end that was not clean is among the
    /// lines.
    static void assertClean(List<String> lines, List<String> secrets) {
        assertThat(lines.stream().filter(line -> STACK_TRACE.matcher(line).find()))
                .as("parts of a stack trace")
                .isEmpty();
        assertThat(lines.stream().filter(line -> line.contains("did not end cleanly")))
                .as("parts that did not end")
                .isEmpty();
        for (String secret : secrets) {
            assertThat(lines.stream().filter(line -> line.contains(secret)))
                    .as("lines with a password")
                    .isEmpty();
        }
    }
}
