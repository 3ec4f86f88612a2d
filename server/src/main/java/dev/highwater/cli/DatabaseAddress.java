package dev.highwater.cli;

import dev.highwater.failure.Failure;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/// A database as node.json names it, `postgresql://user:password@host:port/database`.
final class DatabaseAddress {

    private final URI url;

    DatabaseAddress(String url) {
        this.url = URI.create(url);
    }

    /// The database's name, for a prompt.
    String database() {
        return url.getPath().replaceFirst("^/", "");
    }

    /// Connects with the simple protocol: each statement goes out as it was written, and values
    /// come back as the text that PostgreSQL prints.
    Connection connect(String application) {
        Properties properties = new Properties();
        String[] user = (url.getRawUserInfo() == null ? "" : url.getRawUserInfo()).split(":", 2);
        properties.setProperty("user", decoded(user[0]));
        if (user.length == 2) {
            properties.setProperty("password", decoded(user[1]));
        }
        properties.setProperty("ApplicationName", application);
        properties.setProperty("preferQueryMode", "simple");
        properties.setProperty("connectTimeout", "5");
        try {
            return DriverManager.getConnection(
                    "jdbc:postgresql://"
                            + url.getRawAuthority().replaceFirst("^.*@", "")
                            + url.getRawPath()
                            + (url.getRawQuery() == null ? "" : "?" + url.getRawQuery()),
                    properties);
        } catch (SQLException e) {
            throw new Failure.Unavailable(
                    "no-database",
                    "the database '"
                            + database()
                            + "' at "
                            + url.getHost()
                            + ":"
                            + url.getPort()
                            + " cannot be reached ("
                            + e.getMessage()
                            + "); is the node running?",
                    e);
        }
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
