package dev.highwater.relation;

import static dev.highwater.journal.ChangeText.UNCHANGED;

import dev.highwater.failure.Failure;
import dev.highwater.journal.TableDefinition;
import dev.highwater.sql.CopyLine;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Turns the changes of one relation into versions, many at a time: changes collect by key, and a
/// flush writes what they come to in a statement or two. The same change written twice gives the
/// same versions. Used by the applier's thread, inside its transaction; after a failed transaction
/// it is thrown away.
///
/// Of a key's changes between two flushes only three things matter: the position at which the row
/// that was open before goes, the versions that came and went in between, and the row that is open
/// after.
public final class VersionWriter implements RowWriter {
    private final Connection connection;
    private final VersionSql sql;
    private final TouchedKeys touched;
    private final TableDefinition definition;
    private final boolean filling;
    private final boolean exactKey;
    private final Map<List<String>, Pending> pending = new LinkedHashMap<>();
    private final List<Version> closed = new ArrayList<>();
    private final RowAddresses changed = new RowAddresses();
    private boolean onlyNewKeys = true;

    /// A version that came and went between two flushes.
    record Version(long from, long to, @Nullable String[] row) {}

    /// What has happened to a key since the last flush.
    static final class Pending {
        /// A row that holds the key.
        final @Nullable String[] keyRow;

        /// The position at which the row that was open before goes.
        final long end;

        /// The row that is open now and since when; null when there is none.
        @Nullable Version open;

        /// Whether the source inserted it first: there was no row before.
        final boolean isNew;

        /// Whether there was no row for a while: the one that is open now was born since.
        boolean reborn;

        Pending(@Nullable String[] keyRow, long end, boolean isNew) {
            this.keyRow = keyRow;
            this.end = end;
            this.isNew = isNew;
        }
    }

    /// @param filling whether rows from before are still being filled in, so that keys that changes
    ///   touch have to be remembered
    /// @param returnsOld whether the store's RETURNING knows what a row was before
    VersionWriter(
            Connection connection,
            int shard,
            Relation relation,
            boolean filling,
            boolean returnsOld) {
        this.connection = connection;
        this.definition = relation.definition().written();
        this.filling = filling;
        this.exactKey = definition.hasExactKey();
        // What is being filled lacks many of the rows that change.
        this.sql = new VersionSql(shard, relation, returnsOld && !filling);
        this.touched = new TouchedKeys(sql, relation);
    }

    @Override
    public int size() {
        return pending.size() + closed.size();
    }

    @Override
    public void insert(long position, @Nullable String[] row) throws SQLException {
        open(position, keyOf(row), row, true);
    }

    @Override
    public boolean update(
            long position, @Nullable String @Nullable [] oldKeyRow, @Nullable String[] row)
            throws SQLException {
        if (oldKeyRow == null || sameKey(oldKeyRow, row)) {
            open(position, keyOf(row), row, false);
            return true;
        }
        var complete = hasUnchanged(row) ? completed(oldKeyRow, row) : row;
        if (complete == null) {
            return false;
        }
        delete(position, oldKeyRow);
        if (!exactKey) {
            flush();
        }
        open(position, keyOf(complete), complete, false);
        return true;
    }

    @Override
    public void delete(long position, @Nullable String[] keyRow) throws SQLException {
        var key = keyOf(keyRow);
        prepare(key);
        onlyNewKeys = false;
        var before = pending.computeIfAbsent(key, _ -> new Pending(keyRow, position, false));
        close(before, position);
        before.reborn = true;
    }

    @Override
    public void truncate(long position) throws SQLException {
        flush();
        sql.truncate(connection, position, "true");
    }

    @Override
    public void removeLeaf(long position, long leaf, Rows gone) throws SQLException {
        flush();
        String there = "_leaf = " + leaf;
        sql.keys(connection, there, gone);
        sql.truncate(connection, position, there);
    }

    @Override
    public void flush() throws SQLException {
        if (!pending.isEmpty()) {
            if (onlyNewKeys && !filling) {
                insert(pending.values());
            } else {
                writePending();
            }
        }
        if (!closed.isEmpty()) {
            sql.insertClosed(connection, closed);
        }
        pending.clear();
        closed.clear();
        onlyNewKeys = true;
    }

    @Override
    public Loaded load(long position, List<CopyLine> lines) throws SQLException {
        if (touched.isEmpty(connection)) {
            return Loaded.all(lines, to -> sql.copyLines(to, position, lines));
        }
        var rows = lines.stream().map(CopyLine::values).toList();
        var known = touched.among(connection, rows);
        var inserted = new BitSet(rows.size());
        var completed = new ArrayList<@Nullable String[]>();
        for (int i = 0; i < rows.size(); i++) {
            var holes = known.get(i);
            if (holes == null) {
                inserted.set(i);
            } else if (!holes.isEmpty()) {
                completed.add(touched.fillHoles(connection, position, rows.get(i), holes));
            }
        }
        var untouched = inserted.stream().mapToObj(lines::get).toList();
        return new Loaded(inserted, completed, to -> sql.copyLines(to, position, untouched));
    }

    @Override
    public @Nullable String changedRows() {
        return changed.take();
    }

    private void insert(Collection<Pending> rows) throws SQLException {
        if (rows.size() >= VersionSql.COPY_FROM) {
            sql.copyNew(connection, rows);
        } else if (!rows.isEmpty()) {
            sql.insert(connection, rows);
        }
    }

    private void writePending() throws SQLException {
        var whole = new ArrayList<Pending>();
        var partial = new ArrayList<Pending>();
        var born = new ArrayList<Pending>();
        for (var p : pending.values()) {
            if (p.open != null && p.reborn) {
                whole.add(new Pending(p.keyRow, p.end, false));
                born.add(p);
            } else if (p.open != null && p.isNew && !filling) {
                born.add(p);
            } else {
                (p.open != null && hasUnchanged(p.open.row()) ? partial : whole).add(p);
            }
        }
        if (!whole.isEmpty()) {
            sql.replace(connection, whole, changed);
            if (filling) {
                touched.add(connection, whole);
            }
        }
        insert(born);
        for (var p : partial) {
            boolean found = sql.patch(connection, p, changed);
            if (filling && found) {
                touched.addPatched(connection, p);
            } else if (filling) {
                touched.insertWithHoles(connection, p);
            } else if (!found) {
                throw missing(p.keyRow);
            }
        }
    }

    private void open(long position, List<String> key, @Nullable String[] row, boolean isNew)
            throws SQLException {
        prepare(key);
        var before = pending.get(key);
        if (before == null) {
            before = new Pending(row, position, isNew);
            pending.put(key, before);
            onlyNewKeys &= isNew;
            before.open = new Version(position, position, row);
        } else {
            onlyNewKeys = false;
            var former = before.open;
            var merged = former == null ? row : merge(former.row(), row);
            close(before, position);
            before.open = new Version(position, position, merged);
        }
    }

    /// Makes sure that the key can be collected: what was left out of its row is in the store then,
    /// and keys that could be equal without looking so are written one by one.
    private void prepare(List<String> key) throws SQLException {
        if (!exactKey) {
            flush();
            return;
        }
        var before = pending.get(key);
        if (before != null && before.open != null && hasUnchanged(before.open.row())) {
            flush();
        }
    }

    private void close(Pending key, long position) {
        var open = key.open;
        if (open != null && open.from() < position) {
            closed.add(new Version(open.from(), position, open.row()));
        }
        key.open = null;
    }

    /// The row with the values it left out, taken from its former key's row; null when they are not
    /// here yet.
    private @Nullable String @Nullable [] completed(
            @Nullable String[] oldKeyRow, @Nullable String[] row) throws SQLException {
        var before = pending.get(keyOf(oldKeyRow));
        if (before != null && before.open != null && !hasUnchanged(before.open.row())) {
            return merge(before.open.row(), row);
        }
        flush();
        var stored = sql.read(connection, oldKeyRow);
        if (filling) {
            var holes = touched.among(connection, List.<@Nullable String[]>of(oldKeyRow)).get(0);
            return stored == null || (holes != null && !holes.isEmpty())
                    ? null
                    : merge(stored, row);
        }
        if (stored == null) {
            throw missing(oldKeyRow);
        }
        return merge(stored, row);
    }

    private Failure.Corrupt missing(@Nullable String[] keyRow) {
        return new Failure.Corrupt(
                "row-missing",
                definition.name()
                        + ": a changed row with key "
                        + keyOf(keyRow)
                        + " is not in the store");
    }

    private List<String> keyOf(@Nullable String[] row) {
        return definition.keyOf(row);
    }

    private boolean sameKey(@Nullable String[] one, @Nullable String[] other) {
        for (int index : definition.key()) {
            if (!java.util.Objects.equals(one[index], other[index])) {
                return false;
            }
        }
        return true;
    }

    @SuppressWarnings("ReferenceEquality") // UNCHANGED is an identity
    private static @Nullable String[] merge(@Nullable String[] before, @Nullable String[] after) {
        if (!hasUnchanged(after)) {
            return after;
        }
        var result = after.clone();
        for (int i = 0; i < result.length; i++) {
            if (result[i] == UNCHANGED) {
                result[i] = before[i];
            }
        }
        return result;
    }

    @SuppressWarnings("ReferenceEquality") // UNCHANGED is an identity
    static boolean hasUnchanged(@Nullable String[] row) {
        for (var value : row) {
            if (value == UNCHANGED) {
                return true;
            }
        }
        return false;
    }
}
