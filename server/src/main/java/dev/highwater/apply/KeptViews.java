package dev.highwater.apply;

import dev.highwater.failure.Failure;
import dev.highwater.journal.Journal;
import dev.highwater.relation.Catalog;
import dev.highwater.relation.Relation;
import dev.highwater.relation.RelationTables;
import dev.highwater.view.Step;
import dev.highwater.view.Strategy;
import dev.highwater.view.Unreadable;
import dev.highwater.view.View;
import dev.highwater.view.ViewRequest;
import dev.highwater.view.ViewWriter;
import dev.highwater.view.Views;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The views, and how they begin, are kept, stop and end: all in the batch's transaction, after the
/// tables are written. Belongs to a [Batch].
///
/// A view's id is greater than those of the relations that it reads, so the order of ids is the
/// order in which views are kept.
final class KeptViews {
    private static final Logger LOG = LoggerFactory.getLogger(KeptViews.class);

    /// A view that takes longer in a batch is stopped: it would keep all others waiting.
    private static final int SECONDS_MAX = 5;

    /// How often views that read the clock are looked after.
    private static final Duration CLOCK = Duration.ofSeconds(1);

    private static final Duration FOREVER = Duration.ofDays(1);

    /// After so many changes at first, and after so many at most, plans that are made once for
    /// batches of few are made anew: tables grow, and a small one is best read as a whole.
    private static final long PLANS_LAST_MIN = 100;

    private static final long PLANS_LAST_MAX = 10_000;

    /// Set for the rest of the batch's transaction.
    private static final String SETTINGS =
            """
            select highwater.limit_temp_files('4GB', true), set_config('statement_timeout', '%d s', true),
              set_config('role', '%s', true)
            """
                    .formatted(SECONDS_MAX, ViewWriter.ROLE);

    private static final String AGAIN_OURSELVES =
            "select set_config('role', 'none', true), set_config('statement_timeout', '0', true)";

    private final Connection connection;
    private final int shard;
    private final Journal journal;
    private final Following following;
    private final ViewCosts costs;
    private final ViewFill fill;

    /// Views that took too much in the session before, and of what.
    private final Map<Integer, String> costly;

    private final Map<Integer, View> all = new HashMap<>();
    private final TreeMap<Integer, ViewWriter> live = new TreeMap<>();
    private final List<Work.ViewFilled> joining = new ArrayList<>();

    /// The position at which every view stands.
    private long settled;

    private long clockNanos = System.nanoTime();

    /// After how many changes plans are made anew, and how many of them have come.
    private long plansLast = PLANS_LAST_MIN;

    private long sincePlans;

    /// @param costly views that are not to be kept in the way that took too much
    KeptViews(
            Connection connection,
            int shard,
            Journal journal,
            Following following,
            ViewFill fill,
            Map<Integer, String> costly,
            ViewCosts costs)
            throws SQLException {
        this.costs = costs;
        this.connection = connection;
        this.shard = shard;
        this.journal = journal;
        this.following = following;
        this.fill = fill;
        this.costly = new HashMap<>(costly);
        this.settled = journal.position();
        all.putAll(Views.load(connection));
        for (var relation : following.catalog().all()) {
            if (relation.isView() && relation.state() instanceof Relation.State.Live) {
                live.put(relation.id(), writer(relation));
            }
        }
    }

    /// Makes a view, without rows yet.
    ///
    /// @return the id of its relation
    /// @throws Failure.Conflict when the name is taken, or what it reads is not there any more
    int create(ViewRequest request) throws SQLException {
        var definition = request.analysis().definition();
        var before = catalog().newest(definition.schema(), definition.table()).orElse(null);
        var again = request.again();
        if (again != null
                && (before == null
                        || before.id() != again
                        || !(before.state() instanceof Relation.State.Stopped))) {
            throw new Failure.Conflict(
                    "definition-changed", definition.name() + " is not the stopped view any more");
        }
        if (before != null && !isEnded(before)) {
            if (!before.isView()) {
                throw new Failure.Conflict(
                        "name-taken", "there is a table " + definition.name() + " already");
            }
            if (!request.replace()) {
                throw new Failure.Conflict(
                        "name-taken",
                        "there is a view "
                                + definition.name()
                                + " already, with another query; replace it, or take another name");
            }
            // Those that read a stopped one have stopped with it.
            if (before.isFollowed()) {
                checkUnused(before, "drop these first");
            }
        }
        for (var read : request.analysis().depends()) {
            var relation = catalog().byId(read.id()).orElseThrow();
            if (!(relation.state() instanceof Relation.State.Live)
                    || !relation.definition().equals(read.definition())) {
                throw new Failure.Conflict(
                        "definition-changed", relation.name() + " has just changed; try again");
            }
        }
        var view = View.of(catalog().nextId(), request);
        var relation =
                new Relation(
                        view.relation(),
                        List.of(new Relation.Dated(journal.nextPosition(), definition)),
                        new Relation.State.Filling());
        var kept = tables(relation, view);
        if (before != null && !isEnded(before)) {
            end(before, again == null ? "replaced" : "made anew");
            RelationTables.show(connection, shard, relation, catalog());
        }
        following.put(relation);
        Views.save(connection, kept);
        all.put(relation.id(), kept);
        journal.completeLocal();
        return relation.id();
    }

    /// Makes a view's tables.
    ///
    /// @return the view as it will be kept
    private View tables(Relation relation, View view) throws SQLException {
        var writer = new ViewWriter(shard, relation, view, catalog());
        String failure =
                Isolated.run(
                        connection,
                        () -> {
                            writer.create(connection);
                            set(SETTINGS);
                            bounded(writer, () -> writer.check(connection)).run();
                            set(AGAIN_OURSELVES);
                        });
        if (failure == null) {
            return view;
        }
        LOG.atWarn()
                .addKeyValue("view", relation.name())
                .addKeyValue("error", failure)
                .log("its plan is refused, computing it as a whole");
        String refusal =
                Isolated.run(
                        connection,
                        () ->
                                new ViewWriter(shard, relation, view.undivided(), catalog())
                                        .create(connection));
        if (refusal != null) {
            throw new Failure.Refused("bad-view", refusal);
        }
        return view.undivided();
    }

    /// Ends a view; its history stays.
    ///
    /// @throws Failure.Conflict `in-use` when other views read it
    void drop(int id, boolean cascade) throws SQLException {
        var relation = catalog().byId(id).orElseThrow();
        if (isEnded(relation)) {
            return;
        }
        if (!cascade) {
            checkUnused(relation, "drop these first, or cascade");
        }
        for (var reader : readers(relation).reversed()) {
            end(reader, "dropped with " + relation.name());
        }
        end(relation, "dropped");
        journal.completeLocal();
    }

    /// A view has its rows as of a position; it is kept from the end of this batch on.
    void join(Work.ViewFilled filled) {
        joining.add(filled);
    }

    /// A view could not be filled.
    void fail(int id, String reason) throws SQLException {
        var relation = catalog().byId(id).orElseThrow();
        if (relation.state() instanceof Relation.State.Filling) {
            following.put(
                    relation.in(new Relation.State.Stopped(null, journal.nextPosition(), reason)));
            journal.completeLocal();
        }
    }

    /// Brings every view to the end of what was written.
    ///
    /// @param touched the tables that have changes behind the last settled position
    /// @param changes how many these are
    /// @param changedRows where tables' rows stand that were there at that position and changed
    void settle(Set<Integer> touched, long changes, Map<Integer, String> changedRows)
            throws SQLException {
        boolean stopped = stopWithoutTables();
        stopped |= stopChanged();
        boolean written = journal.position() > settled;
        boolean clock = !written && isClockDue();
        if (written || clock) {
            long upTo = written ? journal.position() : journal.nextPosition();
            var changed = new HashSet<>(touched);
            if (live.values().stream().anyMatch(w -> w.reads(changed) || w.view().clocked())) {
                renewPlans(changes);
                var rows = new HashMap<>(changedRows);
                // Others took over the writing at the new definition.
                rows.keySet().removeIf(this::isRedefined);
                stopped |=
                        keepAll(
                                changed,
                                new Step(settled, upTo, changed, changes <= Step.FEW_MAX, rows));
            }
            if (clock && !changed.isEmpty()) {
                journal.completeLocal();
            }
            clockNanos = System.nanoTime();
        }
        if (stopped) {
            journal.completeLocal();
        }
        for (var filled : joining) {
            joinNow(filled);
        }
        joining.clear();
        settled = journal.position();
    }

    /// The position from which on views that are being filled will need a relation's history.
    long needed(int relation) {
        return catalog().all().stream()
                .filter(r -> r.isView() && r.state() instanceof Relation.State.Filling)
                .filter(r -> view(r).depends().contains(relation))
                .mapToLong(r -> r.definitions().getFirst().position())
                .min()
                .orElse(Long.MAX_VALUE);
    }

    /// How long to wait at most for work: views that read the clock change without any.
    Duration patience() {
        return live.values().stream().anyMatch(w -> w.view().clocked()) ? CLOCK : FOREVER;
    }

    private boolean isClockDue() {
        return System.nanoTime() - clockNanos >= CLOCK.toNanos() && patience().equals(CLOCK);
    }

    /// Brings every view to a position.
    ///
    /// @param changed the relations that changed; views are added that do
    /// @param all the step of all of them
    /// @return whether one had to be stopped
    private boolean keepAll(Set<Integer> changed, Step all) throws SQLException {
        var failures = new LinkedHashMap<ViewWriter, String>();
        var left = new HashSet<Integer>();
        set(SETTINGS);
        all.plan(connection);
        for (var writer : live.values()) {
            int id = writer.relation().id();
            if (writer.reads(left)) {
                left.add(id);
                continue;
            }
            if (!writer.reads(changed) && !writer.view().clocked()) {
                continue;
            }
            var any = new AtomicBoolean();
            var step = all.with(changed);
            long start = System.nanoTime();
            String failure =
                    run(
                            writer,
                            () -> any.set(writer.maintain(connection, step)),
                            () -> any.set(writer.recompute(connection, step)));
            costs.add(id, System.nanoTime() - start);
            if (failure != null) {
                failures.put(writer, failure);
                left.add(id);
            } else if (any.get()) {
                changed.add(id);
            }
        }
        set(AGAIN_OURSELVES);
        for (var failed : failures.entrySet()) {
            stop(failed.getKey().relation(), settled + 1, failed.getValue());
        }
        return !failures.isEmpty();
    }

    /// Has plans made anew that know another size of the tables than they may have now.
    ///
    /// @param changes how many the batch has
    private void renewPlans(long changes) throws SQLException {
        sincePlans += changes;
        if (sincePlans >= plansLast) {
            set("discard plans");
            sincePlans = 0;
            plansLast = Math.min(2 * plansLast, PLANS_LAST_MAX);
        }
    }

    private void set(String settings) throws SQLException {
        try (var statement = connection.prepareStatement(settings)) {
            statement.execute();
        }
    }

    private void joinNow(Work.ViewFilled filled) throws SQLException {
        var relation = catalog().byId(filled.relation()).orElseThrow();
        if (!(relation.state() instanceof Relation.State.Filling)) {
            return;
        }
        var view = view(relation);
        long position = journal.nextPosition();
        journal.completeLocal();
        var unreadable = unreadable(view);
        if (unreadable != null) {
            stop(relation, position, reason(unreadable));
            return;
        }
        String change = Redefinition.of(relation, view, catalog());
        if (change != null) {
            stop(relation, position, change);
            return;
        }
        var writer = writer(relation);
        var step = new Step(filled.at(), position, Set.copyOf(view.depends()), false, Map.of());
        String failure =
                Isolated.run(
                        connection,
                        () -> {
                            set(SETTINGS);
                            step.plan(connection);
                            bounded(writer, () -> writer.maintain(connection, step)).run();
                            set(AGAIN_OURSELVES);
                        });
        if (failure != null) {
            stop(relation, position, failure);
            return;
        }
        var joined = relation.in(new Relation.State.Live(position));
        following.put(joined);
        live.put(joined.id(), writer(joined));
    }

    /// @return whether any view was stopped
    private boolean stopWithoutTables() throws SQLException {
        boolean stopped = false;
        for (var writer : List.copyOf(live.values())) {
            var unreadable = unreadable(writer.view());
            if (unreadable != null && live.containsKey(writer.relation().id())) {
                stop(writer.relation(), settled + 1, reason(unreadable));
                stopped = true;
            }
        }
        return stopped;
    }

    /// Stops the views whose text has lost its meaning by DDL, and has the others follow it.
    ///
    /// @return whether any view was stopped
    private boolean stopChanged() throws SQLException {
        boolean stopped = false;
        for (var writer : List.copyOf(live.values())) {
            int id = writer.relation().id();
            if (!live.containsKey(id)
                    || writer.view().depends().stream().noneMatch(r -> isRedefined(r))) {
                continue;
            }
            String change = Redefinition.of(writer.relation(), writer.view(), catalog());
            if (change != null) {
                stop(writer.relation(), settled + 1, change);
                stopped = true;
            } else {
                live.put(id, writer(writer.relation()));
            }
        }
        return stopped;
    }

    /// Whether a relation got another definition behind the settled position.
    private boolean isRedefined(int id) {
        return catalog().byId(id).orElseThrow().definitions().getLast().position() > settled;
    }

    /// Why a view stops that reads a relation which is not live.
    private static String reason(Relation read) {
        return Unreadable.reason(
                read.name(),
                switch (read.state()) {
                    case Relation.State.Ended(Long _, long _, String why) -> "ended: " + why;
                    case Relation.State.Stopped(Long _, long _, String why) -> "stopped: " + why;
                    case Relation.State.Filling _, Relation.State.Live _ -> "is being filled";
                });
    }

    /// Stops a view and those that read it.
    private void stop(Relation relation, long until, String reason) throws SQLException {
        for (var reader : readers(relation)) {
            live.remove(reader.id());
            following.put(
                    reader.in(
                            new Relation.State.Stopped(
                                    reader.since(),
                                    until,
                                    Unreadable.reason(relation.name(), "stopped: " + reason))));
        }
        live.remove(relation.id());
        following.put(relation.in(new Relation.State.Stopped(relation.since(), until, reason)));
        LOG.atWarn()
                .addKeyValue("view", relation.name())
                .addKeyValue("error", reason)
                .log("stopped");
    }

    private void end(Relation relation, String reason) throws SQLException {
        live.remove(relation.id());
        fill.abandon(relation.id());
        writer(relation).end(connection);
        joining.removeIf(j -> j.relation() == relation.id());
        if (relation.since() == null) {
            RelationTables.drop(connection, shard, relation, catalog());
        } else {
            RelationTables.end(connection, relation);
        }
        // A stopped one knows nothing of what came since.
        long until =
                relation.state() instanceof Relation.State.Stopped(Long _, long lacking, String _)
                        ? lacking
                        : journal.nextPosition();
        following.put(relation.in(new Relation.State.Ended(relation.since(), until, reason)));
    }

    private void checkUnused(Relation relation, String advice) {
        var readers = readers(relation);
        if (!readers.isEmpty()) {
            throw new Failure.Conflict(
                    "in-use",
                    relation.name()
                            + " is read by "
                            + String.join(", ", readers.stream().map(Relation::name).toList())
                            + "; "
                            + advice);
        }
    }

    /// The views that read a relation, directly or not, in the order of their ids.
    private List<Relation> readers(Relation relation) {
        var read = new HashSet<Integer>();
        read.add(relation.id());
        var result = new ArrayList<Relation>();
        for (var other : catalog().all()) {
            var view = all.get(other.id());
            if (view != null
                    && !isEnded(other)
                    && view.depends().stream().anyMatch(read::contains)) {
                read.add(other.id());
                result.add(other);
            }
        }
        return result;
    }

    private static boolean isEnded(Relation relation) {
        return relation.state() instanceof Relation.State.Ended;
    }

    /// The first relation that a view reads and that cannot be read; null when all can.
    private @Nullable Relation unreadable(View view) {
        return view.depends().stream()
                .map(id -> catalog().byId(id).orElseThrow())
                .filter(read -> !(read.state() instanceof Relation.State.Live))
                .findFirst()
                .orElse(null);
    }

    /// Runs what concerns one view.
    ///
    /// @param again does the same by computing all of it
    /// @return why it failed, if failures are looked for one by one
    private @Nullable String run(ViewWriter writer, Isolated.Step step, Isolated.Step again)
            throws SQLException {
        if (!following.isCareful()) {
            bounded(writer, step).run();
            return null;
        }
        String failure = costly.remove(writer.relation().id());
        if (failure == null) {
            failure = Isolated.run(connection, bounded(writer, step));
        }
        if (failure == null || writer.strategy().kind() == Strategy.Kind.WHOLE) {
            return failure;
        }
        LOG.atWarn()
                .addKeyValue("view", writer.relation().name())
                .addKeyValue("error", failure)
                .log("a part of it fails, computing it as a whole");
        return Isolated.run(connection, bounded(writer, again));
    }

    /// Whatever the step takes too much of is the view's fault.
    private static Isolated.Step bounded(ViewWriter writer, Isolated.Step step) {
        return () -> {
            try {
                step.run();
            } catch (SQLException e) {
                throw TooCostly.is(e) ? costly(writer, e) : e;
            }
        };
    }

    private static TooCostly costly(ViewWriter writer, SQLException e) {
        String reason =
                TooCostly.TIME.equals(e.getSQLState()) ? tooLong(writer) : Transient.line(e);
        return new TooCostly(writer.relation().id(), reason, e);
    }

    private static String tooLong(ViewWriter writer) {
        return "it took longer than %d s in a batch (%s)"
                .formatted(SECONDS_MAX, writer.strategy().reason());
    }

    private ViewWriter writer(Relation relation) {
        return new ViewWriter(shard, relation, view(relation), catalog());
    }

    private View view(Relation relation) {
        var view = all.get(relation.id());
        if (view == null) {
            throw new Failure.Corrupt("no-view", relation.name() + " has lost its query");
        }
        return view;
    }

    private Catalog catalog() {
        return following.catalog();
    }
}
