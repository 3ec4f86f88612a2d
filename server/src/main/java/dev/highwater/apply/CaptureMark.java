package dev.highwater.apply;

import dev.highwater.capture.Source;
import dev.highwater.failure.Failure;
import dev.highwater.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;

/// How far the source has been captured, kept in the store and moved in the transaction that writes
/// the effects. A term fences it: whoever takes the mark over raises the term, and a predecessor
/// that is still dying cannot commit one more batch.
///
/// @param term this writer's
/// @param slot the slot that is read; null before the first capture
/// @param systemIdentifier which PostgreSQL the slot is in
/// @param timeline of that PostgreSQL's WAL; 0 when it was not noted
/// @param lsn where the last captured commit ends
record CaptureMark(
        long term,
        @Nullable String slot,
        @Nullable String systemIdentifier,
        int timeline,
        LogSequenceNumber lsn) {
    private static final String SEIZE =
            """
            update highwater.capture set term = term + 1
            returning term, slot, system_identifier, coalesce(timeline, 0), lsn
            """;

    private static final String READ =
            "select term, slot, system_identifier, coalesce(timeline, 0), lsn from highwater.capture";

    private static final String START =
            """
            update highwater.capture set slot = ?, system_identifier = ?, timeline = ?, lsn = ?::pg_lsn where term = ?
            """;

    private static final String MOVE =
            "update highwater.capture set lsn = ?::pg_lsn, at = coalesce(?, at) where term = ?";

    /// Takes the mark over under a new term.
    static CaptureMark seize(Connection connection) throws SQLException {
        return of(connection, SEIZE);
    }

    /// The mark as it is, without taking it over.
    static CaptureMark read(Connection connection) throws SQLException {
        return of(connection, READ);
    }

    private static CaptureMark of(Connection connection, String sql) throws SQLException {
        return Sql.first(
                        connection,
                        sql,
                        row ->
                                new CaptureMark(
                                        row.getLong(1),
                                        row.getString(2),
                                        row.getString(3),
                                        row.getInt(4),
                                        LogSequenceNumber.valueOf(row.getString(5))))
                .orElseThrow(
                        () ->
                                new Failure.Corrupt(
                                        "no-mark", "the store has lost its capture mark"));
    }

    /// Sets the mark to a slot of a source.
    CaptureMark started(
            Connection connection, String slot, Source.Identity source, LogSequenceNumber at)
            throws SQLException {
        held(
                Sql.update(
                        connection,
                        START,
                        slot,
                        source.system(),
                        source.timeline(),
                        at.asString(),
                        term));
        return new CaptureMark(term, slot, source.system(), source.timeline(), at);
    }

    /// Moves the mark inside the caller's transaction.
    ///
    /// @param at when the last transaction before it committed, or null to leave that
    void move(Connection connection, LogSequenceNumber to, @Nullable Instant at)
            throws SQLException {
        held(
                Sql.update(
                        connection,
                        MOVE,
                        to.asString(),
                        at == null ? null : at.atOffset(ZoneOffset.UTC),
                        term));
    }

    private void held(int rows) {
        if (rows != 1) {
            throw new Failure.Conflict(
                    "term-over",
                    "another process has taken over capturing into this store (term "
                            + term
                            + " is over); only one may run");
        }
    }
}
