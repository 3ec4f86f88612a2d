package dev.highwater.backup;

import dev.highwater.failure.Failure;
import dev.highwater.sql.Sql;
import java.io.IOException;
import java.io.OutputStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.postgresql.PGConnection;

/// Writes all that a store holds, as of one position, while the node goes on: journal, relations
/// with their history, views and the capture mark.
///
/// The file is a ZIP of [Contents], the rows of each table as PostgreSQL's COPY writes them, and
/// their counts, which only a complete backup has.
public final class Backup {
    static final String CONTENTS = "contents.json";
    static final String COUNTS = "counts.json";

    private static final String UNDEFINED_TABLE = "42P01";

    private Backup() {}

    /// Writes a backup. All of it is of one snapshot, but no table is locked for longer than it
    /// takes to copy it, so that DDL can go on meanwhile.
    ///
    /// @param connection in auto-commit mode, as it is again afterwards
    /// @throws Failure.Unavailable `backup-interrupted` when a table was taken away before it was
    ///   copied: a new backup goes without it
    public static void write(Connection connection, OutputStream out)
            throws SQLException, IOException {
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        connection.setReadOnly(true);
        try {
            Sql.<Boolean, IOException>inTransaction(
                    connection,
                    c -> {
                        write(c, new ZipOutputStream(out));
                        return true;
                    });
        } finally {
            if (!connection.isClosed()) {
                connection.setReadOnly(false);
                connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
            }
        }
    }

    private static void write(Connection connection, ZipOutputStream zip)
            throws SQLException, IOException {
        zip.setLevel(Deflater.BEST_SPEED);
        var contents = Structure.read(connection);
        member(zip, CONTENTS, contents);
        var counts = new ArrayList<Long>();
        for (var table : contents.tables()) {
            zip.putNextEntry(new ZipEntry(member(table)));
            counts.add(copy(connection, table, zip));
            zip.closeEntry();
        }
        member(zip, COUNTS, new Contents.Counts(counts));
        zip.finish();
    }

    static String member(Contents.Table table) {
        return table.name().replace("\"", "") + ".copy";
    }

    private static void member(ZipOutputStream zip, String name, Record value) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(Contents.json(value));
        zip.closeEntry();
    }

    private static long copy(Connection connection, Contents.Table table, OutputStream out)
            throws SQLException, IOException {
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
