package dev.highwater.cli;

import dev.highwater.failure.Failure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Follows the feed of some relations and hands out every event once, in order. When the connection
/// breaks or stays silent it reconnects by itself and goes on after the last complete event, also
/// through a restart of the node. A change that had arrived only in part is asked for again, so it
/// is never handed out twice.
///
/// Used by one thread.
final class FeedReader {

    /// Nodes send a progress event at least every 10 s.
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(30);

    /// What the node says of a table that can be read soon.
    private static final String FILLING = "filling";

    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(3);

    private final NodeClient client;
    private final List<String> relations;
    private final List<Where> conditions;
    private final Consumer<String> notices;
    private @Nullable String position;

    /// Where the work stands between two connections.
    private boolean everConnected;

    private boolean lost;
    private boolean inSnapshot;
    private boolean resynced;
    private Duration pause = FIRST_PAUSE;

    /// @param after the position to go on after; null for a snapshot first
    /// @param notices told once when the node goes away, and when it is back
    FeedReader(
            NodeClient client,
            List<String> relations,
            List<Where> conditions,
            @Nullable String after,
            Consumer<String> notices) {
        this.client = client;
        this.relations = List.copyOf(relations);
        this.conditions = List.copyOf(conditions);
        this.position = after;
        this.notices = notices;
    }

    /// Hands each event to `subscriber` until it answers false. Fails only when the first request
    /// is refused, or a later one for good, such as that for the rows of a table that was dropped.
    void follow(Predicate<FeedEvent> subscriber) throws InterruptedException {
        while (true) {
            try (NodeClient.Answer answer = client.open("GET", target(), "application/x-ndjson")) {
                if (!read(answer, subscriber)) {
                    return;
                }
                if (!resynced) {
                    lost("it closed the feed");
                }
            } catch (IOException e) {
                if (Thread.interrupted()) {
                    throw new InterruptedException("while reading the feed");
                }
                lost("the connection broke");
            } catch (Failure.Unavailable e) {
                if (!everConnected) {
                    throw e;
                }
                lost(e.line());
            } catch (Failure.Gone e) {
                // Of what has ended there are no rows to start again from.
                if (!everConnected || position == null) {
                    throw e;
                }
                if (!restart(e.line(), subscriber)) {
                    return;
                }
            } catch (Failure.Conflict e) {
                if (!everConnected || !e.code().equals(FILLING)) {
                    throw e;
                }
            }
            TimeUnit.NANOSECONDS.sleep(pause.toNanos());
            Duration longer = pause.multipliedBy(2);
            pause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
        }
    }

    private NodeClient.Target target() {
        NodeClient.Target target =
                relations.size() == 1
                        ? new NodeClient.Target("api", "relations", relations.getFirst(), "feed")
                        : new NodeClient.Target("api", "feed")
                                .with("relations", String.join(",", relations));
        conditions.forEach(where -> target.with(where.parameter(), where.filter()));
        return target.with("after", position);
    }

    private boolean read(NodeClient.Answer answer, Predicate<FeedEvent> subscriber)
            throws IOException {
        everConnected = true;
        resynced = false;
        if (inSnapshot && !restart("the snapshot was cut off", subscriber)) {
            return false;
        }
        FeedEvent.Reader events = new FeedEvent.Reader();
        try (SilenceWatch watch = new SilenceWatch(answer.body(), LONGEST_SILENCE);
                BufferedReader lines =
                        new BufferedReader(
                                new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                watch.heard();
                found();
                FeedEvent event = line.isBlank() ? null : events.accept(line);
                if (event == null) {
                    continue;
                }
                note(event);
                if (!subscriber.test(event)) {
                    return false;
                }
            }
        }
        return true;
    }

    private void note(FeedEvent event) {
        switch (event) {
            case FeedEvent.Snapshot _ -> inSnapshot = true;
            case FeedEvent.SnapshotEnd end -> {
                inSnapshot = false;
                position = end.position();
            }
            case FeedEvent.Change change -> position = change.position();
            case FeedEvent.Progress progress -> {
                if (!inSnapshot) {
                    position = progress.position();
                }
            }
            case FeedEvent.Resync _ -> {
                inSnapshot = false;
                resynced = true;
                position = null;
            }
            case FeedEvent.Unknown _ -> {}
        }
    }

    /// Drops the position and says so to the subscriber.
    private boolean restart(String reason, Predicate<FeedEvent> subscriber) {
        FeedEvent resync =
                new FeedEvent.Resync(
                        reason, List.of(Json.line(Map.of("event", "resync", "reason", reason))));
        note(resync);
        return subscriber.test(resync);
    }

    private void lost(String why) {
        if (!lost) {
            lost = true;
            notices.accept(
                    "highwater: lost the node at "
                            + client.address()
                            + " ("
                            + why
                            + "); trying again until it is back");
        }
    }

    private void found() {
        pause = FIRST_PAUSE;
        if (lost) {
            lost = false;
            notices.accept(
                    "highwater: the node is back, going on "
                            + (position == null ? "from a snapshot" : "after " + position));
        }
    }
}
