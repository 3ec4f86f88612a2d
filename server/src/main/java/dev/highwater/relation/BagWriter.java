package dev.highwater.relation;

import dev.highwater.failure.Failure;
import dev.highwater.journal.Column;
import dev.highwater.sql.CopyLine;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;

/// Writes the versions of a table without a key: one for each distinct row, with a count, told from
/// the others by a hash of its texts. A version ends where the count changes.
///
/// While rows from before are being filled in, changes only wait in a table of their own, each with
/// the place of its commit: which of them the rows from before hold already is known when these
/// come, by the place that they are read at.
public final class BagWriter implements RowWriter {
    private final Connection connection;
    private final int shard;
    private final String name;
    private final List<Column> columns;
    private final boolean filling;
    private final String current;
    private final String history;
    private final String waiting;
    private final String stored;
    private final Map<UUID, Pending> pending = new LinkedHashMap<>();
    private final List<Waiting> waitingRows = new ArrayList<>();
    private long commit;

    /// What has happened to a row since the last flush, position by position.
    private static final class Pending {
        final @Nullable String[] row;
        final List<Step> steps = new ArrayList<>();

        Pending(@Nullable String[] row) {
            this.row = row;
        }

        void add(long position, long diff) {
            if (!steps.isEmpty() && steps.getLast().position() == position) {
                diff += steps.removeLast().diff();
            }
            steps.add(new Step(position, diff));
        }
    }

    private record Step(long position, long diff) {}

    private record Waiting(long commit, long diff, @Nullable String[] row) {}

    /// A version; `to` is 0 while it is open.
    private record Version(long from, long to, UUID hash, long count, @Nullable String[] row) {}

    private record Stored(long from, long count) {}

    BagWriter(Connection connection, int shard, Relation relation, boolean filling) {
        this.connection = connection;
        this.shard = shard;
        this.name = relation.name();
        this.columns = relation.definition().written().columns();
        this.filling = filling;
        this.current = RelationTables.current(relation.id());
        this.history = RelationTables.history(relation.id());
        this.waiting = RelationTables.touched(relation.id());
        this.stored = RelationTables.columns(columns, "");
    }

    @Override
    public void committedAt(LogSequenceNumber at) {
        commit = at.asLong();
    }

    @Override
    public int size() {
        return pending.size() + waitingRows.size();
    }

    @Override
    public void insert(long position, @Nullable String[] row) {
        add(position, row, 1);
    }

    @Override
    public boolean update(
            long position, @Nullable String @Nullable [] old, @Nullable String[] row) {
        if (old == null) {
            throw new Failure.Corrupt(
                    "row-missing", name + ": a row changed and the source did not say which");
        }
        add(position, old, -1);
        add(position, row, 1);
        return true;
    }

    @Override
    public void delete(long position, @Nullable String[] row) {
        add(position, row, -1);
    }

    private void add(long position, @Nullable String[] row, long diff) {
        if (filling) {
            waitingRows.add(new Waiting(commit, diff, row));
        } else {
            pending.computeIfAbsent(hash(row), _ -> new Pending(row)).add(position, diff);
        }
    }

    @Override
    public void truncate(long position) throws SQLException {
        flush();
        close(position, "true");
    }

    @Override
    public void removeLeaf(long position, long leaf, Rows gone) throws SQLException {
        flush();
        tell(
                "select * from " + current + " where _leaf = " + leaf,
                (row, count) -> {
                    for (long i = 0; i < count; i++) {
                        gone.take(row);
                    }
                });
        close(position, "_leaf = " + leaf);
    }

    /// Ends the versions of current rows.
    private void close(long position, String condition) throws SQLException {
        String text =
                """
                with gone as (delete from %s where _shard = %d and %s returning *)
                insert into %s (_shard, _from, _to, _row, _n, %s)
                select _shard, _from, ?, _row, _n, %s from gone where _from < ?
                """
                        .formatted(current, shard, condition, history, stored, stored);
        try (var statement = connection.prepareStatement(text)) {
            statement.setLong(1, position);
            statement.setLong(2, position);
            statement.executeUpdate();
        }
    }

    @Override
    public @Nullable String changedRows() {
        return null;
    }

    @Override
    public void flush() throws SQLException {
        if (!waitingRows.isEmpty()) {
            flushWaiting();
        }
        if (pending.isEmpty()) {
            return;
        }
        var before = stored(pending.keySet());
        var closed = new ArrayList<Version>();
        var opened = new ArrayList<Version>();
        var gone = new ArrayList<UUID>();
        for (var entry : pending.entrySet()) {
            var hash = entry.getKey();
            var row = entry.getValue().row;
            var was = before.get(hash);
            long from = was == null ? 0 : was.from();
            long count = was == null ? 0 : was.count();
            boolean changed = false;
            for (var step : entry.getValue().steps) {
                if (step.diff() == 0) {
                    continue;
                }
                if (count > 0 && from < step.position()) {
                    closed.add(new Version(from, step.position(), hash, count, row));
                }
                count += step.diff();
                from = step.position();
                changed = true;
            }
            if (count < 0) {
                throw new Failure.Corrupt(
                        "row-missing", name + ": a row that went is not in the store");
            }
            if (changed && count > 0) {
                opened.add(new Version(from, 0, hash, count, row));
            } else if (changed && was != null) {
                gone.add(hash);
            }
        }
        if (!closed.isEmpty()) {
            write(
                    history + " (_shard, _from, _to, _row, _n, " + stored + ")",
                    "_from, _to",
                    "",
                    closed);
        }
        if (!gone.isEmpty()) {
            try (var statement =
                    connection.prepareStatement(
                            "delete from " + current + " where _shard = ? and _row = any (?)")) {
                statement.setInt(1, shard);
                statement.setArray(2, connection.createArrayOf("uuid", gone.toArray()));
                statement.executeUpdate();
            }
        }
        if (!opened.isEmpty()) {
            write(
                    current + " (_shard, _from, _row, _n, " + stored + ")",
                    "_from",
                    "on conflict (_shard, _row) do update set _from = excluded._from, _n = excluded._n",
                    opened);
        }
        pending.clear();
    }

    private Map<UUID, Stored> stored(Collection<UUID> hashes) throws SQLException {
        var result = new HashMap<UUID, Stored>();
        try (var statement =
                connection.prepareStatement(
                        "select _row, _from, _n from "
                                + current
                                + " where _shard = ? and _row = any (?)")) {
            statement.setInt(1, shard);
            statement.setArray(2, connection.createArrayOf("uuid", hashes.toArray()));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    result.put(
                            rows.getObject(1, UUID.class),
                            new Stored(rows.getLong(2), rows.getLong(3)));
                }
            }
        }
        return result;
    }

    private void write(String into, String span, String conflict, List<Version> versions)
            throws SQLException {
        int n = versions.size();
        var from = new Long[n];
        var to = new Long[n];
        var hashes = new UUID[n];
        var counts = new Long[n];
        var values = new @Nullable String[columns.size()][n];
        for (int i = 0; i < n; i++) {
            var version = versions.get(i);
            from[i] = version.from();
            to[i] = version.to();
            hashes[i] = version.hash();
            counts[i] = version.count();
            for (int c = 0; c < values.length; c++) {
                values[c][i] = version.row()[c];
            }
        }
        String text =
                """
                insert into %s
                select %d, %s, _row, _n, %s
                from unnest(?::bigint[], ?::bigint[], ?::uuid[], ?::bigint[], %s) as d(_from, _to, _row, _n, %s)
                %s
                """
                        .formatted(
                                into,
                                shard,
                                span,
                                VersionSql.list(
                                        columns, c -> "d." + VersionSql.name(c) + "::" + c.type()),
                                VersionSql.arrays(columns.size()),
                                stored,
                                conflict);
        try (var statement = connection.prepareStatement(text)) {
            statement.setArray(1, connection.createArrayOf("int8", from));
            statement.setArray(2, connection.createArrayOf("int8", to));
            statement.setArray(3, connection.createArrayOf("uuid", hashes));
            statement.setArray(4, connection.createArrayOf("int8", counts));
            VersionSql.setArrays(connection, statement, 5, values);
            statement.executeUpdate();
        }
    }

    /// For changes that wait, the place of their commit stands where the positions will be.
    private void flushWaiting() throws SQLException {
        var versions = new ArrayList<Version>();
        for (var each : waitingRows) {
            versions.add(new Version(each.commit(), 0, hash(each.row()), each.diff(), each.row()));
        }
        write(waiting + " (_shard, _from, _row, _n, " + stored + ")", "_from", "", versions);
        waitingRows.clear();
    }

    /// The rows from before that come next hold everything that committed before this place.
    public void begin(LogSequenceNumber at) throws SQLException {
        flush();
        try (var statement =
                connection.prepareStatement("delete from " + waiting + " where _from < ?")) {
            statement.setLong(1, at.asLong());
            statement.executeUpdate();
        }
    }

    @Override
    public Loaded load(long position, List<CopyLine> rows) throws SQLException {
        var counted = new LinkedHashMap<UUID, Version>();
        for (var line : rows) {
            var row = line.values();
            var hash = hash(row);
            var before = counted.get(hash);
            counted.put(
                    hash,
                    new Version(position, 0, hash, before == null ? 1 : before.count() + 1, row));
        }
        write(
                current + " as r (_shard, _from, _row, _n, " + stored + ")",
                "_from",
                "on conflict (_shard, _row) do update set _n = r._n + excluded._n",
                List.copyOf(counted.values()));
        return Loaded.all(rows, null);
    }

    /// Takes what a change did to a row that is as often there as `diff` says, or less often.
    public interface Changes {
        /// A row of which some came, or went where `diff` is negative.
        void take(@Nullable String[] row, long diff) throws SQLException;
    }

    /// The rows from before are all there: what waited is added to them.
    public void finish(long position, Changes changes) throws SQLException {
        flush();
        String net =
                """
                select w._shard, %d::bigint as _from, w._row, n._n, %s
                from (select _row, sum(_n)::bigint as _n, min(ctid) as place from %s group by _row) n
                join %s w on w.ctid = n.place where n._n <> 0
                """
                        .formatted(
                                position, RelationTables.columns(columns, "w."), waiting, waiting);
        tell(net, changes);
        try (var statement = connection.createStatement()) {
            statement.execute(
                    "insert into %s as r (_shard, _from, _row, _n, %s) %s on conflict (_shard, _row) do update set _n = r._n + excluded._n"
                            .formatted(current, stored, net));
            statement.execute("delete from " + current + " where _n = 0");
            try (ResultSet wrong =
                    statement.executeQuery("select 1 from " + current + " where _n < 0 limit 1")) {
                if (wrong.next()) {
                    throw new Failure.Corrupt(
                            "row-missing", name + ": a row that went is not in the store");
                }
            }
        }
    }

    private void tell(String net, Changes changes) throws SQLException {
        String texts = VersionSql.list(columns, ColumnSql::text);
        try (var statement =
                connection.prepareStatement("select _n, " + texts + " from (" + net + ") n")) {
            statement.setFetchSize(1000);
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    var row = new @Nullable String[columns.size()];
                    for (int i = 0; i < row.length; i++) {
                        row[i] = result.getString(i + 2);
                    }
                    changes.take(row, result.getLong(1));
                }
            }
        }
    }

    /// Tells rows apart by their texts, nulls included.
    private static UUID hash(@Nullable String[] row) {
        var digest = sha256();
        var length = ByteBuffer.allocate(4);
        for (var value : row) {
            byte[] bytes = value == null ? new byte[0] : value.getBytes(StandardCharsets.UTF_8);
            digest.update(length.putInt(0, value == null ? -1 : bytes.length).array());
            digest.update(bytes);
        }
        var first = ByteBuffer.wrap(digest.digest());
        return new UUID(first.getLong(), first.getLong());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new Failure.Bug("every Java has SHA-256", e);
        }
    }
}
