package dev.highwater.e2e;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Objects;
import java.util.stream.Stream;

/// The packaged program as a user gets it: the archive that the build made, unpacked once for all
/// tests.
final class Distribution {
    private static final Path HOME = unpack();

    private Distribution() {}

    /// The unpacked folder: `bin/`, `lib/`, LICENSE, README.md.
    static Path home() {
        return HOME;
    }

    /// `bin/highwater`, to be started with [ProcessBuilder].
    static Path program() {
        return HOME.resolve("bin", "highwater");
    }

    /// Whether tests run their long form.
    static boolean isLong() {
        return Boolean.getBoolean("highwater.long");
    }

    /// Tests run in several JVMs at once: the first unpacks it, and starts it once, which makes the
    /// cache that later starts use.
    private static Path unpack() {
        Path archive =
                Path.of(Objects.requireNonNull(System.getProperty("highwater.distribution")));
        Path folder = Path.of("target", "distribution").toAbsolutePath();
        Path complete = folder.resolve("complete");
        try (var channel =
                        FileChannel.open(
                                folder.resolveSibling("distribution.lock"),
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE);
                var _ = channel.lock()) {
            if (!Files.exists(archive)) {
                throw new IllegalStateException("there is no " + archive + "; run package first");
            }
            String which = archive + ", " + Files.getLastModifiedTime(archive);
            if (!Files.exists(complete) || !Files.readString(complete).equals(which)) {
                delete(folder);
                Files.createDirectory(folder);
                run("tar", "-xzf", archive.toString(), "-C", folder.toString());
                run(home(folder).resolve("bin", "highwater").toString(), "start", "--help");
                Files.writeString(complete, which);
            }
            return home(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static Path home(Path folder) throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            return children.filter(Files::isDirectory).findFirst().orElseThrow();
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                        .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(String.join(" ", command) + " failed: " + said);
        }
    }

    static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(each);
                }
            }
        }
    }
}
