package dev.highwater.apply;

import dev.highwater.failure.Failure;
import dev.highwater.journal.Journal;
import dev.highwater.relation.Catalog;
import dev.highwater.relation.Relation;
import dev.highwater.relation.RelationTables;
import dev.highwater.view.View;
import dev.highwater.view.ViewRequest;
import dev.highwater.view.ViewWriter;
import dev.highwater.view.Views;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The views, and how they begin, are kept, stop and end: all in the batch's transaction, after the
/// tables are written. Belongs to a [Batch].
///
/// A view's id is greater than those of the relations that it reads, so the order of ids is the
/// order in which views are kept.
final class KeptViews {
    /// Set for the rest of the batch's transaction: here the planner knows more than we do.
    private static final String SETTINGS =
            """
            set local enable_seqscan = on; set local enable_hashjoin = on; set local enable_mergejoin = on;
            set local enable_material = on; set local plan_cache_mode = force_custom_plan;
            set local join_collapse_limit = 14; set local from_collapse_limit = 14
            """;

    private final Connection connection;
    private final int shard;
    private final Journal journal;
    private final Following following;
    private final boolean careful;
    private final Map<Integer, View> all = new HashMap<>();
    private final TreeMap<Integer, ViewWriter> live = new TreeMap<>();
    private final List<Work.ViewFilled> joining = new ArrayList<>();

    /// The position at which every view stands.
    private long settled;

    KeptViews(
            Connection connection, int shard, Journal journal, Following following, boolean careful)
            throws SQLException {
        this.connection = connection;
        this.shard = shard;
        this.journal = journal;
        this.following = following;
        this.careful = careful;
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
    int create(ViewRequest request, Instant now) throws SQLException {
        var definition = request.analysis().definition();
        var before = catalog().newest(definition.schema(), definition.table()).orElse(null);
        if (before != null && !isEnded(before)) {
            if (!before.isView()) {
                throw new Failure.Conflict(
                        "name-taken", "there is a table " + definition.name() + " already");
            }
            if (!request.replace()) {
                throw new Failure.Conflict(
                        "name-taken",
                        "there is a view " + definition.name() + " already, with another query");
            }
            checkUnused(before);
            end(before, "replaced");
        }
        for (var read : request.analysis().depends()) {
            var relation = catalog().byId(read.id()).orElseThrow();
            if (!(relation.state() instanceof Relation.State.Live)
                    || !relation.definition().equals(read.definition())) {
                throw new Failure.Conflict(
                        "definition-changed", relation.name() + " has just changed; try again");
            }
        }
        var relation =
                new Relation(
                        catalog().nextId(),
                        List.of(new Relation.Dated(journal.nextPosition(), definition)),
                        new Relation.State.Filling());
        var view = View.of(relation.id(), request);
        var writer = new ViewWriter(shard, relation, view, catalog());
        String refusal = Isolated.run(connection, () -> writer.create(connection));
        if (refusal != null) {
            throw new Failure.Refused("bad-view", refusal);
        }
        following.put(relation);
        Views.save(connection, view);
        all.put(view.relation(), view);
        journal.completeLocal(now);
        return relation.id();
    }

    /// Ends a view; its history stays.
    ///
    /// @throws Failure.Conflict `in-use` when other views read it
    void drop(int id, boolean cascade, Instant now) throws SQLException {
        var relation = catalog().byId(id).orElseThrow();
        if (isEnded(relation)) {
            return;
        }
        if (!cascade) {
            checkUnused(relation);
        }
        for (var reader : readers(relation).reversed()) {
            end(reader, "dropped with " + relation.name());
        }
        end(relation, "dropped");
        journal.completeLocal(now);
    }

    /// A view has its rows as of a position; it is kept from the end of this batch on.
    void join(Work.ViewFilled filled) {
        joining.add(filled);
    }

    /// A view could not be filled.
    void fail(int id, String reason, Instant now) throws SQLException {
        var relation = catalog().byId(id).orElseThrow();
        if (relation.state() instanceof Relation.State.Filling) {
            following.put(
                    relation.in(new Relation.State.Stopped(null, journal.nextPosition(), reason)));
            journal.completeLocal(now);
        }
    }

    /// Brings every view to the end of what was written.
    ///
    /// @param touched the tables that have changes behind the last settled position
    void settle(Set<Integer> touched, Instant now) throws SQLException {
        boolean stopped = stopWithoutTables();
        long upTo = journal.position();
        if (upTo > settled && !(live.isEmpty() && joining.isEmpty())) {
            try (var statement = connection.createStatement()) {
                statement.execute(SETTINGS);
            }
            var changed = new HashSet<>(touched);
            for (var writer : List.copyOf(live.values())) {
                int id = writer.relation().id();
                if (!live.containsKey(id) || !writer.reads(changed)) {
                    continue;
                }
                boolean[] result = new boolean[1];
                String failure =
                        run(() -> result[0] = writer.maintain(connection, settled, upTo, changed));
                if (failure != null) {
                    stop(writer.relation(), settled + 1, failure);
                    stopped = true;
                } else if (result[0]) {
                    changed.add(id);
                }
            }
        }
        if (stopped) {
            journal.completeLocal(now);
        }
        for (var filled : joining) {
            joinNow(filled, now);
        }
        joining.clear();
        settled = journal.position();
    }

    private void joinNow(Work.ViewFilled filled, Instant now) throws SQLException {
        var relation = catalog().byId(filled.relation()).orElseThrow();
        if (!(relation.state() instanceof Relation.State.Filling)) {
            return;
        }
        var view = view(relation);
        long position = journal.nextPosition();
        journal.completeLocal(now);
        if (!isWhole(view)) {
            stop(relation, position, "a relation that it reads ended or stopped meanwhile");
            return;
        }
        var writer = writer(relation);
        String failure =
                Isolated.run(
                        connection,
                        () ->
                                writer.maintain(
                                        connection,
                                        filled.at(),
                                        position,
                                        Set.copyOf(view.depends())));
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
            var view = writer.view();
            for (int read : view.depends()) {
                var relation = catalog().byId(read).orElseThrow();
                if (live.containsKey(view.relation())
                        && !(relation.state() instanceof Relation.State.Live)) {
                    stop(
                            writer.relation(),
                            settled + 1,
                            relation.name() + ", which it reads, " + fate(relation.state()));
                    stopped = true;
                }
            }
        }
        return stopped;
    }

    private static String fate(Relation.State state) {
        return switch (state) {
            case Relation.State.Ended(Long _, long _, String reason) -> "ended: " + reason;
            case Relation.State.Stopped(Long _, long _, String reason) -> "stopped: " + reason;
            case Relation.State.Filling _, Relation.State.Live _ -> "is being filled";
        };
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
                                    relation.name() + ", which it reads, stopped: " + reason)));
        }
        live.remove(relation.id());
        following.put(relation.in(new Relation.State.Stopped(relation.since(), until, reason)));
    }

    private void end(Relation relation, String reason) throws SQLException {
        live.remove(relation.id());
        joining.removeIf(j -> j.relation() == relation.id());
        if (relation.since() == null) {
            RelationTables.drop(connection, relation);
        } else {
            RelationTables.end(connection, relation);
        }
        following.put(
                relation.in(
                        new Relation.State.Ended(
                                relation.since(), journal.nextPosition(), reason)));
    }

    private void checkUnused(Relation relation) {
        var readers = readers(relation);
        if (!readers.isEmpty()) {
            throw new Failure.Conflict(
                    "in-use",
                    relation.name()
                            + " is read by "
                            + String.join(", ", readers.stream().map(Relation::name).toList())
                            + "; drop these first, or cascade");
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

    /// Whether everything that a view reads can be read.
    private boolean isWhole(View view) {
        return view.depends().stream()
                .allMatch(
                        id ->
                                catalog().byId(id).orElseThrow().state()
                                        instanceof Relation.State.Live);
    }

    /// Runs what concerns one view.
    ///
    /// @return why it failed, if failures are looked for one by one
    private @Nullable String run(Isolated.Step step) throws SQLException {
        if (careful) {
            return Isolated.run(connection, step);
        }
        step.run();
        return null;
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
