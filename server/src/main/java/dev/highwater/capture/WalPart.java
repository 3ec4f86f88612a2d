package dev.highwater.capture;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.postgresql.replication.LogSequenceNumber;

/// A transaction of the source or, where it is large, a part of one. Parts come in order and
/// without another transaction's in between. Everything in them has committed.
///
/// @param events in the order in which they happened
/// @param committedAt when the transaction committed
/// @param commit where in the WAL its commit begins
/// @param end where in the WAL its commit ends, on its last part only: the mark after it
public record WalPart(
        List<WalEvent> events,
        Instant committedAt,
        LogSequenceNumber commit,
        Optional<LogSequenceNumber> end) {}
