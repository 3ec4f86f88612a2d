package dev.highwater.sql;

import dev.highwater.failure.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Processes of a cluster whose owner, a JVM or a postmaster, was killed. The caller holds the data
/// directory, so whatever still runs on it belongs to nobody.
final class Leftovers {

    private static final Duration FAST = Duration.ofSeconds(30);
    private static final Duration IMMEDIATE = Duration.ofSeconds(10);
    private static final Duration BY_THEMSELVES = Duration.ofSeconds(2);
    private static final Logger log = LoggerFactory.getLogger(Leftovers.class);

    private Leftovers() {}

    /// Ends them, in good order as far as they let themselves, and removes the stale
    /// postmaster.pid: PostgreSQL would take any process that has come to bear that number for a
    /// running server.
    static void end(Path cluster) throws IOException {
        Path pidFile = cluster.resolve("postmaster.pid");
        long pid = recordedPid(pidFile);
        for (ProcessHandle postmaster : running(cluster)) {
            if (postmaster.pid() == pid) {
                log.atWarn().addKeyValue("pid", pid).log("a PostgreSQL left running is stopped");
                signal("INT", pid);
                if (!ended(postmaster, FAST)) {
                    signal("QUIT", pid);
                    ended(postmaster, IMMEDIATE);
                }
            }
        }
        // Backends notice within moments that their postmaster is gone. Before all are, the shared
        // memory is in use and no other postmaster starts.
        for (ProcessHandle orphan : running(cluster)) {
            if (!ended(orphan, BY_THEMSELVES)) {
                orphan.destroyForcibly();
                if (!ended(orphan, IMMEDIATE)) {
                    throw new Failure.Unavailable(
                            "postgres-left-running",
                            "PostgreSQL process "
                                    + orphan.pid()
                                    + " still uses "
                                    + cluster
                                    + " and cannot be ended: end it, then start again");
                }
            }
        }
        Files.deleteIfExists(pidFile);
    }

    static void signal(String signal, long pid) {
        Launcher.run(List.of("sh", "-c", "kill -" + signal + " " + pid));
    }

    private static long recordedPid(Path pidFile) throws IOException {
        if (!Files.exists(pidFile)) {
            return -1;
        }
        String first = Files.readString(pidFile).lines().findFirst().orElse("").strip();
        return first.matches("\\d{1,18}") ? Long.parseLong(first) : -1;
    }

    /// PostgreSQL's processes that work in this cluster's folder, postmaster or not.
    private static List<ProcessHandle> running(Path cluster) {
        return ProcessHandle.allProcesses()
                .filter(process -> worksIn(process.pid(), cluster))
                .toList();
    }

    private static boolean worksIn(long pid, Path cluster) {
        Path process = Path.of("/proc", Long.toString(pid));
        try {
            // Every process of a server has the cluster as its working directory; the postmaster's
            // command line is its program's path, that of its children begins with "postgres:".
            if (!Files.readSymbolicLink(process.resolve("cwd")).equals(cluster)) {
                return false;
            }
            String[] command =
                    new String(
                                    Files.readAllBytes(process.resolve("cmdline")),
                                    StandardCharsets.UTF_8)
                            .split("\0", 2);
            return command[0].endsWith("/postgres") || command[0].startsWith("postgres:");
        } catch (IOException e) {
            return false; // it has ended, or belongs to another user
        }
    }

    private static boolean ended(ProcessHandle process, Duration within) {
        try {
            process.onExit().get(within.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new Failure.Bug("waiting for process " + process.pid(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure.Unavailable(
                    "interrupted", "interrupted while PostgreSQL was stopped", e);
        }
    }
}
