package dev.highwater.e2e;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/// Waits for what another process does, always with a deadline.
final class Await {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(10);
    private static final Duration UNTIL_ENDED = Duration.ofSeconds(20);

    private Await() {}

    /// Something that may not be true yet.
    @FunctionalInterface
    interface Condition {
        boolean holds() throws Exception;
    }

    /// Something that may not be there yet.
    @FunctionalInterface
    interface Source<T> {
        Optional<T> look() throws Exception;
    }

    /// Fails when the condition does not hold within that time.
    static void until(String what, Duration within, Condition condition) throws Exception {
        find(what, within, () -> condition.holds() ? Optional.of(true) : Optional.empty());
    }

    /// What the source finds, as soon as it does.
    static <T> T find(String what, Duration within, Source<T> source) throws Exception {
        long latest = System.nanoTime() + within.toNanos();
        while (true) {
            Optional<T> found = source.look();
            if (found.isPresent()) {
                return found.get();
            }
            if (System.nanoTime() > latest) {
                throw new AssertionError("within " + within.toSeconds() + " s: " + what);
            }
            pause();
        }
    }

    /// Waits for the end of a thread, for a few seconds at most.
    static void end(Thread thread) {
        try {
            thread.join(UNTIL_ENDED);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static void pause() throws InterruptedException {
        pause(BETWEEN_LOOKS);
    }

    /// For clients that do not ask, or write, as fast as they can.
    static void pause(Duration time) throws InterruptedException {
        LockSupport.parkNanos(time.toNanos());
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }
}
