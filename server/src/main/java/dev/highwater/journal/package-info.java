/// The journal: what an entry is, how it is ordered, hashed and kept.
///
/// Read in this order: [TableDefinition] and [Column] (what a change is written against),
/// [ChangeText] (a change as JSON text), [MerkleTree] and [EntryHash] (what an entry's hash
/// covers), [Entry], [Journal] (the tables `highwater.entry` and `highwater.change`),
/// [StoredChanges] (how many changes share a row), [Beginning] (where what is kept of it begins),
/// [Verification].
@NullMarked
package dev.highwater.journal;

import org.jspecify.annotations.NullMarked;
