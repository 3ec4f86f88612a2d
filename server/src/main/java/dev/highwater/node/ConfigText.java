package dev.highwater.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.highwater.apply.RetentionSettings;
import dev.highwater.failure.Failure;
import dev.highwater.sql.PgAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// Writes a configuration as [ConfigFile] reads it, with everything that is in force: what nobody
/// set and has no value is a comment, and a secret is a variable of the environment.
final class ConfigText {
    private static final ObjectMapper JSON = new ObjectMapper();

    /// A number with a unit has at most six digits.
    private static final long COUNT_MAX = 999_999;

    private ConfigText() {}

    static String of(Config config) {
        var http = config.http();
        var source = config.source();
        var lines =
                new ArrayList<>(
                        List.of(
                                "node:",
                                "  name: " + quoted(config.node().name()),
                                "http:",
                                "  host: " + quoted(http.host()),
                                http.port().isPresent()
                                        ? "  port: " + http.port().getAsInt()
                                        : "  # port is not set: that of the last start, or "
                                                + Config.Http.PORT,
                                "  tokens: " + quoted(variables(http.tokens().size())),
                                "  origins: " + quoted(http.origins()),
                                "source:",
                                url(source.url(), "SOURCE_PASSWORD"),
                                "  tables: " + quoted(source.patterns()),
                                source.slot()
                                        .map(slot -> "  slot: " + quoted(slot))
                                        .orElse("  # slot is not set: it is named after the store"),
                                "  wal_limit: " + size(source.walLimit()),
                                "store:",
                                url(config.store().url(), "STORE_PASSWORD"),
                                "retention:",
                                "  journal: " + limit(config.retention().journal())));
        // Of equal patterns the last one holds.
        var relations = new LinkedHashMap<String, RetentionSettings.Limit>();
        config.retention().rules().forEach(rule -> relations.putLast(rule.pattern(), rule.limit()));
        lines.add("  relations:" + (relations.isEmpty() ? " {}" : ""));
        relations.forEach(
                (pattern, limit) -> lines.add("    " + quoted(pattern) + ": " + limit(limit)));
        return String.join("\n", lines);
    }

    private static List<String> variables(int tokens) {
        return IntStream.rangeClosed(1, tokens).mapToObj(i -> "${TOKEN_" + i + "}").toList();
    }

    private static String url(Optional<PgAddress> url, String password) {
        return url.map(
                        address ->
                                "  url: "
                                        + quoted(
                                                address.password().isEmpty()
                                                        ? address.toString()
                                                        : address.toString()
                                                                .replace(
                                                                        "@",
                                                                        ":${" + password + "}@")))
                .orElse("  # url is not set: an embedded PostgreSQL");
    }

    private static String limit(RetentionSettings.Limit limit) {
        var parts = new ArrayList<String>();
        limit.time().ifPresent(time -> parts.add("time: " + time(time)));
        limit.size().ifPresent(size -> parts.add("size: " + size(size)));
        return "{" + String.join(", ", parts) + "}";
    }

    private static String time(Duration time) {
        if (time.toSecondsPart() > 0) {
            return time.toSeconds() + " s";
        }
        if (time.toMinutesPart() > 0) {
            return time.toMinutes() + " min";
        }
        return time.toHoursPart() > 0 ? time.toHours() + " h" : time.toDays() + " d";
    }

    private static String size(long bytes) {
        var units = List.of("TB", "GB", "MB", "KB");
        for (int i = 0; i < units.size(); i++) {
            long unit = 1L << (10 * (units.size() - i));
            if (unit <= bytes && bytes % unit == 0 && bytes / unit <= COUNT_MAX) {
                return bytes / unit + " " + units.get(i);
            }
        }
        return Long.toString(bytes);
    }

    /// JSON is YAML too, and leaves no doubt about what is a text.
    private static String quoted(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new Failure.Bug("the configuration cannot be written", e);
        }
    }
}
