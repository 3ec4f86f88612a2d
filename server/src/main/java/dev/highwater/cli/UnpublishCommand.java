package dev.highwater.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "unpublish",
        description = "Stop following a table of the source. Its history stays.",
        footer = {"", "Example:", "  highwater unpublish orders"})
final class UnpublishCommand implements Callable<Integer> {

    private final Console console;

    @Mixin NodeOptions options = new NodeOptions();

    @Parameters(paramLabel = "TABLE", description = "orders means public.orders.")
    String table = "";

    UnpublishCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        JsonNode left =
                options.client(console.environment())
                        .delete(new NodeClient.Target("api", "tables", table));
        console.line(
                options.json()
                        ? Json.line(left)
                        : DisplayText.printable(left.path("name").asText())
                                + " is no longer published; its history stays");
        return 0;
    }
}
