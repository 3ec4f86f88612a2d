package dev.highwater.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "tables",
        description = "List the tables that the node knows and their state.",
        footer = {"", "Example:", "  highwater tables"})
final class TablesCommand implements Callable<Integer> {

    private static final List<Table.Column> COLUMNS =
            List.of(
                    Table.Column.left("table"),
                    Table.Column.left("state"),
                    Table.Column.left("key"),
                    Table.Column.right("columns"),
                    Table.Column.left("since"),
                    Table.Column.left("reason"));

    private final Console console;

    @Mixin NodeOptions options = new NodeOptions();

    TablesCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        JsonNode tables =
                options.client(console.environment()).get(new NodeClient.Target("api", "tables"));
        if (options.json()) {
            tables.forEach(table -> console.line(Json.line(table)));
            return 0;
        }
        if (tables.isEmpty()) {
            console.note(
                    "no tables yet; create one with `highwater sql`, or publish one with"
                            + " `highwater publish TABLE`");
            return 0;
        }
        Table shown = new Table(COLUMNS);
        tables.forEach(table -> shown.add(cells(table)));
        console.table(shown);
        return 0;
    }

    private static List<Table.Cell> cells(JsonNode table) {
        String state = table.path("state").asText();
        String filled =
                state.equals("filling")
                        ? "filling, %,d rows so far".formatted(table.path("filled").asLong())
                        : state;
        return List.of(
                Json.cell(table.path("name")),
                new Table.Cell(filled, Colour.ofState(state)),
                Table.Cell.of(
                        table.path("key")
                                .valueStream()
                                .map(JsonNode::asText)
                                .collect(Collectors.joining(", "))),
                Table.Cell.of(Integer.toString(table.path("columns").size())),
                Table.Cell.of(table.path("since").asText("")),
                Table.Cell.of(table.path("reason").asText("")));
    }
}
