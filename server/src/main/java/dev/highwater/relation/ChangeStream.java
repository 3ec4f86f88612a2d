package dev.highwater.relation;

import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Changes in the order of their positions, read as they are asked for. Not thread-safe.
public final class ChangeStream implements AutoCloseable {
    private final List<RowFormat> formats;
    private final Cursor cursor;
    private @Nullable Version ahead;

    /// One version that came or went. Rows of one key at one position have the same `rank`.
    private record Version(
            long position, int source, long rank, boolean came, String at, @Nullable String[] row) {

        boolean isReplacedBy(Version next) {
            return !came
                    && next.came
                    && position == next.position
                    && source == next.source
                    && rank == next.rank;
        }
    }

    ChangeStream(List<RowFormat> formats, Cursor cursor) throws SQLException {
        this.formats = formats;
        this.cursor = cursor;
        this.ahead = read();
    }

    /// The next change, or null after the last.
    public @Nullable RowChange next() throws SQLException {
        var first = ahead;
        if (first == null) {
            return null;
        }
        var second = read();
        RowChange.Kind kind;
        if (second != null && first.isReplacedBy(second)) {
            kind = new RowChange.Kind.Updated(first.row, second.row);
            second = read();
        } else if (first.came) {
            kind = new RowChange.Kind.Inserted(first.row);
        } else {
            kind = new RowChange.Kind.Deleted(first.row);
        }
        ahead = second;
        return new RowChange(first.position, first.at, first.source, kind);
    }

    private @Nullable Version read() throws SQLException {
        if (!cursor.next()) {
            return null;
        }
        int source = (int) cursor.number(2);
        return new Version(
                cursor.number(1),
                source,
                cursor.number(3),
                cursor.number(4) == 1,
                String.valueOf(cursor.text(5)),
                cursor.texts(6, formats.get(source).columns().size()));
    }

    @Override
    public void close() throws SQLException {
        cursor.close();
    }
}
