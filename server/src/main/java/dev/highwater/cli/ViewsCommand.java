package dev.highwater.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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

    private static final List<Table.Column> WITH_QUERY =
            Stream.concat(COLUMNS.stream(), Stream.of(Table.Column.left("query"))).toList();

    /// On a narrower screen a query would take the room of a name and of an error.
    private static final int QUERY_FROM = 120;

    private static final int QUERY_MAX = 80;

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
        boolean wide = console.width() >= QUERY_FROM;
        Table shown = new Table(wide ? WITH_QUERY : COLUMNS);
        views.forEach(view -> shown.add(wide ? withQuery(view) : cells(view)));
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

    /// With as much of the query as a line holds; all of it is in the JSON.
    private static List<Table.Cell> withQuery(JsonNode view) {
        String query = view.path("query").asText("").strip().replaceAll("\\s+", " ");
        return Stream.concat(
                        cells(view).stream(),
                        Stream.of(Table.Cell.of(DisplayText.cut(query, QUERY_MAX))))
                .toList();
    }
}
