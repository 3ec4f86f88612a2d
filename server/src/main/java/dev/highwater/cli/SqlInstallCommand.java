package dev.highwater.cli;

import dev.highwater.failure.Failure;
import dev.highwater.sql.Database;
import dev.highwater.sql.EventStore;
import dev.highwater.sql.PgAddress;
import dev.highwater.sql.Sql;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "install",
        description = {
            "Install or upgrade the event store: tables and functions in schema highwater of any"
                    + " PostgreSQL >= 15, of use without a node too.",
            "A node's own source has it already."
        },
        footer = {
            "",
            "Example:",
            "  highwater sql install --source postgresql://user:password@host/database"
        })
final class SqlInstallCommand implements Callable<Integer> {

    private static final String INSTALLED =
            """
            select exists (
              select from pg_proc p join pg_namespace n on n.oid = p.pronamespace
              where n.nspname = 'highwater' and p.proname = 'stream_events')
            """;

    private final Console console;

    @Option(
            names = "--source",
            paramLabel = "URL",
            description = "The database (default: the source of the node in --data).")
    @Nullable PgAddress source;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "highwater-data",
            description = "The node's data directory (default: ./${DEFAULT-VALUE}).")
    Path data = Path.of("highwater-data");

    SqlInstallCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws SQLException {
        PgAddress address = source != null ? source : NodeFile.read(data).source();
        List<String> steps;
        try {
            steps = EventStore.install(address);
        } catch (SQLException e) {
            if (!"42501".equals(e.getSQLState())) {
                throw e;
            }
            if (!installed(address)) {
                throw new Failure.Refused(
                        "not-allowed",
                        address
                                + " does not let this user create the schema highwater: "
                                + e.getMessage());
            }
            console.line(address + " has the event store; who installed it keeps it up to date");
            return 0;
        }
        console.line(
                steps.isEmpty()
                        ? address + " has this event store already"
                        : address + " has the event store now: " + String.join(", ", steps));
        return 0;
    }

    private static boolean installed(PgAddress address) throws SQLException {
        try (Connection connection = Database.single(address, "sql")) {
            return Sql.first(connection, INSTALLED, row -> row.getBoolean(1)).orElse(false);
        }
    }
}
