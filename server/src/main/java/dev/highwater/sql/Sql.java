package dev.highwater.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// The few lines of JDBC that would otherwise be repeated. Parameters are always bound.
public final class Sql {

    private Sql() {}

    /// Makes a value of the row that the result set stands on.
    @FunctionalInterface
    public interface RowMapper<T> {
        T map(ResultSet row) throws SQLException;
    }

    /// Work on a connection; an exception of its own kind passes through.
    @FunctionalInterface
    public interface Work<T, E extends Exception> {
        T run(Connection connection) throws SQLException, E;
    }

    /// All rows of a query, held in memory.
    public static <T> List<T> query(
            Connection connection, String sql, RowMapper<T> mapper, @Nullable Object... parameters)
            throws SQLException {
        try (PreparedStatement statement = bound(connection, sql, parameters);
                ResultSet rows = statement.executeQuery()) {
            List<T> result = new ArrayList<>();
            while (rows.next()) {
                result.add(mapper.map(rows));
            }
            return result;
        }
    }

    /// The first row of a query, if there is one.
    public static <T> Optional<T> first(
            Connection connection, String sql, RowMapper<T> mapper, @Nullable Object... parameters)
            throws SQLException {
        try (PreparedStatement statement = bound(connection, sql, parameters);
                ResultSet rows = statement.executeQuery()) {
            return rows.next() ? Optional.of(mapper.map(rows)) : Optional.empty();
        }
    }

    /// Runs one statement and gives the number of rows it touched.
    public static int update(Connection connection, String sql, @Nullable Object... parameters)
            throws SQLException {
        try (PreparedStatement statement = bound(connection, sql, parameters)) {
            return statement.executeUpdate();
        }
    }

    /// Runs work on a connection of its own in one transaction: committed when it returns, rolled
    /// back when it throws.
    public static <T, E extends Exception> T inTransaction(DataSource source, Work<T, E> work)
            throws SQLException, E {
        try (Connection connection = source.getConnection()) {
            return inTransaction(connection, work);
        }
    }

    /// The same on a connection in auto-commit mode, which it is in again afterwards.
    public static <T, E extends Exception> T inTransaction(Connection connection, Work<T, E> work)
            throws SQLException, E {
        connection.setAutoCommit(false);
        boolean done = false;
        try {
            T result = work.run(connection);
            connection.commit();
            done = true;
            return result;
        } finally {
            if (!connection.isClosed()) {
                if (!done) {
                    connection.rollback();
                }
                connection.setAutoCommit(true);
            }
        }
    }

    private static PreparedStatement bound(
            Connection connection, String sql, @Nullable Object... parameters) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        try {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            return statement;
        } catch (SQLException e) {
            statement.close();
            throw e;
        }
    }
}
