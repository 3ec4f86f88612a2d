package dev.highwater.apply;

import dev.highwater.capture.WalPart;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;

/// What the applier is given to do, in one order.
sealed interface Work {
    /// A transaction of the source, or a part of one.
    record Wal(WalPart part) implements Work {}

    /// The WAL holds nothing for us up to here.
    record Idle(LogSequenceNumber upTo) implements Work {}

    /// Rows from before a table was published.
    record Rows(int relation, List<@Nullable String[]> rows) implements Work {}

    /// All rows from before are handed over.
    record Filled(int relation) implements Work {}

    /// The rows from before have to be read again from the start.
    record Refill(int relation, String reason) implements Work {}
}
