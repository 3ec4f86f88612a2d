package dev.highwater.journal;

import dev.highwater.sql.CopyBinary;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/// Writes the journal: entries and changes of one batch, in the transaction of the connection that
/// each call is given. One thread, the applier's, uses it; after a failed transaction it is thrown
/// away and [#open] reads the head again.
public final class Journal {
    private static final String HEAD =
            """
            select position, lamport, at from highwater.entry
            where position = (select max(position) from highwater.entry)
            """;

    private static final String SHARD_HEAD =
            """
            select seq, hash from highwater.entry
            where position = (select max(position) from highwater.entry where shard = ? and seq > 0)
            """;

    private static final String ENTRIES =
            """
            insert into highwater.entry
              (position, kind, shard, epoch, seq, lamport, at, changes, root, hash, settled)
            select position, kind, ?, ?, seq, lamport, at, changes, root, hash, position = ?
            from unnest(?::bigint[], ?::text[], ?::bigint[], ?::bigint[], ?::timestamptz[],
                        ?::bigint[], ?::bytea[], ?::bytea[])
              as e(position, kind, seq, lamport, at, changes, root, hash)
            """;

    private static final String CHANGES =
            """
            insert into highwater.change (position, ordinal, relation, changes, body, salt)
            select * from unnest(?::bigint[], ?::int[], ?::int[], ?::int[], ?::text[], ?::bytea[])
            """;

    private static final String COPY_CHANGES =
            "copy highwater.change (position, ordinal, relation, changes, body, salt) from stdin (format binary)";

    /// From this many changes on COPY is cheaper than arrays, which cost a round trip less.
    private static final int COPY_FROM = 200;

    private static final int EPOCH = 1;

    private final int shard;
    private final Leaves leaves = new Leaves();
    private final List<PendingChange> changes = new ArrayList<>();
    private final List<Entry> entries = new ArrayList<>();

    private long position;
    private long lamport;
    private Instant at;
    private long seq;
    private byte[] hash;

    private MerkleTree tree = new MerkleTree();

    /// A change of an entry that is not written yet.
    record PendingChange(long position, int ordinal, int relation, Leaf leaf) {}

    /// How much was written.
    public record Written(int entries, long changes) {}

    private Journal(int shard, long position, long lamport, Instant at, long seq, byte[] hash) {
        this.shard = shard;
        this.position = position;
        this.lamport = lamport;
        this.at = at;
        this.seq = seq;
        this.hash = hash;
    }

    /// Reads where the journal ends.
    public static Journal open(Connection connection, int shard) throws SQLException {
        long position = 0;
        long lamport = 0;
        var at = Instant.EPOCH;
        try (var query = connection.prepareStatement(HEAD);
                ResultSet row = query.executeQuery()) {
            if (row.next()) {
                position = row.getLong(1);
                lamport = row.getLong(2);
                at = row.getObject(3, OffsetDateTime.class).toInstant();
            }
        }
        try (var query = connection.prepareStatement(SHARD_HEAD)) {
            query.setInt(1, shard);
            try (ResultSet row = query.executeQuery()) {
                return row.next()
                        ? new Journal(shard, position, lamport, at, row.getLong(1), row.getBytes(2))
                        : new Journal(shard, position, lamport, at, 0, EntryHash.first());
            }
        }
    }

    /// The position of the entry that is being written, or would be next.
    public long nextPosition() {
        return position + 1;
    }

    /// The last position that was written.
    public long position() {
        return position;
    }

    /// When the last entry was committed.
    public Instant at() {
        return at;
    }

    /// Adds a change to the entry that is being written.
    public void add(int relation, String text) {
        add(relation, leaves.of(text));
    }

    /// The same with a change that was prepared elsewhere.
    public void add(int relation, Leaf leaf) {
        changes.add(
                new PendingChange(nextPosition(), Math.toIntExact(tree.size()), relation, leaf));
        tree.addLeaf(leaf.hash());
    }

    /// Begins an entry with changes of one relation that were prepared elsewhere.
    ///
    /// @param begun over all of these changes; taken over
    public void begin(int relation, List<Leaf> leaves, MerkleTree begun) {
        if (!isEmpty()) {
            throw new IllegalStateException("the entry before is not complete");
        }
        for (int i = 0; i < leaves.size(); i++) {
            changes.add(new PendingChange(nextPosition(), i, relation, leaves.get(i)));
        }
        tree = begun;
    }

    /// Whether the entry that is being written has no change yet.
    public boolean isEmpty() {
        return tree.size() == 0;
    }

    /// Completes the entry: gives it the next position, its seq, Lamport time and hash.
    ///
    /// @param committedAt by the source's clock, and by no other: people ask what was true at a
    ///   time of the source's
    public void complete(Entry.Kind kind, Instant committedAt) {
        var micros = committedAt.truncatedTo(ChronoUnit.MICROS);
        at = micros;
        byte[] root = tree.root();
        position++;
        seq++;
        lamport++;
        hash = EntryHash.of(hash, kind, shard, EPOCH, seq, lamport, micros, tree.size(), root);
        entries.add(
                new Entry(
                        position,
                        kind,
                        shard,
                        EPOCH,
                        seq,
                        lamport,
                        micros,
                        tree.size(),
                        root,
                        hash));
        tree = new MerkleTree();
    }

    /// Completes an entry of this node's own, which holds no changes and is not part of the shard's
    /// chain. It has the time of the entry before it, by the source's clock.
    public void completeLocal() {
        if (!isEmpty()) {
            throw new IllegalStateException("a local entry holds no changes");
        }
        position++;
        var none = new byte[0];
        entries.add(
                new Entry(position, Entry.Kind.LOCAL, shard, EPOCH, 0, lamport, at, 0, none, none));
    }

    /// Writes the changes that were added since the last call.
    public void flushChanges(Connection connection) throws SQLException {
        if (changes.isEmpty()) {
            return;
        }
        var rows = StoredChanges.of(changes);
        if (changes.size() >= COPY_FROM) {
            copyChanges(connection, rows);
        } else {
            insertChanges(connection, rows);
        }
        changes.clear();
    }

    /// Writes what is left of the changes, and the entries, of which the last is settled.
    ///
    /// @return how much this and the calls of [#flushChanges] before it wrote
    public Written flush(Connection connection) throws SQLException {
        flushChanges(connection);
        if (!isEmpty()) {
            throw new IllegalStateException("an entry is not complete");
        }
        if (entries.isEmpty()) {
            return new Written(0, 0);
        }
        insertEntries(connection);
        var written = new Written(entries.size(), entries.stream().mapToLong(Entry::changes).sum());
        entries.clear();
        return written;
    }

    private void insertChanges(Connection connection, List<StoredChanges> rows)
            throws SQLException {
        int n = rows.size();
        var positions = new Long[n];
        var ordinals = new Integer[n];
        var relations = new Integer[n];
        var counts = new Integer[n];
        var bodies = new String[n];
        var saltBytes = new byte[n][];
        for (int i = 0; i < n; i++) {
            var row = rows.get(i);
            positions[i] = row.position();
            ordinals[i] = row.ordinal();
            relations[i] = row.relation();
            counts[i] = row.leaves().size();
            bodies[i] = new String(row.body(), StandardCharsets.UTF_8);
            saltBytes[i] = row.salts();
        }
        try (var insert = connection.prepareStatement(CHANGES)) {
            insert.setArray(1, connection.createArrayOf("int8", positions));
            insert.setArray(2, connection.createArrayOf("int4", ordinals));
            insert.setArray(3, connection.createArrayOf("int4", relations));
            insert.setArray(4, connection.createArrayOf("int4", counts));
            insert.setArray(5, connection.createArrayOf("text", bodies));
            insert.setArray(6, connection.createArrayOf("bytea", saltBytes));
            insert.executeUpdate();
        }
    }

    private static void copyChanges(Connection connection, List<StoredChanges> rows)
            throws SQLException {
        try (var copy = CopyBinary.start(connection, COPY_CHANGES)) {
            for (var row : rows) {
                copy.row(6).add(row.position()).add(row.ordinal()).add(row.relation());
                copy.add(row.leaves().size()).add(row.body()).add(row.salts());
            }
            copy.end();
        }
    }

    private void insertEntries(Connection connection) throws SQLException {
        int n = entries.size();
        var positions = new Long[n];
        var kinds = new String[n];
        var seqs = new Long[n];
        var lamports = new Long[n];
        var times = new OffsetDateTime[n];
        var counts = new Long[n];
        var roots = new byte[n][];
        var hashes = new byte[n][];
        for (int i = 0; i < n; i++) {
            var entry = entries.get(i);
            positions[i] = entry.position();
            kinds[i] = entry.kind().word();
            seqs[i] = entry.seq();
            lamports[i] = entry.lamport();
            times[i] = entry.at().atOffset(ZoneOffset.UTC);
            counts[i] = entry.changes();
            roots[i] = entry.root();
            hashes[i] = entry.hash();
        }
        try (var insert = connection.prepareStatement(ENTRIES)) {
            insert.setInt(1, shard);
            insert.setInt(2, EPOCH);
            insert.setLong(3, position);
            insert.setArray(4, connection.createArrayOf("int8", positions));
            insert.setArray(5, connection.createArrayOf("text", kinds));
            insert.setArray(6, connection.createArrayOf("int8", seqs));
            insert.setArray(7, connection.createArrayOf("int8", lamports));
            insert.setArray(8, connection.createArrayOf("timestamptz", times));
            insert.setArray(9, connection.createArrayOf("int8", counts));
            insert.setArray(10, connection.createArrayOf("bytea", roots));
            insert.setArray(11, connection.createArrayOf("bytea", hashes));
            insert.executeUpdate();
        }
    }
}
