package dev.highwater.client;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// Where statements run.
sealed interface Session {

    /// Each statement on a connection of its own, committed.
    record Pooled(DataSource source) implements Session {}

    /// All on one connection, in the caller's transaction if there is one.
    record Given(Connection connection) implements Session {}

    /// Reads the row that the result set is at.
    interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    /// Runs a query to its end.
    default <T> List<T> query(String sql, Row<T> row, @Nullable Object... parameters)
            throws SQLException {
        try {
            return switch (this) {
                case Given(var connection) -> query(connection, sql, row, parameters);
                case Pooled(var source) -> {
                    try (var connection = source.getConnection()) {
                        var rows = query(connection, sql, row, parameters);
                        if (!connection.getAutoCommit()) {
                            connection.commit();
                        }
                        yield rows;
                    }
                }
            };
        } catch (SQLException e) {
            throw EventStoreException.of(e);
        }
    }

    /// Whether an error leaves what comes after it possible.
    default boolean outlivesErrors() throws SQLException {
        return switch (this) {
            case Pooled _ -> true;
            case Given(var connection) -> connection.getAutoCommit();
        };
    }

    private static <T> List<T> query(
            Connection connection, String sql, Row<T> row, @Nullable Object... parameters)
            throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            try (var results = statement.executeQuery()) {
                var rows = new ArrayList<T>();
                while (results.next()) {
                    rows.add(row.read(results));
                }
                return rows;
            }
        }
    }
}
