package dev.highwater.cli;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Closes a stream on which nothing was heard for too long, so that a reader blocked on a dead
/// connection gets an `IOException`; the HTTP client has no time limit for a body.
final class SilenceWatch implements AutoCloseable {

    private final InputStream watched;
    private final Duration longest;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile long heardNanos = System.nanoTime();

    SilenceWatch(InputStream watched, Duration longest) {
        this.watched = watched;
        this.longest = longest;
        Thread.ofVirtual().name("silence-watch").start(this::watch);
    }

    void heard() {
        heardNanos = System.nanoTime();
    }

    private void watch() {
        try {
            Duration left = longest;
            while (left.isPositive()) {
                if (ended.await(left.toNanos(), TimeUnit.NANOSECONDS)) {
                    return;
                }
                left = longest.minusNanos(System.nanoTime() - heardNanos);
            }
            watched.close();
        } catch (InterruptedException | IOException broken) {
            // the reader sees that itself
        }
    }

    @Override
    public void close() {
        ended.countDown();
    }
}
