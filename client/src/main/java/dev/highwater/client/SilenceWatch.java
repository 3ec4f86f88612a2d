package dev.highwater.client;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Closes a stream on which nothing was heard for too long, so that who reads it gets an
/// [IOException]: the HTTP client has no time limit for a part of a body.
final class SilenceWatch implements AutoCloseable {
    private final InputStream watched;
    private final Duration longest;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile long heard = System.nanoTime();

    SilenceWatch(InputStream watched, Duration longest) {
        this.watched = watched;
        this.longest = longest;
        Thread.ofVirtual().name("silence-watch").start(this::watch);
    }

    void heard() {
        heard = System.nanoTime();
    }

    private void watch() {
        try {
            var left = longest;
            while (left.isPositive()) {
                if (ended.await(left.toNanos(), TimeUnit.NANOSECONDS)) {
                    return;
                }
                left = longest.minusNanos(System.nanoTime() - heard);
            }
            watched.close();
        } catch (InterruptedException | IOException _) {
            // The reader sees that itself.
        }
    }

    @Override
    public void close() {
        ended.countDown();
    }
}
