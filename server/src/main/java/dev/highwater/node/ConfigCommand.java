package dev.highwater.node;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.highwater.apply.RetentionSettings;
import dev.highwater.cli.Console;
import dev.highwater.failure.Failure;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Shows what a node would be told.
@Command(
        name = "config",
        description = "Print the effective configuration, with secrets hidden.",
        footer = {"", "Example:", "  highwater config --config highwater.yaml"})
final class ConfigCommand implements Runnable {
    private final Console console;

    @Mixin private NodeOptions options = new NodeOptions();

    ConfigCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        var config = options.config();
        Map<String, Object> http = new LinkedHashMap<>();
        http.put("host", config.http().host());
        http.put("port", config.http().port());
        http.put("tokens", config.http().tokens().stream().map(_ -> "(hidden)").toList());
        http.put("origins", config.http().origins());
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("node", Map.of("name", config.node().name()));
        all.put("http", http);
        Map<String, Object> source = new LinkedHashMap<>();
        config.source().url().ifPresent(url -> source.put("url", url.toString()));
        config.source().tables().ifPresent(tables -> source.put("tables", tables));
        config.source().slot().ifPresent(slot -> source.put("slot", slot));
        source.put("wal_limit", (config.source().walLimit() >> 20) + " MB");
        all.put("source", source);
        config.store().url().ifPresent(url -> all.put("store", Map.of("url", url.toString())));
        if (!config.retention().isNone()) {
            all.put("retention", retention(config.retention()));
        }
        try {
            console.line(
                    YAMLMapper.builder()
                            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                            .build()
                            .writeValueAsString(all)
                            .strip());
        } catch (JsonProcessingException e) {
            throw new Failure.Bug("the configuration cannot be written", e);
        }
        console.flush();
    }

    private static Map<String, Object> retention(RetentionSettings retention) {
        Map<String, Object> relations = new LinkedHashMap<>();
        retention.rules().forEach(rule -> relations.put(rule.pattern(), limit(rule.limit())));
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("journal", limit(retention.journal()));
        all.put("relations", relations);
        return all;
    }

    private static Map<String, Object> limit(RetentionSettings.Limit limit) {
        Map<String, Object> all = new LinkedHashMap<>();
        limit.time().ifPresent(time -> all.put("time", written(time)));
        limit.size().ifPresent(size -> all.put("size", size));
        return all;
    }

    private static String written(Duration time) {
        if (time.toSecondsPart() > 0) {
            return time.toSeconds() + " s";
        }
        if (time.toMinutesPart() > 0) {
            return time.toMinutes() + " min";
        }
        return time.toHoursPart() > 0 ? time.toHours() + " h" : time.toDays() + " d";
    }
}
