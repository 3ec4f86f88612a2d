package dev.highwater.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.highwater.failure.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "feed",
        description = {
            "Follow the changes of relations as they are committed: the rows first, then every"
                    + " change, through restarts of the node. Ctrl-C ends it."
        },
        footer = {
            "",
            "Examples:",
            "  highwater feed orders",
            "  highwater feed orders trades --after 3f9a1c2b.42 --format json | jq .changes[].row"
        })
final class FeedCommand implements Callable<Integer> {

    private final Console console;

    @Mixin NodeOptions options = new NodeOptions();

    @Parameters(paramLabel = "NAME", arity = "1..*", description = "orders means public.orders.")
    List<String> names = List.of();

    @Option(
            names = "--after",
            paramLabel = "P",
            description = "Go on after this position instead of starting with the rows.")
    @Nullable String after;

    @Option(
            names = "--where",
            paramLabel = "CONDITION",
            description =
                    "Only rows for which this holds, as in `highwater rows`; with a single NAME.")
    List<String> where = List.of();

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "End after N commits; 0 ends after the rows.")
    @Nullable Long limit;

    private long commits;

    FeedCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws InterruptedException {
        String start = after == null ? null : Times.position("--after", after);
        List<Where> conditions = where.stream().map(Where::parse).toList();
        if (names.size() > 1 && !conditions.isEmpty()) {
            throw new Failure.Refused(
                    Cli.USAGE,
                    "--where needs a single NAME, since each relation has columns of its own");
        }
        FeedReader feed =
                new FeedReader(
                        options.client(console.environment()),
                        names,
                        conditions,
                        start,
                        console::note);
        if (start != null && reached()) {
            return 0;
        }
        try (EndOnInterrupt _ = new EndOnInterrupt(console::flush)) {
            feed.follow(this::show);
        }
        return 0;
    }

    private boolean reached() {
        return limit != null && commits >= limit;
    }

    private boolean show(FeedEvent event) {
        if (options.json()) {
            event.lines().forEach(console::line);
        } else {
            print(event);
        }
        console.flush();
        return switch (event) {
            case FeedEvent.SnapshotEnd _ -> !reached();
            case FeedEvent.Change _ -> {
                commits++;
                yield !reached();
            }
            case FeedEvent.Snapshot _,
                    FeedEvent.Progress _,
                    FeedEvent.Resync _,
                    FeedEvent.Unknown _ ->
                    true;
        };
    }

    private void print(FeedEvent event) {
        switch (event) {
            case FeedEvent.Snapshot snapshot -> {
                for (JsonNode row : snapshot.rows()) {
                    line("", " ", ChangeLine.ofSnapshot(relation(snapshot), row));
                }
            }
            case FeedEvent.SnapshotEnd end ->
                    console.line(
                            console.paint(Colour.DIM, end.position() + "  following the changes"));
            case FeedEvent.Change change -> {
                String age =
                        change.at() == null
                                ? ""
                                : Times.shown(Duration.between(change.at(), Instant.now()));
                for (JsonNode one : change.changes()) {
                    line(change.position(), age, ChangeLine.of(one));
                }
            }
            case FeedEvent.Resync resync ->
                    console.note(
                            "highwater: "
                                    + resync.reason()
                                    + "; starting again from the rows as they are");
            case FeedEvent.Progress _, FeedEvent.Unknown _ -> {}
        }
    }

    private static String relation(FeedEvent.Snapshot snapshot) {
        return snapshot.relation() == null ? "" : snapshot.relation();
    }

    private void line(String position, String age, ChangeLine change) {
        console.line(change.line(position, age, console.width(), console.colour()));
    }
}
