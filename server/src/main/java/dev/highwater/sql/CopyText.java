package dev.highwater.sql;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// Rows on their way into a table by COPY in text format. Closed without [#end], nothing of it is
/// kept. Not thread-safe.
public final class CopyText extends CopyInto {
    private final StringBuilder out = new StringBuilder(BUFFER + 8 * 1024);
    private boolean inRow;

    private CopyText(Connection connection, String statement) throws SQLException {
        super(connection, statement);
    }

    /// Starts a `COPY … FROM STDIN` on this connection.
    public static CopyText start(Connection connection, String statement) throws SQLException {
        return new CopyText(connection, statement);
    }

    /// Adds a number to the row.
    public CopyText add(long value) {
        separate();
        out.append(value);
        return this;
    }

    /// Adds a value in its type's text form to the row.
    public CopyText add(@Nullable String value) {
        separate();
        if (value == null) {
            out.append("\\N");
            return this;
        }
        // Most values have nothing to escape: they go as a whole, because appending char by char is
        // what
        // a bulk load would spend most of its time on.
        int start = 0;
        for (int i = 0; i < value.length(); i++) {
            char escape = escape(value.charAt(i));
            if (escape != 0) {
                out.append(value, start, i).append('\\').append(escape);
                start = i + 1;
            }
        }
        out.append(value, start, value.length());
        return this;
    }

    /// Ends the row.
    public void endRow() throws SQLException {
        out.append('\n');
        inRow = false;
        if (out.length() >= BUFFER) {
            sendRest();
        }
    }

    /// What stands behind a backslash for this character, or 0 when it stands for itself.
    private static char escape(char c) {
        if (c > '\\') {
            return 0;
        }
        return switch (c) {
            case '\\' -> '\\';
            case '\n' -> 'n';
            case '\r' -> 'r';
            case '\t' -> 't';
            default -> 0;
        };
    }

    private void separate() {
        if (inRow) {
            out.append('\t');
        }
        inRow = true;
    }

    @Override
    void sendRest() throws SQLException {
        byte[] bytes = out.toString().getBytes(StandardCharsets.UTF_8);
        send(bytes, bytes.length);
        out.setLength(0);
    }
}
