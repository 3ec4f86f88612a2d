package dev.highwater.sql;

import dev.highwater.failure.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The files of the embedded server, DIR/postgres.
final class Cluster {

    /// Who may connect: everybody with a password, from this machine.
    private static final String ACCESS =
            """
            # written once by highwater
            host all         all 127.0.0.1/32 scram-sha-256
            host replication all 127.0.0.1/32 scram-sha-256
            """;

    /// Durable first. For throughput beyond PostgreSQL's defaults:
    /// - not many checkpoints (max_wal_size, checkpoint_timeout): after each one the first change
    ///   of every page goes to the WAL as a whole page; the price is a longer recovery after a
    ///   crash
    /// - backend_flush_after: what backends write goes on to the disk soon; after a crash the start
    ///   waits until all of it is there
    /// - wal_buffers 16 MB, no more than one segment: a batch of thousands of rows does not wait
    ///   for the WAL writer before its own commit
    /// - max_locks_per_transaction: a transaction that makes thousands of tables is one in the
    ///   store too
    /// - jit off: the statements here are short and many, compiling them costs more than it brings
    /// - wal_compression stays off: these binaries have neither lz4 nor zstd, and pglz takes
    ///   processor time from the commits
    private static final Map<String, String> SETTINGS =
            Map.ofEntries(
                    Map.entry("listen_addresses", "127.0.0.1"),
                    Map.entry("unix_socket_directories", ""),
                    Map.entry("max_connections", "200"),
                    Map.entry("max_locks_per_transaction", "256"),
                    Map.entry("password_encryption", "scram-sha-256"),
                    Map.entry("fsync", "on"),
                    Map.entry("full_page_writes", "on"),
                    Map.entry("synchronous_commit", "on"),
                    Map.entry("wal_level", "logical"),
                    Map.entry("max_replication_slots", "32"),
                    Map.entry("max_wal_senders", "32"),
                    Map.entry("wal_sender_timeout", "60s"),
                    Map.entry("shared_buffers", "256MB"),
                    Map.entry("dynamic_shared_memory_type", "posix"),
                    Map.entry("wal_buffers", "16MB"),
                    Map.entry("max_wal_size", "1GB"),
                    Map.entry("backend_flush_after", "1MB"),
                    Map.entry("min_wal_size", "256MB"),
                    Map.entry("checkpoint_timeout", "15min"),
                    Map.entry("checkpoint_completion_target", "0.9"),
                    Map.entry("autovacuum", "on"),
                    Map.entry("jit", "off"),
                    Map.entry("timezone", "UTC"),
                    Map.entry("log_timezone", "UTC"),
                    Map.entry("datestyle", "ISO, MDY"),
                    Map.entry("default_text_search_config", "pg_catalog.english"),
                    Map.entry("lc_messages", "C"),
                    Map.entry("lc_monetary", "C"),
                    Map.entry("lc_numeric", "C"),
                    Map.entry("lc_time", "C"),
                    Map.entry("log_line_prefix", "%m [%p] %q%u@%d %a "),
                    Map.entry("log_checkpoints", "off"));

    private static final Pattern ERROR =
            Pattern.compile(
                    "(?:FATAL:|PANIC:|initdb: error:) +(.*?)(?: \\d{4}-\\d\\d-\\d\\d .*| child process .*| initdb: .*)?$");

    private Cluster() {}

    static Path path(Path directory) {
        return directory.resolve("postgres");
    }

    /// Creates the cluster when it is not there. It is prepared under another name and renamed when
    /// complete and on disk, so one that was interrupted is never taken for whole.
    static void create(Path directory, Launcher launcher, String password) throws IOException {
        Path cluster = path(directory);
        Path unfinished = directory.resolve("postgres.new");
        Path passwordFile = directory.resolve("postgres.password");
        Leftovers.endOrphans(unfinished);
        PostgresBinaries.deleteRecursively(unfinished);
        Files.deleteIfExists(passwordFile);
        if (Files.exists(cluster)) {
            return;
        }
        Files.createFile(
                passwordFile,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            Files.writeString(passwordFile, Verifier.ofOurOwn(password));
            Launcher.Output output =
                    Launcher.run(
                            launcher.command(
                                    "initdb",
                                    List.of(
                                            "--pgdata=" + unfinished,
                                            "--username=highwater",
                                            "--pwfile=" + passwordFile,
                                            "--auth=scram-sha-256",
                                            "--encoding=UTF8",
                                            "--locale=C",
                                            // Text sorts by code point, the same on every machine
                                            // and libc.
                                            "--locale-provider=builtin",
                                            "--builtin-locale=C.UTF-8",
                                            "--data-checksums")));
            if (output.exit() != 0) {
                throw notCreated(cluster, output.line());
            }
            Files.writeString(unfinished.resolve("pg_hba.conf"), ACCESS);
            Files.move(unfinished, cluster, StandardCopyOption.ATOMIC_MOVE);
            DataDirectory.sync(directory);
        } finally {
            Files.deleteIfExists(passwordFile);
        }
    }

    /// Of all that initdb tells, the error.
    private static Failure.Unavailable notCreated(Path cluster, String said) {
        Matcher error = ERROR.matcher(said);
        String reason = error.find() ? error.group(1) : said;
        return new Failure.Unavailable(
                said.contains("No space left on device") ? "disk-full" : "postgres-start",
                "PostgreSQL could not create its files in " + cluster + ": " + reason);
    }

    /// Writes postgresql.conf anew, so that an upgrade of this program brings its settings along.
    /// What a person sets with `alter system` is kept elsewhere and wins.
    static void configure(Path directory, int port, Map<String, String> more) throws IOException {
        Map<String, String> settings = new TreeMap<>(SETTINGS);
        settings.put("port", Integer.toString(port));
        settings.putAll(more);
        StringBuilder text =
                new StringBuilder(
                        "# written by highwater at every start; use ALTER SYSTEM to change\n");
        settings.forEach(
                (name, value) ->
                        text.append(name)
                                .append(" = '")
                                .append(value.replace("'", "''"))
                                .append("'\n"));
        Files.writeString(path(directory).resolve("postgresql.conf"), text);
    }
}
