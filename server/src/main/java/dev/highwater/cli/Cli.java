package dev.highwater.cli;

import dev.highwater.failure.Failure;
import dev.highwater.sql.PgAddress;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Properties;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// The command line: the tree of commands, and the one place where every way to fail becomes one
/// line on standard error and an exit code: 0 success, 1 failure, 2 usage. HIGHWATER_DEBUG=1 adds
/// the stack trace.
public final class Cli {

    /// The code of a [Failure] that says the command line or a configuration is wrong: exit 2.
    public static final String USAGE = "usage";

    private static final int FAILED = 1;
    private static final int MISUSED = 2;

    private Cli() {}

    /// Runs one command line and returns its exit code.
    ///
    /// @param furtherCommands picocli commands (objects annotated with `@Command` and a name) of
    ///   other packages, listed before those here; `--help` is added to those without it
    public static int run(String[] args, List<Object> furtherCommands, Console console) {
        int code = tree(furtherCommands, console).execute(args);
        try {
            console.flush();
        } catch (Console.OutputClosed quiet) {
            console.trace(quiet);
        }
        return code;
    }

    private static CommandLine tree(List<Object> furtherCommands, Console console) {
        CommandLine tree = new CommandLine(new Root());
        furtherCommands.forEach(tree::addSubcommand);
        for (Object command :
                List.of(
                        new StatusCommand(console),
                        new TablesCommand(console),
                        new PublishCommand(console),
                        new UnpublishCommand(console),
                        ViewCommand.tree(console),
                        new ViewsCommand(console),
                        new RowsCommand(console),
                        new FeedCommand(console),
                        new JournalCommand(console),
                        new VerifyCommand(console),
                        new BackupCommand(console),
                        new RestoreCommand(console),
                        SqlCommand.tree(console),
                        help())) {
            tree.addSubcommand(command);
        }
        addHelp(tree);
        tree.getCommandSpec()
                .addOption(
                        OptionSpec.builder("-V", "--version")
                                .versionHelp(true)
                                .description("Show the version.")
                                .build());
        return tree.setExpandAtFiles(false)
                .registerConverter(Long.class, Cli::number)
                .registerConverter(Format.class, Format::parse)
                .registerConverter(PgAddress.class, Cli::address)
                .setUsageHelpAutoWidth(false)
                .setUsageHelpWidth(Math.clamp(console.width(), 60, 100))
                .setColorScheme(
                        Help.defaultColorScheme(console.colour() ? Help.Ansi.ON : Help.Ansi.OFF))
                .setOut(new PrintWriter(console.out(), false, StandardCharsets.UTF_8))
                .setParameterExceptionHandler((wrong, _) -> misused(wrong, console))
                .setExecutionExceptionHandler(
                        (thrown, command, _) -> failed(thrown, command, console));
    }

    private static Long number(String text) {
        try {
            return Long.valueOf(text);
        } catch (NumberFormatException e) {
            throw new CommandLine.TypeConversionException("'" + text + "' is no whole number");
        }
    }

    private static PgAddress address(String text) {
        try {
            return PgAddress.parse(text);
        } catch (Failure.Refused e) {
            throw new CommandLine.TypeConversionException(e.line());
        }
    }

    private static CommandLine help() {
        CommandLine help = new CommandLine(new CommandLine.HelpCommand());
        help.getCommandSpec().usageMessage().description("Show the help of a command.");
        return help;
    }

    private static void addHelp(CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        if (!spec.optionsMap().containsKey("--help")) {
            spec.addOption(
                    OptionSpec.builder("-h", "--help")
                            .usageHelp(true)
                            .description("Show this help.")
                            .build());
        }
        command.getSubcommands().values().forEach(Cli::addHelp);
    }

    private static int misused(ParameterException wrong, Console console) {
        String message =
                wrong instanceof UnmatchedArgumentException unmatched
                        ? unmatched(unmatched)
                        : String.valueOf(wrong.getMessage());
        String sentence = message.replaceFirst("\\.$", "");
        console.error(
                Character.toLowerCase(sentence.charAt(0))
                        + sentence.substring(1)
                        + seeHelp(wrong.getCommandLine()));
        console.trace(wrong);
        return MISUSED;
    }

    private static String seeHelp(CommandLine command) {
        return "; see " + command.getCommandSpec().qualifiedName() + " --help";
    }

    private static String unmatched(UnmatchedArgumentException wrong) {
        String word = wrong.getUnmatched().getFirst();
        CommandSpec spec = wrong.getCommandLine().getCommandSpec();
        boolean option = word.startsWith("-");
        boolean command = !option && !spec.subcommands().isEmpty();
        String kind = option ? "option" : command ? "command" : "argument";
        return "unknown "
                + kind
                + " '"
                + word
                + "'"
                + Nearest.to(
                                word,
                                option
                                        ? spec.optionsMap().keySet()
                                        : command ? spec.subcommands().keySet() : List.of())
                        .map(near -> " (did you mean '" + near + "'?)")
                        .orElse("");
    }

    private static int failed(Exception thrown, CommandLine command, Console console) {
        console.trace(thrown);
        return switch (thrown) {
            case Console.OutputClosed _ -> 0;
            case Failure failure -> {
                boolean usage = failure.code().equals(USAGE);
                console.error(failure.line() + (usage ? seeHelp(command) : ""));
                yield usage ? MISUSED : FAILED;
            }
            case InterruptedException _ -> {
                console.error("interrupted");
                yield FAILED;
            }
            default -> {
                console.error(
                        "unexpected "
                                + thrown
                                + "; this is a defect, HIGHWATER_DEBUG=1 shows where");
                yield FAILED;
            }
        };
    }

    /// `highwater` itself.
    @Command(
            name = "highwater",
            description =
                    "Makes a SQL database active: every committed transaction becomes a message.",
            versionProvider = Version.class,
            synopsisSubcommandLabel = "COMMAND",
            commandListHeading = "%nCommands:%n",
            optionListHeading = "%nOptions:%n",
            footer = {
                "",
                "Start with `highwater demo`, or `highwater start` and, in a second terminal:",
                "  highwater sql -c \"create table notes (id int primary key, text text)\"",
                "  highwater feed notes",
                "",
                "`highwater COMMAND --help` has an example of each."
            })
    private static final class Root implements Runnable {
        @CommandLine.Spec CommandSpec spec = CommandSpec.create();

        @Override
        public void run() {
            throw new ParameterException(spec.commandLine(), "a command is missing");
        }
    }

    /// The version that Maven wrote into the jar.
    private static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            Properties maven = new Properties();
            try (InputStream file =
                    Cli.class.getResourceAsStream(
                            "/META-INF/maven/dev.highwater/highwater-server/pom.properties")) {
                if (file != null) {
                    maven.load(file);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return new String[] {"highwater " + maven.getProperty("version", "(not packaged)")};
        }
    }
}
