package dev.highwater.node;

import dev.highwater.cli.Console;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Runs a node until it is told to end.
@Command(
        name = "start",
        description = "Run a node: its source, its store, and everything in between.",
        footer = {
            "",
            "Example:",
            "  highwater start --data /var/lib/highwater --http 4747",
            "",
            "Without more it runs a PostgreSQL of its own with the databases source and store, and",
            "follows every table in schema public of the source. Of a source of yours it follows what",
            "`highwater publish` or the configuration names. SIGTERM or Ctrl-C ends it cleanly."
        })
final class StartCommand implements Runnable {
    private final Console console;

    @Mixin private NodeOptions options = new NodeOptions();

    StartCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        try (var node = Node.start(options)) {
            console.line("ready");
            node.addresses().forEach(console::line);
            console.flush();
            node.awaitEnd();
        }
    }
}
