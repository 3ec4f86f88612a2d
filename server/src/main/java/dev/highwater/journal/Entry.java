package dev.highwater.journal;

import java.time.Instant;

/// One committed transaction in a shard's journal.
///
/// @param position the store's own gapless number of it
/// @param kind why it is there
/// @param seq the shard's own gapless number of it, assigned by the shard's home
/// @param lamport Lamport time: greater than that of everything its home had seen
/// @param at when it was committed in the source, by the source's clock; microseconds count
/// @param changes how many changes it holds
/// @param root the Merkle root of the changes
/// @param hash over the previous entry's hash, the header and the root: see [EntryHash]
public record Entry(
        long position,
        Kind kind,
        int shard,
        int epoch,
        long seq,
        long lamport,
        Instant at,
        long changes,
        byte[] root,
        byte[] hash) {

    /// Why an entry is there.
    public enum Kind {
        /// A transaction of the source.
        COMMIT,
        /// Rows that were in a table before it was published.
        BACKFILL,
        /// What no commit caused, such as the first fill of a view: it has a position, but is
        /// neither chained nor sent, so its seq is 0, its root and hash are empty.
        LOCAL;

        /// The word that is stored and shown.
        public String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }

        /// The kind for a stored word.
        public static Kind ofWord(String word) {
            return valueOf(word.toUpperCase(java.util.Locale.ROOT));
        }
    }
}
