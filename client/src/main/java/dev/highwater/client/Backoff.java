package dev.highwater.client;

import java.time.Duration;

/// Pauses that grow twofold up to a limit. Used by one thread.
final class Backoff {
    private final Duration first;
    private final Duration longest;
    private Duration next;

    Backoff(Duration first, Duration longest) {
        this.first = first;
        this.longest = longest;
        this.next = least(first, longest);
    }

    void reset() {
        next = least(first, longest);
    }

    Duration next() {
        var now = next;
        next = least(now.multipliedBy(2), longest);
        return now;
    }

    private static Duration least(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
