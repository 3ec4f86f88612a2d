package dev.highwater.sql;

import java.nio.charset.StandardCharsets;
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
    public @Nullable String @Nullable [] next() throws SQLException {
        byte[] line = copy.readFromCopy();
        return line == null ? null : parse(line, columns);
    }

    /// A line of COPY's text format, with its line end.
    static @Nullable String[] parse(byte[] line, int columns) {
        var row = new @Nullable String[columns];
        int start = 0;
        for (int i = 0; i < columns; i++) {
            int end = start;
            boolean escaped = false;
            while (line[end] != '\t' && line[end] != '\n') {
                escaped |= line[end] == '\\';
                end++;
            }
            row[i] =
                    escaped
                            ? unescape(line, start, end)
                            : new String(line, start, end - start, StandardCharsets.UTF_8);
            start = end + 1;
        }
        return row;
    }

    private static @Nullable String unescape(byte[] line, int start, int end) {
        if (end - start == 2 && line[start] == '\\' && line[start + 1] == 'N') {
            return null;
        }
        var bytes = new byte[end - start];
        int length = 0;
        for (int i = start; i < end; i++) {
            byte b = line[i];
            if (b == '\\') {
                i++;
                b =
                        switch (line[i]) {
                            case 'b' -> '\b';
                            case 'f' -> '\f';
                            case 'n' -> '\n';
                            case 'r' -> '\r';
                            case 't' -> '\t';
                            case 'v' -> 0x0b;
                            default -> line[i];
                        };
            }
            bytes[length++] = b;
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws SQLException {
        if (copy.isActive()) {
            copy.cancelCopy();
        }
    }
}
