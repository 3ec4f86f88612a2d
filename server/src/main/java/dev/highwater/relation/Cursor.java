package dev.highwater.relation;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGStatement;

/// A read that is under way. Rows arrive from the server in blocks of about a megabyte, whatever
/// their size. It holds a connection and a snapshot until it is closed. Not thread-safe.
final class Cursor implements AutoCloseable {
    private static final int BLOCK_BYTES = 1 << 20;
    private static final int FIRST_BLOCK = 64;
    private static final int BLOCK_MAX = 4096;

    private final Connection connection;
    private final PreparedStatement statement;
    private final ResultSet result;
    private long rows;
    private long characters;

    /// What has to be kept for a read to be whole.
    ///
    /// @param relations their ids
    record Need(Collection<Integer> relations, long position) {}

    private Cursor(Connection connection, PreparedStatement statement, ResultSet result) {
        this.connection = connection;
        this.statement = statement;
        this.result = result;
    }

    /// Opens a read whose plan is made for its values.
    ///
    /// @throws dev.highwater.failure.Failure.Gone `not-kept`
    static Cursor open(DataSource store, SqlText sql, Need need) throws SQLException {
        var connection = begin(store, need, "");
        try {
            return run(connection, sql.prepare(connection));
        } catch (SQLException | RuntimeException e) {
            giveBack(connection);
            throw e;
        }
    }

    /// The same for a read that computes a view's query: in the role that may do nothing else, and
    /// not for long.
    static Cursor openAsView(DataSource store, SqlText sql, Need need) throws SQLException {
        var connection =
                begin(
                        store,
                        need,
                        "select highwater.limit_temp_files('4GB', true); set local statement_timeout = '30s';"
                                + " set local role highwater_view");
        try {
            return run(connection, sql.prepare(connection));
        } catch (SQLException | RuntimeException e) {
            giveBack(connection);
            throw e;
        }
    }

    /// Opens a read whose statement stays prepared and keeps its plan, whatever its values: for one
    /// that is asked again and again, where planning would take longer than reading.
    static Cursor openPrepared(DataSource store, SqlText sql, Need need) throws SQLException {
        var connection = begin(store, need, "set local plan_cache_mode = force_generic_plan");
        try {
            var statement = sql.prepare(connection);
            statement.unwrap(PGStatement.class).setPrepareThreshold(1);
            return run(connection, statement);
        } catch (SQLException | RuntimeException e) {
            giveBack(connection);
            throw e;
        }
    }

    /// Only in a transaction does the driver fetch in blocks. What is needed and what is read are
    /// looked at in one snapshot.
    private static Connection begin(DataSource store, Need need, String settings)
            throws SQLException {
        var connection = store.getConnection();
        connection.setAutoCommit(false);
        try (var statement = connection.createStatement()) {
            statement.execute(
                    "set transaction isolation level repeatable read; select highwater.check_kept('{%s}', %d); %s"
                            .formatted(
                                    need.relations().stream()
                                            .map(String::valueOf)
                                            .collect(Collectors.joining(",")),
                                    need.position(),
                                    settings));
            return connection;
        } catch (SQLException e) {
            giveBack(connection);
            NotKept.check(e);
            throw e;
        }
    }

    private static Cursor run(Connection connection, PreparedStatement statement)
            throws SQLException {
        statement.setFetchSize(FIRST_BLOCK);
        return new Cursor(connection, statement, statement.executeQuery());
    }

    boolean next() throws SQLException {
        if (rows == FIRST_BLOCK) {
            long perRow = Math.max(1, characters / rows);
            result.setFetchSize(Math.clamp(BLOCK_BYTES / perRow, 1, BLOCK_MAX));
        }
        rows++;
        return result.next();
    }

    /// Column of the current row, counted from 1.
    @Nullable String text(int column) throws SQLException {
        String text = result.getString(column);
        characters += text == null ? 1 : text.length();
        return text;
    }

    long number(int column) throws SQLException {
        return result.getLong(column);
    }

    /// `count` texts from `first` on.
    @Nullable String[] texts(int first, int count) throws SQLException {
        var row = new @Nullable String[count];
        for (int i = 0; i < count; i++) {
            row[i] = text(first + i);
        }
        return row;
    }

    @Override
    public void close() throws SQLException {
        try (statement) {
            result.close();
        } finally {
            giveBack(connection);
        }
    }

    private static void giveBack(Connection connection) throws SQLException {
        try (connection) {
            if (!connection.isClosed()) {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        }
    }
}
