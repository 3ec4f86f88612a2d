package dev.highwater.cli;

import dev.highwater.failure.Failure;
import dev.highwater.sql.PgAddress;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "sql",
        description = {
            "A small psql on the node's databases: the source, which applications write to, or the"
                    + " store, where history can be read.",
            "Without -c it reads statements from standard input, each up to its semicolon."
                    + " \\d lists the tables, \\d NAME describes one, \\q ends."
        },
        footer = {
            "",
            "Examples:",
            "  highwater sql",
            "  highwater sql -c \"insert into notes values (1, 'hello')\"",
            "  highwater sql --store -c \"select * from public_history.notes\"",
            "  highwater sql < script.sql",
            "  highwater sql install --source postgresql://user:password@host/database"
        })
final class SqlCommand implements Callable<Integer> {

    private static final String HELP =
            """
            \\d         list tables and views
            \\d NAME    describe one
            \\q         end (Ctrl-D too)
            Everything else is SQL and runs at its semicolon.""";

    private final Console console;

    @Option(names = "--source", description = "Talk to the source (the default).")
    boolean source;

    @Option(
            names = "--store",
            description =
                    "Talk to the store; it is read only, but for requests such as highwater.create_view.")
    boolean store;

    @Option(
            names = {"-c", "--command"},
            paramLabel = "SQL",
            description = "Run these statements and end.")
    @Nullable String command;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "highwater-data",
            description = "The node's data directory (default: ./${DEFAULT-VALUE}).")
    Path data = Path.of("highwater-data");

    @Option(
            names = "--format",
            paramLabel = "table|json",
            defaultValue = "table",
            description = "table for people, json for programs: one object a row.")
    Format format = Format.TABLE;

    SqlCommand(Console console) {
        this.console = console;
    }

    static CommandLine tree(Console console) {
        return new CommandLine(new SqlCommand(console))
                .addSubcommand(new SqlInstallCommand(console));
    }

    @Override
    public Integer call() throws IOException, SQLException {
        if (source && store) {
            throw new Failure.Refused(Cli.USAGE, "--source and --store exclude each other");
        }
        NodeFile node = NodeFile.read(data);
        PgAddress address = store ? node.store() : node.source();
        try (Connection connection = Connections.open(address, "highwater sql");
                CancelOnInterrupt _ = new CancelOnInterrupt(connection)) {
            SqlSession session = new SqlSession(connection, console, format);
            if (command != null) {
                return script(session, command);
            }
            if (console.interactive()) {
                return converse(session, address.database());
            }
            return script(session, new String(console.in().readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private int script(SqlSession session, String text) {
        for (SqlStatement statement : SqlSplitter.all(text)) {
            if (statement.text().equals("\\q")) {
                return 0;
            }
            if (!run(session, statement)) {
                return 1;
            }
        }
        return 0;
    }

    private int converse(SqlSession session, String database) throws IOException {
        BufferedReader in =
                new BufferedReader(new InputStreamReader(console.in(), StandardCharsets.UTF_8));
        console.note("\\d lists the tables, \\? shows what else there is, \\q ends");
        String open = "";
        while (true) {
            prompt(database + (open.isEmpty() ? "=> " : "-> "));
            String line = in.readLine();
            if (line == null) {
                prompt("\n");
                return 0;
            }
            SqlSplitter.Split split = SqlSplitter.split(open + line + "\n", 1);
            open = split.rest();
            for (SqlStatement statement : split.statements()) {
                if (statement.text().equals("\\q")) {
                    return 0;
                }
                run(session, statement);
            }
        }
    }

    private void prompt(String text) {
        if (console.terminal()) {
            console.print(text);
            console.flush();
        }
    }

    private boolean run(SqlSession session, SqlStatement statement) {
        return statement.backslash()
                ? backslash(session, statement.text())
                : session.run(statement);
    }

    private boolean backslash(SqlSession session, String text) {
        String[] parts = text.strip().replaceFirst(";$", "").split("\\s+", 2);
        return switch (parts[0]) {
            case "\\d", "\\dt", "\\d+" ->
                    (parts.length == 1 ? SqlDescription.tables() : SqlDescription.table(parts[1]))
                            .stream().allMatch(session::run);
            case "\\?", "\\h" -> {
                HELP.lines().forEach(console::line);
                console.flush();
                yield true;
            }
            default -> {
                console.note("unknown command " + parts[0] + "; \\? shows what there is");
                yield false;
            }
        };
    }
}
