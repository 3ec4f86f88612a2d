package dev.highwater.sql;

import dev.highwater.failure.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Processes of a cluster whose owner, a JVM or a postmaster, was killed. The caller holds the data
/// directory, so whatever still runs on it belongs to nobody.
final class Leftovers {

    private static final Duration FAST = Duration.ofSeconds(30);
    private static final Duration IMMEDIATE = Duration.ofSeconds(10);
    private static final Duration BY_THEMSELVES = Duration.ofSeconds(2);
    private static final Duration POLL = Duration.ofMillis(5);
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
                if (!ended(postmaster, cluster, FAST)) {
                    signal("QUIT", pid);
                    ended(postmaster, cluster, IMMEDIATE);
                }
            }
        }
        endOrphans(cluster);
        Files.deleteIfExists(pidFile);
    }

    /// Backends, or an interrupted initdb and its children. They notice within moments that they
    /// are alone. Before all have gone they use the shared memory or write files, and nothing else
    /// may start here.
    static void endOrphans(Path cluster) {
        List<ProcessHandle> orphans = running(cluster);
        while (!orphans.isEmpty()) {
            for (ProcessHandle orphan : orphans) {
                if (!ended(orphan, cluster, BY_THEMSELVES)) {
                    orphan.destroyForcibly();
                    if (!ended(orphan, cluster, IMMEDIATE)) {
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
            orphans = running(cluster);
        }
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
            String command =
                    new String(
                            Files.readAllBytes(process.resolve("cmdline")), StandardCharsets.UTF_8);
            String program = command.substring(0, Math.max(0, command.indexOf('\0')));
            if (program.endsWith("/initdb")) {
                return command.contains("\0--pgdata=" + cluster + "\0");
            }
            // The postmaster's command line is its program's path, that of its children begins with
            // "postgres:"; all of them work in the cluster's folder.
            return (program.endsWith("/postgres") || program.startsWith("postgres:"))
                    && Files.readSymbolicLink(process.resolve("cwd")).equals(cluster);
        } catch (IOException e) {
            return false; // it has ended, or belongs to another user
        }
    }

    /// Polls: of a process that is not its child, a JVM learns the end no other way, and
    /// `ProcessHandle.onExit` looks three times a second, and takes a zombie for alive.
    private static boolean ended(ProcessHandle process, Path cluster, Duration within) {
        long deadline = System.nanoTime() + within.toNanos();
        while (worksIn(process.pid(), cluster)) {
            if (System.nanoTime() - deadline > 0) {
                return false;
            }
            try {
                TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new Failure.Unavailable(
                        "interrupted", "interrupted while PostgreSQL was stopped", e);
            }
        }
        return true;
    }
}
