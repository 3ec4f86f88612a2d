package dev.highwater.apply;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;

/// What capture is doing, for those who watch it and those who wait for it. Safe for any thread.
public final class Progress {
    /// What capture is doing.
    public sealed interface State {
        /// It is on its way to the source.
        record Connecting() implements State {}

        /// It follows the source.
        record Streaming() implements State {}

        /// It failed and tries again by itself.
        record Retrying(String error) implements State {}

        /// It stopped at its mark; a person has to look.
        record Stopped(String error) implements State {}
    }

    /// How much was applied since the start.
    public record Counts(long batches, long entries, long changes) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private volatile State state = new State.Connecting();
    private volatile LogSequenceNumber lsn = LogSequenceNumber.INVALID_LSN;
    private volatile Counts counts = new Counts(0, 0, 0);
    private volatile @Nullable Instant oldestWaiting;
    private volatile Filling filling = new Filling(0, 0);

    private record Filling(int relation, long rows) {}

    public State state() {
        return state;
    }

    /// Everything of the WAL up to here is in the store, or was not for us.
    public LogSequenceNumber lsn() {
        return lsn;
    }

    public Counts counts() {
        return counts;
    }

    /// When the transaction committed that is being applied now; null when none is.
    public @Nullable Instant oldestWaiting() {
        return oldestWaiting;
    }

    /// How many rows from before a relation was last given; 0 while others are filled before it.
    public long filled(int relation) {
        var now = filling;
        return now.relation() == relation ? now.rows() : 0;
    }

    void filling(int relation, long rows) {
        filling = new Filling(relation, rows);
    }

    /// Waits until everything up to an LSN is in the store.
    void awaitLsn(LogSequenceNumber target) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (lsn.compareTo(target) < 0) {
                moved.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Waits until capture streams or has failed once, at most for a time.
    public void awaitFirstState(Duration atMost) throws InterruptedException {
        long nanos = atMost.toNanos();
        lock.lockInterruptibly();
        try {
            while (state instanceof State.Connecting && nanos > 0) {
                nanos = moved.awaitNanos(nanos);
            }
        } finally {
            lock.unlock();
        }
    }

    void enter(State next) {
        lock.lock();
        try {
            state = next;
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void working(@Nullable Instant since) {
        oldestWaiting = since;
    }

    void moved(LogSequenceNumber to, int entries, long changes) {
        lock.lock();
        try {
            lsn = to;
            oldestWaiting = null;
            if (entries > 0) {
                var c = counts;
                counts = new Counts(c.batches() + 1, c.entries() + entries, c.changes() + changes);
            }
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
