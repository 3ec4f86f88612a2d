package dev.highwater.apply;

import dev.highwater.capture.WalEvent;
import dev.highwater.failure.Failure;
import dev.highwater.journal.ChangeText;
import dev.highwater.journal.Column;
import dev.highwater.journal.Journal;
import dev.highwater.journal.TableDefinition;
import dev.highwater.journal.UserType;
import dev.highwater.relation.BagWriter;
import dev.highwater.relation.Catalog;
import dev.highwater.relation.Relation;
import dev.highwater.relation.RelationTables;
import dev.highwater.relation.Relations;
import dev.highwater.relation.RowWriter;
import dev.highwater.relation.StoreTypes;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntToLongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;

/// The relations that are followed now, and how they begin, change their definition, stop and end:
/// each at its place in the order, as changes of the entry that is being written. Belongs to a
/// [Batch].
final class Following {
    private final Connection connection;
    private final int shard;
    private final Journal journal;
    private final Map<Long, Followed> bySourceOid = new HashMap<>();

    /// Relations whose table was rewritten by the DDL that is about to tell its new definition.
    private final Set<Integer> rewritten = new HashSet<>();

    /// Whether every single change has a savepoint, to find out which relation it is that cannot be
    /// written.
    private boolean careful;

    /// The last position of which every version is written.
    private long written;

    private Catalog catalog;

    /// The followed table that a partition belongs to.
    private final Map<Long, Long> rootOf = new HashMap<>();

    /// Where the columns of a partitioned table stand in the rows of each partition.
    private final Map<Long, int[]> orders = new HashMap<>();

    private LogSequenceNumber commit = LogSequenceNumber.INVALID_LSN;

    /// Whether labels were added to enumerations, which PostgreSQL lets nobody use before they are
    /// committed.
    private boolean newLabels;

    /// A definition as the store can hold it, or why it cannot.
    private record Storable(TableDefinition definition, @Nullable String refusal) {}

    /// A change on its way to its relation.
    interface Change {
        /// Writes it.
        ///
        /// @return false when only filling the relation anew can bring it
        boolean writeTo(RowWriter writer) throws SQLException;
    }

    /// A relation with what is needed to write its changes.
    record Followed(Relation relation, ChangeText text, RowWriter writer) {
        boolean isFilling() {
            return relation.state() instanceof Relation.State.Filling;
        }
    }

    Following(Connection connection, int shard, Journal journal, Catalog catalog, boolean careful)
            throws SQLException {
        this.connection = connection;
        this.shard = shard;
        this.journal = journal;
        this.catalog = catalog;
        this.careful = careful;
        this.written = journal.position();
        for (var relation : catalog.all()) {
            if (relation.isFollowed() && !relation.isView()) {
                follow(relation);
            }
        }
    }

    Catalog catalog() {
        return catalog;
    }

    /// What is followed for a table of the source; null when nothing is.
    @Nullable Followed of(long sourceOid) {
        return bySourceOid.get(sourceOid);
    }

    /// What is followed for the table or the partition that rows come from; null when nothing is.
    @Nullable Followed holding(long oid) {
        var own = bySourceOid.get(oid);
        return own == null ? bySourceOid.get(rootOf.getOrDefault(oid, 0L)) : own;
    }

    /// A row as the relation's writer takes it: of a partition its columns may stand in another
    /// order, and the writer has to know the partition.
    @Nullable String[] arranged(Followed f, long oid, @Nullable String[] row) {
        if (f.relation().definition().leaves() == null) {
            return row;
        }
        var order = orders.get(oid);
        if (order == null) {
            throw new Failure.Corrupt(
                    "wal-message",
                    "the source sent a row of " + f.relation().name() + " before its columns");
        }
        var result = new @Nullable String[order.length + 1];
        for (int i = 0; i < order.length; i++) {
            result[i] = row[order[i]];
        }
        result[order.length] = String.valueOf(oid);
        return result;
    }

    /// The partitions that a table has no more under its next definition.
    List<Long> lost(Followed f, TableDefinition next) {
        var before = f.relation().definition().leaves();
        var after = next.leaves();
        return before == null || after == null
                ? List.of()
                : before.stream().filter(leaf -> !after.contains(leaf)).toList();
    }

    /// The relation of this id, if rows from before are still coming for it.
    @Nullable Followed filling(int id) {
        for (var f : bySourceOid.values()) {
            if (f.relation().id() == id && f.isFilling()) {
                return f;
            }
        }
        return null;
    }

    /// Whether failures are looked for one relation at a time.
    boolean isCareful() {
        return careful;
    }

    /// No relation is suspected any more.
    void trust() {
        careful = false;
    }

    /// The changes that come next committed here in the source.
    void committedAt(LogSequenceNumber at) {
        commit = at;
    }

    /// Writes a change.
    ///
    /// @return false when only filling the relation anew can bring it
    boolean write(Followed f, Change change) throws SQLException {
        f.writer().committedAt(commit);
        if (!careful) {
            return change.writeTo(f.writer());
        }
        var done = new AtomicBoolean(true);
        isolated(f, () -> done.set(change.writeTo(f.writer())));
        return done.get();
    }

    /// Runs a step that concerns one relation alone; when it fails, that relation stops, and the
    /// entry that is being written says so.
    ///
    /// @return whether it went well
    boolean isolated(Followed f, Isolated.Step step) throws SQLException {
        String refusal = Isolated.run(connection, step);
        if (refusal != null) {
            journal.add(f.relation().id(), f.text().end());
            // What waited for a flush is lost with it.
            stop(f, written + 1, refusal);
        }
        return refusal == null;
    }

    /// Writes every version that was collected.
    void flush() throws SQLException {
        for (var f : all()) {
            if (!careful || f.writer().size() == 0) {
                f.writer().flush();
                continue;
            }
            String refusal = Isolated.run(connection, f.writer()::flush);
            if (refusal != null) {
                stop(f, written + 1, refusal);
            }
        }
        written = journal.position();
    }

    /// Where the rows stand that were changed since this was last asked, by relation, as far as it
    /// is known; see [RowWriter#changedRows].
    Map<Integer, String> changedRows() {
        var result = new HashMap<Integer, String>();
        for (var f : bySourceOid.values()) {
            var rows = f.writer().changedRows();
            if (rows != null) {
                result.put(f.relation().id(), rows);
            }
        }
        return result;
    }

    private List<Followed> all() {
        return List.copyOf(bySourceOid.values());
    }

    /// Follows a table from here on, as a new relation.
    ///
    /// @param born whether the table has no rows from before
    /// @param reason why an earlier generation ends that is still followed
    void begin(TableDefinition told, boolean born, String reason) throws SQLException {
        var storable = storable(told);
        for (var before : all()) {
            var known = before.relation().definition();
            if (known.oid() == told.oid()) {
                end(before, reason);
            } else if (known.name().equals(told.name())) {
                // Where DDL tells nothing: another table has its name now.
                end(before, "dropped");
            }
        }
        long position = journal.nextPosition();
        var relation =
                new Relation(
                        catalog.nextId(),
                        List.of(new Relation.Dated(position, storable.definition())),
                        born ? new Relation.State.Live(position) : new Relation.State.Filling());
        String refusal =
                storable.refusal() != null
                        ? storable.refusal()
                        : Isolated.run(
                                connection,
                                () -> RelationTables.create(connection, shard, relation, catalog));
        journal.add(relation.id(), new ChangeText(told).define());
        replace(
                refusal == null
                        ? relation
                        : relation.in(new Relation.State.Stopped(null, position, refusal)));
    }

    /// Makes the types of a definition in the store.
    private Storable storable(TableDefinition told) throws SQLException {
        if (told.types().isEmpty()) {
            return new Storable(told, null);
        }
        var types = new StoreTypes(connection, knownTypes());
        var made = new AtomicReference<>(told);
        String refusal = Isolated.run(connection, () -> made.set(types.make(told)));
        newLabels |= types.hasNewLabels();
        return new Storable(made.get(), refusal);
    }

    private Collection<UserType> knownTypes() {
        return all().stream()
                .flatMap(f -> f.relation().definition().types().stream())
                .collect(Collectors.toSet());
    }

    /// Types of the source changed: those that the store has follow. Where one cannot, the tables
    /// that have it in their columns stop when they tell their new definitions.
    void retype(List<UserType> changed) throws SQLException {
        flush();
        var types = new StoreTypes(connection, knownTypes());
        for (var type : changed) {
            Isolated.run(connection, () -> types.follow(type));
        }
        newLabels |= types.hasNewLabels();
    }

    /// Whether what comes next has to wait until this batch is committed.
    boolean wantsCommit() {
        return newLabels;
    }

    /// The batch is committed.
    void committed() {
        newLabels = false;
    }

    /// The DDL whose new definition comes next changes rows without a word in the WAL.
    void rewrite(long sourceOid) {
        var f = of(sourceOid);
        if (f != null) {
            rewritten.add(f.relation().id());
        }
    }

    /// A transaction of the source ends: what it rewrote without telling a definition holds other
    /// rows now than the table.
    void endTransaction() throws SQLException {
        if (rewritten.isEmpty()) {
            return;
        }
        for (var f : all()) {
            if (rewritten.contains(f.relation().id())) {
                stopHere(
                        f,
                        "its rows were rewritten by DDL that told no new definition; unpublish it and"
                                + " publish it again");
            }
        }
        rewritten.clear();
    }

    /// Takes over a table's new definition, in place where its rows can follow.
    ///
    /// @param attached whether a partition came with rows in it
    void define(TableDefinition told, boolean attached) throws SQLException {
        var f = of(told.oid());
        if (f == null) {
            return;
        }
        var relation = f.relation();
        boolean rewrite = rewritten.remove(relation.id()) || attached;
        var storable = storable(told);
        var next = storable.definition();
        if (!rewrite && relation.definition().equals(next)) {
            return;
        }
        // While it is being filled, rows from before are on their way in the old shape.
        if (rewrite || f.isFilling() || !relation.definition().continuesAs(next)) {
            begin(
                    told,
                    false,
                    attached ? "a partition came with rows" : "its rows were rewritten by DDL");
            return;
        }
        if (!isolated(f, f.writer()::flush)) {
            return;
        }
        var defined = relation.defined(journal.nextPosition(), next);
        String refusal =
                storable.refusal() != null
                        ? storable.refusal()
                        : Isolated.run(
                                connection,
                                () ->
                                        RelationTables.alter(
                                                connection, shard, relation, defined, catalog));
        journal.add(relation.id(), new ChangeText(told).define());
        if (refusal == null) {
            replace(defined);
        } else {
            stop(f, journal.nextPosition(), refusal);
        }
    }

    /// The rows from before are all there: the relation can be read.
    void open(Followed f) throws SQLException {
        boolean filled =
                isolated(
                        f,
                        () -> {
                            f.writer().flush();
                            if (f.writer() instanceof BagWriter bag) {
                                bag.finish(
                                        journal.nextPosition(), (row, diff) -> add(f, row, diff));
                            }
                            RelationTables.filled(connection, f.relation());
                        });
        if (filled) {
            journal.add(f.relation().id(), f.text().filled());
            replace(f.relation().in(new Relation.State.Live(journal.nextPosition())));
        }
    }

    private void add(Followed f, @Nullable String[] row, long diff) {
        for (long i = 0; i < Math.abs(diff); i++) {
            journal.add(f.relation().id(), diff > 0 ? f.text().insert(row) : f.text().delete(row));
        }
    }

    /// Ends a relation: its table is gone or not published any more, or goes on as another
    /// generation.
    void end(Followed f, String reason) throws SQLException {
        var relation = f.relation();
        boolean ended =
                isolated(
                        f,
                        () -> {
                            f.writer().flush();
                            if (relation.since() == null) {
                                RelationTables.drop(connection, shard, relation, catalog);
                            } else {
                                RelationTables.end(connection, relation);
                            }
                        });
        if (!ended) {
            return;
        }
        journal.add(relation.id(), f.text().end());
        replace(
                relation.in(
                        new Relation.State.Ended(
                                relation.since(), journal.nextPosition(), reason)));
    }

    /// Rows arrive in the shape that the source says here; if it is not the one that was told, the
    /// table must not go on.
    void check(WalEvent.TableSeen seen) throws SQLException {
        var f = holding(seen.oid());
        if (f == null) {
            return;
        }
        var definition = f.relation().definition();
        var known = seen(definition, seen.keyed());
        if (definition.isPartitioned()
                && sameColumns(known, seen.columns())
                && !(definition.isBag() && seen.keyed())) {
            orders.put(
                    seen.oid(), known.stream().mapToInt(c -> seen.columns().indexOf(c)).toArray());
            return;
        }
        if (!known.equals(seen.columns())
                || definition.isPartitioned()
                || (definition.isBag() && seen.keyed())) {
            stopHere(
                    f,
                    "its columns are "
                            + seen.columns()
                            + ", but the last definition that arrived says "
                            + known
                            + "; unpublish it and publish it again");
        }
    }

    private static boolean sameColumns(
            List<WalEvent.SeenColumn> known, List<WalEvent.SeenColumn> seen) {
        return known.size() == seen.size() && new HashSet<>(known).equals(new HashSet<>(seen));
    }

    /// How a table of this definition is seen when its rows arrive.
    private static List<WalEvent.SeenColumn> seen(TableDefinition definition, boolean keyed) {
        var key = keyed ? definition.keyColumns() : List.<Column>of();
        return definition.sent().stream()
                .map(
                        c ->
                                new WalEvent.SeenColumn(
                                        c.name(), c.typeOid(), c.modifier(), key.contains(c)))
                .toList();
    }

    /// Stops a relation that cannot take what comes here; the entry that is being written says so.
    private void stopHere(Followed f, String reason) throws SQLException {
        if (isolated(f, f.writer()::flush)) {
            journal.add(f.relation().id(), f.text().end());
            stop(f, journal.nextPosition(), reason);
        }
    }

    /// Stops a relation that cannot go on.
    ///
    /// @param until the first position that it lacks
    private void stop(Followed f, long until, String reason) throws SQLException {
        var relation = f.relation();
        replace(relation.in(new Relation.State.Stopped(relation.since(), until, reason)));
    }

    /// Saves a view's relation.
    void put(Relation relation) throws SQLException {
        var before = catalog.byId(relation.id());
        catalog = catalog.with(relation.keptFrom(before.map(Relation::keptFrom).orElse(0L)));
        Relations.save(connection, relation);
    }

    /// Keeps the history of relations from a position on only.
    ///
    /// @param needed the position from which on somebody needs a relation's history
    /// @return how many have less than before
    int keep(Map<Integer, Long> floors, IntToLongFunction needed) throws SQLException {
        var moved = new ArrayList<Relation>();
        for (var floor : floors.entrySet()) {
            int id = floor.getKey();
            var relation = catalog.byId(id).orElseThrow();
            var kept = relation.keptFrom(Math.min(floor.getValue(), needed.applyAsLong(id)));
            if (kept.keptFrom() > relation.keptFrom()) {
                moved.add(kept);
                catalog = catalog.with(kept);
            }
        }
        Relations.saveKept(connection, moved);
        return moved.size();
    }

    private void replace(Relation relation) throws SQLException {
        bySourceOid.values().removeIf(f -> f.relation().id() == relation.id());
        rootOf.values().removeIf(root -> root == relation.definition().oid());
        put(relation);
        if (relation.isFollowed() && !relation.isView()) {
            follow(relation);
        }
    }

    private void follow(Relation relation) throws SQLException {
        var leaves = relation.definition().leaves();
        if (leaves != null) {
            leaves.forEach(leaf -> rootOf.put(leaf, relation.definition().oid()));
        }
        bySourceOid.put(
                relation.definition().oid(),
                new Followed(
                        relation,
                        new ChangeText(relation.definition()),
                        RowWriter.of(connection, shard, relation)));
    }
}
