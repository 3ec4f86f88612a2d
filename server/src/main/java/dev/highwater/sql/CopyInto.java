package dev.highwater.sql;

import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/// Rows on their way into a table by COPY. Closed without [#end], nothing of it is kept. Not
/// thread-safe.
public abstract class CopyInto implements AutoCloseable {
    /// So many bytes, or characters, collect before they are sent.
    static final int BUFFER = 64 * 1024;

    private final CopyIn copy;

    /// Starts a `COPY … FROM STDIN` on this connection.
    CopyInto(Connection connection, String statement) throws SQLException {
        copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(statement);
    }

    /// Sends the first bytes of an array.
    final void send(byte[] bytes, int length) throws SQLException {
        copy.writeToCopy(bytes, 0, length);
    }

    /// Sends what is left.
    abstract void sendRest() throws SQLException;

    /// Ends the COPY; the rows are in the table then, as far as the transaction goes.
    ///
    /// @return how many rows
    public final long end() throws SQLException {
        sendRest();
        return copy.endCopy();
    }

    @Override
    public final void close() throws SQLException {
        if (copy.isActive()) {
            copy.cancelCopy();
        }
    }
}
