package dev.highwater.cli;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// What the standard streams are connected to, and how large the screen is.
///
/// @param input whether standard input is a terminal
/// @param output whether standard output is one
/// @param columns width of the screen; of no meaning when `output` is false
/// @param rows height of the screen
record Terminal(boolean input, boolean output, int columns, int rows) {

    static final Terminal NONE = new Terminal(false, false, 80, 24);

    /// Inside `$( )` standard output is a pipe, so stty reads its copy.
    private static final String ASK =
            "exec 3>&1; [ -t 0 ] && echo input >&2;"
                    + " [ -t 1 ] && echo output $(stty size <&3) >&2; true";

    /// Asks the terminal itself, through a shell that inherits our standard streams: Java can tell
    /// neither the size nor which of the streams is a terminal.
    static Terminal ask(Map<String, String> environment) {
        try {
            Process shell =
                    new ProcessBuilder("sh", "-c", ASK)
                            .redirectInput(Redirect.INHERIT)
                            .redirectOutput(Redirect.INHERIT)
                            .start();
            String answer =
                    new String(shell.getErrorStream().readAllBytes(), StandardCharsets.US_ASCII);
            return parse(answer, environment);
        } catch (IOException noShell) {
            return NONE;
        }
    }

    static Terminal parse(String answer, Map<String, String> environment) {
        boolean input = false;
        boolean output = false;
        int rows = 0;
        int columns = 0;
        for (String line : answer.lines().toList()) {
            String[] words = line.split(" ", -1);
            if (words[0].equals("input")) {
                input = true;
            } else if (words[0].equals("output")) {
                output = true;
                rows = words.length == 3 ? number(words[1]) : 0;
                columns = words.length == 3 ? number(words[2]) : 0;
            }
        }
        return new Terminal(
                input,
                output,
                firstPositive(columns, number(environment.getOrDefault("COLUMNS", "")), 80),
                firstPositive(rows, number(environment.getOrDefault("LINES", "")), 24));
    }

    private static int firstPositive(int asked, int fromEnvironment, int otherwise) {
        if (asked > 0) {
            return asked;
        }
        return fromEnvironment > 0 ? fromEnvironment : otherwise;
    }

    private static int number(String text) {
        return text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0;
    }
}
