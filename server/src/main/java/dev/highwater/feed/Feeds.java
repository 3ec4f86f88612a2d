package dev.highwater.feed;

import dev.highwater.apply.Head;
import dev.highwater.failure.Failure;
import dev.highwater.journal.Positions;
import dev.highwater.relation.Catalog;
import dev.highwater.relation.Relation;
import dev.highwater.relation.Selection;
import dev.highwater.relation.Versions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/// Feeds of this store's relations. Safe for any thread.
public final class Feeds implements AutoCloseable {
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);

    private final Versions versions;
    private final Head head;
    private final Positions positions;
    private final FeedSettings settings;
    private final Semaphore readers;
    private final AtomicInteger subscribers = new AtomicInteger();
    private final Map<Wanted, Channel> channels = new HashMap<>();
    private final Set<Subscription> running = ConcurrentHashMap.newKeySet();
    private boolean closed;

    /// What subscribers of one channel have in common.
    private record Wanted(List<Selection> selections, boolean named) {}

    public Feeds(Versions versions, Head head, Positions positions, FeedSettings settings) {
        this.versions = versions;
        this.head = head;
        this.positions = positions;
        this.settings = settings;
        this.readers = new Semaphore(settings.readers(), true);
    }

    /// A subscription to one or several relations, not running yet.
    ///
    /// @param selections of different relations, which are readable
    /// @param named whether each change says its relation
    /// @param after the position behind which to begin; without it, a snapshot comes first
    /// @throws Failure.Refused `bad-filter`, `position-in-future`
    /// @throws Failure.Gone `resync` when `after` is before what is kept
    public Subscription subscribe(List<Selection> selections, boolean named, OptionalLong after)
            throws SQLException {
        var settled = head.settled();
        if (after.isPresent()) {
            checkAfter(settled, selections, after.getAsLong());
        }
        for (var selection : selections) {
            versions.check(selection.conditions());
        }
        return new Subscription(this, List.copyOf(selections), named, after);
    }

    /// The position from which on those who are subscribed now still need a relation's history;
    /// beyond every position where nobody does.
    public long needed(int relation) {
        return running.stream().mapToLong(s -> s.needs(relation)).min().orElse(Long.MAX_VALUE);
    }

    /// How many subscriptions are running.
    public int subscribers() {
        return subscribers.get();
    }

    /// Ends every subscription, lets no new one begin, and waits until none reads the head any
    /// more.
    @Override
    public void close() {
        List<Channel> reading;
        synchronized (channels) {
            closed = true;
            reading = List.copyOf(channels.values());
        }
        reading.forEach(Channel::close);
        try {
            for (var channel : reading) {
                channel.awaitEnd(STOP_TIMEOUT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void checkAfter(Head.Settled settled, List<Selection> selections, long after) {
        if (after > settled.position()) {
            throw new Failure.Refused(
                    "position-in-future",
                    "position "
                            + positions.format(after)
                            + " is not reached yet; now is "
                            + positions.format(settled.position()));
        }
        for (var selection : selections) {
            var relation = relation(settled.catalog(), selection);
            if (!relation.isReadableAt(after)) {
                throw new Failure.Gone(
                        "resync",
                        relation.name()
                                + " cannot be followed from "
                                + positions.format(after)
                                + " on: "
                                + relation.known(positions::format)
                                + "; read a new snapshot");
            }
        }
    }

    static Relation relation(Catalog catalog, Selection selection) {
        return catalog.byId(selection.relation())
                .orElseThrow(
                        () -> new Failure.Bug("no relation has the id " + selection.relation()));
    }

    /// The channel for what is wanted, which the caller has joined.
    Channel join(List<Selection> selections, boolean named) {
        synchronized (channels) {
            if (closed) {
                throw new Failure.Unavailable("stopping", "the node is stopping");
            }
            var wanted = new Wanted(selections, named);
            var channel = channels.get(wanted);
            if (channel == null || !channel.join()) {
                var fresh = new Channel(selections, named, versions, head, positions, settings);
                fresh.join();
                channels.put(wanted, fresh);
                fresh.start(() -> forget(wanted, fresh));
                channel = fresh;
            }
            subscribers.incrementAndGet();
            return channel;
        }
    }

    void begun(Subscription subscription) {
        running.add(subscription);
    }

    void ended(Subscription subscription) {
        running.remove(subscription);
    }

    void leave(Channel channel) {
        subscribers.decrementAndGet();
        channel.leave();
    }

    private void forget(Wanted wanted, Channel channel) {
        synchronized (channels) {
            channels.remove(wanted, channel);
        }
    }

    Versions versions() {
        return versions;
    }

    Head head() {
        return head;
    }

    Positions positions() {
        return positions;
    }

    FeedSettings settings() {
        return settings;
    }

    Semaphore readers() {
        return readers;
    }
}
