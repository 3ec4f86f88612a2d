package dev.highwater.apply;

import dev.highwater.capture.WalPart;
import dev.highwater.journal.Beginning;
import dev.highwater.journal.Leaf;
import dev.highwater.journal.MerkleTree;
import dev.highwater.sql.CopyLine;
import dev.highwater.view.ViewRequest;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntToLongFunction;
import org.postgresql.replication.LogSequenceNumber;

/// What the applier is given to do, in one order.
sealed interface Work {
    /// A transaction of the source, or a part of one.
    record Wal(WalPart part) implements Work {}

    /// The WAL holds nothing for us up to here.
    record Idle(LogSequenceNumber upTo) implements Work {}

    /// The rows from before that come next for a bag hold what committed before this place.
    record Snapshot(int relation, LogSequenceNumber at) implements Work {}

    /// Rows from before a table was published.
    ///
    /// @param tree over the changes that say so, all of them
    record Rows(int relation, List<Row> rows, MerkleTree tree) implements Work {}

    /// A row from before a table was published, and the change that says so in the journal.
    record Row(CopyLine line, Leaf inserted) {}

    /// Nothing is to be done; `done` hears when everything before it is committed.
    record Passed(CompletableFuture<Integer> done) implements Work {}

    /// All rows from before are handed over.
    record Filled(int relation) implements Work {}

    /// A view is wanted; `done` hears the id of its relation once that is committed, or why not.
    record CreateView(ViewRequest request, CompletableFuture<Integer> done) implements Work {}

    /// A view is to go; `done` hears when that is committed, or why not.
    ///
    /// @param cascade whether the views over it go too
    record DropView(int relation, boolean cascade, CompletableFuture<Integer> done)
            implements Work {}

    /// The past is to go.
    ///
    /// @param floors from where on relations have history
    /// @param needed the position from which on somebody who is reading needs a relation's history
    /// @param journal where the journal begins
    record Cut(Map<Integer, Long> floors, IntToLongFunction needed, Beginning journal) {}

    /// The past is to go; `done` hears when that is committed.
    record Retain(Cut cut, CompletableFuture<Integer> done) implements Work {}

    /// A view holds its rows as of a position.
    record ViewFilled(int relation, long at) implements Work {}

    /// A view could not be filled.
    record ViewFailed(int relation, String reason) implements Work {}

    /// The rows from before have to be read again from the start.
    record Refill(int relation, String reason) implements Work {}
}
