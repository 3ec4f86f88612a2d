package dev.highwater.sql;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/// Rows on their way into a table by COPY in binary format, which neither side has to escape or
/// parse. Closed without [#end], nothing of it is kept. Not thread-safe.
public final class CopyBinary implements AutoCloseable {
    private static final int BUFFER = 64 * 1024;

    /// The signature, no flags, no extension (PostgreSQL manual, "COPY", "Binary Format").
    private static final byte[] HEADER =
            "PGCOPY\n\u00ff\r\n\0\0\0\0\0\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1);

    private static final short TRAILER = -1;

    private final CopyIn copy;
    private final ByteBuffer out = ByteBuffer.allocate(BUFFER).put(HEADER);

    private CopyBinary(CopyIn copy) {
        this.copy = copy;
    }

    /// Starts a `COPY … FROM STDIN (FORMAT binary)` on this connection.
    public static CopyBinary start(Connection connection, String statement) throws SQLException {
        return new CopyBinary(connection.unwrap(PGConnection.class).getCopyAPI().copyIn(statement));
    }

    /// Starts a row of so many columns.
    public CopyBinary row(int columns) throws SQLException {
        room(Short.BYTES).putShort((short) columns);
        return this;
    }

    /// Adds a value to the row, for a column of type bigint.
    public CopyBinary add(long value) throws SQLException {
        room(Integer.BYTES + Long.BYTES).putInt(Long.BYTES).putLong(value);
        return this;
    }

    /// Adds a value to the row, for a column of type int.
    public CopyBinary add(int value) throws SQLException {
        room(Integer.BYTES + Integer.BYTES).putInt(Integer.BYTES).putInt(value);
        return this;
    }

    /// Adds bytes to the row, for a column of type bytea, or text when they are UTF-8.
    public CopyBinary add(byte[] value) throws SQLException {
        room(Integer.BYTES).putInt(value.length);
        if (value.length > BUFFER) {
            send();
            copy.writeToCopy(value, 0, value.length);
        } else {
            room(value.length).put(value);
        }
        return this;
    }

    /// Ends the COPY; the rows are in the table then, as far as the transaction goes.
    ///
    /// @return how many rows
    public long end() throws SQLException {
        room(Short.BYTES).putShort(TRAILER);
        send();
        return copy.endCopy();
    }

    @Override
    public void close() throws SQLException {
        if (copy.isActive()) {
            copy.cancelCopy();
        }
    }

    private ByteBuffer room(int bytes) throws SQLException {
        if (out.remaining() < bytes) {
            send();
        }
        return out;
    }

    private void send() throws SQLException {
        copy.writeToCopy(out.array(), 0, out.position());
        out.clear();
    }
}
