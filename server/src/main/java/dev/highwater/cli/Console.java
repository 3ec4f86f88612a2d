package dev.highwater.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// Where a command reads and prints: the standard streams and what is known of the terminal behind
/// them. Text is UTF-8 whatever the locale says. Only standard output carries results; what is said
/// about them goes to standard error.
///
/// Output is buffered until [#flush]; one thread prints.
public final class Console {

    /// Standard output was closed by its reader (`highwater feed … | head`): the command ends
    /// quietly.
    static final class OutputClosed extends RuntimeException {
        OutputClosed() {
            super("standard output is closed", null, false, false);
        }
    }

    private final InputStream in;
    private final PrintStream out;
    private final PrintStream err;
    private final Map<String, String> environment;
    private final Terminal terminal;
    private final boolean colour;

    Console(
            InputStream in,
            PrintStream out,
            PrintStream err,
            Map<String, String> environment,
            Terminal terminal) {
        this.in = in;
        this.out = out;
        this.err = err;
        this.environment = environment;
        this.terminal = terminal;
        this.colour = terminal.output() && environment.getOrDefault("NO_COLOR", "").isEmpty();
    }

    /// The standard streams of this process.
    public static Console ofProcess() {
        Map<String, String> environment = System.getenv();
        return new Console(
                System.in,
                new PrintStream(
                        new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8),
                new PrintStream(
                        new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
                environment,
                Terminal.ask(environment));
    }

    /// Streams that are no terminal, for programs and tests that want the plain output.
    public static Console plain(
            InputStream in, PrintStream out, PrintStream err, Map<String, String> environment) {
        return new Console(in, out, err, environment, Terminal.NONE);
    }

    /// Prints one line of a result.
    public void line(String text) {
        out.print(text);
        out.print('\n');
    }

    void print(String text) {
        out.print(text);
    }

    void table(Table table) {
        table.lines(width(), colour).forEach(this::line);
    }

    /// Hands everything printed so far to the reader.
    public void flush() {
        if (out.checkError()) {
            throw new OutputClosed();
        }
    }

    /// Says one line about the work to the person, on standard error.
    public void note(String text) {
        out.flush();
        err.println(text);
        err.flush();
    }

    /// Says in one line what went wrong, on standard error.
    public void error(String text) {
        note("highwater: " + oneLine(text));
    }

    /// Whether a person looks at the output.
    public boolean terminal() {
        return terminal.output();
    }

    /// Whether a person types the input.
    boolean interactive() {
        return terminal.input();
    }

    boolean colour() {
        return colour;
    }

    String paint(Colour with, String text) {
        return colour ? with.paint(text) : text;
    }

    /// The columns a line may have; unlimited when nobody looks.
    int width() {
        return terminal.output() ? terminal.columns() : Integer.MAX_VALUE;
    }

    /// The size of the screen now; people resize their windows.
    Terminal screen() {
        return terminal.output() ? Terminal.ask(environment) : terminal;
    }

    InputStream in() {
        return in;
    }

    PrintStream out() {
        return out;
    }

    Map<String, String> environment() {
        return environment;
    }

    boolean debug() {
        return environment.getOrDefault("HIGHWATER_DEBUG", "").equals("1");
    }

    void trace(Throwable thrown) {
        if (debug()) {
            thrown.printStackTrace(err);
        }
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
