package dev.highwater.sql;

import dev.highwater.failure.Failure;
import dev.highwater.failure.Shown;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A PostgreSQL of our own in a data directory: listening on 127.0.0.1 alone, durable, with the
/// databases `source` and `store`. It ends with this process, however that ends, where the system
/// allows (see [Launcher]); otherwise the next start ends it first.
///
/// Thread-safe. Start it from a platform thread.
public final class EmbeddedPostgres implements AutoCloseable {

    /// The port unless one is chosen.
    public static final int DEFAULT_PORT = 5474;

    /// Exit codes above it are this plus the number of the signal.
    private static final int SIGNALLED = 128;

    private static final String GRANTS =
            """
            grant pg_monitor, pg_checkpoint to app;
            revoke all on database postgres, template1, source, store from public;
            grant connect, temporary on database store to reader
            """;

    private static final Logger log = LoggerFactory.getLogger(EmbeddedPostgres.class);

    /// Who connects.
    public enum Role {
        /// The node itself; superuser.
        HIGHWATER,
        /// The applications; owns the database `source`.
        APP,
        /// Reads the database `store`.
        READER;

        /// The role's name in PostgreSQL.
        public String roleName() {
            return switch (this) {
                case HIGHWATER -> "highwater";
                case APP -> "app";
                case READER -> "reader";
            };
        }
    }

    /// How to start.
    ///
    /// @param port empty for the port of the last start, or 5474; 0 for the port of the last start
    ///   if it is free, or else any free one
    /// @param settings of postgresql.conf, in addition to ours
    /// @param onExit told when PostgreSQL ends by itself; it may call [#restart]. It runs on a
    ///   thread of this class that waits for nothing else
    public record Options(
            OptionalInt port, Map<String, String> settings, Consumer<Failure.Unavailable> onExit) {
        public Options {
            settings = Map.copyOf(settings);
        }

        /// The usual port, no more settings, and an end that is only logged.
        public static Options defaults() {
            return new Options(OptionalInt.empty(), Map.of(), failure -> {});
        }

        public Options withPort(int chosen) {
            return new Options(OptionalInt.of(chosen), settings, onExit);
        }

        public Options withSettings(Map<String, String> more) {
            return new Options(port, more, onExit);
        }

        public Options withOnExit(Consumer<Failure.Unavailable> told) {
            return new Options(port, settings, told);
        }
    }

    private final Path directory;
    private final Launcher launcher;
    private final Credentials credentials;
    private final Options options;
    private final ServerLog serverLog;
    private final ReentrantLock lock = new ReentrantLock();
    private Postmaster postmaster;
    private boolean closed;

    private EmbeddedPostgres(
            Path directory, Launcher launcher, Credentials credentials, Options options)
            throws IOException {
        this.directory = directory;
        this.launcher = launcher;
        this.credentials = credentials;
        this.options = options;
        this.serverLog = new ServerLog(directory);
        this.postmaster = launch();
    }

    /// Starts it, creating everything at the first start, and returns when both databases accept
    /// connections.
    ///
    /// @throws Failure.Unavailable `port-taken`, `disk-full`, `postgres-missing`,
    ///   `root-without-namespaces`, or `postgres-start` with PostgreSQL's own words
    public static EmbeddedPostgres start(DataDirectory data, Options options) {
        Path directory = data.path();
        try {
            Launcher launcher = Launcher.in(PostgresBinaries.unpacked(directory));
            Leftovers.end(Cluster.path(directory));
            Credentials credentials = credentials(directory, options.port());
            Cluster.create(directory, launcher, credentials.highwater());
            EmbeddedPostgres postgres =
                    new EmbeddedPostgres(directory, launcher, credentials, options);
            postgres.prepare();
            return postgres;
        } catch (IOException e) {
            throw filesFailed(directory, e);
        }
    }

    /// Where a role finds a database of this server.
    public PgAddress address(Role role, String database) {
        return new PgAddress(
                "127.0.0.1",
                credentials.port(),
                database,
                role.roleName(),
                credentials.password(role));
    }

    /// The server's process number, -1 while there is none.
    public long pid() {
        lock.lock();
        try {
            return postmaster.pid();
        } finally {
            lock.unlock();
        }
    }

    /// Stops it when it runs, ends what a killed one left behind, and starts it again on the same
    /// port.
    public void restart() {
        lock.lock();
        try {
            if (closed) {
                throw new Failure.Unavailable(
                        "postgres-closed", "the embedded PostgreSQL has been closed");
            }
            postmaster.stop();
            Leftovers.end(Cluster.path(directory));
            postmaster = launch();
        } catch (IOException e) {
            throw filesFailed(directory, e);
        } finally {
            lock.unlock();
        }
    }

    /// Stops it with a last checkpoint, so that the next start needs no recovery.
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            postmaster.stop();
        } finally {
            lock.unlock();
        }
    }

    private void prepare() {
        try {
            createDatabases();
        } catch (SQLException e) {
            close();
            throw new Failure.Unavailable(
                    "postgres-start",
                    "cannot prepare the databases source and store in "
                            + directory
                            + ": "
                            + e.getMessage(),
                    e);
        } catch (Failure e) {
            close();
            throw e;
        }
    }

    private Postmaster launch() throws IOException {
        int port = credentials.port();
        if (!Ports.isFree(port)) {
            throw Ports.taken(port);
        }
        Cluster.configure(directory, port, options.settings());
        serverLog.forget();
        String cluster = Cluster.path(directory).toString();
        Postmaster launched =
                Postmaster.launch(
                        launcher.command("postgres", List.of("-D", cluster)),
                        serverLog,
                        this::ended);
        launched.awaitReady();
        log.atInfo()
                .addKeyValue("port", port)
                .addKeyValue("pid", launched.pid())
                .log("PostgreSQL is ready");
        return launched;
    }

    private void ended(int exit) {
        String how =
                exit > SIGNALLED
                        ? "was killed by signal " + (exit - SIGNALLED)
                        : "ended by itself (exit " + exit + "): " + serverLog.reason();
        Failure.Unavailable failure =
                new Failure.Unavailable("postgres-ended", "PostgreSQL " + how);
        log.atError().log(failure.line());
        options.onExit().accept(failure);
    }

    private static Credentials credentials(Path directory, OptionalInt wanted) throws IOException {
        Credentials stored = Credentials.read(directory).orElse(null);
        if (stored == null && Files.exists(Cluster.path(directory))) {
            throw new Failure.Corrupt(
                    "credentials-missing",
                    directory
                            + "/credentials.json is missing: put back a copy of it, it holds the passwords of "
                            + Cluster.path(directory));
        }
        int port =
                port(wanted, stored == null ? OptionalInt.empty() : OptionalInt.of(stored.port()));
        Credentials credentials = stored == null ? Credentials.random(port) : stored.withPort(port);
        if (!credentials.equals(stored)) {
            credentials.write(directory);
        }
        return credentials;
    }

    private static int port(OptionalInt wanted, OptionalInt stored) {
        if (wanted.isEmpty()) {
            return stored.orElse(DEFAULT_PORT);
        }
        if (wanted.getAsInt() != 0) {
            return wanted.getAsInt();
        }
        return stored.isPresent() && Ports.isFree(stored.getAsInt())
                ? stored.getAsInt()
                : Ports.free();
    }

    /// Each statement is harmless when it was done before, since the process may be killed between
    /// any two of them.
    private void createDatabases() throws SQLException {
        try (Connection connection =
                Database.single(address(Role.HIGHWATER, "postgres"), "setup")) {
            createRole(connection, Role.APP);
            createRole(connection, Role.READER);
            createDatabase(connection, "source", Role.APP);
            createDatabase(connection, "store", Role.HIGHWATER);
            try (Statement statement = connection.createStatement()) {
                statement.execute(GRANTS);
            }
        }
        try (Connection connection = Database.single(address(Role.HIGHWATER, "source"), "setup")) {
            Sql.update(connection, "alter schema public owner to app");
        }
    }

    private void createRole(Connection connection, Role role) throws SQLException {
        String name = role.roleName();
        if (Sql.first(connection, "select 1 from pg_roles where rolname = ?", row -> 1, name)
                .isEmpty()) {
            String verifier = Verifier.of(credentials.password(role));
            Sql.update(connection, "create role " + name + " login password '" + verifier + "'");
        }
    }

    private static void createDatabase(Connection connection, String name, Role owner)
            throws SQLException {
        if (Sql.first(connection, "select 1 from pg_database where datname = ?", row -> 1, name)
                .isEmpty()) {
            Sql.update(connection, "create database " + name + " owner " + owner.roleName());
        }
    }

    private static Failure.Unavailable filesFailed(Path directory, IOException e) {
        return new Failure.Unavailable(
                "postgres-start",
                "cannot prepare PostgreSQL's files in " + directory + ": " + Shown.of(e),
                e);
    }
}
