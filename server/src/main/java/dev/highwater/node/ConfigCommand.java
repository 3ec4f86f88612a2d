package dev.highwater.node;

import dev.highwater.cli.Console;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Shows what a node would be told.
@Command(
        name = "config",
        description = {
            "Print the effective configuration, as a file that can be loaded again.",
            "Secrets are not shown: variables of the environment stand for them."
        },
        footer = {"", "Example:", "  highwater config --config highwater.yaml"})
final class ConfigCommand implements Runnable {
    private final Console console;

    @Mixin private NodeOptions options = new NodeOptions();

    ConfigCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        console.line(ConfigText.of(options.config()));
        console.flush();
    }
}
