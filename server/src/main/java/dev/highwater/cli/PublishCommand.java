package dev.highwater.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.highwater.failure.Failure;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "publish",
        description = {
            "Follow tables of the source: from now on their commits become messages.",
            "The rows that are there already are filled in while writers go on."
        },
        footer = {"", "Example:", "  highwater publish orders sales.customers"})
final class PublishCommand implements Callable<Integer> {

    private final Console console;

    @Mixin NodeOptions options = new NodeOptions();

    @Parameters(
            paramLabel = "TABLE",
            arity = "1..*",
            description = "orders means public.orders; quote parts as in SQL where needed.")
    List<String> tables = List.of();

    PublishCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        NodeClient client = options.client(console.environment());
        int code = 0;
        for (String table : tables) {
            try {
                JsonNode published = client.put(new NodeClient.Target("api", "tables", table));
                console.line(options.json() ? Json.line(published) : sentence(published));
            } catch (Failure.Refused | Failure.NotFound | Failure.Conflict refused) {
                console.error(refused.line());
                code = 1;
            }
        }
        return code;
    }

    private String sentence(JsonNode table) {
        String state = table.path("state").asText();
        return DisplayText.printable(table.path("name").asText())
                + " is published, "
                + console.paint(Colour.ofState(state), state);
    }
}
