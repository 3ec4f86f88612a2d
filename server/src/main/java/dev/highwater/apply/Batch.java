package dev.highwater.apply;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.highwater.apply.Following.Followed;
import dev.highwater.capture.WalEvent;
import dev.highwater.capture.WalPart;
import dev.highwater.failure.Failure;
import dev.highwater.journal.Entry;
import dev.highwater.journal.Journal;
import dev.highwater.journal.MerkleTree;
import dev.highwater.journal.TableDefinition;
import dev.highwater.journal.UserType;
import dev.highwater.relation.BagWriter;
import dev.highwater.relation.Catalog;
import dev.highwater.view.Step;
import dev.highwater.view.ViewRequest;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;

/// Writes transactions into the store: journal entries, versions, definitions; all in the
/// transaction that is open on its connection. It lives as long as that connection, and after any
/// failure it is thrown away with it, so that what it holds in memory is always what the store
/// holds.
final class Batch {
    private static final ObjectMapper JSON = new ObjectMapper();

    /// So many changes collect before they are written.
    private static final int PENDING_MAX = 10_000;

    /// Or changes of so many characters, which are in memory as journal and as versions.
    private static final long PENDING_CHARS_MAX = Runtime.getRuntime().maxMemory() / 64;

    private static final int TABLES_MAX = 100;

    private final Connection connection;
    private final Journal journal;
    private final Following following;
    private final KeptViews views;
    private final Loader loader;

    /// Relations that have changes behind the last settled position.
    private final Set<Integer> touched = new HashSet<>();

    /// The id that the next relation would have had at the last settled position.
    private int nextId;

    private int pending;
    private long pendingChars;

    /// Whether something was written that is no entry.
    private boolean withoutEntry;

    /// How many rows have changed behind the last settled position.
    private long changes;

    /// @param careful whether to find out which relation it is that cannot be written, at the price
    ///   of a savepoint for each change
    /// @param fill what fills new views
    /// @param loader what writes rows from before
    /// @param costly views that took too much in the session before
    Batch(
            Connection connection,
            int shard,
            Journal journal,
            Catalog catalog,
            boolean careful,
            ViewFill fill,
            Loader loader,
            Map<Integer, String> costly,
            ViewCosts costs)
            throws SQLException {
        this.connection = connection;
        this.journal = journal;
        this.loader = loader;
        this.nextId = catalog.nextId();
        this.following = new Following(connection, shard, journal, catalog, careful);
        this.views = new KeptViews(connection, shard, journal, following, fill, costly, costs);
    }

    /// Whether something was written that has to be committed although no entry tells of it.
    boolean hasMoreThanEntries() {
        return withoutEntry;
    }

    /// The relations as they are after what was written.
    Catalog catalog() {
        return following.catalog();
    }

    /// The last position that was written.
    long position() {
        return journal.position();
    }

    /// Whether it is being found out which relation cannot be written.
    boolean isCareful() {
        return following.isCareful();
    }

    /// No relation is suspected any more.
    void trust() {
        following.trust();
    }

    /// Writes a transaction or a part of it.
    void apply(WalPart part) throws SQLException {
        following.committedAt(part.commit());
        for (var event : part.events()) {
            apply(event);
        }
        if (part.end().isPresent()) {
            following.endTransaction();
            if (!journal.isEmpty()) {
                journal.complete(Entry.Kind.COMMIT, part.committedAt());
            }
        }
        if (pending >= PENDING_MAX || pendingChars >= PENDING_CHARS_MAX) {
            flushWriters();
            journal.flushChanges(connection);
        }
    }

    /// What a bag's rows from before will hold.
    void snapshot(int id, LogSequenceNumber at) throws SQLException {
        var f = following.filling(id);
        if (f != null && f.writer() instanceof BagWriter bag) {
            following.isolated(f, () -> bag.begin(at));
            withoutEntry = true;
        }
    }

    /// Writes rows from before a table was published, as an entry of their own, without those whose
    /// keys newer changes have touched. It has the time of the entry before it: no time has passed
    /// in the source, whose clock is the only one in the journal.
    void fill(int id, List<Work.Row> rows, MerkleTree tree) throws SQLException {
        var f = following.filling(id);
        if (f == null) {
            return;
        }
        following.isolated(
                f,
                () -> {
                    f.writer().flush();
                    var lines = rows.stream().map(Work.Row::line).toList();
                    var loaded = f.writer().load(journal.nextPosition(), lines);
                    int inserted = loaded.inserted().cardinality();
                    if (loaded.copy() != null) {
                        if (inserted >= Loader.ROWS_FROM) {
                            loader.give(id, loaded.copy());
                        } else if (inserted > 0) {
                            loaded.copy().writeTo(connection);
                        }
                    }
                    if (inserted == rows.size()) {
                        journal.begin(id, rows.stream().map(Work.Row::inserted).toList(), tree);
                    } else {
                        loaded.inserted().stream()
                                .forEach(i -> journal.add(id, rows.get(i).inserted()));
                    }
                    for (var row : loaded.completed()) {
                        journal.add(id, f.text().update(null, row));
                    }
                });
        if (!journal.isEmpty()) {
            journal.complete(Entry.Kind.BACKFILL, journal.at());
        }
        journal.flushChanges(connection);
    }

    /// Has the rows from before that were given so far written: what the loader has not begun is
    /// written here meanwhile, and then what it was refused, because here it shows whose fault that
    /// is.
    void awaitLoads() throws SQLException, InterruptedException {
        for (var load = loader.takeBack(); load != null; load = loader.takeBack()) {
            write(load);
        }
        for (var refused : loader.await()) {
            write(refused);
        }
    }

    private void write(Loader.Load load) throws SQLException {
        var f = following.filling(load.relation());
        if (f != null && !following.isolated(f, () -> load.copy().writeTo(connection))) {
            journal.complete(Entry.Kind.BACKFILL, journal.at());
        }
    }

    /// Opens a relation for reading: its rows from before are all there.
    void filled(int id) throws SQLException {
        var f = following.filling(id);
        if (f != null) {
            following.open(f);
            journal.complete(Entry.Kind.BACKFILL, journal.at());
        }
    }

    /// Starts filling a relation over, as a new generation.
    void refill(int id, String reason) throws SQLException {
        var f = following.filling(id);
        if (f != null) {
            following.begin(f.relation().definition(), false, reason);
            journal.complete(Entry.Kind.BACKFILL, journal.at());
        }
    }

    /// Whether it should be settled before anything is added: each table that begins in it takes
    /// locks in the store until then, and there is room for so many; and new labels of enumerations
    /// cannot be used before they are committed.
    boolean isFull() {
        return following.wantsCommit() || catalog().nextId() - nextId >= TABLES_MAX;
    }

    /// Makes a view.
    int createView(ViewRequest request) throws SQLException {
        flushWriters();
        return views.create(request);
    }

    /// Ends a view.
    int dropView(int relation, boolean cascade) throws SQLException {
        flushWriters();
        views.drop(relation, cascade);
        return relation;
    }

    /// Has the past go, as far as nobody needs it.
    ///
    /// @return of how many relations
    int cut(Work.Cut cut) throws SQLException {
        int moved =
                following.keep(
                        cut.floors(),
                        id -> Math.min(cut.needed().applyAsLong(id), views.needed(id)));
        cut.journal().save(connection);
        withoutEntry = true;
        return moved;
    }

    /// The views of the store.
    KeptViews views() {
        return views;
    }

    /// Writes everything that was collected, and brings the views to it.
    ///
    /// @return what it was
    Journal.Written flush() throws SQLException, InterruptedException {
        awaitLoads();
        flushWriters();
        views.settle(touched, changes, following.changedRows());
        touched.clear();
        changes = 0;
        following.committed();
        withoutEntry = false;
        nextId = catalog().nextId();
        return journal.flush(connection);
    }

    private void apply(WalEvent event) throws SQLException {
        switch (event) {
            case WalEvent.Inserted(long oid, @Nullable String[] row) -> {
                var f = following.holding(oid);
                if (f != null) {
                    var arranged = following.arranged(f, oid, row);
                    add(f, f.text().insert(arranged));
                    following.write(
                            f,
                            to -> {
                                to.insert(journal.nextPosition(), arranged);
                                return true;
                            });
                }
            }
            case WalEvent.Updated sent -> {
                var f = following.holding(sent.oid());
                if (f != null) {
                    var updated = sent.map(row -> following.arranged(f, sent.oid(), row));
                    var definition = f.relation().definition().written();
                    var u =
                            definition.isBag()
                                    ? updated.whole()
                                    : updated.withKey(definition.key());
                    add(f, f.text().update(u.oldKeyRow(), u.row()));
                    if (!following.write(
                            f, to -> to.update(journal.nextPosition(), u.oldKeyRow(), u.row()))) {
                        following.begin(
                                f.relation().definition(),
                                false,
                                "a row moved to another key while it was being filled");
                    }
                }
            }
            case WalEvent.Deleted(long oid, @Nullable String[] keyRow) -> {
                var f = following.holding(oid);
                if (f != null) {
                    var arranged = following.arranged(f, oid, keyRow);
                    add(f, f.text().delete(arranged));
                    following.write(
                            f,
                            to -> {
                                to.delete(journal.nextPosition(), arranged);
                                return true;
                            });
                }
            }
            case WalEvent.Truncated(List<Long> oids) -> {
                for (long oid : oids) {
                    truncate(oid, oids);
                }
            }
            case WalEvent.TableSeen seen -> following.check(seen);
            case WalEvent.Told(String content) -> told(parse(content));
        }
    }

    /// @param all what is truncated with it
    private void truncate(long oid, List<Long> all) throws SQLException {
        var f = following.holding(oid);
        if (f == null) {
            return;
        }
        var leaves = f.relation().definition().leaves();
        if (leaves != null && oid != f.relation().definition().oid()) {
            // All of them are the table; it is enough to say that once.
            if (!all.containsAll(leaves)) {
                removeLeaf(f, oid);
            } else if (leaves.getFirst() == oid && !all.contains(f.relation().definition().oid())) {
                truncate(f);
            }
            return;
        }
        truncate(f);
    }

    /// A partition's rows went with it, or by themselves.
    private void removeLeaf(Followed f, long leaf) throws SQLException {
        if (f.isFilling()) {
            following.begin(
                    f.relation().definition(), false, "a partition went while it was being filled");
            return;
        }
        following.isolated(
                f,
                () ->
                        f.writer()
                                .removeLeaf(
                                        journal.nextPosition(),
                                        leaf,
                                        row -> {
                                            add(f, f.text().delete(row));
                                            if (pending >= PENDING_MAX) {
                                                pending = 0;
                                                journal.flushChanges(connection);
                                            }
                                        }));
    }

    private void truncate(Followed f) throws SQLException {
        add(f, f.text().truncate());
        changes += Step.FEW_MAX;
        boolean written = following.isolated(f, () -> f.writer().truncate(journal.nextPosition()));
        if (written && f.isFilling()) {
            following.begin(
                    f.relation().definition(), false, "truncated while it was being filled");
        }
    }

    /// Our own functions in the source say what rows cannot say.
    private void told(JsonNode message) throws SQLException {
        switch (message.path("kind").asText()) {
            case "publish" ->
                    following.begin(
                            TableDefinition.parse(message.required("definition")),
                            message.path("born").asBoolean(),
                            message.path("reason").asText("published again"));
            case "define" -> define(message);
            case "types" -> following.retype(UserType.parse(message.path("types")));
            case "rewrite" -> following.rewrite(message.required("oid").asLong());
            case "end" -> {
                var f = following.of(message.required("oid").asLong());
                if (f != null) {
                    following.end(f, message.path("reason").asText());
                }
            }
            case "nudge" -> {}
            default ->
                    throw new Failure.Corrupt(
                            "unknown-message", "the source told something unknown: " + message);
        }
    }

    private void define(JsonNode message) throws SQLException {
        var told = TableDefinition.parse(message.required("definition"));
        boolean attached = message.path("attached").asBoolean();
        var f = following.of(told.oid());
        if (f != null && !f.isFilling() && !attached) {
            for (long leaf : following.lost(f, told)) {
                removeLeaf(f, leaf);
            }
        }
        following.define(told, attached);
    }

    /// What changes in a bag while it is being filled is journaled when it is filled: only then is
    /// it known what the rows from before hold of it.
    private void add(Followed f, String body) {
        if (!f.isFilling() || !f.relation().definition().isBag()) {
            journal.add(f.relation().id(), body);
        }
        touched.add(f.relation().id());
        pending++;
        pendingChars += body.length();
        changes++;
    }

    private void flushWriters() throws SQLException {
        pending = 0;
        pendingChars = 0;
        following.flush();
    }

    private static JsonNode parse(String content) {
        try {
            return JSON.readTree(content);
        } catch (JsonProcessingException e) {
            throw new Failure.Corrupt(
                    "unknown-message", "the source told something unreadable: " + content);
        }
    }
}
