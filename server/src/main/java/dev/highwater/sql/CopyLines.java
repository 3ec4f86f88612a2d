package dev.highwater.sql;

import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/// Lines on their way into a table by COPY in text format, as they came out of another. Closed
/// without [#end], nothing of it is kept. Not thread-safe.
public final class CopyLines implements AutoCloseable {
    private static final int BUFFER = 64 * 1024;

    private final CopyIn copy;
    private final byte[] out = new byte[BUFFER];
    private int used;

    private CopyLines(CopyIn copy) {
        this.copy = copy;
    }

    /// Starts a `COPY … FROM STDIN` on this connection.
    public static CopyLines start(Connection connection, String statement) throws SQLException {
        return new CopyLines(connection.unwrap(PGConnection.class).getCopyAPI().copyIn(statement));
    }

    /// Adds a row.
    ///
    /// @param before the first columns, each with the tab behind it
    /// @param line the others
    public void add(byte[] before, CopyLine line) throws SQLException {
        add(before);
        add(line.bytes());
    }

    private void add(byte[] bytes) throws SQLException {
        if (used + bytes.length > BUFFER) {
            send();
        }
        if (bytes.length > BUFFER) {
            copy.writeToCopy(bytes, 0, bytes.length);
        } else {
            System.arraycopy(bytes, 0, out, used, bytes.length);
            used += bytes.length;
        }
    }

    private void send() throws SQLException {
        copy.writeToCopy(out, 0, used);
        used = 0;
    }

    /// Ends the COPY; the rows are in the table then, as far as the transaction goes.
    ///
    /// @return how many rows
    public long end() throws SQLException {
        send();
        return copy.endCopy();
    }

    @Override
    public void close() throws SQLException {
        if (copy.isActive()) {
            copy.cancelCopy();
        }
    }
}
