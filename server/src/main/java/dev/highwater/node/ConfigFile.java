package dev.highwater.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.highwater.apply.RetentionSettings;
import dev.highwater.cli.Cli;
import dev.highwater.failure.Failure;
import dev.highwater.failure.Shown;
import dev.highwater.sql.PgAddress;
import dev.highwater.web.HttpSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;

/// Reads a configuration file. Everything that is wrong with it is said at once, each with its
/// place.
final class ConfigFile {
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)}");

    private final List<String> problems = new ArrayList<>();
    private final Map<String, String> environment;

    private static final Pattern SLOT = Pattern.compile("[a-z0-9_]{1,63}");
    private static final Pattern BYTES =
            Pattern.compile("(\\d{1,6})\\s*([KkMmGgTt][Bb])|(\\d{1,18})");

    private static final Pattern TIME = Pattern.compile("(\\d{1,5})\\s*(s|min|h|d)");

    private ConfigFile(Map<String, String> environment) {
        this.environment = environment;
    }

    /// @throws Failure.Refused `usage`, listing all problems
    static Config read(Path file, Map<String, String> environment) {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            throw new Failure.Refused(
                    Cli.USAGE, "the configuration " + file + " cannot be read: " + Shown.of(e));
        }
        return parse(text, file.toString(), environment);
    }

    static Config parse(String text, String name, Map<String, String> environment) {
        var reader = new ConfigFile(environment);
        var config = reader.parse(text);
        if (!reader.problems.isEmpty()) {
            throw new Failure.Refused(Cli.USAGE, name + ": " + String.join("; ", reader.problems));
        }
        return config;
    }

    private Config parse(String text) {
        JsonNode root;
        try {
            root = new YAMLMapper().readTree(text);
        } catch (JsonProcessingException e) {
            var at = e.getLocation();
            problems.add(
                    "line "
                            + (at == null ? "?" : at.getLineNr())
                            + " is not YAML: "
                            + e.getOriginalMessage().lines().findFirst().orElse(""));
            return Config.standard();
        }
        var standard = Config.standard();
        if (root == null || root.isMissingNode() || root.isNull()) {
            return standard;
        }
        knownKeys("", root, Set.of("node", "http", "source", "store", "retention"));
        var node = section(root, "node", Set.of("name"));
        var http = section(root, "http", Set.of("host", "port", "tokens", "origins"));
        var source = section(root, "source", Set.of("url", "tables", "slot", "wal_limit"));
        var store = section(root, "store", Set.of("url"));
        var result =
                new Config(
                        new Config.Identity(text(node, "node.name", standard.node().name())),
                        new Config.Http(
                                text(http, "http.host", standard.http().host()),
                                port(http, "http.port"),
                                texts(http, "http.tokens").stream()
                                        .map(t -> secret("http.tokens", t))
                                        .toList(),
                                texts(http, "http.origins")),
                        new Config.Source(
                                address(source, "source.url"),
                                source.has("tables")
                                        ? Optional.of(patterns(source, "source.tables"))
                                        : Optional.empty(),
                                slot(source, "source.slot"),
                                bytes(source, "source.wal_limit", standard.source().walLimit())),
                        new Config.Store(address(store, "store.url")),
                        retention(root));
        if (result.http().tokens().stream().anyMatch(t -> t.length() < 16)) {
            problems.add("http.tokens: a token needs at least 16 characters");
        }
        try {
            HttpSettings.check(result.http().host(), result.http().tokens());
        } catch (Failure.Refused e) {
            problems.add(e.line());
        }
        return result;
    }

    private JsonNode section(JsonNode root, String name, Set<String> keys) {
        var section = root.path(name);
        if (!section.isMissingNode() && !section.isNull()) {
            knownKeys(name + ".", section, keys);
        }
        return section;
    }

    private void knownKeys(String prefix, JsonNode section, Set<String> keys) {
        if (!section.isObject()) {
            problems.add(
                    (prefix.isEmpty() ? "the file" : prefix.substring(0, prefix.length() - 1))
                            + " should hold keys and values");
            return;
        }
        section.fieldNames()
                .forEachRemaining(
                        key -> {
                            if (!keys.contains(key)) {
                                problems.add(
                                        prefix
                                                + key
                                                + " is unknown (known: "
                                                + String.join(", ", keys.stream().sorted().toList())
                                                + ")");
                            }
                        });
    }

    private static JsonNode value(JsonNode section, String path) {
        return section.path(path.substring(path.lastIndexOf('.') + 1));
    }

    private String text(JsonNode section, String path, String standard) {
        var value = value(section, path);
        if (value.isMissingNode()) {
            return standard;
        }
        if (!value.isValueNode() || value.isNull() || value.asText().isBlank()) {
            problems.add(path + ": " + value + " is not a text");
            return standard;
        }
        return value.asText();
    }

    private OptionalInt port(JsonNode section, String path) {
        var value = value(section, path);
        if (value.isMissingNode()) {
            return OptionalInt.empty();
        }
        if (!value.isInt() || value.asInt() < 0 || value.asInt() > 65535) {
            problems.add(path + ": " + value + " is not a port (0 to 65535)");
            return OptionalInt.empty();
        }
        return OptionalInt.of(value.asInt());
    }

    private List<String> texts(JsonNode section, String path) {
        var value = value(section, path);
        var result = new ArrayList<String>();
        if (value.isMissingNode()) {
            return result;
        }
        if (!value.isArray()) {
            problems.add(path + ": " + value + " is not a list");
            return result;
        }
        for (var item : value) {
            if (item.isTextual()) {
                result.add(item.asText());
            } else {
                problems.add(path + ": " + item + " is not a text");
            }
        }
        return result;
    }

    private Optional<PgAddress> address(JsonNode section, String path) {
        String text = text(section, path, "");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(PgAddress.parse(secret(path, text)));
        } catch (Failure.Refused e) {
            problems.add(path + ": " + e.getMessage());
            return Optional.empty();
        }
    }

    /// Patterns of tables, each `schema.table` with `*` for anything and `!` before what is left
    /// out; a name without a dot is in schema public.
    private List<String> patterns(JsonNode section, String path) {
        var result = new ArrayList<String>();
        for (String text : texts(section, path)) {
            boolean out = text.startsWith("!");
            String name = out ? text.substring(1) : text;
            if (name.isBlank() || name.startsWith("!")) {
                problems.add(path + ": \"" + text + "\" is not a table or a pattern of tables");
            }
            result.add((out ? "!" : "") + (name.contains(".") ? name : "public." + name));
        }
        return result;
    }

    private RetentionSettings retention(JsonNode root) {
        var section = section(root, "retention", Set.of("journal", "relations"));
        var rules = new ArrayList<RetentionSettings.Rule>();
        var relations = value(section, "retention.relations");
        if (!relations.isObject() && !relations.isMissingNode()) {
            problems.add(
                    "retention.relations: "
                            + relations
                            + " should hold names or patterns, each with its limits");
        }
        for (var rule : relations.properties()) {
            String path = "retention.relations." + rule.getKey();
            rules.add(
                    new RetentionSettings.Rule(
                            pattern(path, rule.getKey()), limit(path, rule.getValue())));
        }
        var journal = value(section, "retention.journal");
        return new RetentionSettings(
                journal.isMissingNode()
                        ? RetentionSettings.Limit.NONE
                        : limit("retention.journal", journal),
                rules);
    }

    private String pattern(String path, String name) {
        if (name.isBlank() || name.startsWith("!")) {
            problems.add(
                    path
                            + ": \""
                            + name
                            + "\" is not a table, a view or a pattern of these; the last that fits"
                            + " holds, and with {} everything is kept");
        }
        return name.contains(".") ? name : "public." + name;
    }

    private RetentionSettings.Limit limit(String path, JsonNode limit) {
        knownKeys(path + ".", limit, Set.of("time", "size"));
        return new RetentionSettings.Limit(
                limit.has("time") ? Optional.of(time(limit, path + ".time")) : Optional.empty(),
                limit.has("size")
                        ? Optional.of(bytes(limit, path + ".size", 0))
                        : Optional.empty());
    }

    private Duration time(JsonNode section, String path) {
        String text = text(section, path, "");
        var matcher = TIME.matcher(text);
        if (!matcher.matches()) {
            if (!text.isEmpty()) {
                problems.add(path + ": \"" + text + "\" is not a time, such as 12 h or 30 d");
            }
            return Duration.ZERO;
        }
        long count = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "s" -> Duration.ofSeconds(count);
            case "min" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            default -> Duration.ofDays(count);
        };
    }

    private Optional<String> slot(JsonNode section, String path) {
        String text = text(section, path, "");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        if (!SLOT.matcher(text).matches()) {
            problems.add(
                    path
                            + ": \""
                            + text
                            + "\" is not a slot's name (up to 63 of a to z, 0 to 9 and _)");
        }
        return Optional.of(text);
    }

    /// A number of bytes, with a unit such as `500 MB` or without.
    private long bytes(JsonNode section, String path, long standard) {
        String text = text(section, path, "");
        if (text.isEmpty()) {
            return standard;
        }
        var matcher = BYTES.matcher(text);
        if (!matcher.matches()) {
            problems.add(path + ": \"" + text + "\" is not a size, such as 500 MB or 10 GB");
            return standard;
        }
        if (matcher.group(3) != null) {
            return Long.parseLong(matcher.group(3));
        }
        int shift =
                switch (matcher.group(2).toUpperCase(Locale.ROOT)) {
                    case "KB" -> 10;
                    case "MB" -> 20;
                    case "GB" -> 30;
                    default -> 40;
                };
        return Long.parseLong(matcher.group(1)) << shift;
    }

    /// Puts environment variables in; only values that are secrets are read so.
    private String secret(String path, String text) {
        return VARIABLE.matcher(text)
                .replaceAll(
                        match -> {
                            String value = environment.get(match.group(1));
                            if (value == null) {
                                problems.add(
                                        path
                                                + ": the environment has no variable "
                                                + match.group(1));
                                return "";
                            }
                            return java.util.regex.Matcher.quoteReplacement(value);
                        });
    }
}
