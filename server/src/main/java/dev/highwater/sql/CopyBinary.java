package dev.highwater.sql;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;

/// Rows on their way into a table by COPY in binary format, which neither side has to escape or
/// parse. Closed without [#end], nothing of it is kept. Not thread-safe.
public final class CopyBinary extends CopyInto {
    /// The signature, no flags, no extension (PostgreSQL manual, "COPY", "Binary Format").
    private static final byte[] HEADER =
            "PGCOPY\n\u00ff\r\n\0\0\0\0\0\0\0\0\0".getBytes(StandardCharsets.ISO_8859_1);

    private static final short TRAILER = -1;

    private final ByteBuffer out = ByteBuffer.allocate(BUFFER).put(HEADER);

    private CopyBinary(Connection connection, String statement) throws SQLException {
        super(connection, statement);
    }

    /// Starts a `COPY … FROM STDIN (FORMAT binary)` on this connection.
    public static CopyBinary start(Connection connection, String statement) throws SQLException {
        return new CopyBinary(connection, statement);
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
            send(value, value.length);
        } else {
            room(value.length).put(value);
        }
        return this;
    }

    @Override
    void sendRest() throws SQLException {
        room(Short.BYTES).putShort(TRAILER);
        send();
    }

    private ByteBuffer room(int bytes) throws SQLException {
        if (out.remaining() < bytes) {
            send();
        }
        return out;
    }

    private void send() throws SQLException {
        send(out.array(), out.position());
        out.clear();
    }
}
