package dev.highwater.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "views",
        description = "List the live views: how each is kept and why, or why it stopped.",
        footer = {"", "Example:", "  highwater views"})
final class ViewsCommand implements Callable<Integer> {

    private static final List<Table.Column> COLUMNS =
            List.of(
                    Table.Column.left("name"),
                    Table.Column.left("strategy"),
                    Table.Column.left("state"),
                    Table.Column.right("ms a batch"),
                    Table.Column.left("depends"),
                    Table.Column.left("reason"));

    private final Console console;

    @Mixin NodeOptions options = new NodeOptions();

    ViewsCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        JsonNode views =
                options.client(console.environment()).get(new NodeClient.Target("api", "views"));
        if (options.json()) {
            views.forEach(view -> console.line(Json.line(view)));
            return 0;
        }
        if (views.isEmpty()) {
            console.note("no views yet; create one with `highwater view create`");
            return 0;
        }
        Table shown = new Table(COLUMNS);
        views.forEach(view -> shown.add(cells(view)));
        console.table(shown);
        return 0;
    }

    private static List<Table.Cell> cells(JsonNode view) {
        String state = view.path("state").asText();
        String error = view.path("error").asText("");
        return List.of(
                Json.cell(view.path("name")),
                Json.cell(view.path("strategy")),
                new Table.Cell(state, Colour.ofState(state)),
                Json.cell(view.path("mean_ms")),
                Table.Cell.of(
                        view.path("depends")
                                .valueStream()
                                .map(JsonNode::asText)
                                .collect(Collectors.joining(", "))),
                error.isEmpty()
                        ? Json.cell(view.path("reason"))
                        : new Table.Cell(error, Colour.RED));
    }
}
