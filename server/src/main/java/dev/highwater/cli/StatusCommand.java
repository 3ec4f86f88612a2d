package dev.highwater.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "status",
        description = "Show how a node is: its position, the capture's lag, every follower.",
        footer = {"", "Example:", "  highwater status"})
final class StatusCommand implements Callable<Integer> {

    private final Console console;

    @Mixin NodeOptions options = new NodeOptions();

    StatusCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        NodeClient client = options.client(console.environment());
        JsonNode status = client.get(new NodeClient.Target("api", "status"));
        if (options.json()) {
            console.line(Json.line(status));
        } else {
            print(client.address(), status);
        }
        return 0;
    }

    private void print(String address, JsonNode status) {
        JsonNode capture = status.path("capture");
        item(
                "node",
                "%s, shard %s, %s"
                        .formatted(
                                Json.text(status.path("node")),
                                Json.text(status.path("shard")),
                                address));
        item("position", Json.text(status.path("position")));
        item("started", Json.text(status.path("started")));
        item("capture", state(capture) + ", " + lag(capture));
        if (!capture.path("error").isMissingNode() && !capture.path("error").isNull()) {
            item("error", console.paint(Colour.RED, printable(capture.path("error"))));
        }
        long refused = status.path("tables").path("refused").asLong();
        item(
                "tables",
                counts(status.path("tables"))
                        + (refused == 0
                                ? ""
                                : ", "
                                        + console.paint(Colour.RED, refused + " refused")
                                        + "; `highwater tables` says why"));
        item("views", counts(status.path("views")));
        JsonNode followers = status.path("followers");
        if (!followers.isEmpty()) {
            console.line("");
            console.table(table(followers));
        }
    }

    private void item(String name, String value) {
        console.line(
                console.paint(Colour.BOLD, DisplayText.padRight(name, 10))
                        + DisplayText.cut(value, console.width() - 10));
    }

    private static String counts(JsonNode relations) {
        return "%s live, %s filling, %s stopped"
                .formatted(
                        relations.path("live").asLong(),
                        relations.path("filling").asLong(),
                        relations.path("stopped").asLong());
    }

    private String state(JsonNode part) {
        String state = printable(part.path("state"));
        return console.paint(Colour.ofState(state), state);
    }

    private static String lag(JsonNode capture) {
        return String.format(
                Locale.ROOT,
                "%s and %.1f s behind the source, at %s",
                bytes(capture.path("lag_bytes").asLong()),
                capture.path("lag_seconds").asDouble(),
                printable(capture.path("mark")));
    }

    static String bytes(long bytes) {
        if (bytes < 1024) {
            return bytes + " bytes";
        }
        double amount = bytes;
        int unit = -1;
        while (amount >= 1024 && unit < 3) {
            amount /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %ciB", amount, "KMGT".charAt(unit));
    }

    private static String printable(JsonNode value) {
        return DisplayText.printable(Json.text(value));
    }

    private static Table table(JsonNode followers) {
        Table table =
                new Table(
                        List.of(
                                Table.Column.left("follower"),
                                Table.Column.left("state"),
                                Table.Column.left("mark"),
                                Table.Column.right("lag"),
                                Table.Column.left("error")));
        for (JsonNode follower : followers) {
            String state = follower.path("state").asText();
            JsonNode error = follower.path("error");
            table.add(
                    Json.cell(follower.path("name")),
                    new Table.Cell(state, Colour.ofState(state)),
                    Json.cell(follower.path("mark")),
                    Json.cell(follower.path("lag")),
                    new Table.Cell(error.asText(""), Colour.RED));
        }
        return table;
    }
}
