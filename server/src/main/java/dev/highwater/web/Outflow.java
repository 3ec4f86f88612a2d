package dev.highwater.web;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponseWriter;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/// A body on its way to a client, at the client's pace: no more than a few hundred kilobytes wait
/// here. Used by one thread.
final class Outflow {
    private static final int STEP = 128 << 10;

    private final HttpResponseWriter writer;
    private int sinceStep;
    private @Nullable CompletableFuture<Void> lastStep;

    Outflow(HttpResponseWriter writer) {
        this.writer = writer;
    }

    /// Sends bytes, and waits while the client has not taken what was sent before.
    ///
    /// @return whether the client is still there
    boolean send(byte[] bytes) throws InterruptedException {
        if (!writer.tryWrite(HttpData.wrap(bytes))) {
            return false;
        }
        sinceStep += bytes.length;
        if (sinceStep < STEP) {
            return true;
        }
        sinceStep = 0;
        var before = lastStep;
        lastStep = writer.whenConsumed();
        try {
            if (before != null) {
                before.get();
            }
            return true;
        } catch (ExecutionException _) {
            return false; // the client went away
        }
    }

    boolean isOpen() {
        return writer.isOpen();
    }
}
