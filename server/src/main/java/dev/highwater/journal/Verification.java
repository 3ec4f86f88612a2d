package dev.highwater.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/// Recomputes the hash chain from the stored texts. It reads the whole journal in one snapshot, in
/// memory a little at a time, and stops at the first entry that is not what it was.
public final class Verification {
    private static final String ENTRIES =
            """
            select position, kind, shard, epoch, seq, lamport, at, changes, root, hash
            from highwater.entry where position > ? order by position
            """;

    private static final String CHANGES =
            """
            select position, ordinal, changes, body, salt, leaf
            from highwater.change where position > ? order by position, ordinal
            """;

    private static final String COUNT =
            """
            select count(*) from highwater.entry
            where position > (select entries_from from highwater.journal)
            """;

    /// A row is an entry or, of changes, at most some ten kilobytes or one change.
    private static final int FETCH_ROWS = 500;

    private static final int REPORT_EVERY = 5_000;

    private Verification() {}

    /// What came out.
    ///
    /// @param entries how many entries are right
    /// @param changes how many changes these hold
    /// @param head the hash of the last entry that is right, in hexadecimal
    /// @param keptFrom the changes up to this position are not kept; of entries up to it that are,
    ///   only the header was checked
    /// @param broken the first entry that is wrong, if one is
    public record Result(
            long entries, long changes, String head, long keptFrom, Optional<Broken> broken) {}

    /// Hears how far it has come; false ends it.
    public interface Progress {
        /// So many entries are right so far.
        boolean checked(long entries) throws InterruptedException;
    }

    /// An entry that is not what it was.
    public record Broken(long position, int shard, long seq, String reason) {}

    /// Verifies the journal of a store that this node alone writes.
    ///
    /// @param connection one with nothing open on it; its transaction is ended afterwards
    /// @param progress hears now and then how many entries are done
    public static Result run(Connection connection, Progress progress)
            throws SQLException, InterruptedException {
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        try {
            var beginning = Beginning.load(connection);
            try (var entries = cursor(connection, ENTRIES, beginning.entriesFrom());
                    var changes = cursor(connection, CHANGES, beginning.keptFrom())) {
                var walk =
                        new Walk(
                                beginning,
                                entries.executeQuery(),
                                changes.executeQuery(),
                                progress);
                return walk.run();
            }
        } finally {
            connection.rollback();
            connection.setAutoCommit(true);
        }
    }

    /// How many entries there are, for showing progress.
    public static long count(Connection connection) throws SQLException {
        try (var query = connection.prepareStatement(COUNT);
                var row = query.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    private static PreparedStatement cursor(Connection connection, String query, long after)
            throws SQLException {
        var statement = connection.prepareStatement(query);
        statement.setLong(1, after);
        statement.setFetchSize(FETCH_ROWS);
        return statement;
    }

    /// One pass over both tables, side by side.
    private static final class Walk {
        private final Beginning beginning;
        private final ResultSet entries;
        private final ResultSet changes;
        private final Progress progress;
        private boolean changeLeft;
        private byte[] previous;
        private long position;
        private long seq;
        private long lamport;
        private long done;

        Walk(Beginning beginning, ResultSet entries, ResultSet changes, Progress progress)
                throws SQLException {
            this.beginning = beginning;
            this.previous = beginning.hash();
            this.position = beginning.entriesFrom();
            this.seq = beginning.seq();
            this.lamport = beginning.lamport();
            this.entries = entries;
            this.changes = changes;
            this.progress = progress;
            this.changeLeft = changes.next();
        }

        Result run() throws SQLException, InterruptedException {
            while (entries.next()) {
                var broken = check();
                if (broken.isPresent()) {
                    return result(broken);
                }
                if (seq % REPORT_EVERY == 0 && !progress.checked(seq - beginning.seq())) {
                    throw new InterruptedException();
                }
            }
            if (changeLeft) {
                return result(
                        Optional.of(
                                new Broken(
                                        changes.getLong(1),
                                        0,
                                        0,
                                        "a change stands at this position, which has no entry")));
            }
            return result(Optional.empty());
        }

        private Result result(Optional<Broken> broken) {
            return new Result(
                    seq - beginning.seq(),
                    done,
                    HexFormat.of().formatHex(previous),
                    beginning.keptFrom(),
                    broken);
        }

        private Optional<Broken> check() throws SQLException {
            var entry =
                    new Entry(
                            entries.getLong(1),
                            Entry.Kind.ofWord(entries.getString(2)),
                            entries.getInt(3),
                            entries.getInt(4),
                            entries.getLong(5),
                            entries.getLong(6),
                            entries.getObject(7, OffsetDateTime.class).toInstant(),
                            entries.getLong(8),
                            entries.getBytes(9),
                            entries.getBytes(10));
            if (entry.position() != position + 1) {
                return broken(
                        entry, "the entry before it, position " + (position + 1) + ", is gone");
            }
            if (entry.kind() == Entry.Kind.LOCAL && entry.seq() == 0) {
                position = entry.position();
                return Optional.empty();
            }
            if (entry.seq() != seq + 1) {
                return broken(entry, "its seq should be " + (seq + 1));
            }
            if (entry.lamport() <= lamport) {
                return broken(entry, "its Lamport time is not after " + lamport);
            }
            boolean kept = entry.position() > beginning.keptFrom();
            var tree = new MerkleTree();
            while (kept && changeLeft && changes.getLong(1) <= entry.position()) {
                if (changes.getLong(1) < entry.position() || changes.getInt(2) != tree.size()) {
                    return broken(entry, "change " + tree.size() + " is missing");
                }
                byte[] leaf = changes.getBytes(6);
                if (leaf != null) {
                    tree.addLeaf(leaf);
                } else if (!StoredChanges.addTo(
                        tree, changes.getInt(3), changes.getString(4), changes.getBytes(5))) {
                    return broken(
                            entry, "the changes from " + tree.size() + " on are not all there");
                }
                changeLeft = changes.next();
            }
            if (kept && tree.size() != entry.changes()) {
                return broken(
                        entry, "it has " + tree.size() + " changes instead of " + entry.changes());
            }
            if (kept && !Arrays.equals(tree.root(), entry.root())) {
                return broken(entry, "one of its changes is not what was hashed");
            }
            byte[] hash =
                    EntryHash.of(
                            previous,
                            entry.kind(),
                            entry.shard(),
                            entry.epoch(),
                            entry.seq(),
                            entry.lamport(),
                            entry.at(),
                            entry.changes(),
                            entry.root());
            if (!Arrays.equals(hash, entry.hash())) {
                return broken(
                        entry, "its hash does not follow from its header and the entry before");
            }
            position = entry.position();
            seq = entry.seq();
            lamport = entry.lamport();
            done += tree.size();
            previous = hash;
            return Optional.empty();
        }

        private Optional<Broken> broken(Entry entry, String reason) {
            return Optional.of(new Broken(entry.position(), entry.shard(), entry.seq(), reason));
        }
    }
}
