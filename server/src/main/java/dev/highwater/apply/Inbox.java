package dev.highwater.apply;

import dev.highwater.capture.WalPart;
import dev.highwater.capture.WalStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.postgresql.replication.LogSequenceNumber;

/// What waits for the applier, bounded by its size in memory: who brings more has to wait. Whatever
/// arrives while a batch is being written is the next batch.
final class Inbox implements WalStream.Receiver {
    private static final long BYTES_MAX = 32 << 20;
    private static final long TAKE_BYTES_MAX = 8 << 20;

    private record Item(Work work, long bytes) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final Condition taken = lock.newCondition();
    private final ArrayDeque<Item> items = new ArrayDeque<>();
    private long bytes;

    @Override
    public void take(WalPart part, long size) throws InterruptedException {
        put(new Work.Wal(part), size);
    }

    @Override
    public void idle(LogSequenceNumber upTo) throws InterruptedException {
        put(new Work.Idle(upTo), 0);
    }

    /// Adds work at the end; waits while there is too much.
    void put(Work work, long size) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (bytes > 0 && bytes + size > BYTES_MAX) {
                taken.await();
            }
            items.add(new Item(work, size));
            bytes += size;
            arrived.signal();
        } finally {
            lock.unlock();
        }
    }

    /// Takes what is there, up to some megabytes; waits for the first.
    List<Work> take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (items.isEmpty()) {
                arrived.await();
            }
            var result = new ArrayList<Work>();
            long size = 0;
            while (!items.isEmpty() && (result.isEmpty() || size < TAKE_BYTES_MAX)) {
                var item = items.remove();
                result.add(item.work());
                size += item.bytes();
            }
            bytes -= size;
            taken.signalAll();
            return result;
        } finally {
            lock.unlock();
        }
    }
}
