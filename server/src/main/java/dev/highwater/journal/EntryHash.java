package dev.highwater.journal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// The hash that chains a shard's entries: SHA-256 over the previous entry's hash (zeros for the
/// first), the header and the Merkle root.
///
/// The header is, big-endian: shard (4 bytes), epoch (4), seq (8), Lamport time (8), commit time in
/// microseconds since 1970 (8), number of changes (8), the kind's word in ASCII. The position is
/// not in it: it belongs to one store, the entry to every store.
public final class EntryHash {
    private EntryHash() {}

    /// What the first entry of a shard is chained to.
    public static byte[] first() {
        return new byte[Hashes.LENGTH];
    }

    /// The hash of the entry with these parts.
    public static byte[] of(
            byte[] previous,
            Entry.Kind kind,
            int shard,
            int epoch,
            long seq,
            long lamport,
            Instant at,
            long changes,
            byte[] root) {
        var header =
                ByteBuffer.allocate(40)
                        .putInt(shard)
                        .putInt(epoch)
                        .putLong(seq)
                        .putLong(lamport)
                        .putLong(ChronoUnit.MICROS.between(Instant.EPOCH, at))
                        .putLong(changes);
        var digest = Hashes.sha256();
        digest.update(previous);
        digest.update(header.array());
        digest.update(kind.word().getBytes(StandardCharsets.US_ASCII));
        return digest.digest(root);
    }
}
