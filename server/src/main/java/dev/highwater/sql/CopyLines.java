package dev.highwater.sql;

import java.sql.Connection;
import java.sql.SQLException;

/// Lines on their way into a table by COPY in text format, as they came out of another. Closed
/// without [#end], nothing of it is kept. Not thread-safe.
public final class CopyLines extends CopyInto {
    private final byte[] out = new byte[BUFFER];
    private int used;

    private CopyLines(Connection connection, String statement) throws SQLException {
        super(connection, statement);
    }

    /// Starts a `COPY … FROM STDIN` on this connection.
    public static CopyLines start(Connection connection, String statement) throws SQLException {
        return new CopyLines(connection, statement);
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
            sendRest();
        }
        if (bytes.length > BUFFER) {
            send(bytes, bytes.length);
        } else {
            System.arraycopy(bytes, 0, out, used, bytes.length);
            used += bytes.length;
        }
    }

    @Override
    void sendRest() throws SQLException {
        send(out, used);
        used = 0;
    }
}
