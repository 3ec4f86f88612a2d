package dev.highwater.sql;

import dev.highwater.failure.Failure;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;
import org.jspecify.annotations.Nullable;

/// PostgreSQL's programs, unpacked from the class path once for all data directories.
final class PostgresBinaries {

    /// By the names of `os.arch`.
    private static final Map<String, String> ARCHIVES =
            Map.of("amd64", "/postgres-linux-x86_64.txz", "aarch64", "/postgres-linux-arm_64.txz");

    private static final Pattern VERSION = Pattern.compile("-(\\d+(?:\\.\\d+)+)\\.jar");
    private static final Duration ABANDONED = Duration.ofHours(1);

    private PostgresBinaries() {}

    /// The folder that holds `bin/postgres`: in the user's cache, or in the data directory where
    /// that cannot be written or does not allow programs to run.
    static Path unpacked(Path dataDirectory) {
        String arch = System.getProperty("os.arch", "");
        String archive = ARCHIVES.getOrDefault(arch, "");
        URL url = archive.isEmpty() ? null : PostgresBinaries.class.getResource(archive);
        if (url == null) {
            throw new Failure.Unavailable(
                    "postgres-missing",
                    "this build has no PostgreSQL for "
                            + System.getProperty("os.name")
                            + " on "
                            + arch
                            + ": run one yourself and give --source and --store");
        }
        String name = folderName(url);
        IOException failed = null;
        for (Path place : List.of(cache(), dataDirectory.resolve("programs"))) {
            Path folder = place.resolve(name);
            try {
                if (!Files.isDirectory(folder)) {
                    unpack(url, place, folder);
                }
                // access(2) says no on a file system mounted noexec, whatever the file's mode.
                if (Files.isExecutable(folder.resolve("bin/postgres"))) {
                    return folder;
                }
                failed =
                        new IOException(
                                folder + "/bin/postgres cannot be executed (mounted noexec?)");
            } catch (IOException e) {
                failed = e;
            }
        }
        throw new Failure.Unavailable(
                "postgres-missing",
                "PostgreSQL's programs could not be unpacked ("
                        + failed
                        + "): set XDG_CACHE_HOME to a folder with 100 MB of space where programs may run");
    }

    static void deleteRecursively(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        Files.walkFileTree(
                folder,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.deleteIfExists(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(
                            Path visited, @Nullable IOException failed) throws IOException {
                        if (failed != null) {
                            throw failed;
                        }
                        Files.deleteIfExists(visited);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }

    private static Path cache() {
        String configured = System.getenv("XDG_CACHE_HOME");
        Path cache =
                configured != null && configured.startsWith("/")
                        ? Path.of(configured)
                        : Path.of(System.getProperty("user.home", "/nonexistent"), ".cache");
        return cache.resolve("highwater");
    }

    /// `postgres-<version>-<hash>`; the hash is the archive's checksum in its jar, which needs no
    /// read.
    private static String folderName(URL url) {
        try {
            URLConnection connection = url.openConnection();
            if (!(connection instanceof JarURLConnection jar)) {
                return "postgres-unpacked-" + Long.toHexString(connection.getContentLengthLong());
            }
            Matcher version = VERSION.matcher(jar.getJarFileURL().getPath());
            return "postgres-"
                    + (version.find() ? version.group(1) : "unknown")
                    + "-"
                    + Long.toHexString(jar.getJarEntry().getCrc());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Into a folder of its own that is renamed when complete: whoever sees the name sees
    /// everything, and of two processes that unpack at once the second finds it done.
    private static void unpack(URL url, Path place, Path folder) throws IOException {
        Files.createDirectories(place);
        deleteAbandoned(place, folder);
        Path temporary = Files.createTempDirectory(place, "." + folder.getFileName() + ".");
        try {
            extract(url, temporary);
            Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.move(temporary, folder);
        } catch (IOException e) {
            if (!Files.isDirectory(folder)) {
                throw e;
            }
        } finally {
            deleteRecursively(temporary);
        }
    }

    /// Removes what a process killed while unpacking has left.
    private static void deleteAbandoned(Path place, Path folder) throws IOException {
        Instant before = Instant.now().minus(ABANDONED);
        try (Stream<Path> list = Files.list(place)) {
            for (Path path : list.toList()) {
                if (String.valueOf(path.getFileName()).startsWith("." + folder.getFileName() + ".")
                        && Files.getLastModifiedTime(path).toInstant().isBefore(before)) {
                    deleteRecursively(path);
                }
            }
        }
    }

    private static void extract(URL url, Path target) throws IOException {
        try (InputStream in = url.openStream();
                TarArchiveInputStream tar =
                        new TarArchiveInputStream(
                                new XZCompressorInputStream(new BufferedInputStream(in)))) {
            TarArchiveEntry entry;
            while ((entry = tar.getNextEntry()) != null) {
                Path path = target.resolve(entry.getName()).normalize();
                if (!path.startsWith(target)) {
                    throw new IOException("entry outside of the archive: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(path);
                    continue;
                }
                Files.createDirectories(path.resolveSibling(""));
                if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
                } else {
                    Files.copy(tar, path);
                    boolean program = (entry.getMode() & 0100) != 0;
                    Files.setPosixFilePermissions(
                            path,
                            PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
                }
            }
        }
    }
}
