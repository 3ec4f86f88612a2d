package dev.highwater.sql;

import dev.highwater.failure.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A PostgreSQL server that is nobody's own: it is started, crashed, copied and promoted by a test.
/// Its superuser is `postgres`, everybody on 127.0.0.1 needs a password, and durability is off as
/// far as no test crashes the machine. Those that one JVM makes are copies of one cluster and share
/// its system identifier, as a server and its standby do.
public final class OtherPostgres implements AutoCloseable {
    private static final String PASSWORD = "not-a-secret-of-anyone";
    private static final List<String> SETTINGS =
            List.of(
                    "listen_addresses='127.0.0.1'",
                    "unix_socket_directories=''",
                    "dynamic_shared_memory_type=posix",
                    "fsync=off",
                    "wal_level=logical",
                    "max_prepared_transactions=10",
                    "max_replication_slots=20",
                    "max_wal_senders=20",
                    "wal_sender_timeout=60s");

    private static final Map<Version, Path> TEMPLATES = new EnumMap<>(Version.class);

    private final Path data;
    private final Launcher launcher;
    private final int port;
    private Process process;

    /// Where the programs of a major version are.
    public enum Version {
        /// Debian's.
        V15,
        /// The embedded one.
        V18;

        Path binaries() {
            return switch (this) {
                case V15 -> Path.of("/usr/lib/postgresql/15");
                case V18 -> PostgresBinaries.unpacked(Path.of("target"));
            };
        }
    }

    private OtherPostgres(Path data, Launcher launcher) throws IOException {
        this.data = data;
        this.launcher = launcher;
        this.port = Ports.free();
        this.process = launch();
        awaitReady();
    }

    /// A new server in an empty folder.
    public static OtherPostgres create(Version version, Path folder, String... settings)
            throws IOException {
        var launcher = Launcher.in(version.binaries());
        Path data = folder.resolve("pg-" + version);
        copy(template(version, launcher), data);
        var lines = new ArrayList<>(SETTINGS);
        lines.addAll(List.of(settings));
        Files.write(data.resolve("postgresql.auto.conf"), lines);
        return new OtherPostgres(data, launcher);
    }

    /// An empty server's files, made once in this JVM.
    private static synchronized Path template(Version version, Launcher launcher)
            throws IOException {
        Path known = TEMPLATES.get(version);
        if (known != null) {
            return known;
        }
        Path folder = Files.createTempDirectory("highwater-" + version);
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(
                                () -> {
                                    try {
                                        PostgresBinaries.deleteRecursively(folder);
                                    } catch (IOException e) {
                                        throw new Failure.Bug("cannot delete " + folder, e);
                                    }
                                }));
        Path data = folder.resolve("data");
        Path password = Files.writeString(folder.resolve("password"), Verifier.ofOurOwn(PASSWORD));
        var made =
                Launcher.run(
                        launcher.command(
                                "initdb",
                                List.of(
                                        "--pgdata=" + data,
                                        "--username=postgres",
                                        "--pwfile=" + password,
                                        "--auth=scram-sha-256",
                                        "--encoding=UTF8",
                                        "--locale=C",
                                        "--no-sync")));
        if (made.exit() != 0) {
            throw new IOException(made.line());
        }
        TEMPLATES.put(version, data);
        return data;
    }

    /// A copy of this server's files as they are after a clean stop; it goes on then.
    public Path backup(Path folder) throws IOException {
        stop();
        Path copy = folder.resolve("backup-" + System.nanoTime());
        copy(data, copy);
        start();
        return copy;
    }

    /// Goes on from a copy of its files.
    public void restore(Path backup) throws IOException {
        kill();
        PostgresBinaries.deleteRecursively(data);
        copy(backup, data);
        start();
    }

    /// A certificate for this machine that vouches for itself, and beside it its key.
    public static Path certificate(Path folder, String name) throws IOException {
        Path file = folder.resolve(name + ".crt");
        var made =
                Launcher.run(
                        List.of(
                                "openssl",
                                "req",
                                "-x509",
                                "-newkey",
                                "rsa:2048",
                                "-nodes",
                                "-days",
                                "2",
                                "-subj",
                                "/CN=127.0.0.1",
                                "-addext",
                                "subjectAltName=IP:127.0.0.1",
                                "-keyout",
                                file + ".key",
                                "-out",
                                file.toString()));
        if (made.exit() != 0) {
            throw new IOException(made.line());
        }
        Files.setPosixFilePermissions(
                Path.of(file + ".key"), PosixFilePermissions.fromString("rw-------"));
        return file;
    }

    /// The address of a database for a role whose password is the test's.
    public PgAddress address(String role, String database) {
        return new PgAddress("127.0.0.1", port, database, role, PASSWORD);
    }

    /// A connection as superuser.
    public Connection superuser(String database) {
        return Database.single(address("postgres", database), "test superuser");
    }

    /// Runs statements as superuser.
    public void run(String database, String... statements) throws SQLException {
        try (var connection = superuser(database);
                var statement = connection.createStatement()) {
            for (String text : statements) {
                statement.execute(text.replace("$PASSWORD", Verifier.ofOurOwn(PASSWORD)));
            }
        }
    }

    /// Goes on from a copy of its files as a standby does that hears from no primary.
    public void standBy(Path copy) throws IOException {
        Files.createFile(copy.resolve("standby.signal"));
        restore(copy);
    }

    /// Makes a standby a primary, under a new timeline.
    public void promote() throws SQLException {
        run("postgres", "select pg_promote(true, 30)");
    }

    /// Ends it as a crash would.
    public void kill() {
        var children = process.descendants().toList();
        process.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        join();
        children.forEach(child -> child.onExit().join());
        try {
            Files.deleteIfExists(data.resolve("postmaster.pid"));
        } catch (IOException e) {
            throw new Failure.Bug("cannot delete postmaster.pid", e);
        }
    }

    /// Ends it cleanly.
    public void stop() {
        // SIGTERM would wait for clients.
        signal("-INT", Long.toString(process.pid()));
        join();
    }

    /// Sends a process of any PostgreSQL a signal.
    public static void signal(String signal, String pid) {
        Launcher.run(List.of("kill", signal, pid));
    }

    /// Starts it again.
    public void start() throws IOException {
        process = launch();
        awaitReady();
    }

    @Override
    public void close() {
        kill();
    }

    private void join() {
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Process launch() throws IOException {
        return new ProcessBuilder(
                        launcher.command(
                                "postgres", List.of("-D", data.toString(), "-c", "port=" + port)))
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(
                                data.resolveSibling(data.getFileName() + ".log").toFile()))
                .start();
    }

    private void awaitReady() throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (true) {
            try (var connection = superuser("postgres")) {
                connection.isValid(1);
                return;
            } catch (SQLException | Failure.Unavailable e) {
                if (System.nanoTime() > deadline) {
                    throw new IOException(
                            Files.readString(data.resolveSibling(data.getFileName() + ".log")), e);
                }
                LockSupport.parkNanos(20_000_000);
                if (!process.isAlive()) {
                    // A child of one that was killed may hold its shared memory a moment longer.
                    process = launch();
                }
            }
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                    Files.setPosixFilePermissions(
                            target, PosixFilePermissions.fromString("rwx------"));
                } else if (!file.endsWith("postmaster.pid")) {
                    Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }
}
