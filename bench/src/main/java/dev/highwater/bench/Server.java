package dev.highwater.bench;

import java.io.IOException;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/// A running PostgreSQL that a measurement writes to.
sealed interface Server extends AutoCloseable permits Node, PlainPostgres {
    /// The application's database, as `postgresql://USER:PASSWORD@HOST:PORT/DATABASE`.
    URI source();

    /// Waits until a row that was committed can be read where its readers read.
    void awaitReadable(String query) throws SQLException, InterruptedException;

    /// Stops it in order, with a checkpoint, so that every turn begins alike.
    @Override
    void close() throws IOException;

    /// Connects as an ordinary client.
    default Connection connect() throws SQLException {
        return connect(source());
    }

    static Connection connect(URI address) throws SQLException {
        var user = address.getUserInfo().split(":", 2);
        var properties = new Properties();
        properties.setProperty("user", user[0]);
        properties.setProperty("password", user[1]);
        properties.setProperty("reWriteBatchedInserts", "true");
        return DriverManager.getConnection(
                "jdbc:postgresql://%s:%d%s"
                        .formatted(address.getHost(), address.getPort(), address.getPath()),
                properties);
    }

    /// Runs statements, each in a transaction of its own.
    default void execute(String... statements) throws SQLException {
        try (var connection = connect();
                var statement = connection.createStatement()) {
            for (var text : statements) {
                statement.execute(text);
            }
        }
    }

    static String one(Connection connection, String query) throws SQLException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery(query)) {
            return row.next() ? String.valueOf(row.getString(1)) : "";
        }
    }
}
