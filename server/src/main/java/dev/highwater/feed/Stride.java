package dev.highwater.feed;

/// How many positions to read at a time, so that each read brings about as many changes as wanted,
/// be they many at each position or few. Not thread-safe.
final class Stride {
    private static final long FIRST = 64;
    private static final long LONGEST = 1L << 40;

    private final int wanted;
    private long positions = FIRST;

    Stride(int wanted) {
        this.wanted = wanted;
    }

    /// Where a read from behind `after` ends, which may go up to `limit`.
    long end(long after, long limit) {
        return Math.min(limit, after + positions);
    }

    /// Learns from a read of (after, upTo].
    void took(long after, long upTo, long changes) {
        if (changes > 2L * wanted) {
            positions = Math.max(1, (upTo - after) * wanted / changes);
        } else if (changes < wanted / 2 && upTo - after == positions) {
            positions = Math.min(LONGEST, positions * 4);
        }
    }
}
