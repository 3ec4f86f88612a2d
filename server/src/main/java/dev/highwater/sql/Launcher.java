package dev.highwater.sql;

import dev.highwater.failure.Failure;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Starts PostgreSQL's programs as children of this process.
///
/// The words put before a program:
/// - `setpriv --pdeathsig INT`: the kernel sends it SIGINT, PostgreSQL's fast shutdown, when the
///   *thread* that started it ends, also when this JVM is killed with SIGKILL.
/// - `unshare -U`: PostgreSQL refuses to run as root. In a user namespace without a mapping the
///   program sees itself as nobody, while the files that it writes belong to root outside.
/// - `setsid`: Ctrl-C in a terminal reaches this process alone, which then stops things in order.
final class Launcher {

    private final Path binaries;
    private final List<String> prefix;

    private Launcher(Path binaries, List<String> prefix) {
        this.binaries = binaries;
        this.prefix = List.copyOf(prefix);
    }

    /// Finds by trying what this machine offers. Only root cannot do without.
    static Launcher in(Path binaries) {
        List<String> pdeathsig = List.of("setpriv", "--pdeathsig", "INT");
        List<String> namespace = isRoot() ? List.of("unshare", "-U") : List.of();
        List<List<String>> wanted =
                isRoot()
                        ? List.of(
                                joined(List.of("setsid"), pdeathsig, namespace),
                                joined(pdeathsig, namespace),
                                namespace)
                        : List.of(joined(List.of("setsid"), pdeathsig), pdeathsig, List.of());
        String said = "";
        for (List<String> prefix : wanted) {
            Output output = run(joined(prefix, List.of("true")));
            if (output.exit() == 0) {
                return new Launcher(binaries, prefix);
            }
            said = output.line();
        }
        throw new Failure.Unavailable(
                "root-without-namespaces",
                "PostgreSQL does not run as root, and user namespaces are not allowed here ("
                        + said
                        + "): start as another user, or give --source and --store");
    }

    /// A program's command line.
    List<String> command(String program, List<String> arguments) {
        return joined(
                prefix, List.of(binaries.resolve("bin").resolve(program).toString()), arguments);
    }

    /// What a program that ended said, as one line.
    record Output(int exit, String line) {}

    /// Runs a command to its end, output and errors together.
    static Output run(List<String> command) {
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectInput(new File("/dev/null"))
                            .start();
            String text =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Output(process.waitFor(), text.strip().replaceAll("\\s*\\R\\s*", " "));
        } catch (IOException e) {
            return new Output(127, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure.Unavailable(
                    "interrupted", "interrupted while running " + command.getFirst(), e);
        }
    }

    private static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException e) {
            return System.getProperty("user.name", "").equals("root");
        }
    }

    @SafeVarargs
    private static List<String> joined(List<String>... parts) {
        List<String> all = new ArrayList<>();
        for (List<String> part : parts) {
            all.addAll(part);
        }
        return all;
    }
}
