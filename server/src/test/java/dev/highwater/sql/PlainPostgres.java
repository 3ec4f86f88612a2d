package dev.highwater.sql;

import dev.highwater.failure.Failure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// A PostgreSQL as people have it, of any version, that tests may kill: a cluster in a folder, no
/// password, a user `postgres`.
public final class PlainPostgres implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 60;

    private final Path binaries;
    private final Path folder;
    private final int port;
    private final List<String> settings = new ArrayList<>();
    private Process process;

    /// Starts a new cluster in a folder that is not there yet.
    public static PlainPostgres start(Path binaries, Path folder, Map<String, String> settings) {
        return new PlainPostgres(binaries, folder, settings);
    }

    /// The programs of the embedded PostgreSQL.
    public static Path embedded() {
        return PostgresBinaries.unpacked(Path.of("target"));
    }

    /// The programs of PostgreSQL 15, where the system has them.
    public static Optional<Path> fifteen() {
        return Optional.of(Path.of("/usr/lib/postgresql/15"))
                .filter(path -> Files.isExecutable(path.resolve("bin/postgres")));
    }

    private PlainPostgres(Path binaries, Path folder, Map<String, String> more) {
        this.binaries = binaries;
        this.folder = folder.toAbsolutePath();
        this.port = freePort();
        var all = new TreeMap<>(more);
        all.put("listen_addresses", "127.0.0.1");
        all.put("unix_socket_directories", "");
        all.put("port", Integer.toString(port));
        all.forEach((name, value) -> settings.addAll(List.of("-c", name + "=" + value)));
        try {
            Files.createDirectories(this.folder.getParent());
        } catch (IOException e) {
            throw new Failure.Bug("no folder for a test server", e);
        }
        program(
                "initdb",
                "--pgdata=" + this.folder,
                "--username=postgres",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync");
        process = launch();
    }

    /// Starts it, again after [#kill].
    public void start() {
        process = launch();
    }

    private Process launch() {
        var arguments = new ArrayList<>(List.of("-D", folder.toString()));
        arguments.addAll(settings);
        var launched = new CompletableFuture<Process>();
        // Linux ends it with the thread that started it.
        Thread.ofPlatform()
                .daemon()
                .name("test-postgres")
                .start(
                        () -> {
                            try {
                                var started =
                                        new ProcessBuilder(
                                                        Launcher.in(binaries)
                                                                .command("postgres", arguments))
                                                .redirectErrorStream(true)
                                                .redirectOutput(
                                                        Path.of(
                                                                        "target",
                                                                        folder.getFileName()
                                                                                + ".log")
                                                                .toFile())
                                                .start();
                                launched.complete(started);
                                started.waitFor();
                            } catch (IOException | InterruptedException e) {
                                launched.completeExceptionally(e);
                            }
                        });
        var child = launched.join();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (true) {
            try (Connection connection = connect("postgres")) {
                connection.isValid(1);
                return child;
            } catch (SQLException | Failure.Unavailable e) {
                if (!child.isAlive() || System.nanoTime() > end) {
                    throw new Failure.Bug("the test server in " + folder + " does not start", e);
                }
                pause();
            }
        }
    }

    /// Ends the server and all of its processes with SIGKILL.
    public void kill() {
        var children = process.descendants().toList();
        process.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        process.onExit().join();
        children.forEach(child -> child.onExit().join());
    }

    @Override
    public void close() {
        // SIGINT would be a fast shutdown; this data is of no use any more.
        kill();
        try {
            PostgresBinaries.deleteRecursively(folder);
        } catch (IOException e) {
            throw new Failure.Bug("cannot delete " + folder, e);
        }
    }

    /// A connection in auto-commit mode, as `postgres`.
    public Connection connect(String database) {
        return Database.single(address(database), "test");
    }

    public PgAddress address(String database) {
        return new PgAddress("127.0.0.1", port, database, "postgres", "x");
    }

    /// Runs one of the programs beside the server to its end, such as pg_dump, with the options
    /// that tell where the server is.
    public void client(String program, String... arguments) {
        var all = new ArrayList<>(List.of("-h", "127.0.0.1", "-p", "" + port, "-U", "postgres"));
        all.addAll(List.of(arguments));
        program(program, all.toArray(String[]::new));
    }

    private void program(String name, String... arguments) {
        var output = Launcher.run(Launcher.in(binaries).command(name, List.of(arguments)));
        if (output.exit() != 0) {
            throw new Failure.Bug(name + ": " + output.line());
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(50);
        } catch (InterruptedException e) {
            throw new Failure.Bug("interrupted", e);
        }
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new Failure.Bug("no free port", e);
        }
    }
}
