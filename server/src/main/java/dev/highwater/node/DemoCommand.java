package dev.highwater.node;

import dev.highwater.cli.Console;
import dev.highwater.cli.Demo;
import dev.highwater.cli.DemoOptions;
import dev.highwater.cli.NodeFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Runs a node with something to watch.
@Command(
        name = "demo",
        description = "Run a node with a small trading desk that writes to it, and watch its feed.",
        footer = {
            "",
            "Example:",
            "  highwater demo --rate 10 --for 1m",
            "",
            "The node stays in its data directory; `highwater start` goes on with it."
        })
final class DemoCommand implements Runnable {
    private final Console console;

    @Mixin private NodeOptions node = new NodeOptions();
    @Mixin private DemoOptions demo = new DemoOptions();

    DemoCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        demo.check();
        try (var running = Node.start(node)) {
            running.endOnSignal(Thread.currentThread());
            new Demo(console, NodeFile.read(node.data()), node.data(), demo).run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
