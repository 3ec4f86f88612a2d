package dev.highwater.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "journal",
        description = "Read entries of the journal: one for each commit, in order.",
        footer = {
            "",
            "Examples:",
            "  highwater journal --last 10",
            "  highwater journal --after 3f9a1c2b.42 --format json"
        })
final class JournalCommand implements Callable<Integer> {

    private static final List<Table.Column> COLUMNS =
            List.of(
                    Table.Column.left("position"),
                    Table.Column.left("kind"),
                    Table.Column.right("shard"),
                    Table.Column.right("seq"),
                    Table.Column.right("lamport"),
                    Table.Column.left("at"),
                    Table.Column.left("hash"),
                    Table.Column.left("changes"));

    private final Console console;

    @Mixin NodeOptions options = new NodeOptions();

    @Option(names = "--after", paramLabel = "P", description = "Entries after this position.")
    @Nullable String after;

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "At most N entries, the oldest (default: 100).")
    @Nullable Long limit;

    @Option(names = "--last", paramLabel = "N", description = "The newest N entries.")
    @Nullable Long last;

    @Option(names = "--shard", paramLabel = "S", description = "Only entries of this shard.")
    @Nullable Long shard;

    JournalCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        NodeClient.Target target = new NodeClient.Target("api", "journal");
        if (after != null) {
            target.with("after", Times.position("--after", after));
        }
        target.with("limit", limit).with("last", last).with("shard", shard);
        NodeClient client = options.client(console.environment());
        JsonNode entries;
        boolean more;
        try (NodeClient.Answer answer = client.open("GET", target, "application/json")) {
            entries = Json.parse(new String(answer.body().readAllBytes(), StandardCharsets.UTF_8));
            more = answer.headers().firstValue("Highwater-Truncated").isPresent();
        } catch (IOException e) {
            throw client.broken(e);
        }
        if (options.json()) {
            entries.forEach(entry -> console.line(Json.line(entry)));
        } else if (!entries.isEmpty()) {
            Table table = new Table(COLUMNS);
            entries.forEach(entry -> table.add(cells(entry)));
            console.table(table);
        }
        if (more) {
            console.note(
                    "there are more than these %d entries; --after %s goes on, --last N shows the newest"
                            .formatted(
                                    entries.size(),
                                    entries.isEmpty()
                                            ? "P"
                                            : entries.path(entries.size() - 1)
                                                    .path("position")
                                                    .asText()));
        }
        return 0;
    }

    private static List<Table.Cell> cells(JsonNode entry) {
        return List.of(
                Json.cell(entry.path("position")),
                Json.cell(entry.path("kind")),
                Json.cell(entry.path("shard")),
                Json.cell(entry.path("seq")),
                Json.cell(entry.path("lamport")),
                Json.cell(entry.path("at")),
                new Table.Cell(abbreviated(entry.path("hash").asText("")), Colour.DIM),
                Table.Cell.of(summary(entry.path("changes"))));
    }

    private static String abbreviated(String hash) {
        return hash.length() > 12 ? hash.substring(0, 12) : hash;
    }

    /// `orders: 1 insert, 2 update; trades: 1 insert`
    static String summary(JsonNode changes) {
        Map<String, Map<String, Long>> counts =
                changes.valueStream()
                        .collect(
                                Collectors.groupingBy(
                                        change ->
                                                ChangeLine.plainName(
                                                        change.path("relation").asText()),
                                        TreeMap::new,
                                        Collectors.groupingBy(
                                                change -> change.path("op").asText(),
                                                TreeMap::new,
                                                Collectors.counting())));
        return counts.entrySet().stream()
                .map(
                        relation ->
                                relation.getKey()
                                        + ": "
                                        + relation.getValue().entrySet().stream()
                                                .map(op -> op.getValue() + " " + op.getKey())
                                                .collect(Collectors.joining(", ")))
                .collect(Collectors.joining("; "));
    }
}
