package dev.highwater.relation;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/// The rows of a relation as of a position, read as they are asked for. Not thread-safe.
public final class RowStream implements AutoCloseable {
    private final RowFormat format;
    private final Cursor cursor;

    RowStream(RowFormat format, Cursor cursor) {
        this.format = format;
        this.cursor = cursor;
    }

    /// What each row holds.
    public RowFormat format() {
        return format;
    }

    /// The next row, or null after the last.
    public @Nullable String @Nullable [] next() throws SQLException {
        return cursor.next() ? cursor.texts(1, format.columns().size()) : null;
    }

    @Override
    public void close() throws SQLException {
        cursor.close();
    }
}
