package dev.highwater.feed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// A subscriber that keeps what it gets, and applies it as a client would.
final class Receiver implements FeedSink, AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Subscription subscription;
    private final Semaphore turns;
    private final Thread thread;
    private final List<FeedEvent> events = new ArrayList<>();
    private volatile boolean open = true;
    private @Nullable Exception failure;

    private Receiver(Subscription subscription, Semaphore turns) {
        this.subscription = subscription;
        this.turns = turns;
        this.thread = Thread.ofVirtual().unstarted(this::run);
    }

    static Receiver of(Subscription subscription) {
        return slow(subscription, new Semaphore(1 << 30));
    }

    /// One that takes an event only for a permit.
    static Receiver slow(Subscription subscription, Semaphore turns) {
        var receiver = new Receiver(subscription, turns);
        receiver.thread.start();
        return receiver;
    }

    private void run() {
        try {
            subscription.run(this);
        } catch (SQLException | InterruptedException | RuntimeException e) {
            synchronized (this) {
                failure = e;
                notifyAll();
            }
        }
    }

    @Override
    public boolean send(FeedEvent event) throws InterruptedException {
        turns.acquire();
        synchronized (this) {
            events.add(event);
            notifyAll();
        }
        return open;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void close() {
        open = false;
        turns.release(1 << 20);
        subscription.wake();
        try {
            awaitEnd();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    void awaitEnd() throws InterruptedException {
        if (!thread.join(PATIENCE)) {
            throw new AssertionError("the subscription goes on");
        }
    }

    synchronized void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (failure != null) {
                throw new AssertionError("the subscription failed", failure);
            }
            long left = end - System.nanoTime();
            if (left <= 0) {
                throw new AssertionError("it did not come; there is " + kinds() + positions());
            }
            wait(Math.max(1, left / 1_000_000));
        }
    }

    void awaitPosition(long position) throws InterruptedException {
        await(() -> reached() >= position);
    }

    synchronized boolean hasSome() {
        return !events.isEmpty();
    }

    private long reached() {
        String id = lastId();
        return id == null ? -1 : number(id);
    }

    synchronized @Nullable String lastId() {
        for (var event : events.reversed()) {
            if (event.id() != null) {
                return event.id();
            }
        }
        return null;
    }

    synchronized List<FeedEvent> events() {
        return List.copyOf(events);
    }

    List<String> kinds() {
        return events().stream().map(e -> e.kind().word()).toList();
    }

    /// Positions of the changes.
    List<Long> positions() {
        return events().stream()
                .filter(e -> e.kind() == FeedEvent.Kind.CHANGE && e.id() != null)
                .map(e -> number(String.valueOf(e.id())))
                .toList();
    }

    /// The first position behind the one where this receiver began.
    long startedBehind(List<Long> positions) {
        for (var event : events()) {
            if (event.kind() == FeedEvent.Kind.SNAPSHOT_END) {
                return number(String.valueOf(event.id())) + 1;
            }
        }
        return positions.getFirst();
    }

    /// `position op key` of each change.
    List<String> ops() {
        var result = new ArrayList<String>();
        for (var event : events()) {
            if (event.kind() == FeedEvent.Kind.CHANGE) {
                var json = json(event);
                for (var change : json.get("changes")) {
                    result.add(
                            number(json.get("position").asText())
                                    + " "
                                    + change.get("op").asText()
                                    + " "
                                    + change.at("/key/id").asText());
                }
            }
        }
        return result;
    }

    /// The rows that the snapshot and the changes make.
    Map<List<String>, List<@Nullable String>> applied() {
        return appliedTo(Map.of());
    }

    /// The rows that the changes make of these.
    Map<List<String>, List<@Nullable String>> appliedTo(
            Map<List<String>, List<@Nullable String>> before) {
        var rows = new LinkedHashMap<List<String>, List<@Nullable String>>(before);
        for (var event : events()) {
            var json = json(event);
            for (var row : json.path("rows")) {
                put(rows, row, null);
            }
            for (var change : json.path("changes")) {
                var old = change.get("old");
                switch (change.get("op").asText()) {
                    case "insert" -> put(rows, change.get("row"), null);
                    case "update" -> {
                        remove(rows, old);
                        put(rows, change.get("row"), null);
                    }
                    case "delete" -> remove(rows, old);
                    default -> throw new AssertionError(change);
                }
            }
        }
        return rows;
    }

    private static void remove(Map<List<String>, List<@Nullable String>> rows, JsonNode old) {
        put(rows, old, texts(old));
    }

    /// Puts a row, or takes away the one that is expected there.
    private static void put(
            Map<List<String>, List<@Nullable String>> rows,
            JsonNode row,
            @Nullable List<@Nullable String> goes) {
        var key = List.of(row.path("id").asText());
        var before = goes == null ? rows.put(key, texts(row)) : rows.remove(key);
        if (goes == null ? before != null : !goes.equals(before)) {
            throw new AssertionError(row + " does not follow " + before);
        }
    }

    private static List<@Nullable String> texts(JsonNode row) {
        var texts = new ArrayList<@Nullable String>();
        row.forEach(value -> texts.add(value.isNull() ? null : value.asText()));
        return texts;
    }

    static JsonNode json(FeedEvent event) {
        try {
            return JSON.readTree(event.json());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long number(String position) {
        return Long.parseLong(position.substring(position.indexOf('.') + 1));
    }
}
