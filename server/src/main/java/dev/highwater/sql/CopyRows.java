package dev.highwater.sql;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/// Rows that come out of a `COPY … TO STDOUT` in text format, which is exactly each type's own text
/// form. Streams: a row is in memory at a time. Not thread-safe.
public final class CopyRows implements AutoCloseable {
    private final CopyOut copy;
    private final int columns;

    private CopyRows(CopyOut copy, int columns) {
        this.copy = copy;
        this.columns = columns;
    }

    /// Starts the COPY.
    ///
    /// @param columns how many columns it gives
    public static CopyRows start(Connection connection, String statement, int columns)
            throws SQLException {
        return new CopyRows(
                connection.unwrap(PGConnection.class).getCopyAPI().copyOut(statement), columns);
    }

    /// The next row, or null after the last.
    public @Nullable CopyLine next() throws SQLException {
        byte[] line = copy.readFromCopy();
        return line == null ? null : new CopyLine(line, columns);
    }

    @Override
    public void close() throws SQLException {
        if (copy.isActive()) {
            copy.cancelCopy();
        }
    }
}
