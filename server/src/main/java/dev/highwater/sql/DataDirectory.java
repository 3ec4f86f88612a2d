package dev.highwater.sql;

import dev.highwater.failure.Failure;
import dev.highwater.failure.Shown;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// A data directory that belongs to this process until it is closed or the process ends, however it
/// ends: the operating system holds the lock on DIR/lock.
public final class DataDirectory implements AutoCloseable {

    /// Directories held by this JVM. POSIX drops a process's lock on a file as soon as the process
    /// closes any descriptor of that file, so a second attempt in the same JVM must not even open
    /// it.
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final FileChannel channel;

    private DataDirectory(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /// Creates the directory, readable by its owner alone, when it is not there, and locks it.
    ///
    /// @throws Failure.Conflict `data-directory-in-use`, naming the process that holds it
    /// @throws Failure.Refused `data-directory-unusable` when it cannot be created or written
    public static DataDirectory open(Path directory) {
        try {
            Path path = created(directory.toAbsolutePath().normalize());
            if (!HELD.add(path)) {
                throw inUse(path, String.valueOf(ProcessHandle.current().pid()));
            }
            FileChannel channel = null;
            try {
                channel = lock(path);
                return new DataDirectory(path, channel);
            } finally {
                if (channel == null) {
                    HELD.remove(path);
                }
            }
        } catch (IOException e) {
            throw new Failure.Refused(
                    "data-directory-unusable",
                    "cannot use "
                            + directory
                            + " as data directory ("
                            + Shown.of(e)
                            + "): choose another with --data DIR",
                    e);
        }
    }

    /// Writes down which files a directory has, so that they are there after a power cut too.
    public static void sync(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /// The directory's real path.
    public Path path() {
        return path;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new Failure.Unavailable(
                    "data-directory-unusable", "cannot release " + path + ": " + Shown.of(e), e);
        } finally {
            HELD.remove(path);
        }
    }

    private static Path created(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            Path parent = path.getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            Files.createDirectories(
                    path,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        }
        return path.toRealPath();
    }

    private static FileChannel lock(Path path) throws IOException {
        Path file = path.resolve("lock");
        FileChannel channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        @Nullable FileLock lock = null;
        try {
            lock = channel.tryLock();
            if (lock == null) {
                throw inUse(path, Files.readString(file).strip());
            }
            channel.truncate(0);
            channel.write(
                    ByteBuffer.wrap(
                            (ProcessHandle.current().pid() + "\n")
                                    .getBytes(StandardCharsets.US_ASCII)));
            return channel;
        } finally {
            if (lock == null) {
                channel.close();
            }
        }
    }

    private static Failure.Conflict inUse(Path path, String pid) {
        return new Failure.Conflict(
                "data-directory-in-use",
                "data directory "
                        + path
                        + " is in use by process "
                        + pid
                        + ": stop that one, or choose another directory with --data DIR");
    }
}
