package dev.highwater.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.highwater.failure.Failure;
import dev.highwater.failure.Shown;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `highwater view …`: its commands do the work.
@Command(
        name = "view",
        description = "Create and drop live views: any query, kept current.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Example:",
            "  highwater view create totals --sql 'select customer, sum(amount) from orders group"
                    + " by 1'",
            "  highwater feed totals"
        })
final class ViewCommand implements Runnable {

    @Spec CommandSpec spec = CommandSpec.create();

    static CommandLine tree(Console console) {
        return new CommandLine(new ViewCommand())
                .addSubcommand(new Create(console))
                .addSubcommand(new Drop(console));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing: create or drop");
    }

    @Command(
            name = "create",
            description = {
                "Create a view over published tables and other views.",
                "With the query that it has already, nothing happens, unless it has stopped: then it is"
                        + " made anew. A view that stopped because of a table is made anew by itself"
                        + " once the table can be read again."
            },
            footer = {
                "",
                "Examples:",
                "  highwater view create totals -f totals.sql",
                "  highwater view create big --sql 'select * from orders where amount > 100'"
            })
    static final class Create implements Callable<Integer> {

        private final Console console;

        @Mixin NodeOptions options = new NodeOptions();

        @Parameters(paramLabel = "NAME", description = "The view's name; it is in schema public.")
        String name = "";

        @ArgGroup(multiplicity = "1")
        Query query = new Query();

        @Option(names = "--replace", description = "Replace a view that has another query.")
        boolean replace;

        /// Where the query stands.
        static final class Query {
            @Option(
                    names = {"-f", "--file"},
                    paramLabel = "FILE",
                    description = "Read the query from a file.")
            @Nullable Path file;

            @Option(names = "--sql", paramLabel = "SQL", description = "The query itself.")
            @Nullable String sql;
        }

        Create(Console console) {
            this.console = console;
        }

        @Override
        public Integer call() throws InterruptedException {
            NodeClient.Target target = new NodeClient.Target("api", "views", name);
            if (replace) {
                target.with("replace", true);
            }
            String sql = text();
            if (sql.isBlank()) {
                throw new Failure.Refused(Cli.USAGE, "the query is empty; write it in --sql or -f");
            }
            JsonNode view = options.client(console.environment()).putSql(target, sql);
            if (options.json()) {
                console.line(Json.line(view));
                return 0;
            }
            String state = view.path("state").asText();
            String error = view.path("error").asText("");
            console.line(
                    DisplayText.printable(view.path("name").asText())
                            + " is "
                            + console.paint(Colour.ofState(state), state)
                            + ": "
                            + DisplayText.printable(
                                    state.equals("stopped")
                                            ? error
                                            : view.path("strategy").asText()
                                                    + ", "
                                                    + view.path("reason").asText()));
            return state.equals("stopped") ? 1 : 0;
        }

        private String text() {
            Path file = query.file;
            if (file == null) {
                return String.valueOf(query.sql);
            }
            try {
                return Files.readString(file, StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new Failure.Refused(
                        "bad-file", "cannot read " + file + ": " + Shown.of(e), e);
            }
        }
    }

    @Command(
            name = "drop",
            description = "Drop a view. Its history stays.",
            footer = {"", "Example:", "  highwater view drop totals"})
    static final class Drop implements Callable<Integer> {

        private final Console console;

        @Mixin NodeOptions options = new NodeOptions();

        @Parameters(paramLabel = "NAME", description = "totals means public.totals.")
        String name = "";

        @Option(names = "--cascade", description = "Drop the views that read it too.")
        boolean cascade;

        Drop(Console console) {
            this.console = console;
        }

        @Override
        public Integer call() throws InterruptedException {
            NodeClient.Target target = new NodeClient.Target("api", "views", name);
            if (cascade) {
                target.with("cascade", true);
            }
            JsonNode view = options.client(console.environment()).delete(target);
            console.line(
                    options.json()
                            ? Json.line(view)
                            : DisplayText.printable(view.path("name").asText())
                                    + " is dropped; its history stays");
            return 0;
        }
    }
}
