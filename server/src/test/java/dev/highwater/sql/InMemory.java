package dev.highwater.sql;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.extension.AnnotatedElementContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDirFactory;

/// Folders of tests are in memory where there is room: clusters and databases of hundreds of files
/// come and go with each test, which costs a file system on disk more than all else that tests do.
public final class InMemory implements TempDirFactory {
    private static final long ROOM = 6L << 30;

    /// A folder in memory, if there is room.
    public static Optional<Path> folder() {
        var memory = Path.of("/dev/shm");
        try {
            return Files.isWritable(memory) && Files.getFileStore(memory).getUsableSpace() > ROOM
                    ? Optional.of(
                            Files.createDirectories(
                                    memory.resolve("highwater-" + System.getProperty("user.name"))))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    @Override
    public Path createTempDirectory(AnnotatedElementContext element, ExtensionContext test)
            throws IOException {
        var folder = folder();
        return folder.isPresent()
                ? Files.createTempDirectory(folder.get(), "junit")
                : Files.createTempDirectory("junit");
    }
}
