package dev.highwater.bench;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A PostgreSQL that a node does not run: of any version, with the settings of the embedded one.
final class ExternalPostgres {
    private static final Path DEBIANS = Path.of("/usr/lib/postgresql/15/bin");
    private static final String PASSWORD = "bench";
    private static final List<String> SETTINGS =
            List.of(
                    "listen_addresses = '127.0.0.1'",
                    "unix_socket_directories = ''",
                    "dynamic_shared_memory_type = posix",
                    "wal_level = logical",
                    "shared_buffers = 256MB",
                    "wal_buffers = 16MB",
                    "max_wal_size = 1GB",
                    "checkpoint_timeout = 15min",
                    "backend_flush_after = 1MB",
                    "max_connections = 200",
                    "jit = off");

    private ExternalPostgres() {}

    /// Debian's PostgreSQL 15, where it is installed.
    static Optional<Path> debians() {
        return Files.isExecutable(DEBIANS.resolve("initdb"))
                ? Optional.of(DEBIANS)
                : Optional.empty();
    }

    /// The programs that a node brought.
    static Path embedded(Path nodeData) throws IOException {
        String options = Files.readString(nodeData.resolve("postgres").resolve("postmaster.opts"));
        Path program = Path.of(options.substring(0, options.indexOf(' ')).replace("\"", ""));
        Path folder = program.getParent();
        if (folder == null) {
            throw new IOException("no folder in " + options);
        }
        return folder;
    }

    /// Makes a server in a new folder and starts it.
    static PlainPostgres create(Path binaries, Path folder)
            throws IOException, InterruptedException {
        Files.createDirectories(folder);
        Path data = folder.resolve("data");
        Path password = Files.writeString(folder.resolve("password"), PASSWORD);
        Path log = folder.resolve("postgres.log");
        var made =
                new ProcessBuilder(
                                PlainPostgres.command(
                                        binaries.resolve("initdb").toString(),
                                        "-D",
                                        data.toString(),
                                        "-U",
                                        "postgres",
                                        "--pwfile=" + password,
                                        "--auth=scram-sha-256",
                                        "--encoding=UTF8",
                                        "--locale=C"))
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        if (made.waitFor() != 0) {
            throw new IOException("initdb failed, see " + log);
        }
        int port;
        try (var free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        var settings = new ArrayList<>(SETTINGS);
        settings.add("port = " + port);
        Files.write(data.resolve("postgresql.auto.conf"), settings);
        return PlainPostgres.start(
                new PlainPostgres.Cluster(
                        data,
                        PlainPostgres.command(
                                binaries.resolve("postgres").toString(), "-D", data.toString()),
                        URI.create(
                                "postgresql://postgres:%s@127.0.0.1:%d/postgres"
                                        .formatted(PASSWORD, port))));
    }

    /// Another database of a server.
    static URI database(Server server, String name) {
        return server.source().resolve("/" + name);
    }
}
