package dev.highwater.bench;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// Waits for conditions, looking so seldom that it takes hardly any processor time.
final class Wait {
    private static final Duration AT_MOST = Duration.ofMinutes(20);

    /// Between two looks is at least so much time, and so many times what a look took: it takes the
    /// time of others too, of the node and of both databases.
    private static final long PAUSE_MIN_NANOS = 5_000_000;

    private static final long PAUSE_TIMES = 50;

    private Wait() {}

    /// Something that becomes true.
    @FunctionalInterface
    interface Condition<E extends Exception> {
        boolean holds() throws E, IOException, SQLException;
    }

    static <E extends Exception> void until(String what, Condition<E> condition)
            throws E, InterruptedException {
        until(what, AT_MOST, condition);
    }

    static <E extends Exception> void until(String what, Duration atMost, Condition<E> condition)
            throws E, InterruptedException {
        if (!within(what, atMost, condition)) {
            throw new IllegalStateException("waited too long until " + what);
        }
    }

    /// As [#until], and tells whether the condition came to hold in time.
    static <E extends Exception> boolean within(
            String what, Duration atMost, Condition<E> condition) throws E, InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        try {
            while (true) {
                long start = System.nanoTime();
                if (condition.holds()) {
                    return true;
                }
                long end = System.nanoTime();
                if (end > deadline) {
                    return false;
                }
                TimeUnit.NANOSECONDS.sleep(Math.max(PAUSE_MIN_NANOS, PAUSE_TIMES * (end - start)));
            }
        } catch (IOException | SQLException e) {
            throw new IllegalStateException(
                    "cannot find out whether " + what + ": " + e.getMessage(), e);
        }
    }

    /// Waits until a process that was told to end has ended.
    static void forEnd(Process process, String what) throws IOException {
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException(what + " did not stop");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while " + what + " stops");
        }
    }

    /// As for a process.
    static void forEnd(Thread thread, String what) throws IOException {
        try {
            if (!thread.join(Duration.ofSeconds(60))) {
                throw new IOException(what + " did not stop");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while " + what + " stops");
        }
    }

    /// Whatever becomes of this process, that one does not stay behind.
    static void endWithUs(Process process) {
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    }
}
