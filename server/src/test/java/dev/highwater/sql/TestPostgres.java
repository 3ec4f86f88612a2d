package dev.highwater.sql;

import dev.highwater.failure.Failure;
import dev.highwater.sql.EmbeddedPostgres.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/// One embedded PostgreSQL for all tests of this JVM, started when first asked for and stopped with
/// the JVM, and in it a pair of databases for each test.
///
/// It runs without fsync: what tests do to it (kill processes, never the machine) loses nothing by
/// that. With `-Dhighwater.postgres=15` both databases are in a server of that version instead.
public final class TestPostgres {

    private static final boolean ON_15 = "15".equals(System.getProperty("highwater.postgres"));

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private TestPostgres() {}

    /// An empty source, owned by `app`, and an empty store; both addresses are the superuser's.
    /// Closing drops them with their replication slots.
    public record Databases(PgAddress source, PgAddress store) implements AutoCloseable {

        /// The same source as `app` connects to it.
        public PgAddress sourceAsApp() {
            return address(Role.APP, source.database());
        }

        /// The same store as `reader` connects to it.
        public PgAddress storeAsReader() {
            return address(Role.READER, store.database());
        }

        @Override
        public void close() {
            drop(List.of(source.database(), store.database()));
        }
    }

    /// Two new databases, `source_N` and `store_N`.
    public static Databases databases() {
        int number = NUMBER.incrementAndGet();
        String source = "source_" + number;
        String store = "store_" + number;
        try (Connection connection = admin()) {
            Sql.update(connection, "create database " + source + " owner app strategy wal_log");
            Sql.update(connection, "create database " + store + " strategy wal_log");
            Sql.update(connection, "revoke all on database " + store + " from public");
            Sql.update(connection, "grant connect, temporary on database " + store + " to reader");
        } catch (SQLException e) {
            throw new Failure.Bug("cannot create test databases", e);
        }
        return new Databases(address(Role.HIGHWATER, source), address(Role.HIGHWATER, store));
    }

    private static PgAddress address(Role role, String database) {
        if (!ON_15) {
            return server().address(role, database);
        }
        return On15.SERVER.address(role == Role.HIGHWATER ? "postgres" : role.roleName(), database);
    }

    /// The server itself, shared with all other tests.
    public static EmbeddedPostgres server() {
        return Running.SERVER;
    }

    private static Connection admin() {
        return Database.single(address(Role.HIGHWATER, "postgres"), "test");
    }

    private static void drop(List<String> databases) {
        try (Connection connection = admin()) {
            for (String database : databases) {
                Sql.query(
                        connection,
                        "select pg_terminate_backend(active_pid, 5000) from pg_replication_slots"
                                + " where database = ? and active",
                        row -> true,
                        database);
                Sql.query(
                        connection,
                        "select pg_drop_replication_slot(slot_name) from pg_replication_slots where database = ?",
                        row -> true,
                        database);
                Sql.update(
                        connection,
                        "drop database if exists " + Identifiers.quote(database) + " with (force)");
            }
        } catch (SQLException e) {
            throw new Failure.Bug("cannot drop test databases", e);
        }
    }

    private static final class On15 {
        static final OtherPostgres SERVER = start();

        private static OtherPostgres start() {
            try {
                var server =
                        OtherPostgres.create(
                                OtherPostgres.Version.V15,
                                Files.createTempDirectory("highwater"),
                                "max_connections=200",
                                "jit=off",
                                "timezone=UTC");
                Runtime.getRuntime().addShutdownHook(new Thread(server::close));
                server.run(
                        "postgres",
                        "create role app login password '$PASSWORD'",
                        "create role reader login password '$PASSWORD'",
                        "grant pg_monitor, pg_checkpoint to app",
                        "alter database template1 set client_min_messages = warning");
                server.run("template1", "grant all on schema public to public");
                return server;
            } catch (IOException | SQLException e) {
                throw new Failure.Bug("cannot start a PostgreSQL 15", e);
            }
        }
    }

    private static final class Running {
        static final EmbeddedPostgres SERVER = start();

        private static EmbeddedPostgres start() {
            DataDirectory directory = directory();
            EmbeddedPostgres server =
                    EmbeddedPostgres.start(
                            directory,
                            EmbeddedPostgres.Options.defaults()
                                    .withPort(0)
                                    .withSettings(Map.of("fsync", "off")));
            Runtime.getRuntime()
                    .addShutdownHook(
                            new Thread(
                                    () -> {
                                        server.close();
                                        // Not the lock, which may be another's at once.
                                        delete(directory.path().resolve("postgres"));
                                        directory.close();
                                    }));
            try (Connection connection =
                    Database.single(server.address(Role.HIGHWATER, "postgres"), "test")) {
                // Clients would spend more on hashing passwords than on most tests.
                for (var role : Role.values()) {
                    var address = server.address(role, "postgres");
                    Sql.update(
                            connection,
                            "alter role "
                                    + address.user()
                                    + " password '"
                                    + Verifier.ofOurOwn(address.password())
                                    + "'");
                }
                // What a killed run left.
                List<String> old =
                        Sql.query(
                                connection,
                                "select datname from pg_database where datname ~ '^(source|store)_[0-9]+$'",
                                row -> row.getString(1));
                for (String database : old) {
                    Sql.query(
                            connection,
                            "select pg_drop_replication_slot(slot_name) from pg_replication_slots where database = ?",
                            row -> true,
                            database);
                    Sql.update(connection, "drop database " + database + " with (force)");
                }
            } catch (SQLException e) {
                throw new Failure.Bug("cannot clean the test server", e);
            }
            return server;
        }

        private static void delete(Path folder) {
            try {
                PostgresBinaries.deleteRecursively(folder);
            } catch (IOException e) {
                throw new Failure.Bug("cannot delete " + folder, e);
            }
        }

        /// Test JVMs that run at the same time have a server each.
        private static DataDirectory directory() {
            Path folder = InMemory.folder().orElse(Path.of("target"));
            for (int i = 1; ; i++) {
                try {
                    return DataDirectory.open(folder.resolve("test-postgres-" + i));
                } catch (Failure.Conflict inUse) {
                    if (i == 16) {
                        throw inUse;
                    }
                }
            }
        }
    }
}
