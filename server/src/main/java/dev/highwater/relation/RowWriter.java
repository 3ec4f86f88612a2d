package dev.highwater.relation;

import dev.highwater.sql.CopyLine;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;

/// Turns the changes of one relation into versions. Changes collect, and a flush writes what they
/// come to. Used by the applier's thread, inside its transaction; after a failed transaction it is
/// thrown away. Rows hold one text for each column of
/// [dev.highwater.journal.TableDefinition#written].
public sealed interface RowWriter permits VersionWriter, BagWriter {

    /// From this version of PostgreSQL on RETURNING knows what a row was before.
    int RETURNS_OLD = 18;

    /// The writer for a relation as it is defined now.
    static RowWriter of(Connection connection, int shard, Relation relation) throws SQLException {
        boolean filling = relation.state() instanceof Relation.State.Filling;
        return relation.definition().isBag()
                ? new BagWriter(connection, shard, relation, filling)
                : new VersionWriter(
                        connection,
                        shard,
                        relation,
                        filling,
                        connection.getMetaData().getDatabaseMajorVersion() >= RETURNS_OLD);
    }

    /// How much waits for the next flush.
    int size();

    /// A row came.
    void insert(long position, @Nullable String[] row) throws SQLException;

    /// A row changed.
    ///
    /// @param old of a bag the whole row that it was; of others a row that holds the former key, or
    ///   null when the key did not change
    /// @param row the row, of others than bags with [dev.highwater.journal.ChangeText#UNCHANGED]
    ///   for values that stay
    /// @return false when only filling the relation anew can bring it
    boolean update(long position, @Nullable String @Nullable [] old, @Nullable String[] row)
            throws SQLException;

    /// A row went.
    ///
    /// @param row of a bag the whole row, of others one that holds the key
    void delete(long position, @Nullable String[] row) throws SQLException;

    /// All rows went.
    void truncate(long position) throws SQLException;

    /// All rows of a partition went.
    ///
    /// @param gone takes each of them, or what holds its key
    void removeLeaf(long position, long leaf, Rows gone) throws SQLException;

    /// Takes rows one by one.
    interface Rows {
        void take(@Nullable String[] row) throws SQLException;
    }

    /// Writes everything that was collected.
    void flush() throws SQLException;

    /// Where the current rows stand that were there before and were changed since this was last
    /// asked: the text of an array of `tid`, good until the transaction ends. Some of them may be
    /// empty. Null when that is not known.
    @Nullable String changedRows();

    /// Writes rows from before the table was published, as far as no change that was written since
    /// knows better, but for what [Loaded#copy] is to write. Nothing may be waiting for a flush.
    Loaded load(long position, List<CopyLine> rows) throws SQLException;

    /// Writes rows under keys that have none.
    interface Copy {
        /// Writes them on a connection to the store.
        void writeTo(Connection connection) throws SQLException;
    }

    /// The changes that come next committed here in the source.
    default void committedAt(LogSequenceNumber commit) {}

    /// What became of rows from before the table was published.
    ///
    /// @param inserted indexes of the rows under keys that no change had touched
    /// @param completed rows that hold nothing but values which a change had left out
    /// @param copy writes those that were inserted, in this transaction or another, before anything
    ///   else is written to the relation; null when they are written
    record Loaded(BitSet inserted, List<@Nullable String[]> completed, @Nullable Copy copy) {
        /// Every row is inserted.
        static Loaded all(List<CopyLine> rows, @Nullable Copy copy) {
            var inserted = new BitSet(rows.size());
            inserted.set(0, rows.size());
            return new Loaded(inserted, List.of(), copy);
        }
    }
}
