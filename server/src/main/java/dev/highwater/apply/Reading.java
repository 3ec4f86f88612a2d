package dev.highwater.apply;

import dev.highwater.capture.WalStream;
import java.sql.SQLException;

/// The thread that reads the slot. Its failure reaches the applier through the inbox: an interrupt
/// means that the applier shall end, and nothing else.
final class Reading implements AutoCloseable {
    private final Thread thread;

    Reading(WalStream stream, Inbox inbox) {
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
                                        inbox.fail(e);
                                    }
                                });
    }

    @Override
    public void close() {
        Background.end(thread);
    }
}
