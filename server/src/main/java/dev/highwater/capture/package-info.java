/// Capture: the source's WAL as transactions, in commit order.
///
/// Read in this order: [WalEvent] (what a transaction is made of), [PgOutput] (bytes to events),
/// [WalPart] and [WalStream] (the loop that reads the slot), [Source] (what Highwater keeps in the
/// source: schema, publication, slot), [Snapshot] (the rows that were there before).
@NullMarked
package dev.highwater.capture;

import org.jspecify.annotations.NullMarked;
