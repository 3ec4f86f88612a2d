package dev.highwater.feed;

import dev.highwater.failure.Failure;
import dev.highwater.journal.JsonText;
import dev.highwater.relation.RowStream;
import dev.highwater.relation.Selection;
import dev.highwater.relation.Span;
import dev.highwater.relation.Versions.RowsQuery;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One subscriber: a snapshot unless it knows a position, then everything it has missed, then what
/// comes. Runs in the caller's thread; what it reads of the past it reads at its receiver's pace.
public final class Subscription {
    private final Feeds feeds;
    private final List<Selection> selections;
    private final boolean named;
    private final OptionalLong after;
    private final FeedSettings settings;

    private volatile @Nullable Channel channel;

    /// What comes behind this position is still to be read.
    private volatile long position = Long.MAX_VALUE;

    private long nextProgress;

    Subscription(Feeds feeds, List<Selection> selections, boolean named, OptionalLong after) {
        this.feeds = feeds;
        this.selections = selections;
        this.named = named;
        this.after = after;
        this.settings = feeds.settings();
        after.ifPresent(p -> position = p);
    }

    /// Sends events until the receiver is gone, the feeds are closed, or a relation can be followed
    /// no longer. An exception leaves the last event perhaps without its last part; its receiver
    /// resumes from the last id.
    ///
    /// @throws SQLException when the past cannot be read
    public void run(FeedSink sink) throws SQLException, InterruptedException {
        var joined = feeds.join(selections, named);
        channel = joined;
        feeds.begun(this);
        try {
            follow(joined, sink);
        } catch (Failure.Gone e) {
            sink.send(resync(e.line()));
        } finally {
            feeds.ended(this);
            feeds.leave(joined);
        }
    }

    private void follow(Channel joined, FeedSink sink) throws SQLException, InterruptedException {
        scheduleProgress();
        long done = after.isPresent() ? after.getAsLong() : snapshot(sink);
        while (sink.isOpen()) {
            position = done;
            switch (joined.await(done, nextProgress)) {
                case Channel.Next.Events(var events, long upTo) -> {
                    for (var event : events) {
                        if (!sink.send(event)) {
                            break;
                        }
                    }
                    done = upTo;
                }
                case Channel.Next.Behind(long upTo) -> done = catchUp(joined, done, upTo, sink);
                case Channel.Next.Ended(String reason) -> {
                    sink.send(resync(reason));
                    return;
                }
                case Channel.Next.Closed() -> {
                    return;
                }
            }
            progressIfDue(done, sink);
        }
    }

    /// The position from which on it needs history of a relation; beyond every position while it
    /// needs none.
    long needs(int relation) {
        var joined = channel;
        return joined == null || selections.stream().noneMatch(s -> s.relation() == relation)
                ? Long.MAX_VALUE
                : Math.min(position, joined.position());
    }

    /// Has a waiting subscription look whether its receiver is still there.
    public void wake() {
        var joined = channel;
        if (joined != null) {
            joined.wake();
        }
    }

    /// Sends the rows as of the settled position.
    private long snapshot(FeedSink sink) throws SQLException, InterruptedException {
        var settled = feeds.head().settled();
        position = settled.position();
        for (var selection : selections) {
            var relation = Feeds.relation(settled.catalog(), selection);
            var part = new SnapshotPart(named ? relation.definitionAt(position).name() : null);
            List<String> key = null;
            boolean more = true;
            while (more && sink.isOpen()) {
                awaitReader(OptionalLong.empty(), sink);
                try (var hold = new Hold();
                        var rows =
                                feeds.versions()
                                        .rows(RowsQuery.all(relation, position, selection, key))) {
                    hold.opened();
                    var last = sendRows(rows, part, hold, sink);
                    more = last != null;
                    key = last;
                }
            }
            sink.send(part.last());
        }
        String id = feeds.positions().format(position);
        sink.send(FeedEvent.of(FeedEvent.Kind.SNAPSHOT_END, id, "{\"position\":\"" + id + "\"}"));
        return position;
    }

    /// Sends rows until there are none, or the read has been held too long.
    ///
    /// @return the key behind which to go on, or null when there are no more
    private @Nullable List<String> sendRows(
            RowStream rows, SnapshotPart part, Hold hold, FeedSink sink)
            throws SQLException, InterruptedException {
        for (var row = rows.next(); row != null; row = rows.next()) {
            part.add(rows, row);
            if (part.isFull()) {
                if (!sink.send(part.more())) {
                    return null;
                }
                if (hold.isOver()) {
                    return rows.format().keyTexts(row);
                }
            }
        }
        return null;
    }

    /// Sends the events of (position, upTo].
    private long catchUp(Channel joined, long position, long upTo, FeedSink sink)
            throws SQLException, InterruptedException {
        var stride = new Stride(settings.pageChanges());
        long done = position;
        while (done < upTo && sink.isOpen()) {
            this.position = done;
            awaitReader(OptionalLong.of(done), sink);
            var catalog = feeds.head().settled().catalog();
            done =
                    page(
                            joined,
                            Span.steady(catalog, selections, done, stride.end(done, upTo)),
                            stride,
                            sink);
            progressIfDue(done, sink);
        }
        return done;
    }

    /// Sends the events of a span.
    ///
    /// @return the position up to which they are sent: short of the span's end when the read was
    ///   held too long
    private long page(Channel joined, Span span, Stride stride, FeedSink sink)
            throws SQLException, InterruptedException {
        try (var hold = new Hold();
                var changes = feeds.versions().changes(span)) {
            hold.opened();
            var writer = joined.writer(span);
            long current = span.after();
            long count = 0;
            for (var c = changes.next(); c != null; c = changes.next()) {
                if (!sink.isOpen()) {
                    return current;
                }
                if (c.position() != current && count > 0 && hold.isOver()) {
                    writer.finish((_, event) -> sink.send(event));
                    return current;
                }
                current = c.position();
                count++;
                writer.add(c, (_, event) -> sink.send(event));
            }
            writer.finish((_, event) -> sink.send(event));
            stride.took(span.after(), span.upTo(), count);
            return span.upTo();
        }
    }

    /// Waits for a turn to read the past; those who wait still hear of their position.
    private void awaitReader(OptionalLong position, FeedSink sink) throws InterruptedException {
        while (!feeds.readers()
                .tryAcquire(Math.max(1, nextProgress - System.nanoTime()), TimeUnit.NANOSECONDS)) {
            if (position.isPresent()) {
                progressIfDue(position.getAsLong(), sink);
            } else {
                scheduleProgress();
            }
        }
    }

    private void progressIfDue(long position, FeedSink sink) throws InterruptedException {
        if (System.nanoTime() - nextProgress >= 0) {
            String id = feeds.positions().format(position);
            String at = Instant.now().truncatedTo(ChronoUnit.MICROS).toString();
            String json = "{\"position\":\"" + id + "\",\"at\":\"" + at + "\"}";
            sink.send(FeedEvent.of(FeedEvent.Kind.PROGRESS, id, json));
            scheduleProgress();
        }
    }

    private void scheduleProgress() {
        nextProgress = System.nanoTime() + settings.progressEvery().toNanos();
    }

    private static FeedEvent resync(String reason) {
        var json = new StringBuilder("{\"reason\":");
        JsonText.quote(json, reason);
        return FeedEvent.of(FeedEvent.Kind.RESYNC, null, json.append('}'));
    }

    /// A turn to read the past, given back when it is closed. It is over after a while, so that a
    /// slow receiver keeps neither others waiting nor old rows from being cleaned up; but a read
    /// that took long to begin is held longer, or the beginnings would be all the work there is.
    private final class Hold implements AutoCloseable {
        private static final int OPENINGS = 10;

        private final long start = System.nanoTime();
        private long end = Long.MAX_VALUE;

        void opened() {
            long opening = System.nanoTime() - start;
            end = start + Math.max(settings.holdAtMost().toNanos(), OPENINGS * opening);
        }

        boolean isOver() {
            return System.nanoTime() - end >= 0;
        }

        @Override
        public void close() {
            feeds.readers().release();
        }
    }

    /// The rows of one part of a snapshot.
    private final class SnapshotPart {
        private final String start;
        private final StringBuilder out = new StringBuilder();

        SnapshotPart(@Nullable String relation) {
            var begin = new StringBuilder("{");
            if (relation != null) {
                begin.append("\"relation\":");
                JsonText.quote(begin, relation);
                begin.append(',');
            }
            start = begin.append("\"rows\":[").toString();
        }

        void add(RowStream rows, @Nullable String[] row) {
            long count = rows.format().count(row);
            for (long i = 0; i < count; i++) {
                out.append(out.isEmpty() ? start : ",");
                rows.format().row(out, row);
            }
        }

        boolean isFull() {
            return out.length() > settings.partBytes();
        }

        FeedEvent more() {
            return finish("],\"more\":true}");
        }

        FeedEvent last() {
            if (out.isEmpty()) {
                out.append(start);
            }
            return finish("]}");
        }

        private FeedEvent finish(String end) {
            var event = FeedEvent.of(FeedEvent.Kind.SNAPSHOT, null, out.append(end));
            out.setLength(0);
            return event;
        }
    }
}
