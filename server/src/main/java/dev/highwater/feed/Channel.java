package dev.highwater.feed;

import dev.highwater.apply.Head;
import dev.highwater.failure.Failure;
import dev.highwater.journal.Positions;
import dev.highwater.relation.Catalog;
import dev.highwater.relation.Relation;
import dev.highwater.relation.Selection;
import dev.highwater.relation.Span;
import dev.highwater.relation.Versions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The head of a feed for everyone who selected the same: one thread reads what each newly settled
/// position brought, once, and renders it once. Subscribers take it from the [Window]; one who has
/// fallen behind the window reads by itself until it is back.
final class Channel {
    private static final Logger log = LoggerFactory.getLogger(Channel.class);
    private static final Duration LOOK_AROUND = Duration.ofMillis(100);
    private static final Duration RETRY = Duration.ofMillis(500);

    private final List<Selection> selections;
    private final boolean named;
    private final Versions versions;
    private final Head head;
    private final Positions positions;
    private final FeedSettings settings;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Window window;
    private final Stride stride;
    private int subscribers;
    private long wakes;
    private boolean closed;
    private @Nullable String ended;
    private volatile @Nullable Thread thread;

    /// What a subscriber finds behind its position.
    sealed interface Next {
        /// All events up to `upTo`, none when nothing came.
        record Events(List<FeedEvent> events, long upTo) implements Next {}

        /// The window does not reach back that far: read up to `upTo` first.
        record Behind(long upTo) implements Next {}

        /// There will be no more, for a reason that concerns the reader.
        record Ended(String reason) implements Next {}

        /// The node stops.
        record Closed() implements Next {}
    }

    Channel(
            List<Selection> selections,
            boolean named,
            Versions versions,
            Head head,
            Positions positions,
            FeedSettings settings) {
        this.selections = selections;
        this.named = named;
        this.versions = versions;
        this.head = head;
        this.positions = positions;
        this.settings = settings;
        this.stride = new Stride(settings.pageChanges());
        var settled = head.settled();
        long until = Ending.first(settled.catalog(), selections).until();
        this.window = new Window(settings.windowBytes(), Math.min(settled.position(), until - 1));
    }

    /// Counts a subscriber in.
    ///
    /// @return false when the channel has been given up already
    boolean join() {
        lock.lock();
        try {
            if (closed || ended != null) {
                return false;
            }
            subscribers++;
            return true;
        } finally {
            lock.unlock();
        }
    }

    void leave() {
        lock.lock();
        try {
            subscribers--;
        } finally {
            lock.unlock();
        }
    }

    /// Ends every subscription.
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// The position up to which it has read.
    long position() {
        lock.lock();
        try {
            return window.end();
        } finally {
            lock.unlock();
        }
    }

    /// Has every subscriber look whether its receiver is still there.
    void wake() {
        lock.lock();
        try {
            wakes++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Waits for something behind `position`, until `deadline` ([System#nanoTime]) or [#wake].
    Next await(long position, long deadline) throws InterruptedException {
        lock.lock();
        try {
            long seen = wakes;
            long left = deadline - System.nanoTime();
            while (left > 0 && wakes == seen && isOpen() && !hasNews(position)) {
                left = changed.awaitNanos(left);
            }
            if (closed) {
                return new Next.Closed();
            }
            if (!window.reaches(position)) {
                return new Next.Behind(window.end());
            }
            var events = window.behind(position);
            String reason = ended;
            if (events.isEmpty() && reason != null && position >= window.end()) {
                return new Next.Ended(reason);
            }
            return new Next.Events(events, Math.max(position, window.end()));
        } finally {
            lock.unlock();
        }
    }

    private boolean hasNews(long position) {
        return !window.reaches(position) || !window.behind(position).isEmpty();
    }

    private boolean isOpen() {
        return !closed && ended == null;
    }

    /// Begins to read, until nobody is subscribed any more.
    ///
    /// @param atEnd called by the reading thread when it has ended
    void start(Runnable atEnd) {
        thread =
                Thread.ofVirtual()
                        .name("feed")
                        .start(
                                () -> {
                                    try {
                                        run();
                                    } catch (InterruptedException e) {
                                        close();
                                        Thread.currentThread().interrupt();
                                    } catch (RuntimeException e) {
                                        log.error("the reading of a feed failed", e);
                                        close();
                                    } finally {
                                        atEnd.run();
                                    }
                                });
    }

    /// Waits until the reading thread has ended.
    void awaitEnd(Duration atMost) throws InterruptedException {
        var started = thread;
        if (started != null) {
            started.join(atMost);
        }
    }

    private void run() throws InterruptedException {
        while (isWanted()) {
            var settled = head.awaitBeyond(window.end(), LOOK_AROUND);
            try {
                readUpTo(settled);
            } catch (SQLException e) {
                log.atWarn()
                        .addKeyValue("position", window.end())
                        .addKeyValue("cause", e.getMessage())
                        .log("a feed cannot read the store, tries again");
                pause();
            } catch (Failure.Gone e) {
                end(e.line());
            }
        }
    }

    private boolean isWanted() {
        lock.lock();
        try {
            if (subscribers == 0) {
                closed = true;
            }
            return isOpen();
        } finally {
            lock.unlock();
        }
    }

    private void pause() throws InterruptedException {
        lock.lock();
        try {
            long left = RETRY.toNanos();
            while (left > 0 && isOpen()) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private void readUpTo(Head.Settled settled) throws SQLException {
        var ending = Ending.first(settled.catalog(), selections);
        long upTo = Math.min(settled.position(), ending.until() - 1);
        while (window.end() < upTo && isOpen()) {
            long after = window.end();
            read(Span.steady(settled.catalog(), selections, after, stride.end(after, upTo)));
        }
        if (ending.until() <= settled.position()) {
            end(ending.reason());
        }
    }

    /// Publishes the events of a span as soon as they are read. A span that does not fit the window
    /// is left to subscribers, each of whom reads it at its own pace.
    private void read(Span span) throws SQLException {
        try (var changes = versions.changes(span)) {
            var page = new Page();
            var writer = writer(span);
            long count = 0;
            for (var c = changes.next(); c != null; c = changes.next()) {
                writer.add(c, page);
                count++;
                if (page.bytes > settings.windowBytes()) {
                    stride.took(span.after(), c.position(), count);
                    restart(span.upTo());
                    return;
                }
            }
            writer.finish(page);
            stride.took(span.after(), span.upTo(), count);
            publish(page.parts, span.upTo());
        }
    }

    /// Events that were read and are not published yet.
    private static final class Page implements EventWriter.Output<RuntimeException> {
        private final List<Part> parts = new ArrayList<>();
        private long bytes;

        @Override
        public void part(long position, FeedEvent event) {
            parts.add(new Part(position, event));
            bytes += event.json().length;
        }
    }

    private record Part(long position, FeedEvent event) {}

    private void publish(List<Part> parts, long upTo) {
        lock.lock();
        try {
            parts.forEach(p -> window.add(p.position(), p.event()));
            window.endAt(upTo);
            if (!parts.isEmpty()) {
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private void restart(long position) {
        lock.lock();
        try {
            window.restart(position);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void end(String reason) {
        lock.lock();
        try {
            ended = reason;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    EventWriter writer(Span span) {
        var names = span.definitions().stream().map(d -> d.name()).toList();
        return new EventWriter(
                positions, settings.partBytes(), span.formats(), named ? names : null);
    }

    /// Where the first of several relations cannot be followed any more.
    ///
    /// @param until exclusive; beyond every position while all are followed
    private record Ending(long until, String reason) {
        static Ending first(Catalog catalog, List<Selection> selections) {
            var first = new Ending(Long.MAX_VALUE, "");
            for (var selection : selections) {
                var ending = catalog.byId(selection.relation()).map(Ending::of).orElseThrow();
                if (ending.until < first.until) {
                    first = ending;
                }
            }
            return first;
        }

        private static Ending of(Relation relation) {
            return switch (relation.state()) {
                case Relation.State.Filling _, Relation.State.Live _ ->
                        new Ending(Long.MAX_VALUE, "");
                case Relation.State.Stopped(Long _, long until, String reason) ->
                        new Ending(until, relation.name() + " stopped: " + reason);
                case Relation.State.Ended(Long _, long until, String reason) ->
                        new Ending(until, relation.name() + " ended: " + reason);
            };
        }
    }
}
