package dev.highwater.apply;

import dev.highwater.capture.Doctor;
import dev.highwater.capture.Source;
import dev.highwater.capture.WalStream;
import dev.highwater.failure.Failure;
import dev.highwater.journal.Journal;
import dev.highwater.journal.Positions;
import dev.highwater.relation.Catalog;
import dev.highwater.relation.Relation;
import dev.highwater.relation.RelationTables;
import dev.highwater.relation.Relations;
import dev.highwater.sql.Database;
import dev.highwater.sql.PgAddress;
import dev.highwater.sql.Sql;
import dev.highwater.view.ViewRequest;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
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

    /// Whether the publication may be of another time than the store: behind a gap, until what is
    /// wanted has been published.
    private boolean healed;

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
    /// @throws Failure.Unavailable when the store does not answer, or the first source does not or
    ///   cannot be followed; a later outage passes
    public boolean checkSource() throws SQLException {
        CaptureMark mark;
        try (var connection = Database.single(store, "applier")) {
            mark = CaptureMark.read(connection);
        }
        boolean first = mark.slot() == null;
        try {
            if (first) {
                checkServer(source.address());
            }
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

    private static void checkServer(PgAddress address) throws SQLException {
        var obstacles = Doctor.obstacles(address);
        if (!obstacles.isEmpty()) {
            throw new Failure.Unavailable(
                    "source-unavailable",
                    "the source %s cannot be followed, and nothing was installed there: %s; `highwater doctor --source URL` says what else it lacks"
                            .formatted(
                                    address,
                                    obstacles.stream()
                                            .map(f -> f.says() + " (" + f.mends() + ")")
                                            .collect(Collectors.joining("; "))));
        }
    }

    /// The tables of the source that the store follows, or did until they stopped.
    private static List<Long> published(Catalog catalog) {
        return catalog.all().stream()
                .filter(r -> !r.isView() && !(r.state() instanceof Relation.State.Ended))
                .map(r -> r.definition().oid())
                .toList();
    }

    /// Publishes what is wanted and not known yet; what somebody took out by hand stays out, unless
    /// the publication is of another time than the store.
    private void publishWanted(Catalog catalog) throws SQLException {
        try {
            source.publishWanted(SourceWatch.leftAlone(catalog, !healed));
            healed = false;
        } catch (SQLException e) {
            // The watch tries again.
            if (!Transient.isLocked(e)) {
                throw e;
            }
        }
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

    /// Nothing is suspected any more.
    private void trust() {
        careful = false;
        costly.clear();
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

    /// What a former program left out of the views of the past is shown in them.
    private static void showPast(Connection connection, int shard, Catalog catalog)
            throws SQLException {
        for (var relation : RelationTables.unseen(connection, catalog)) {
            try {
                Sql.inTransaction(
                        connection,
                        c -> {
                            RelationTables.showPast(c, shard, relation, catalog);
                            return true;
                        });
            } catch (SQLException e) {
                LOG.atWarn()
                        .addKeyValue("relation", relation.name())
                        .addKeyValue("error", Transient.line(e))
                        .log("its history by SQL lacks what was before it began anew");
            }
        }
    }

    private void runSession() throws SQLException, InterruptedException {
        try (var connection = Database.single(store, "applier", 1)) {
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
            showPast(connection, shard, catalog);
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
                    var _ = new Reading(stream, inbox);
                    var backfill = new Backfill(source, inbox, progress);
                    var _ = new SourceWatch(source, slot, head, progress, installed.ddlTells());
                    var fill = new ViewFill(store, shard, inbox);
                    var loader = new Loader(store)) {
                var batch =
                        new Batch(
                                connection,
                                shard,
                                journal,
                                catalog,
                                careful,
                                fill,
                                loader,
                                costly,
                                costs);
                publishWanted(catalog);
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
                new Session(
                                connection,
                                batch,
                                mark,
                                stream,
                                inbox,
                                head,
                                progress,
                                backfill,
                                fill,
                                new Session.Suspicion(suspectUpTo, this::trust))
                        .run();
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
        healed = true;
        var start = source.createSlot(slotName);
        for (long oid : source.published()) {
            source.retell(oid, gap);
        }
        return mark.started(connection, slotName, identity, start);
    }
}
