package dev.highwater.apply;

import dev.highwater.capture.WalPart;
import dev.highwater.capture.WalStream;
import dev.highwater.failure.Failure;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;

/// What waits for the applier, bounded by its size in memory: who brings more has to wait. Whatever
/// arrives while a batch is being written is the next batch, and what comes while the applier
/// [gathers][#gather].
///
/// What the WAL brings and what comes from elsewhere wait apart, because a large transaction
/// arrives in parts and nothing may come between them.
final class Inbox implements WalStream.Receiver {
    /// What waits takes several times its bytes, beside all else in the heap.
    private static final long HEAP_PART = Runtime.getRuntime().maxMemory() / 32;

    private static final long WAL_BYTES_MAX = Math.min(32 << 20, HEAP_PART);
    private static final long ELSEWHERE_BYTES_MAX = Math.min(16 << 20, HEAP_PART / 2);
    private static final long TAKE_BYTES_MAX = Math.min(8 << 20, HEAP_PART / 2);

    private record Item(Work work, long bytes) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final Condition enough = lock.newCondition();
    private final Waiting wal = new Waiting(WAL_BYTES_MAX);
    private final Waiting elsewhere = new Waiting(ELSEWHERE_BYTES_MAX);

    /// Whether the transaction is incomplete whose part was taken last.
    private boolean withinTransaction;

    /// What ended the reading of the WAL.
    private @Nullable Exception failure;

    @Override
    public void take(WalPart part, long size) throws InterruptedException {
        wal.put(new Work.Wal(part), size);
    }

    @Override
    public void idle(LogSequenceNumber upTo) throws InterruptedException {
        wal.put(new Work.Idle(upTo), 0);
    }

    /// Adds work that is not from the WAL; waits while there is too much.
    void put(Work work, long size) throws InterruptedException {
        elsewhere.put(work, size);
    }

    /// Nothing comes from the WAL any more: from now on whoever takes gets the failure.
    ///
    /// @param cause an SQLException or a RuntimeException
    void fail(Exception cause) {
        lock.lock();
        try {
            failure = cause;
            arrived.signalAll();
            enough.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Waits while little has come from the WAL and nothing from elsewhere, at most for a time.
    void gather(Duration atMost) throws InterruptedException {
        long nanos = atMost.toNanos();
        lock.lockInterruptibly();
        try {
            while (wal.bytes < TAKE_BYTES_MAX
                    && elsewhere.items.isEmpty()
                    && failure == null
                    && nanos > 0) {
                nanos = enough.awaitNanos(nanos);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Takes what is there, up to some megabytes; waits for the first, at most for a time. When the
    /// last part from the WAL does not complete its transaction, nothing comes after it.
    ///
    /// @throws SQLException what ended the reading of the WAL
    List<Work> take(Duration atMost) throws SQLException, InterruptedException {
        long nanos = atMost.toNanos();
        lock.lockInterruptibly();
        try {
            while (wal.items.isEmpty() && withinTransaction && failure == null) {
                arrived.await();
            }
            while (wal.items.isEmpty()
                    && elsewhere.items.isEmpty()
                    && failure == null
                    && nanos > 0) {
                nanos = arrived.awaitNanos(nanos);
            }
            checkFailure();
            var result = new ArrayList<Work>();
            wal.moveTo(result);
            if (!result.isEmpty()) {
                withinTransaction =
                        result.getLast() instanceof Work.Wal(WalPart last) && last.end().isEmpty();
            }
            if (!withinTransaction) {
                elsewhere.moveTo(result);
            }
            return result;
        } finally {
            lock.unlock();
        }
    }

    private void checkFailure() throws SQLException {
        switch (failure) {
            case null -> {}
            case SQLException e -> throw e;
            case RuntimeException e -> throw e;
            case Exception e -> throw new Failure.Bug("capture failed", e);
        }
    }

    /// One of the two queues, under the lock.
    private final class Waiting {
        private final ArrayDeque<Item> items = new ArrayDeque<>();
        private final Condition taken = lock.newCondition();
        private final long bytesMax;
        private long bytes;

        Waiting(long bytesMax) {
            this.bytesMax = bytesMax;
        }

        void put(Work work, long size) throws InterruptedException {
            lock.lockInterruptibly();
            try {
                while (bytes > 0 && bytes + size > bytesMax) {
                    taken.await();
                }
                items.add(new Item(work, size));
                bytes += size;
                arrived.signal();
                if (bytes >= TAKE_BYTES_MAX || !elsewhere.items.isEmpty()) {
                    enough.signal();
                }
            } finally {
                lock.unlock();
            }
        }

        void moveTo(List<Work> result) {
            long size = 0;
            while (!items.isEmpty() && size < TAKE_BYTES_MAX) {
                var item = items.remove();
                result.add(item.work());
                size += item.bytes();
            }
            bytes -= size;
            taken.signalAll();
        }
    }
}
