package dev.highwater.relation;

import java.sql.SQLException;
import org.postgresql.util.PSQLException;

/// What PostgreSQL said, on one line.
final class SqlMessages {
    private SqlMessages() {}

    static String line(SQLException e) {
        var server = e instanceof PSQLException p ? p.getServerErrorMessage() : null;
        String message = server == null ? e.getMessage() : server.getMessage();
        return String.valueOf(message).replaceAll("\\s*\\R\\s*", " ");
    }
}
