package dev.highwater.apply;

import dev.highwater.capture.WalStream;
import dev.highwater.failure.Failure;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The thread that reads the slot. Its failure interrupts the applier, which then finds it here.
final class Reading implements AutoCloseable {
    private final Thread thread;
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

    Reading(WalStream stream, Thread applier) {
        thread =
                Thread.ofPlatform()
                        .name("highwater-capture")
                        .start(
                                () -> {
                                    try {
                                        stream.run();
                                    } catch (InterruptedException e) {
                                        Thread.currentThread().interrupt();
                                    } catch (SQLException | RuntimeException e) {
                                        failure.set(e);
                                        applier.interrupt();
                                    }
                                });
    }

    /// Throws what ended the thread, if anything did.
    void check() throws SQLException {
        switch (failure.get()) {
            case null -> {}
            case SQLException e -> throw e;
            case RuntimeException e -> throw e;
            case Exception e -> throw new Failure.Bug("capture failed", e);
        }
    }

    @Override
    public void close() {
        Background.end(thread);
        if (failure.get() != null) {
            // It was the thread that interrupted the applier.
            Thread.interrupted();
        }
    }
}
