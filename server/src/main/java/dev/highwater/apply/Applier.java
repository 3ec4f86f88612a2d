package dev.highwater.apply;

import dev.highwater.capture.Source;
import dev.highwater.capture.WalPart;
import dev.highwater.capture.WalStream;
import dev.highwater.failure.Failure;
import dev.highwater.journal.Journal;
import dev.highwater.journal.Positions;
import dev.highwater.relation.Catalog;
import dev.highwater.relation.Relation;
import dev.highwater.relation.Relations;
import dev.highwater.sql.Database;
import dev.highwater.sql.PgAddress;
import dev.highwater.sql.Sql;
import dev.highwater.view.ViewRequest;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Applies what the source commits to the store, in order: one thread, one store transaction a
/// batch.
///
/// A session lasts as long as its connections. When anything fails, all of it is thrown away and
/// the next session starts from what the store holds: there is one way to begin, and every failure
/// takes it. What passes by itself is tried again; anything else stops the applier at its mark,
/// with the cause in [Progress].
public final class Applier implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Applier.class);

    private static final Duration RETRY_FIRST = Duration.ofMillis(50);
    private static final Duration RETRY_MAX = Duration.ofSeconds(2);

    /// How often an idle source's progress is written down. PostgreSQL ends no sooner than everyone
    /// who follows it has acknowledged all of its WAL.
    private static final Duration IDLE_MARK = Duration.ofSeconds(2);

    /// Plans are made once, and never read a whole table that was small when the planner last
    /// looked; DDL gives way to readers and is tried again instead of making them queue.
    private static final String SESSION =
            """
            set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off;
            set enable_material = off; set jit = off; set plan_cache_mode = force_generic_plan; set lock_timeout = '2s';
            set synchronous_commit = on
            """;

    private final Source source;
    private final PgAddress store;
    private final Head head;
    private final Progress progress = new Progress();
    private final ViewCosts costs = new ViewCosts();

    private volatile Inbox inbox = new Inbox();

    /// Who waits for an answer.
    private final Queue<CompletableFuture<Integer>> asked = new ConcurrentLinkedQueue<>();

    private boolean careful;

    /// Views that took too much of something, and why, since capture became careful.
    private final Map<Integer, String> costly = new HashMap<>();

    private int session;

    /// The slot of the last session; null before the first.
    private @Nullable String followed;

    /// For one source and one store; [#run] does the work, on one thread.
    public Applier(Source source, PgAddress store, Head head) {
        this.source = source;
        this.store = store;
        this.head = head;
    }

    public Progress progress() {
        return progress;
    }

    /// What it takes to keep each view.
    public ViewCosts costs() {
        return costs;
    }

    /// Asks for a view. The answer comes when it is committed, without rows yet: the id of its
    /// relation, or a [Failure]: `interrupted` when the applier had to begin again meanwhile.
    public CompletableFuture<Integer> createView(ViewRequest request) throws InterruptedException {
        return ask(done -> new Work.CreateView(request, done));
    }

    /// Asks for the end of a view; the answer comes as for [#createView].
    public CompletableFuture<Integer> dropView(int relation, boolean cascade)
            throws InterruptedException {
        return ask(done -> new Work.DropView(relation, cascade, done));
    }

    /// Asks for the past to go; the answer comes when it is committed, as for [#createView].
    CompletableFuture<Integer> cut(Work.Cut cut) throws InterruptedException {
        return ask(done -> new Work.Retain(cut, done));
    }

    private CompletableFuture<Integer> ask(Function<CompletableFuture<Integer>, Work> work)
            throws InterruptedException {
        var done = new CompletableFuture<Integer>();
        var to = inbox;
        asked.removeIf(CompletableFuture::isDone);
        asked.add(done);
        to.put(work.apply(done), 0);
        if (to != inbox) {
            done.completeExceptionally(interrupted());
        }
        return done;
    }

    /// A session is over, and what waited for it is lost.
    private void renewInbox() {
        inbox = new Inbox();
        asked.forEach(done -> done.completeExceptionally(interrupted()));
    }

    private static Failure.Unavailable interrupted() {
        return new Failure.Unavailable(
                "interrupted", "capture was interrupted meanwhile; ask again");
    }

    /// Makes sure, before anything is written into the source, that it is the one that the store
    /// follows; a store that follows none yet takes any that answers.
    ///
    /// @return whether the store follows none yet
    /// @throws Failure.Conflict `other-source`
    /// @throws Failure.Unavailable when the store does not answer, or the first source does not; a
    ///   later outage passes
    public boolean checkSource() throws SQLException {
        CaptureMark mark;
        try (var connection = Database.single(store, "highwater applier")) {
            mark = CaptureMark.read(connection);
        }
        boolean first = mark.slot() == null;
        try {
            Lineage.check(source, source.identify(), mark);
        } catch (Failure.Unavailable e) {
            if (first) {
                throw e;
            }
        } catch (SQLException e) {
            if (first) {
                throw new Failure.Unavailable(
                        "source-unavailable", "the source refused: " + Transient.line(e), e);
            }
        }
        return first;
    }

    /// The tables of the source that the store follows, or did until they stopped.
    private static List<Long> published(Catalog catalog) {
        return catalog.all().stream()
                .filter(r -> !r.isView() && !(r.state() instanceof Relation.State.Ended))
                .map(r -> r.definition().oid())
                .toList();
    }

    /// The tables that somebody took out of the publication by hand, and did not put back.
    private static List<Long> takenOut(Catalog catalog) {
        return catalog.tables().values().stream()
                .filter(SourceWatch::takenOut)
                .map(r -> r.definition().oid())
                .toList();
    }

    /// Runs until the thread is interrupted.
    @Override
    public void run() {
        var pause = RETRY_FIRST;
        while (!Thread.currentThread().isInterrupted()) {
            int before = session;
            try {
                try {
                    runSession();
                } finally {
                    renewInbox();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (SQLException e) {
                if (session > before) {
                    pause = RETRY_FIRST;
                }
                pause = retry(e, pause);
            } catch (Failure.Unavailable e) {
                pause = retry(e, pause);
            } catch (RuntimeException e) {
                stop(e);
                return;
            }
        }
    }

    /// A failure that is not transient may be one relation's fault: the next session finds out, and
    /// goes on without care when it has come past all that can have failed.
    private Duration retry(Exception e, Duration pause) {
        if (e instanceof SQLException sql && !Transient.is(sql)) {
            if (careful) {
                stop(e);
                Thread.currentThread().interrupt();
                return pause;
            }
            careful = true;
            if (e instanceof TooCostly view) {
                costly.put(view.relation(), view.getMessage());
            }
        }
        progress.enter(new Progress.State.Retrying(Transient.line(e)));
        LOG.atWarn()
                .addKeyValue("error", Transient.line(e))
                .log("capture interrupted, trying again");
        limitWal();
        try {
            TimeUnit.NANOSECONDS.sleep(pause.toNanos());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        var doubled = pause.multipliedBy(2);
        return doubled.compareTo(RETRY_MAX) > 0 ? RETRY_MAX : doubled;
    }

    /// Also while the store is away the source keeps no more for us than it may.
    private void limitWal() {
        if (followed == null) {
            return;
        }
        try {
            SourceWatch.limitWal(source, followed);
        } catch (SQLException | Failure.Unavailable e) {
            LOG.atDebug()
                    .addKeyValue("error", Transient.line(e))
                    .log("how much WAL the source keeps is not known");
        }
    }

    private void stop(Exception e) {
        progress.enter(new Progress.State.Stopped(Transient.line(e)));
        var event = LOG.atError().addKeyValue("error", Transient.line(e));
        (e instanceof Failure && !(e instanceof Failure.Bug) ? event : event.setCause(e))
                .log("capture stopped at its mark");
    }

    private void runSession() throws SQLException, InterruptedException {
        try (var connection = Database.single(store, "highwater applier", 1)) {
            try (var settings = connection.createStatement()) {
                settings.execute(SESSION);
            }
            int shard =
                    Sql.first(connection, "select shard from highwater.node", r -> r.getInt(1))
                            .orElseThrow();
            var mark = CaptureMark.seize(connection);
            var catalog = Relations.load(connection);
            var journal = Journal.open(connection, shard);
            head.announce(new Head.Settled(journal.position(), catalog));
            var identity = source.identify();
            Lineage.check(source, identity, mark);
            var installed = source.install();
            if (installed.anew()) {
                // After a detachment, which took the publication along.
                source.publishAgain(published(catalog));
                source.noteComplete();
            }
            mark = attach(connection, mark, identity);
            var suspectUpTo = careful ? source.walEnd() : LogSequenceNumber.INVALID_LSN;
            connection.setAutoCommit(false);
            var slot = String.valueOf(mark.slot());
            followed = slot;
            try (var stream = WalStream.open(source, slot, mark.lsn(), inbox);
                    var reading = new Reading(stream, Thread.currentThread());
                    var backfill = new Backfill(source, inbox, progress);
                    var _ = new SourceWatch(source, slot, head, progress, installed.ddlTells());
                    var fill = new ViewFill(store, shard, inbox)) {
                var batch =
                        new Batch(
                                connection, shard, journal, catalog, careful, fill, costly, costs);
                source.publishWanted(takenOut(catalog));
                progress.moved(mark.lsn(), 0, 0);
                progress.enter(new Progress.State.Streaming());
                session++;
                // A fill that a crash cut short starts again.
                for (var relation : catalog.all()) {
                    if (!relation.isView() && relation.state() instanceof Relation.State.Filling) {
                        inbox.put(new Work.Refill(relation.id(), "interrupted"), 0);
                    }
                }
                fill.consider(catalog);
                new Session(connection, batch, mark, suspectUpTo, stream, backfill, fill)
                        .run(reading);
            }
        }
    }

    /// Makes sure that the source is ours to read. Where changes may be missing, every table begins
    /// anew.
    private CaptureMark attach(Connection connection, CaptureMark mark, Source.Identity identity)
            throws SQLException {
        String slotName = mark.slot();
        if (slotName == null) {
            String name =
                    source.settings()
                            .slot()
                            .orElse("highwater_" + Positions.incarnation(connection));
            return mark.started(connection, name, identity, source.createSlot(name));
        }
        var gap = Lineage.gap(source, identity, mark, slotName);
        if (gap.isPresent()) {
            return heal(connection, mark, slotName, identity, gap.get());
        }
        source.endWalSender(slotName);
        return mark.timeline() == identity.timeline()
                ? mark
                : mark.started(connection, slotName, identity, mark.lsn());
    }

    /// Goes on from a new slot, behind which the source tells every table again: what is in the
    /// store of each ends with the reason, and the table is filled anew. Until the mark stands in
    /// the new slot, the next session does all of it again.
    private CaptureMark heal(
            Connection connection,
            CaptureMark mark,
            String slotName,
            Source.Identity identity,
            String gap)
            throws SQLException {
        LOG.atWarn()
                .addKeyValue("reason", gap)
                .log("changes may be missing; every table is filled anew");
        var start = source.createSlot(slotName);
        for (long oid : source.published()) {
            source.retell(oid, gap);
        }
        return mark.started(connection, slotName, identity, start);
    }

    /// The thread that reads the slot. Its failure interrupts the applier, which then finds it
    /// here.
    private static final class Reading implements AutoCloseable {
        private final Thread thread;
        private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

        Reading(WalStream stream, Thread applier) {
            thread =
                    Thread.ofPlatform()
                            .name("highwater-capture")
                            .start(
                                    () -> {
                                        try {
                                            stream.run();
                                        } catch (InterruptedException e) {
                                            Thread.currentThread().interrupt();
                                        } catch (SQLException | RuntimeException e) {
                                            failure.set(e);
                                            applier.interrupt();
                                        }
                                    });
        }

        /// Throws what ended the thread, if anything did.
        void check() throws SQLException {
            switch (failure.get()) {
                case null -> {}
                case SQLException e -> throw e;
                case RuntimeException e -> throw e;
                case Exception e -> throw new Failure.Bug("capture failed", e);
            }
        }

        @Override
        public void close() {
            Background.end(thread);
            if (failure.get() != null) {
                // It was the thread that interrupted the applier.
                Thread.interrupted();
            }
        }
    }

    /// The loop itself.
    private final class Session {
        private final Connection connection;
        private final Batch batch;
        private final CaptureMark mark;
        private final LogSequenceNumber suspectUpTo;
        private final WalStream stream;
        private final Backfill backfill;
        private final ViewFill fill;

        /// What to tell once the batch is committed.
        private final List<Runnable> answers = new ArrayList<>();

        /// Whether the last transaction that was begun is complete.
        private boolean complete = true;

        private LogSequenceNumber lsn;
        private LogSequenceNumber written;
        private long writtenNanos = System.nanoTime();
        private @Nullable Instant committedAt;

        Session(
                Connection connection,
                Batch batch,
                CaptureMark mark,
                LogSequenceNumber suspectUpTo,
                WalStream stream,
                Backfill backfill,
                ViewFill fill) {
            this.connection = connection;
            this.batch = batch;
            this.mark = mark;
            this.suspectUpTo = suspectUpTo;
            this.stream = stream;
            this.backfill = backfill;
            this.fill = fill;
            this.lsn = mark.lsn();
            this.written = mark.lsn();
        }

        void run(Reading reading) throws SQLException, InterruptedException {
            try {
                while (true) {
                    apply(inbox.take(patience()));
                }
            } catch (InterruptedException e) {
                reading.check();
                throw e;
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

        private void apply(List<Work> works) throws SQLException, InterruptedException {
            var waiting = new ArrayDeque<>(works);
            do {
                while (!doSome(waiting)) {
                    waiting.addAll(inbox.take(patience()));
                }
                settle();
            } while (!waiting.isEmpty());
        }

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
            if (careful && lsn.compareTo(suspectUpTo) >= 0) {
                careful = false;
                costly.clear();
                batch.trust();
            }
            if (flushed.entries() > 0 || more) {
                announce();
            }
            progress.moved(lsn, flushed.entries(), flushed.changes());
            answers.forEach(Runnable::run);
            answers.clear();
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
        /// @return whether the last transaction is complete; if it is not, the next work is its
        ///   next part
        private boolean doSome(Queue<Work> waiting) throws SQLException {
            while (!waiting.isEmpty() && !(complete && batch.isFull())) {
                switch (waiting.remove()) {
                    case Work.Wal(WalPart part) -> {
                        progress.working(part.committedAt());
                        batch.apply(part);
                        complete = part.end().isPresent();
                        if (complete) {
                            lsn = part.end().get();
                            committedAt = part.committedAt();
                        }
                    }
                    case Work.Idle(LogSequenceNumber upTo) -> lsn = upTo;
                    case Work.Snapshot(int relation, LogSequenceNumber at) ->
                            batch.snapshot(relation, at);
                    case Work.Rows(int relation, List<@Nullable String[]> rows) ->
                            batch.fill(relation, rows);
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
    }
}
