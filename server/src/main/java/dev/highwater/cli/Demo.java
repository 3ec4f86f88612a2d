package dev.highwater.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.highwater.failure.Failure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The demo on a running node: a trading desk writes to the source, and a screen follows the feed
/// of its tables and that of some live views over HTTP, as any client would.
public final class Demo {

    private static final Duration UNTIL_LIVE = Duration.ofSeconds(30);
    private static final Duration UNTIL_ARRIVED = Duration.ofSeconds(5);
    private static final Duration BETWEEN_DRAWINGS = Duration.ofMillis(100);

    private final Console console;
    private final NodeFile node;
    private final Path data;
    private final NodeClient client;
    private final DemoWorkload workload;
    private final @Nullable Duration length;
    private final BlockingQueue<RuntimeException> failures = new LinkedBlockingQueue<>();

    /// @param node where the node answers
    /// @param data its data directory, which the commands to try need when it is not the default
    public Demo(Console console, NodeFile node, Path data, DemoOptions options) {
        this.console = console;
        this.node = node;
        this.data = data;
        this.client = new NodeClient(node.http(), node.token());
        this.workload = new DemoWorkload(node.source(), options.seed(), options.rate());
        this.length = options.length();
    }

    /// Runs until its time is over or the thread is interrupted, and fails when trading or
    /// following cannot go on. On Ctrl-C the terminal is given back by a shutdown hook of its own.
    public void run() throws InterruptedException {
        workload.prepare();
        if (workload.tellsEvents()) {
            client.put(new NodeClient.Target("api", "tables", DemoViews.EVENTS));
        }
        awaitLive();
        String position =
                client.get(new NodeClient.Target("api", "status")).path("position").asText();
        DemoBoard board =
                new DemoBoard(new DemoViews(client).create(workload.tellsEvents(), console::note));
        DemoScreen screen = new DemoScreen(console, hints(), board);
        FeedReader feed =
                new FeedReader(client, DemoWorkload.TABLES, List.of(), position, screen::note);
        Thread restore = new Thread(screen::close, "demo-restore-terminal");
        Runtime.getRuntime().addShutdownHook(restore);
        Thread following = start("demo-feed", () -> feed.follow(event -> show(event, screen)));
        Thread watching = start("demo-views", () -> watch(board, screen));
        Thread trading = start("demo-trading", workload::run);
        try (screen) {
            screen.open();
            Instant end = length == null ? Instant.MAX : Instant.now().plus(length);
            draw(screen, () -> Instant.now().isBefore(end));
            trading.interrupt();
            trading.join();
            Instant latest = Instant.now().plus(UNTIL_ARRIVED);
            draw(
                    screen,
                    () -> screen.commits() < workload.commits() && Instant.now().isBefore(latest));
        } finally {
            trading.interrupt();
            following.interrupt();
            watching.interrupt();
            removeHook(restore);
        }
        if (screen.commits() < workload.commits()) {
            throw new Failure.Unavailable(
                    "demo-behind",
                    "only %d of the %d commits arrived; see `highwater status`"
                            .formatted(screen.commits(), workload.commits()));
        }
    }

    private interface Work {
        void run() throws InterruptedException;
    }

    private interface Condition {
        boolean holds();
    }

    /// Starts a thread whose failure ends the demo.
    private Thread start(String name, Work work) {
        return Thread.ofVirtual()
                .name(name)
                .start(
                        () -> {
                            try {
                                work.run();
                            } catch (InterruptedException ended) {
                                Thread.currentThread().interrupt();
                            } catch (RuntimeException e) {
                                failures.add(e);
                            }
                        });
    }

    private void draw(DemoScreen screen, Condition condition) throws InterruptedException {
        while (condition.holds()) {
            screen.draw();
            RuntimeException failure =
                    failures.poll(BETWEEN_DRAWINGS.toMillis(), TimeUnit.MILLISECONDS);
            if (failure != null) {
                throw failure;
            }
        }
        screen.draw();
    }

    /// Keeps the board current. Without its views the demo goes on.
    private void watch(DemoBoard board, DemoScreen screen) throws InterruptedException {
        if (board.names().isEmpty()) {
            return;
        }
        try {
            new FeedReader(client, board.names(), List.of(), null, screen::note)
                    .follow(
                            event -> {
                                board.add(event);
                                return true;
                            });
        } catch (Failure e) {
            screen.note("the views stand still: " + e.line());
        }
    }

    private static boolean show(FeedEvent event, DemoScreen screen) {
        switch (event) {
            case FeedEvent.Change change -> screen.add(change);
            case FeedEvent.Resync resync ->
                    screen.note("the feed starts again: " + resync.reason());
            case FeedEvent.Snapshot _,
                    FeedEvent.SnapshotEnd _,
                    FeedEvent.Progress _,
                    FeedEvent.Unknown _ -> {}
        }
        return true;
    }

    /// Waits until the node follows each table.
    private void awaitLive() throws InterruptedException {
        Instant latest = Instant.now().plus(UNTIL_LIVE);
        List<String> waiting = waiting();
        while (!waiting.isEmpty()) {
            if (Instant.now().isAfter(latest)) {
                throw new Failure.Unavailable(
                        "demo-tables",
                        "the node does not follow "
                                + String.join(", ", waiting)
                                + "; see `highwater tables`, publish with `highwater publish`");
            }
            TimeUnit.MILLISECONDS.sleep(50);
            waiting = waiting();
        }
    }

    private List<String> waiting() throws InterruptedException {
        List<String> waiting = new ArrayList<>(DemoWorkload.TABLES);
        if (workload.tellsEvents()) {
            waiting.add(DemoViews.EVENTS);
        }
        for (JsonNode table : client.get(new NodeClient.Target("api", "tables"))) {
            if (table.path("state").asText().equals("live")) {
                waiting.remove(ChangeLine.plainName(table.path("name").asText()));
            }
        }
        return waiting;
    }

    private List<String> hints() {
        String command = Files.isExecutable(Path.of("highwater")) ? "./highwater " : "highwater ";
        String at = data.equals(Path.of("highwater-data")) ? "" : " --data " + data;
        return List.of(
                command + "views" + at,
                command + "feed positions" + at,
                command + "feed trades" + at,
                command + "feed highwater.events" + at,
                command + "rows best_prices --as-of '10s ago'" + at,
                command + "rows orders --where status=partial --order id.desc --limit 5" + at,
                command
                        + "sql"
                        + at
                        + " -c \"update instruments set price = price * 2 where symbol = 'ORCA'\"",
                "curl -N -H 'Accept: application/x-ndjson' "
                        + node.http()
                        + "/api/relations/trades/feed",
                "a browser: " + node.http() + "/");
    }

    private static void removeHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            // the process is ending, and the hook with it
        }
    }
}
