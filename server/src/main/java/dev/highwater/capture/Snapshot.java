package dev.highwater.capture;

import dev.highwater.failure.Failure;
import dev.highwater.journal.TableDefinition;
import dev.highwater.sql.CopyLine;
import dev.highwater.sql.CopyRows;
import dev.highwater.sql.Database;
import dev.highwater.sql.Identifiers;
import dev.highwater.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;

/// The rows that are in a table before it is published, as they are at one point of the source's
/// WAL.
///
/// The first point comes from a temporary slot, which exports the snapshot that belongs to it, and
/// is gone once that is taken over: the source need not keep its WAL for it. Making the slot waits
/// for transactions that are open then, whose changes may not be told; nobody waits for it.
///
/// A snapshot keeps every version of a row that anybody leaves behind meanwhile from being removed,
/// in all tables, and rows that are changed again and again get slower with each. So the rows of a
/// table with a key are read in ranges of some seconds, each in a snapshot of its own.
public final class Snapshot implements AutoCloseable {
    /// As many rows as no table's worth of them takes long.
    private static final long FIRST_ROWS = 20_000;

    private static final double RANGE_SECONDS = 2;
    private static final int GROWS_MOST = 4;

    /// A database may end what takes long: this does, and hurts nobody. Not all versions have all.
    private static final String PATIENCE =
            """
            select set_config(name, '0', false) from pg_settings
            where name in ('statement_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout', 'lock_timeout')
            """;

    private static final int CHUNK_ROWS = 5_000;
    private static final long CHUNK_BYTES = 4 << 20;

    private final Connection reader;
    private final Connection beside;
    private final Source source;
    private final TableDefinition table;

    /// All rows.
    private final String rows;

    private LogSequenceNumber at;

    /// What the source said of the table when the first snapshot was taken.
    private @Nullable TableDefinition first;

    /// Null where all rows are read at once.
    private @Nullable KeyRanges ranges;

    private long limit;

    /// Takes rows as they are read; may block.
    public interface Chunks {
        /// Some rows, each with a value for each column of [TableDefinition#written].
        void take(List<CopyLine> rows) throws SQLException, InterruptedException;
    }

    private record Exported(String at, String snapshot) {}

    private Snapshot(
            Source source,
            TableDefinition table,
            long limit,
            Connection reader,
            Connection beside) {
        this.source = source;
        this.table = table;
        this.limit = limit;
        this.reader = reader;
        this.beside = beside;
        this.at = LogSequenceNumber.INVALID_LSN;
        this.rows =
                "select "
                        + table.sent().stream()
                                .map(c -> Identifiers.quote(c.name()))
                                .collect(Collectors.joining(", "))
                        + (table.isPartitioned() ? ", tableoid from " : " from only ")
                        + Identifiers.quote(table.schema(), table.table());
    }

    /// Takes a snapshot now.
    ///
    /// @param slotName of the temporary slot
    public static Snapshot take(Source source, String slotName, TableDefinition table)
            throws SQLException {
        return take(source, slotName, table, FIRST_ROWS);
    }

    /// The same.
    ///
    /// @param limit how many rows the first range has
    static Snapshot take(Source source, String slotName, TableDefinition table, long limit)
            throws SQLException {
        var reader = Database.single(source.address(), "backfill");
        try {
            var beside = Database.single(source.address(), "backfill");
            try {
                var snapshot = new Snapshot(source, table, limit, reader, beside);
                snapshot.begin(slotName);
                return snapshot;
            } catch (SQLException | RuntimeException e) {
                beside.close();
                throw e;
            }
        } catch (SQLException | RuntimeException e) {
            reader.close();
            throw e;
        }
    }

    private void begin(String slotName) throws SQLException {
        Sql.query(reader, PATIENCE, row -> true);
        reader.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        reader.setAutoCommit(false);
        try (var slot = Database.replication(source.address(), "snapshot")) {
            var exported =
                    Sql.first(
                                    slot,
                                    "CREATE_REPLICATION_SLOT "
                                            + Identifiers.quote(slotName)
                                            + " TEMPORARY LOGICAL pgoutput (SNAPSHOT 'export')",
                                    row -> new Exported(row.getString(2), row.getString(3)))
                            .orElseThrow();
            try (var set = reader.createStatement()) {
                set.execute("set transaction snapshot " + set.enquoteLiteral(exported.snapshot()));
            }
            at = LogSequenceNumber.valueOf(exported.at());
        }
        lock();
        first = definition();
        ranges = KeyRanges.of(reader, table, rows);
        Source.nudge(beside);
    }

    /// The WAL position of the snapshot: no transaction that ended behind it is in. What ended
    /// before it is in the first; in a later one it may be missing, and is told by the WAL then.
    public LogSequenceNumber at() {
        return at;
    }

    /// How many transactions have begun to write in the source by now; of another time than the
    /// snapshot.
    public long transactions() throws SQLException {
        return Sql.first(
                        beside,
                        "select pg_snapshot_xmax(pg_current_snapshot())::text::bigint",
                        row -> row.getLong(1))
                .orElseThrow();
    }

    /// Reads rows, in memory a few megabytes at a time: the table's, or the next range of them.
    ///
    /// @return whether there may be more, after [#renew]
    public boolean read(Chunks chunks) throws SQLException, InterruptedException {
        if (ranges == null) {
            copy(rows, chunks);
            return false;
        }
        long start = System.nanoTime();
        long read = copy(ranges.query(limit), chunks);
        double seconds = (System.nanoTime() - start) / 1e9;
        boolean more = read == limit;
        limit = Math.clamp((long) (read * RANGE_SECONDS / seconds), 1, limit * GROWS_MOST);
        return more;
    }

    /// Goes on in a snapshot that is taken now, which ends the last.
    ///
    /// @throws Failure.Unavailable `definition-changed` when the table is not what it was
    public void renew() throws SQLException {
        reader.rollback();
        // Before there is a snapshot: what is read by name must not change in between.
        lock();
        if (!isReadAlike(first, definition())) {
            throw new Failure.Unavailable(
                    "definition-changed", table.name() + " was changed while it was being read");
        }
        Objects.requireNonNull(ranges, "there is one range then").prepare(reader);
        at = Source.walEnd(reader);
        Source.nudge(beside);
    }

    /// Locks the table as reading it does: before its definition, which locks partitions, for
    /// whoever alters the table locks it before them too.
    private void lock() throws SQLException {
        try (var statement = reader.createStatement()) {
            statement.execute(
                    "lock table "
                            + (table.isPartitioned() ? "" : "only ")
                            + Identifiers.quote(table.schema(), table.table())
                            + " in access share mode");
        }
    }

    /// Null where there is no table of its name.
    private @Nullable TableDefinition definition() throws SQLException {
        return Source.definition(reader, Identifiers.quote(table.schema(), table.table()));
    }

    /// Whether the same query gives rows of the same columns.
    private static boolean isReadAlike(
            @Nullable TableDefinition one, @Nullable TableDefinition other) {
        return one != null
                && other != null
                && one.oid() == other.oid()
                && one.columns().equals(other.columns())
                && one.key().equals(other.key())
                && Objects.equals(one.leaves(), other.leaves());
    }

    private long copy(String query, Chunks chunks) throws SQLException, InterruptedException {
        var lines = new ArrayList<CopyLine>();
        long count = 0;
        long bytes = 0;
        CopyLine last = null;
        try (var copy =
                CopyRows.start(
                        reader,
                        "copy (" + query + ") to stdout",
                        table.written().columns().size())) {
            for (var line = copy.next(); line != null; line = copy.next()) {
                last = line;
                count++;
                lines.add(line);
                bytes += line.bytes().length;
                if (lines.size() >= CHUNK_ROWS || bytes >= CHUNK_BYTES) {
                    chunks.take(List.copyOf(lines));
                    lines.clear();
                    bytes = 0;
                }
            }
        }
        if (!lines.isEmpty()) {
            chunks.take(List.copyOf(lines));
        }
        if (ranges != null && last != null) {
            ranges.after(reader, last);
        }
        return count;
    }

    @Override
    public void close() throws SQLException {
        try (var _ = beside;
                reader) {
            reader.rollback();
        }
    }
}
