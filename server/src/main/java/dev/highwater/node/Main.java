package dev.highwater.node;

import dev.highwater.cli.Cli;
import dev.highwater.cli.Console;
import java.util.List;

/// The program: `highwater COMMAND …`.
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        var console = Console.ofProcess();
        int code =
                Cli.run(
                        args,
                        List.of(
                                new StartCommand(console),
                                new DemoCommand(console),
                                new ConfigCommand(console),
                                new DoctorCommand(console),
                                new DetachCommand(console)),
                        console);
        System.exit(code);
    }
}
