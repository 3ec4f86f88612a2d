package dev.highwater.web;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Short-lived tickets for those who cannot send a header, such as a browser's EventSource. Safe
/// for any thread.
final class Tickets {
    static final Duration LIFE = Duration.ofMinutes(5);

    private final SecureRandom random = new SecureRandom();
    private final Map<String, Instant> until = new ConcurrentHashMap<>();
    private final Clock clock;

    Tickets(Clock clock) {
        this.clock = clock;
    }

    String issue() {
        var now = clock.instant();
        until.values().removeIf(end -> end.isBefore(now));
        var bytes = new byte[16];
        random.nextBytes(bytes);
        String ticket = HexFormat.of().formatHex(bytes);
        until.put(ticket, now.plus(LIFE));
        return ticket;
    }

    boolean isValid(String ticket) {
        var end = until.get(ticket);
        return end != null && clock.instant().isBefore(end);
    }
}
