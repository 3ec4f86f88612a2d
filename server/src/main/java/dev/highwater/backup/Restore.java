package dev.highwater.backup;

import dev.highwater.backup.Contents.Table;
import dev.highwater.failure.Failure;
import dev.highwater.relation.RelationTables;
import dev.highwater.relation.Relations;
import dev.highwater.sql.Sql;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/// Puts a backup in the place of all that a store holds, in one transaction.
///
/// The store becomes another one: it gets a new incarnation, so that nobody takes its positions for
/// those that were given out after the backup. It goes on following the source that it follows now;
/// where changes have come since, the applier finds that at its next connect and heals.
public final class Restore {
    private static final String STEP =
            "select max(version) from highwater.migration where folder = 'store'";

    /// What the store follows now, and up to where the backup has it. A mark of another PostgreSQL
    /// says nothing about this one.
    private static final String FOLLOW =
            """
            update highwater.capture b set
              term = b.term + n.term, slot = n.slot, system_identifier = n.system_identifier,
              timeline = case when b.system_identifier = n.system_identifier then b.timeline else n.timeline end,
              lsn = case when b.system_identifier = n.system_identifier then b.lsn else '0/0' end
            from highwater_before n where n.slot is not null
            """;

    private Restore() {}

    /// What a backup holds.
    ///
    /// @param incarnation of the store that it is of
    public record Summary(String incarnation, long position, int tables, long rows) {}

    /// Reads a whole backup to see whether it is complete and undamaged.
    ///
    /// @throws Failure.Refused `bad-backup`
    public static Summary check(Path file) throws IOException {
        try (var zip = open(file)) {
            var contents = contents(zip);
            for (var table : contents.tables()) {
                next(zip, Backup.member(table));
                zip.transferTo(OutputStream.nullOutputStream());
            }
            next(zip, Backup.COUNTS);
            var counts = Contents.parse(zip.readAllBytes(), Contents.Counts.class);
            return new Summary(
                    contents.incarnation(),
                    contents.position(),
                    contents.tables().size(),
                    counts.sum());
        } catch (ZipException e) {
            throw Contents.unreadable(String.valueOf(e.getMessage()));
        } catch (EOFException e) {
            throw Contents.unreadable("it ends too early");
        }
    }

    /// Restores a backup.
    ///
    /// @param connection of the store's owner, in auto-commit mode
    /// @return the replication slot that the backup's store read, if the store that it is now reads
    ///   another
    /// @throws Failure.Refused `bad-backup`, or `other-version` when another version of this
    ///   program has to read it; nothing has happened then
    public static Optional<String> into(Connection connection, Path file)
            throws SQLException, IOException {
        try (var zip = open(file)) {
            var contents = contents(zip);
            return Sql.<Optional<String>, IOException>inTransaction(
                    connection,
                    c -> {
                        checkStep(c, contents);
                        clear(c, contents);
                        for (var type : contents.types()) {
                            make(c, type);
                        }
                        var counts = new ArrayList<Long>();
                        for (var table : contents.tables()) {
                            next(zip, Backup.member(table));
                            counts.add(fill(c, table, zip));
                        }
                        next(zip, Backup.COUNTS);
                        checkCounts(
                                contents,
                                counts,
                                Contents.parse(zip.readAllBytes(), Contents.Counts.class));
                        show(c, contents);
                        return identify(c);
                    });
        }
    }

    private static ZipInputStream open(Path file) throws IOException {
        return new ZipInputStream(Files.newInputStream(file));
    }

    private static Contents contents(ZipInputStream zip) throws IOException {
        next(zip, Backup.CONTENTS);
        var contents = Contents.parse(zip.readAllBytes(), Contents.class);
        if (contents.format() != Contents.FORMAT) {
            throw new Failure.Refused(
                    "other-version",
                    "the backup has format %d, this program reads %d: use the Highwater that wrote it"
                            .formatted(contents.format(), Contents.FORMAT));
        }
        return contents;
    }

    private static void next(ZipInputStream zip, String name) throws IOException {
        ZipEntry entry = zip.getNextEntry();
        if (entry == null) {
            throw Contents.unreadable("it has no " + name);
        }
        if (!entry.getName().equals(name)) {
            throw Contents.unreadable("it has " + entry.getName() + " instead of " + name);
        }
    }

    private static void checkStep(Connection connection, Contents contents) throws SQLException {
        int step = Sql.first(connection, STEP, row -> row.getInt(1)).orElseThrow();
        if (step != contents.step()) {
            throw new Failure.Refused(
                    "other-version",
                    "the backup is of a store at schema step %d, this program has step %d: restore it with"
                                    .formatted(contents.step(), step)
                            + " the Highwater that wrote it, then start this one");
        }
    }

    private static void checkCounts(
            Contents contents, List<Long> restored, Contents.Counts written) {
        if (!restored.equals(written.rows())) {
            throw Contents.unreadable(
                    "of its %d tables some have other rows than it says: %s instead of %s"
                            .formatted(contents.tables().size(), restored, written.rows()));
        }
    }

    /// Takes away all that the store holds, and what of the backup's types is in the way.
    private static void clear(Connection connection, Contents contents) throws SQLException {
        // Who reads the store for long without an end is named by PostgreSQL then.
        execute(connection, "set local lock_timeout = '30s'");
        execute(
                connection,
                "create temporary table highwater_before on commit drop as select * from highwater.capture");
        for (var table :
                Sql.query(
                        connection,
                        "select format('%I.%I', schemaname, tablename) from pg_tables"
                                + " where schemaname = 'highwater_data'",
                        row -> row.getString(1))) {
            // With the views that people see, and those that people made on them.
            execute(connection, "drop table " + table + " cascade");
        }
        execute(
                connection,
                "truncate "
                        + String.join(
                                ", ",
                                contents.tables().stream()
                                        .filter(Table::own)
                                        .map(Table::name)
                                        .toList()));
        for (var type : contents.types().reversed()) {
            attempt(connection, "drop type if exists " + type.schema() + "." + type.name());
        }
    }

    /// A type that something else still needs stays; it has to do.
    private static void make(Connection connection, Contents.Type type) throws SQLException {
        execute(connection, "create schema if not exists " + type.schema());
        boolean there =
                Sql.first(
                                connection,
                                "select to_regtype(?) is not null",
                                row -> row.getBoolean(1),
                                type.schema() + "." + type.name())
                        .orElse(false);
        if (!there) {
            execute(connection, type.definition());
        }
    }

    private static long fill(Connection connection, Table table, InputStream rows)
            throws SQLException, IOException {
        for (var statement : table.before()) {
            execute(connection, statement);
        }
        long count =
                connection
                        .unwrap(PGConnection.class)
                        .getCopyAPI()
                        .copyIn(
                                "copy " + table.name() + " (" + table.columns() + ") from stdin",
                                rows);
        for (var statement : table.after()) {
            execute(connection, statement);
        }
        execute(connection, "analyze " + table.name());
        return count;
    }

    /// Makes the views under which people find relations.
    private static void show(Connection connection, Contents contents) throws SQLException {
        var tables = new HashSet<String>();
        contents.tables().forEach(t -> tables.add(t.name().replace("\"", "")));
        int shard =
                Sql.first(connection, "select shard from highwater.node", row -> row.getInt(1))
                        .orElseThrow();
        var catalog = Relations.load(connection);
        for (var relation : catalog.newest()) {
            if (tables.contains(RelationTables.current(relation.id()))) {
                RelationTables.show(connection, shard, relation, catalog);
            } else {
                // One that could not be followed leaves the name to those before.
                RelationTables.showPast(connection, shard, relation, catalog);
            }
        }
    }

    private static Optional<String> identify(Connection connection) throws SQLException {
        @Nullable String slot =
                Sql.first(
                                connection,
                                """
                                select b.slot from highwater.capture b, highwater_before n
                                where b.slot is distinct from n.slot and n.slot is not null
                                """,
                                row -> row.getString(1))
                        .orElse(null);
        execute(connection, FOLLOW);
        execute(
                connection,
                """
                update highwater.node
                set incarnation = substr(replace(gen_random_uuid()::text, '-', ''), 1, 8)
                """);
        Sql.query(
                connection,
                """
                select setval(pg_get_serial_sequence('highwater.request', 'id'), max(id))
                from highwater.request having max(id) is not null
                """,
                row -> row.getLong(1));
        return Optional.ofNullable(slot);
    }

    private static void attempt(Connection connection, String statement) throws SQLException {
        var before = connection.setSavepoint();
        try {
            execute(connection, statement);
        } catch (SQLException e) {
            connection.rollback(before);
        }
    }

    private static void execute(Connection connection, String text) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(text);
        }
    }
}
