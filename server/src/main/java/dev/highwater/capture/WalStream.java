package dev.highwater.capture;

import dev.highwater.sql.Database;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.postgresql.PGConnection;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.replication.PGReplicationStream;

/// Reads the slot and hands over what has committed, in commit order. One thread runs it; another
/// may [#acknowledge].
///
/// The stream is polled, not waited for: with nothing following a commit the server's sender can
/// lose the wake-up for it and stays silent for seconds, and a blocking read would not send the
/// status that wakes it. A status every ten milliseconds bounds that delay.
public final class WalStream implements AutoCloseable {
    private static final Duration STATUS_INTERVAL = Duration.ofMillis(10);

    /// How long to pause when nothing has come: shortly while there is traffic, longer when idle.
    private static final long PAUSE_BUSY_NANOS = 50_000;

    private static final long PAUSE_IDLE_NANOS = 500_000;
    private static final long BUSY_NANOS = 100_000_000;

    /// From this many changes of a transaction on a read that had to wait is followed by a pause:
    /// each change would wake this thread by itself otherwise, at a cost to both sides.
    private static final int MANY_CHANGES = 32;

    private static final long WAITED_NANOS = 10_000;
    private static final long PAUSE_MANY_NANOS = 200_000;

    /// A part of this size goes on before its transaction is complete.
    private static final long PART_BYTES_MAX =
            Math.min(4 << 20, Runtime.getRuntime().maxMemory() / 128);

    /// How often an idle source's progress is handed over.
    private static final long IDLE_NANOS = 50_000_000;

    private final Connection connection;
    private final PGReplicationStream stream;
    private final PgOutput decoder;
    private final Receiver receiver;
    private final AtomicReference<LogSequenceNumber> acknowledged =
            new AtomicReference<>(LogSequenceNumber.INVALID_LSN);

    private List<WalEvent> events = new ArrayList<>();
    private long bytes;
    private Instant committedAt = Instant.EPOCH;
    private LogSequenceNumber commit = LogSequenceNumber.INVALID_LSN;
    private boolean inTransaction;
    private boolean skipping;
    private final LogSequenceNumber from;
    private LogSequenceNumber handedOver;

    /// Who takes what was read. Both may block, which holds the stream back.
    public interface Receiver {
        /// The next transaction, or part of one.
        void take(WalPart part, long bytes) throws InterruptedException;

        /// There is nothing for us in the WAL up to here.
        void idle(LogSequenceNumber upTo) throws InterruptedException;
    }

    private WalStream(
            Connection connection,
            PGReplicationStream stream,
            PgOutput decoder,
            LogSequenceNumber from,
            Receiver receiver) {
        this.connection = connection;
        this.stream = stream;
        this.decoder = decoder;
        this.from = from;
        this.handedOver = from;
        this.receiver = receiver;
    }

    /// Opens the slot where the mark stands.
    public static WalStream open(
            Source source, String slot, LogSequenceNumber from, Receiver receiver)
            throws SQLException {
        var connection = Database.replication(source.address(), "capture");
        try {
            var stream =
                    connection
                            .unwrap(PGConnection.class)
                            .getReplicationAPI()
                            .replicationStream()
                            .logical()
                            .withSlotName(slot)
                            .withStartPosition(from)
                            .withSlotOption("proto_version", 1)
                            .withSlotOption("publication_names", Source.PUBLICATION)
                            .withSlotOption("messages", true)
                            .withStatusInterval(
                                    Math.toIntExact(STATUS_INTERVAL.toMillis()),
                                    TimeUnit.MILLISECONDS)
                            .withAutomaticFlush(false)
                            .start();
            return new WalStream(connection, stream, new PgOutput(source.secret()), from, receiver);
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /// Says that everything up to here is durable in the store; the slot may forget it.
    public void acknowledge(LogSequenceNumber upTo) {
        acknowledged.set(upTo);
    }

    /// Reads until the thread is interrupted or the connection fails.
    public void run() throws SQLException, InterruptedException {
        long lastArrival = System.nanoTime();
        long lastIdle = lastArrival;
        var sent = LogSequenceNumber.INVALID_LSN;
        while (!Thread.interrupted()) {
            var flushed = acknowledged.get();
            if (flushed.compareTo(sent) > 0) {
                stream.setAppliedLSN(flushed);
                stream.setFlushedLSN(flushed);
                sent = flushed;
            }
            long start = System.nanoTime();
            ByteBuffer message = stream.readPending();
            long now = System.nanoTime();
            if (message != null) {
                lastArrival = now;
                receive(message);
                if (events.size() >= MANY_CHANGES && now - start > WAITED_NANOS) {
                    LockSupport.parkNanos(PAUSE_MANY_NANOS);
                }
            } else {
                if (!inTransaction && now - lastIdle > IDLE_NANOS) {
                    lastIdle = now;
                    reportIdle();
                }
                boolean busy = now - lastArrival < BUSY_NANOS;
                LockSupport.parkNanos(busy ? PAUSE_BUSY_NANOS : PAUSE_IDLE_NANOS);
            }
        }
        throw new InterruptedException();
    }

    private void reportIdle() throws InterruptedException {
        var received = stream.getLastReceiveLSN();
        if (received != null && received.compareTo(handedOver) > 0) {
            handedOver = received;
            receiver.idle(received);
        }
    }

    private void receive(ByteBuffer message) throws InterruptedException {
        switch (decoder.decode(message)) {
            case PgOutput.Message.Begin(LogSequenceNumber commit, Instant at) -> {
                inTransaction = true;
                // The slot's own position is written down lazily; what the mark covers may come
                // again.
                skipping = commit.compareTo(from) < 0;
                committedAt = at;
                this.commit = commit;
            }
            case PgOutput.Message.Event(WalEvent event) -> {
                if (skipping) {
                    return;
                }
                events.add(event);
                bytes += PgOutput.size(event);
                if (bytes >= PART_BYTES_MAX) {
                    handOver(Optional.empty());
                }
            }
            case PgOutput.Message.Commit(LogSequenceNumber end) -> {
                inTransaction = false;
                if (!skipping) {
                    handOver(Optional.of(end));
                    handedOver = end;
                }
            }
            case PgOutput.Message.Other _ -> {}
        }
    }

    private void handOver(Optional<LogSequenceNumber> end) throws InterruptedException {
        receiver.take(new WalPart(events, committedAt, commit, end), bytes);
        events = new ArrayList<>();
        bytes = 0;
    }

    @Override
    public void close() throws SQLException {
        // Closing the stream would wait for the server to end the COPY; the connection's end does
        // it.
        connection.close();
    }
}
