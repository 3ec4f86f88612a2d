package dev.highwater.client;

import com.zaxxer.hikari.HikariDataSource;
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

    private Databases() {}

    /// A pool for a new database.
    static HikariDataSource create() throws SQLException {
        var server = SERVER.address(EmbeddedPostgres.Role.HIGHWATER, "postgres");
        PgAddress address = server.withDatabase("client_" + NUMBER.incrementAndGet());
        try (Connection connection = Database.single(server, "test");
                var statement = connection.createStatement()) {
            // What an earlier run left.
            statement.execute("drop database if exists " + address.database() + " with (force)");
            statement.execute("create database " + address.database());
        }
        EventStore.install(address);
        return Database.pool(address, "test", 20);
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
