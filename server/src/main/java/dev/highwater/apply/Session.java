package dev.highwater.apply;

import dev.highwater.capture.WalPart;
import dev.highwater.capture.WalStream;
import dev.highwater.failure.Failure;
import dev.highwater.relation.Catalog;
import dev.highwater.view.Step;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;

/// The applier's loop, for as long as its connections last: takes what arrives, and settles it, one
/// store transaction a batch.
final class Session {
    /// How often an idle source's progress is written down. PostgreSQL ends no sooner than everyone
    /// who follows it has acknowledged all of its WAL.
    private static final Duration IDLE_MARK = Duration.ofSeconds(2);

    /// A batch of at least so many transactions with few changes means that many clients commit at
    /// once. The next one waits then for more of theirs, as with PostgreSQL's `commit_siblings` and
    /// `commit_delay`: what a batch costs by itself is paid less often, and left to the clients.
    private static final int COMMIT_SIBLINGS = 8;

    private static final Duration COMMIT_DELAY = Duration.ofMillis(10);

    private final Connection connection;
    private final Batch batch;
    private final CaptureMark mark;
    private final WalStream stream;
    private final Inbox inbox;
    private final Head head;
    private final Progress progress;
    private final Backfill backfill;
    private final ViewFill fill;
    private final Suspicion suspicion;

    /// What to tell once the batch is committed.
    private final List<Runnable> answers = new ArrayList<>();

    /// Whether the last transaction that was begun is complete.
    private boolean complete = true;

    private LogSequenceNumber lsn;
    private LogSequenceNumber written;
    private long writtenNanos = System.nanoTime();
    private @Nullable Instant committedAt;

    /// What made a session before this one fail may come again.
    ///
    /// @param upTo what can have failed committed up to here; nothing is suspected when that is
    ///   past
    /// @param over told when nothing is suspected any more
    record Suspicion(LogSequenceNumber upTo, Runnable over) {}

    Session(
            Connection connection,
            Batch batch,
            CaptureMark mark,
            WalStream stream,
            Inbox inbox,
            Head head,
            Progress progress,
            Backfill backfill,
            ViewFill fill,
            Suspicion suspicion) {
        this.connection = connection;
        this.batch = batch;
        this.mark = mark;
        this.stream = stream;
        this.inbox = inbox;
        this.head = head;
        this.progress = progress;
        this.backfill = backfill;
        this.fill = fill;
        this.suspicion = suspicion;
        this.lsn = mark.lsn();
        this.written = mark.lsn();
    }

    /// Runs until the thread is interrupted or something fails.
    void run() throws SQLException, InterruptedException {
        while (true) {
            apply(new ArrayDeque<>(inbox.take(patience())));
        }
    }

    /// How long to wait at most for work.
    private Duration patience() {
        var views = batch.views().patience();
        if (lsn.compareTo(written) <= 0) {
            return views;
        }
        var due = IDLE_MARK.minusNanos(System.nanoTime() - writtenNanos);
        return due.compareTo(views) < 0 ? due : views;
    }

    private void apply(Queue<Work> waiting) throws SQLException, InterruptedException {
        do {
            while (!doSome(waiting)) {
                waiting.addAll(inbox.take(patience()));
            }
            settle();
        } while (!waiting.isEmpty());
    }

    /// Writes the batch.
    private void settle() throws SQLException, InterruptedException {
        boolean more = batch.hasMoreThanEntries();
        var flushed = batch.flush();
        boolean idleMarkDue =
                lsn.compareTo(written) > 0
                        && System.nanoTime() - writtenNanos >= IDLE_MARK.toNanos();
        if (flushed.entries() > 0 || more || committedAt != null || idleMarkDue) {
            mark.move(connection, lsn, committedAt);
            connection.commit();
            written = lsn;
            writtenNanos = System.nanoTime();
            committedAt = null;
            stream.acknowledge(lsn);
        } else {
            connection.rollback();
        }
        if (batch.isCareful() && lsn.compareTo(suspicion.upTo()) >= 0) {
            suspicion.over().run();
            batch.trust();
        }
        if (flushed.entries() > 0 || more) {
            announce();
        }
        progress.moved(lsn, flushed.entries(), flushed.changes());
        answers.forEach(Runnable::run);
        answers.clear();
        if (flushed.entries() >= COMMIT_SIBLINGS && flushed.changes() <= Step.FEW_MAX) {
            inbox.gather(COMMIT_DELAY);
        }
    }

    private void announce() throws InterruptedException {
        Catalog catalog = batch.catalog();
        head.announce(new Head.Settled(batch.position(), catalog));
        backfill.consider(catalog);
        fill.consider(catalog);
    }

    private interface Asked {
        int run() throws SQLException;
    }

    private void answer(CompletableFuture<Integer> done, Asked asked) throws SQLException {
        try {
            int result = asked.run();
            answers.add(() -> done.complete(result));
        } catch (Failure e) {
            done.completeExceptionally(e);
        }
    }

    /// Does what waits, or as much of it as a batch may hold.
    ///
    /// @return whether the last transaction is complete; if it is not, the next work is its next
    ///   part
    private boolean doSome(Queue<Work> waiting) throws SQLException, InterruptedException {
        while (!waiting.isEmpty() && !(complete && batch.isFull())) {
            if (!(waiting.element() instanceof Work.Rows)) {
                batch.awaitLoads();
            }
            switch (waiting.remove()) {
                case Work.Wal(WalPart part) -> apply(part);
                case Work.Idle(LogSequenceNumber upTo) -> lsn = upTo;
                case Work.Snapshot(int relation, LogSequenceNumber at) ->
                        batch.snapshot(relation, at);
                case Work.Rows(int relation, var rows, var tree) ->
                        batch.fill(relation, rows, tree);
                case Work.Passed(var done) -> answers.add(() -> done.complete(0));
                case Work.Filled(int relation) -> batch.filled(relation);
                case Work.Refill(int relation, String reason) -> batch.refill(relation, reason);
                case Work.CreateView(var request, var done) ->
                        answer(done, () -> batch.createView(request));
                case Work.DropView(int relation, boolean cascade, var done) ->
                        answer(done, () -> batch.dropView(relation, cascade));
                case Work.Retain(var cut, var done) -> answer(done, () -> batch.cut(cut));
                case Work.ViewFilled filled -> batch.views().join(filled);
                case Work.ViewFailed(int relation, String reason) ->
                        batch.views().fail(relation, reason);
            }
        }
        return complete;
    }

    private void apply(WalPart part) throws SQLException {
        progress.working(part.committedAt());
        batch.apply(part);
        complete = part.end().isPresent();
        if (complete) {
            lsn = part.end().get();
            committedAt = part.committedAt();
        }
    }
}
