package dev.highwater.cli;

import dev.highwater.failure.Failure;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Positions, times and durations as people type them.
final class Times {

    private static final Pattern POSITION = Pattern.compile("(?:[0-9a-f]{8}\\.)?[0-9]{1,19}");
    private static final Pattern PART = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");
    private static final Pattern AGO = Pattern.compile("(.+?)\\s*ago");

    private Times() {}

    /// A position, with or without its incarnation, as it travels.
    static String position(String option, String text) {
        if (POSITION.matcher(text).matches()) {
            return text;
        }
        throw new Failure.Refused(
                Cli.USAGE,
                option
                        + " '"
                        + text
                        + "' is no position; write one as printed, such as 3f9a1c2b.42");
    }

    /// A position, or a moment in RFC 3339: the node takes both. Besides these a local date and
    /// time, and `5m ago`.
    static String asOf(String text, InstantSource clock, ZoneId zone) {
        if (POSITION.matcher(text).matches()) {
            return text;
        }
        try {
            Matcher ago = AGO.matcher(text);
            return ago.matches()
                    ? clock.instant().minus(duration("--as-of", ago.group(1))).toString()
                    : moment(text.strip().replace(' ', 'T').toUpperCase(Locale.ROOT), zone)
                            .toString();
        } catch (DateTimeException e) {
            throw new Failure.Refused(
                    Cli.USAGE,
                    "--as-of '"
                            + text
                            + "' is neither a position nor a time; write 3f9a1c2b.42,"
                            + " 2026-11-20T10:00:00Z, '2026-11-20 10:00' or '5m ago'",
                    e);
        }
    }

    private static Instant moment(String text, ZoneId zone) {
        if (!text.contains("T")) {
            return LocalDate.parse(text).atStartOfDay(zone).toInstant();
        }
        return text.matches(".*(Z|[+-][0-9]{2}:[0-9]{2})")
                ? OffsetDateTime.parse(text).toInstant()
                : LocalDateTime.parse(text).atZone(zone).toInstant();
    }

    /// A duration such as `500ms`, `90s`, `5m` or `1h30m`.
    static Duration duration(String option, String text) {
        Duration sum = Duration.ZERO;
        Matcher part = PART.matcher(text);
        int end = 0;
        while (part.find() && part.start() == end) {
            sum = sum.plus(of(Long.parseLong(part.group(1)), part.group(2)));
            end = part.end();
        }
        if (end == 0 || end != text.length()) {
            throw new Failure.Refused(
                    Cli.USAGE,
                    option + " '" + text + "' is no duration; write 500ms, 30s, 5m or 1h30m");
        }
        return sum;
    }

    private static Duration of(long amount, String unit) {
        return switch (unit) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
        };
    }

    /// A latency with about two digits that matter: `0.42 ms`, `3.1 ms`, `250 ms`, `4.2 s`, `3
    /// min`.
    static String shown(Duration latency) {
        double millis = latency.toNanos() / 1e6;
        if (millis < 10) {
            return String.format(Locale.ROOT, millis < 1 ? "%.2f ms" : "%.1f ms", millis);
        }
        if (millis < 1_000) {
            return String.format(Locale.ROOT, "%.0f ms", millis);
        }
        return millis < 120_000
                ? String.format(Locale.ROOT, "%.1f s", millis / 1_000)
                : latency.toMinutes() + " min";
    }
}
