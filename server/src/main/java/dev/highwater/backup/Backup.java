package dev.highwater.backup;

import dev.highwater.failure.Failure;
import java.io.IOException;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.sql.DataSource;
import org.postgresql.PGConnection;

/// Writes all that a store holds, as of one position, while the node goes on: journal, relations
/// with their history, views and the capture mark.
///
/// The file is a ZIP of [Contents], the rows of each table as PostgreSQL's COPY writes them, and
/// their counts, which only a complete backup has.
public final class Backup implements AutoCloseable {
    static final String CONTENTS = "contents.json";
    static final String COUNTS = "counts.json";

    private static final String UNDEFINED_TABLE = "42P01";

    private final Connection connection;
    private final Contents contents;

    private Backup(Connection connection, Contents contents) {
        this.connection = connection;
        this.contents = contents;
    }

    /// Begins a backup: all of it is of the snapshot that is taken here, and no table is locked for
    /// longer than it takes to copy it, so that DDL can go on meanwhile.
    public static Backup begin(DataSource store) throws SQLException {
        var connection = store.getConnection();
        try {
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            connection.setReadOnly(true);
            connection.setAutoCommit(false);
            return new Backup(connection, Structure.read(connection));
        } catch (SQLException | RuntimeException e) {
            end(connection);
            throw e;
        }
    }

    /// Writes it.
    ///
    /// @throws Failure.Unavailable `backup-interrupted` when a table was taken away before it was
    ///   copied: a new backup goes without it
    public void write(OutputStream out) throws SQLException, IOException {
        var zip = new ZipOutputStream(out);
        zip.setLevel(Deflater.BEST_SPEED);
        member(zip, CONTENTS, contents);
        var counts = new ArrayList<Long>();
        for (var table : contents.tables()) {
            zip.putNextEntry(new ZipEntry(member(table)));
            counts.add(copy(table, zip));
            zip.closeEntry();
        }
        member(zip, COUNTS, new Contents.Counts(counts));
        zip.finish();
    }

    /// Gives the connection back as it was.
    @Override
    public void close() throws SQLException {
        end(connection);
    }

    private static void end(Connection connection) throws SQLException {
        try (connection) {
            if (!connection.isClosed()) {
                connection.rollback();
                connection.setAutoCommit(true);
                connection.setReadOnly(false);
                connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            }
        }
    }

    static String member(Contents.Table table) {
        return table.name().replace("\"", "") + ".copy";
    }

    private static void member(ZipOutputStream zip, String name, Record value) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(Contents.json(value));
        zip.closeEntry();
    }

    private long copy(Contents.Table table, OutputStream out) throws SQLException, IOException {
        var unlocked = connection.setSavepoint();
        try {
            return connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyOut(
                            "copy (select "
                                    + table.columns()
                                    + " from "
                                    + table.name()
                                    + ") to stdout",
                            out);
        } catch (SQLException e) {
            if (UNDEFINED_TABLE.equals(e.getSQLState())) {
                throw new Failure.Unavailable(
                        "backup-interrupted",
                        "a table of the store was taken away while it was backed up; ask again",
                        e);
            }
            throw e;
        } finally {
            connection.rollback(unlocked);
        }
    }
}
