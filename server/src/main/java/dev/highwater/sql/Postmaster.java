package dev.highwater.sql;

import dev.highwater.failure.Failure;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;

/// One run of PostgreSQL's server process, from its launch to its end.
final class Postmaster {

    /// A crash recovery replays at most the WAL of two checkpoints: minutes on a slow disk.
    private static final Duration START = Duration.ofMinutes(15);

    private static final Duration FAST = Duration.ofSeconds(60);
    private static final Duration IMMEDIATE = Duration.ofSeconds(10);
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private sealed interface State {
        record Starting() implements State {}

        record Running(Process process) implements State {}

        record Ready(Process process) implements State {}

        record Stopping(Process process) implements State {}

        record Ended(int exit) implements State {}
    }

    private final ServerLog log;
    private final IntConsumer onExit;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private State state = new State.Starting();

    private Postmaster(ServerLog log, IntConsumer onExit) {
        this.log = log;
        this.onExit = onExit;
    }

    /// Launches it; `onExit` gets the exit code when it ends by itself after having been ready.
    static Postmaster launch(List<String> command, ServerLog log, IntConsumer onExit) {
        Postmaster postmaster = new Postmaster(log, onExit);
        // The kernel's parent-death signal follows the thread that forked, not the process. So the
        // launching thread is a platform thread of its own that does nothing but wait for the end.
        Thread.ofPlatform().name("postgres").daemon().start(() -> postmaster.live(command));
        return postmaster;
    }

    private void live(List<String> command) {
        int exit;
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectInput(new File("/dev/null"))
                            .start();
            move(new State.Running(process));
            Thread reader =
                    Thread.ofPlatform().name("postgres-log").daemon().start(() -> read(process));
            exit = process.waitFor();
            // Backends that outlive a killed postmaster keep the pipe open: do not wait for its
            // end.
            reader.join(LAST_WORDS);
        } catch (IOException e) {
            log.append("FATAL:  " + e.getMessage());
            exit = 127;
        } catch (InterruptedException e) {
            throw new Failure.Bug("nobody interrupts the thread that waits for PostgreSQL", e);
        }
        if (move(new State.Ended(exit)) instanceof State.Ready) {
            onExit.accept(exit);
        }
    }

    private void read(Process process) {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            String line;
            while ((line = lines.readLine()) != null) {
                log.append(line);
                if (line.contains("database system is ready to accept connections")) {
                    ready(process);
                }
            }
        } catch (IOException e) {
            log.append("LOG:  PostgreSQL's output could not be read: " + e);
        }
    }

    private void ready(Process process) {
        lock.lock();
        try {
            if (state instanceof State.Running) {
                move(new State.Ready(process));
            }
        } finally {
            lock.unlock();
        }
    }

    /// Waits until it accepts connections; a recovery after a crash comes first.
    ///
    /// @throws Failure.Unavailable `port-taken`, `disk-full` or `postgres-start`, with what it said
    void awaitReady() {
        long left = START.toNanos();
        lock.lock();
        try {
            while (left > 0) {
                switch (state) {
                    case State.Ready _ -> {
                        return;
                    }
                    case State.Ended(int exit) -> throw notStarted(exit);
                    case State.Starting _, State.Running _, State.Stopping _ ->
                            left = moved.awaitNanos(left);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure.Unavailable(
                    "interrupted", "interrupted while PostgreSQL was starting", e);
        } finally {
            lock.unlock();
        }
        stop();
        throw new Failure.Unavailable(
                "postgres-start", "PostgreSQL was not ready after " + START + ": " + log.reason());
    }

    private Failure.Unavailable notStarted(int exit) {
        if (log.said("No space left on device")) {
            return new Failure.Unavailable(
                    "disk-full",
                    "PostgreSQL did not start, the disk is full: free some space, then start again ("
                            + log.reason()
                            + ")");
        }
        return new Failure.Unavailable(
                "postgres-start", "PostgreSQL did not start (exit " + exit + "): " + log.reason());
    }

    /// The server's process number.
    long pid() {
        lock.lock();
        try {
            return switch (state) {
                case State.Running(Process process) -> process.pid();
                case State.Ready(Process process) -> process.pid();
                case State.Stopping(Process process) -> process.pid();
                case State.Starting _, State.Ended _ -> -1;
            };
        } finally {
            lock.unlock();
        }
    }

    /// Ends it: fast shutdown, after a minute without the final checkpoint, at last by force. Does
    /// nothing when it has ended.
    void stop() {
        Process process;
        lock.lock();
        try {
            while (state instanceof State.Starting) {
                moved.awaitUninterruptibly();
            }
            switch (state) {
                case State.Running(Process running) -> process = running;
                case State.Ready(Process running) -> process = running;
                case State.Stopping(Process running) -> process = running;
                case State.Starting _, State.Ended _ -> {
                    return;
                }
            }
            move(new State.Stopping(process));
        } finally {
            lock.unlock();
        }
        Leftovers.signal("INT", process.pid());
        if (!endsWithin(FAST)) {
            Leftovers.signal("QUIT", process.pid());
            if (!endsWithin(IMMEDIATE)) {
                process.destroyForcibly();
                endsWithin(IMMEDIATE);
            }
        }
    }

    private boolean endsWithin(Duration time) {
        long left = time.toNanos();
        lock.lock();
        try {
            while (!(state instanceof State.Ended) && left > 0) {
                left = moved.awaitNanos(left);
            }
            return state instanceof State.Ended;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure.Unavailable(
                    "interrupted", "interrupted while PostgreSQL was stopping", e);
        } finally {
            lock.unlock();
        }
    }

    /// The one place where the state changes; gives the state before.
    private State move(State next) {
        lock.lock();
        try {
            State before = state;
            state = next;
            moved.signalAll();
            return before;
        } finally {
            lock.unlock();
        }
    }
}
