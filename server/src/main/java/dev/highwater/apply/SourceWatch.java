package dev.highwater.apply;

import dev.highwater.capture.Source;
import dev.highwater.failure.Failure;
import dev.highwater.journal.TableDefinition;
import dev.highwater.relation.Catalog;
import dev.highwater.relation.Relation;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks now and then at what no message tells: tables that a person took out of the publication or
/// put in by hand, tables that are wanted and whose DDL could not publish them, and, where DDL does
/// not tell of itself, tables that were dropped or changed. What it finds it has the source tell,
/// so that it arrives in order. Lives as long as a session of the applier.
final class SourceWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SourceWatch.class);

    /// Between two looks, and at least so many times what a look took.
    private static final Duration PAUSE = Duration.ofSeconds(2);

    private static final int RESPITE = 20;

    private final Source source;
    private final String slot;
    private final Head head;
    private final Progress progress;
    private final boolean ddlTells;
    private final Background thread;

    /// Why the last look failed; empty when it did not.
    private String failing = "";

    /// Why a table could not be told of in this look; null when all could.
    private @Nullable SQLException locked;

    private volatile boolean closed;

    /// @param ddlTells whether DDL tells of itself
    SourceWatch(Source source, String slot, Head head, Progress progress, boolean ddlTells) {
        this.source = source;
        this.slot = slot;
        this.head = head;
        this.progress = progress;
        this.ddlTells = ddlTells;
        this.thread = Background.start("highwater-source-watch", this::run);
    }

    private void run() throws InterruptedException {
        while (true) {
            long pause = PAUSE.toNanos();
            try {
                pause = Math.max(pause, RESPITE * look());
                looked("");
            } catch (SQLException | Failure e) {
                looked(Transient.line(e));
            }
            TimeUnit.NANOSECONDS.sleep(pause);
        }
    }

    /// Says what has changed since the look before.
    ///
    /// @param error why this one failed, or nothing
    private void looked(String error) {
        if (closed || error.equals(failing)) {
            return;
        }
        failing = error;
        if (error.isEmpty()) {
            LOG.info("the source can be looked at again");
        } else {
            LOG.atWarn().addKeyValue("error", error).log("the source could not be looked at");
        }
    }

    /// @return how long the source was busy with it, in nanoseconds
    private long look() throws SQLException, InterruptedException {
        long start = System.nanoTime();
        limitWal(source, slot);
        Set<Long> published = source.published();
        Map<Long, Source.Defined> defined = ddlTells ? Map.of() : source.definitions();
        long took = System.nanoTime() - start;
        var catalog = told();
        locked = null;
        compare(catalog.tables(), published, defined);
        start = System.nanoTime();
        source.publishWanted(leftAlone(catalog, true));
        if (locked != null) {
            throw locked;
        }
        return took + System.nanoTime() - start;
    }

    /// Gives the slot up when the source keeps too much for it: the next session heals.
    static void limitWal(Source source, String slot) throws SQLException {
        long retained = source.retained(slot);
        if (retained > source.settings().walLimit()) {
            LOG.atWarn()
                    .addKeyValue("bytes", retained)
                    .addKeyValue("wal_limit", source.settings().walLimit())
                    .log("the source keeps too much WAL for us: giving the slot up");
            source.dropSlot(slot);
        }
    }

    /// The tables that are not published because they are wanted: those that somebody took out of
    /// the publication by hand.
    ///
    /// @param known whether the others that have not ended are left alone too: they are in the
    ///   publication, or somebody has just taken them out
    static List<Long> leftAlone(Catalog catalog, boolean known) {
        return catalog.tables().values().stream()
                .filter(
                        relation ->
                                relation.state()
                                                instanceof
                                                Relation.State.Ended(Long _, long _, String reason)
                                        ? Source.takenOut(reason)
                                        : known)
                .map(relation -> relation.definition().oid())
                .toList();
    }

    /// The relations, as far as the source has told of them by now.
    private Catalog told() throws SQLException, InterruptedException {
        source.nudge();
        progress.awaitLsn(source.walEnd());
        return head.settled().catalog();
    }

    private void compare(
            Map<Long, Relation> known, Set<Long> published, Map<Long, Source.Defined> defined)
            throws SQLException {
        var missing =
                known.values().stream()
                        .filter(Relation::isFollowed)
                        .map(relation -> relation.definition().oid())
                        .filter(oid -> !published.contains(oid))
                        .toList();
        if (!missing.isEmpty()) {
            // Some may have come since the first look, and have told of themselves.
            var later = source.published();
            for (long oid : missing) {
                if (!later.contains(oid)) {
                    retell(oid, null);
                }
            }
        }
        for (long oid : published) {
            var relation = known.get(oid);
            if (relation == null || relation.state() instanceof Relation.State.Ended) {
                retell(oid, "it was put into the publication");
            } else {
                var now = defined.get(oid);
                if (now != null) {
                    compare(relation, now);
                }
            }
        }
    }

    /// What somebody else is changing is left to a later look.
    private void retell(long oid, @Nullable String why) throws SQLException {
        try {
            source.retell(oid, why);
        } catch (SQLException e) {
            if (!Transient.isLocked(e)) {
                throw e;
            }
            locked = e;
        }
    }

    /// A definition that nothing told of: taken over in place where that is safe. A table that rows
    /// of another shape have stopped begins anew.
    private void compare(Relation relation, Source.Defined now) throws SQLException {
        var before = relation.definition();
        if (before.equals(now.definition().keptLike(before))) {
            return;
        }
        boolean anew =
                relation.state() instanceof Relation.State.Stopped
                        || added(before, now.definition(), now.unsaid());
        retell(before.oid(), anew ? "its definition changed" : null);
    }

    /// Whether a column came of which older rows hold what only reading them tells.
    private static boolean added(
            TableDefinition before, TableDefinition after, Set<Integer> unsaid) {
        return after.columns().stream()
                .filter(c -> unsaid.contains(c.number()))
                .anyMatch(c -> before.columns().stream().noneMatch(b -> b.number() == c.number()));
    }

    @Override
    public void close() {
        closed = true;
        thread.close();
    }
}
