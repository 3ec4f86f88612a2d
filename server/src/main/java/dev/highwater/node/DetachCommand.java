package dev.highwater.node;

import static java.util.Objects.requireNonNull;

import dev.highwater.capture.Detachment;
import dev.highwater.cli.Console;
import dev.highwater.failure.Failure;
import dev.highwater.sql.PgAddress;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `highwater detach`.
@Command(
        name = "detach",
        description = {
            "Removes everything that Highwater put into a source: slot, publication, event triggers,"
                    + " schema.",
            "What is in the store stays. Stop the node first; started again, it publishes its tables"
                    + " again and fills them anew."
        },
        footer = {
            "",
            "Example:",
            "  highwater detach --source postgresql://highwater:PASSWORD@db.example/app"
        })
final class DetachCommand implements Runnable {
    private final Console console;

    @Option(
            names = "--source",
            paramLabel = "URL",
            required = true,
            description = "postgresql://USER:PASSWORD@HOST:PORT/DATABASE, as the node connected.")
    private @Nullable PgAddress source;

    @Option(
            names = "--slot",
            paramLabel = "NAME",
            description = "The replication slot, if it was given a name of its own.")
    private @Nullable String slot;

    DetachCommand(Console console) {
        this.console = console;
    }

    @Override
    public void run() {
        try {
            var removed = Detachment.from(requireNonNull(source), Optional.ofNullable(slot));
            removed.forEach(what -> console.line("removed " + what));
            if (removed.isEmpty()) {
                console.line("there was nothing of Highwater");
            }
            console.flush();
        } catch (SQLException e) {
            throw new Failure.Unavailable(
                    "source-unavailable", "the source refused: " + e.getMessage(), e);
        }
    }
}
