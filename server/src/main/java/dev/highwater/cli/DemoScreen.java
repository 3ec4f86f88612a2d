package dev.highwater.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Shows the changes of the demo as they arrive: on a terminal a picture that is redrawn in place,
/// elsewhere one line a change. The feed's thread hands in changes, another one draws.
final class DemoScreen implements AutoCloseable {

    private static final String ENTER = "\u001b[?1049h\u001b[?25l";
    private static final String LEAVE = "\u001b[?25h\u001b[?1049l";
    private static final Duration BETWEEN_SIZES = Duration.ofSeconds(2);

    /// Rows of each view that are left behind on the terminal.
    private static final int LAST_ROWS = 10;

    private final Console console;
    private final List<String> hints;
    private final DemoBoard board;
    private final Instant started = Instant.now();
    private final Latencies latencies = new Latencies(2_000);
    private final Deque<DemoFrame.Shown> recent = new ArrayDeque<>();
    private long commits;
    private long changes;
    private @Nullable String note;
    private Terminal size;
    private Instant sizeAsked = Instant.now();
    private boolean open;

    DemoScreen(Console console, List<String> hints, DemoBoard board) {
        this.console = console;
        this.board = board;
        this.hints = List.copyOf(hints);
        this.size = console.screen();
    }

    synchronized void open() {
        open = true;
        if (console.terminal()) {
            console.print(ENTER);
        } else {
            console.line("in a second terminal:");
            hints.forEach(hint -> console.line("  " + hint));
        }
        console.flush();
    }

    synchronized long commits() {
        return commits;
    }

    /// Takes in one commit. Its latency runs from the source's own commit time (`at`, taken by
    /// PostgreSQL before it flushes the commit, by the same machine's clock) to the moment the
    /// event is in our hands: more than what a client waits from the return of its COMMIT.
    synchronized void add(FeedEvent.Change change) {
        Duration latency =
                change.at() == null ? Duration.ZERO : Duration.between(change.at(), Instant.now());
        if (change.at() != null) {
            latencies.add(latency);
        }
        commits++;
        note = null;
        for (JsonNode json : change.changes()) {
            changes++;
            ChangeLine text = ChangeLine.of(json);
            recent.addLast(new DemoFrame.Shown(change.position(), text));
            if (recent.size() > DemoFrame.RECENT) {
                recent.removeFirst();
            }
            if (open && !console.terminal()) {
                console.line(
                        text.line(
                                change.position(), Times.shown(latency), Integer.MAX_VALUE, false));
            }
        }
        if (open && !console.terminal()) {
            console.flush();
        }
    }

    synchronized void note(String text) {
        note = text;
        if (!console.terminal()) {
            console.note(text);
        }
    }

    synchronized void draw() {
        if (!open || !console.terminal()) {
            return;
        }
        Instant now = Instant.now();
        if (Duration.between(sizeAsked, now).compareTo(BETWEEN_SIZES) > 0) {
            size = console.screen();
            sizeAsked = now;
        }
        StringBuilder picture = new StringBuilder("\u001b[H");
        List<String> lines = frame(now).lines(size.columns(), size.rows(), console.colour());
        for (int i = 0; i < lines.size(); i++) {
            picture.append(i == 0 ? "" : "\r\n").append(lines.get(i)).append("\u001b[K");
        }
        console.print(picture.append("\u001b[J").toString());
        console.flush();
    }

    private DemoFrame frame(Instant now) {
        return new DemoFrame(
                Duration.between(started, now),
                commits,
                changes,
                latencies.last(),
                latencies.summary(),
                board.panels(DemoFrame.PANEL_ROWS + 1, now),
                List.copyOf(recent),
                hints,
                note);
    }

    /// Gives the terminal back and says in one line how it went. Does so once.
    @Override
    public synchronized void close() {
        if (!open) {
            return;
        }
        open = false;
        if (console.terminal()) {
            console.print(LEAVE);
        }
        for (DemoFrame.Panel panel : board.panels(LAST_ROWS, Instant.now())) {
            console.line("");
            console.line(panel.name());
            panel.lines().forEach(line -> console.line("  " + line.text()));
        }
        console.line(
                "demo: %,d commits, %,d changes in %s; commit to feed %s"
                        .formatted(
                                commits,
                                changes,
                                Times.shown(Duration.between(started, Instant.now())),
                                latencies.summary()));
        console.flush();
    }
}
