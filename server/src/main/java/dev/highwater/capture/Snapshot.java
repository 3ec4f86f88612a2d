package dev.highwater.capture;

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
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;

/// The source as it was at one point of its WAL, for the rows that are in a table before it is
/// published. The point comes from a temporary slot, which exports the snapshot that belongs to it,
/// and is gone once that is taken over: the source need not keep its WAL for it. Making the slot
/// waits for transactions that are open then; nobody waits for it.
public final class Snapshot implements AutoCloseable {
    private static final int CHUNK_ROWS = 5_000;
    private static final long CHUNK_BYTES = 4 << 20;

    private final Connection reader;
    private final Source source;

    /// Sees what happens in the source meanwhile; null until it is asked.
    private @Nullable Connection observer;

    private final LogSequenceNumber at;

    /// Takes rows as they are read; may block.
    public interface Chunks {
        /// Some rows, each with a value for each column of [TableDefinition#written].
        void take(List<CopyLine> rows) throws SQLException, InterruptedException;
    }

    private record Exported(String at, String snapshot) {}

    private Snapshot(Source source, Connection reader, LogSequenceNumber at) {
        this.source = source;
        this.reader = reader;
        this.at = at;
    }

    /// Takes a snapshot now.
    public static Snapshot take(Source source, String slotName) throws SQLException {
        var reader = Database.single(source.address(), "highwater backfill");
        try {
            LogSequenceNumber at;
            try (var slot = Database.replication(source.address(), "highwater snapshot")) {
                var exported =
                        Sql.first(
                                        slot,
                                        "CREATE_REPLICATION_SLOT "
                                                + Identifiers.quote(slotName)
                                                + " TEMPORARY LOGICAL pgoutput (SNAPSHOT 'export')",
                                        row -> new Exported(row.getString(2), row.getString(3)))
                                .orElseThrow();
                reader.setAutoCommit(false);
                reader.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
                try (var set = reader.createStatement()) {
                    set.execute(
                            "set transaction snapshot " + set.enquoteLiteral(exported.snapshot()));
                }
                at = LogSequenceNumber.valueOf(exported.at());
            }
            source.nudge();
            return new Snapshot(source, reader, at);
        } catch (SQLException | RuntimeException e) {
            reader.close();
            throw e;
        }
    }

    /// The WAL position of the snapshot: transactions that ended before it are in, others are not.
    public LogSequenceNumber at() {
        return at;
    }

    /// How many transactions have begun to write in the source by now; of another time than the
    /// snapshot.
    public long transactions() throws SQLException {
        if (observer == null) {
            observer = Database.single(source.address(), "highwater backfill");
        }
        return Sql.first(
                        observer,
                        "select pg_snapshot_xmax(pg_current_snapshot())::text::bigint",
                        row -> row.getLong(1))
                .orElseThrow();
    }

    /// Reads a table's rows, in memory a few megabytes at a time.
    public void read(TableDefinition table, Chunks chunks)
            throws SQLException, InterruptedException {
        String columns =
                table.sent().stream()
                        .map(c -> Identifiers.quote(c.name()))
                        .collect(Collectors.joining(", "));
        String query =
                "copy (select "
                        + columns
                        + (table.isPartitioned() ? ", tableoid from " : " from only ")
                        + Identifiers.quote(table.schema(), table.table())
                        + ") to stdout";
        var rows = new ArrayList<CopyLine>();
        long bytes = 0;
        try (var copy = CopyRows.start(reader, query, table.written().columns().size())) {
            for (var row = copy.next(); row != null; row = copy.next()) {
                rows.add(row);
                bytes += row.bytes().length;
                if (rows.size() >= CHUNK_ROWS || bytes >= CHUNK_BYTES) {
                    chunks.take(List.copyOf(rows));
                    rows.clear();
                    bytes = 0;
                }
            }
        }
        if (!rows.isEmpty()) {
            chunks.take(List.copyOf(rows));
        }
    }

    @Override
    public void close() throws SQLException {
        try (var _ = observer;
                reader) {
            reader.rollback();
        }
    }
}
