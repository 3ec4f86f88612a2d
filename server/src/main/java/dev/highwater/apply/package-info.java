/// The applier: one thread, one store transaction a batch.
///
/// Read in this order: [Head] (what is settled, and waiting for it), [CaptureMark], [Batch]
/// (changes to journal entries and versions), [Session] (the loop), [Applier] (one session after
/// the other), [SourceWatch] (what nothing tells of), [Backfill] (rows from before), [Retention]
/// (the past that goes).
@NullMarked
package dev.highwater.apply;

import org.jspecify.annotations.NullMarked;
