package dev.highwater.client;

import com.zaxxer.hikari.HikariDataSource;
import dev.highwater.failure.Failure;
import dev.highwater.sql.DataDirectory;
import dev.highwater.sql.Database;
import dev.highwater.sql.EmbeddedPostgres;
import dev.highwater.sql.EventStore;
import dev.highwater.sql.PgAddress;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/// One PostgreSQL without a node for all tests of this JVM, and new databases in it that have the
/// event store.
final class Databases {
    private static final EmbeddedPostgres SERVER = start();
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final String TEMPLATE = template();

    private Databases() {}

    /// A pool for a new database.
    static HikariDataSource create() throws SQLException {
        PgAddress address = address("client_" + NUMBER.incrementAndGet());
        createDatabase(address.database(), TEMPLATE);
        return Database.pool(address, "test", 20);
    }

    private static String template() {
        try {
            var address = address("client_template");
            createDatabase(address.database(), "template1");
            EventStore.install(address);
            return address.database();
        } catch (SQLException e) {
            throw new Failure.Bug("no database for tests", e);
        }
    }

    private static void createDatabase(String name, String template) throws SQLException {
        try (Connection connection = Database.single(address("postgres"), "test");
                var statement = connection.createStatement()) {
            // What an earlier run left.
            statement.execute("drop database if exists " + name + " with (force)");
            statement.execute("create database " + name + " template " + template);
        }
    }

    private static PgAddress address(String database) {
        return SERVER.address(EmbeddedPostgres.Role.HIGHWATER, database);
    }

    /// The first column of the first row.
    static long number(HikariDataSource database, String sql) throws SQLException {
        try (var connection = database.getConnection();
                var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    static void execute(HikariDataSource database, String sql) throws SQLException {
        try (var connection = database.getConnection();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static EmbeddedPostgres start() {
        var directory = DataDirectory.open(Path.of("target", "test-postgres"));
        var server =
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
                                    directory.close();
                                }));
        return server;
    }
}
