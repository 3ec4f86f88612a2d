package dev.highwater.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Objects;
import java.util.stream.Stream;

/// The packaged program as a user gets it: the archive that the build made, unpacked once for all
/// tests of this JVM.
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

    private static Path unpack() {
        Path archive =
                Path.of(Objects.requireNonNull(System.getProperty("highwater.distribution")));
        try {
            // Tests run in several JVMs at once.
            Path folder =
                    Files.createTempDirectory(Path.of("target").toAbsolutePath(), "distribution-");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> discard(folder)));
            Process tar =
                    new ProcessBuilder("tar", "-xzf", archive.toString(), "-C", folder.toString())
                            .inheritIO()
                            .start();
            if (tar.waitFor() != 0) {
                throw new IllegalStateException("cannot unpack " + archive + "; run package first");
            }
            try (Stream<Path> children = Files.list(folder)) {
                return children.findFirst().orElseThrow();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void discard(Path folder) {
        try {
            delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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
