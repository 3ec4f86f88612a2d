package dev.highwater.journal;

import dev.highwater.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/// Where the kept journal begins: what came before was taken by retention.
///
/// @param keptFrom the changes of entries up to this position are not kept
/// @param entriesFrom nor are the entries themselves up to this one, which is `keptFrom` or before
/// @param seq of the last chained entry among these
/// @param lamport of the same
/// @param hash of the same: the first entry that is kept is chained to it
/// @param at the latest time of these
public record Beginning(
        long keptFrom,
        long entriesFrom,
        long seq,
        long lamport,
        byte[] hash,
        @Nullable OffsetDateTime at) {
    private static final String LOAD =
            "select kept_from, entries_from, seq, lamport, hash, at from highwater.journal";

    private static final String SAVE =
            "update highwater.journal set kept_from = ?, entries_from = ?, seq = ?, lamport = ?, hash = ?, at = ?";

    /// The entries behind this one up to a position, of which those with a seq are chained.
    private static final String LAST =
            """
            select seq, lamport, hash from highwater.entry
            where position > ? and position <= ? and seq > 0 order by position desc limit 1
            """;

    private static final String LATEST =
            "select max(at) from highwater.entry where position > ? and position <= ?";

    /// Reads it.
    public static Beginning load(Connection connection) throws SQLException {
        return Sql.first(
                        connection,
                        LOAD,
                        row ->
                                new Beginning(
                                        row.getLong(1),
                                        row.getLong(2),
                                        row.getLong(3),
                                        row.getLong(4),
                                        row.getBytes(5),
                                        row.getObject(6, OffsetDateTime.class)))
                .orElseThrow();
    }

    /// A later one. Entries never change, so it may be made while others are written behind it.
    ///
    /// @param entries at most up to the entry before the last chained one
    public Beginning movedTo(Connection connection, long changes, long entries)
            throws SQLException {
        var latest =
                Sql.query(
                        connection,
                        LATEST,
                        row -> row.getObject(1, OffsetDateTime.class),
                        entriesFrom,
                        entries);
        var newest =
                latest.getFirst() == null || (at != null && at.isAfter(latest.getFirst()))
                        ? at
                        : latest.getFirst();
        return Sql.first(
                        connection,
                        LAST,
                        row ->
                                new Beginning(
                                        changes,
                                        entries,
                                        row.getLong(1),
                                        row.getLong(2),
                                        row.getBytes(3),
                                        newest),
                        entriesFrom,
                        entries)
                .orElse(new Beginning(changes, entries, seq, lamport, hash, newest));
    }

    /// Whether more is kept than from another one on.
    public boolean isBefore(Beginning other) {
        return keptFrom < other.keptFrom || entriesFrom < other.entriesFrom;
    }

    /// Writes it.
    public void save(Connection connection) throws SQLException {
        Sql.update(connection, SAVE, keptFrom, entriesFrom, seq, lamport, hash, at);
    }
}
