package dev.highwater.node;

import static java.util.Objects.requireNonNull;

import dev.highwater.capture.Doctor;
import dev.highwater.capture.Doctor.Kind;
import dev.highwater.cli.Console;
import dev.highwater.sql.PgAddress;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `highwater doctor`.
@Command(
        name = "doctor",
        description = {
            "Says, line by line, whether a PostgreSQL can be a source, and the command that mends each"
                    + " thing.",
            "Nothing is changed. Exit 1 when it cannot be one."
        },
        footer = {
            "",
            "Example:",
            "  highwater doctor --source postgresql://highwater:PASSWORD@db.example/app"
        })
final class DoctorCommand implements Callable<Integer> {
    private final Console console;

    @Option(
            names = "--source",
            paramLabel = "URL",
            required = true,
            description =
                    "postgresql://USER:PASSWORD@HOST:PORT/DATABASE, as the node would connect.")
    private @Nullable PgAddress source;

    DoctorCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws SQLException {
        boolean possible = true;
        for (var finding : Doctor.examine(requireNonNull(source))) {
            String word =
                    switch (finding.kind()) {
                        case OK -> "ok       ";
                        case ADVICE -> "advice   ";
                        case TABLE -> "table    ";
                        case OBSTACLE -> "obstacle ";
                    };
            console.line(word + finding.says());
            if (!finding.mends().isEmpty()) {
                console.line("           -> " + finding.mends());
            }
            possible &= finding.kind() != Kind.OBSTACLE;
        }
        console.line(possible ? "it can be a source" : "it cannot be a source yet");
        console.flush();
        return possible ? 0 : 1;
    }
}
