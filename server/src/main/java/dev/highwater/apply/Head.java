package dev.highwater.apply;

import dev.highwater.relation.Catalog;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The settled position, with the catalog as of it, and those who wait for the next one. The
/// applier moves it after each commit of the store; any thread reads it.
public final class Head {
    /// What can be read now.
    ///
    /// @param position everything up to it is in the store
    /// @param catalog the relations as of it
    public record Settled(long position, Catalog catalog) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private volatile Settled settled = new Settled(0, new Catalog(List.of()));

    public Settled settled() {
        return settled;
    }

    /// Announces a newly settled position. Called by the applier alone, after its commit.
    public void announce(Settled next) {
        lock.lock();
        try {
            settled = next;
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Waits until a position beyond `position` is settled, or the time is over.
    ///
    /// @return what is settled then; its position is still `position` or less when the time was
    ///   over
    public Settled awaitBeyond(long position, Duration atMost) throws InterruptedException {
        long nanos = atMost.toNanos();
        lock.lock();
        try {
            while (settled.position() <= position && nanos > 0) {
                nanos = moved.awaitNanos(nanos);
            }
            return settled;
        } finally {
            lock.unlock();
        }
    }
}
