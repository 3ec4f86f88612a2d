package dev.highwater.cli;

import dev.highwater.failure.Failure;
import dev.highwater.sql.PgAddress;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/// Plain JDBC connections to the databases of a node, as an application would open them.
final class Connections {

    private Connections() {}

    /// Connects with the simple protocol: each statement goes out as it was written, and values
    /// come back as the text that PostgreSQL prints.
    ///
    /// @param application what `pg_stat_activity` calls the connection
    static Connection open(PgAddress address, String application) {
        Properties properties = new Properties();
        properties.setProperty("user", address.user());
        properties.setProperty("password", address.password());
        properties.setProperty("ApplicationName", application);
        properties.setProperty("preferQueryMode", "simple");
        properties.setProperty("connectTimeout", "5");
        try {
            return DriverManager.getConnection(address.url(), properties);
        } catch (SQLException e) {
            throw new Failure.Unavailable(
                    "no-database",
                    address + " cannot be reached (" + e.getMessage() + "); is the node running?",
                    e);
        }
    }
}
