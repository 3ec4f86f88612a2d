package dev.highwater.capture;

import dev.highwater.failure.Failure;
import dev.highwater.sql.Database;
import dev.highwater.sql.Migrations;
import dev.highwater.sql.PgAddress;
import dev.highwater.sql.QualifiedName;
import dev.highwater.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.util.PSQLState;

/// What Highwater keeps in a source, and what it asks of it: a schema of functions, event triggers,
/// a publication and one slot. Every call opens a connection of its own; safe for any thread.
public final class Source {
    static final String PUBLICATION = "highwater";

    private static final String TABLES =
            """
            select n.nspname, c.relname, c.oid::bigint as oid,
                   exists (select from pg_publication_rel r join pg_publication p on p.oid = r.prpubid
                           where p.pubname = 'highwater' and r.prrelid = c.oid) as published,
                   highwater.obstacle(c.oid) as obstacle
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p') and c.relpersistence <> 't'
              and n.nspname not in ('pg_catalog', 'information_schema')
              and (n.nspname <> 'highwater' or highwater.obstacle(c.oid) is null)
              and n.nspname !~ '^pg_'
            order by 1, 2
            """;

    private static final String KIND =
            """
            select case c.relkind when 'v' then 'a view' when 'm' then 'a materialized view'
                     when 'f' then 'a foreign table' when 'S' then 'a sequence' else 'an index' end
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = ? and c.relname = ? and c.relkind not in ('r', 'p', 't', 'c')
            """;

    private static final String SLOT =
            """
            select confirmed_flush_lsn, wal_status from pg_replication_slots where slot_name = ?
            """;

    private final PgAddress address;

    /// A table of the source.
    ///
    /// @param obstacle why it cannot be published, or null
    public record SourceTable(
            QualifiedName name, long oid, boolean published, @Nullable String obstacle) {}

    /// A slot as the source knows it.
    ///
    /// @param confirmed what the slot has been told is done
    /// @param lost whether the source no longer keeps the WAL that it needs
    public record Slot(LogSequenceNumber confirmed, boolean lost) {}

    public Source(PgAddress address) {
        this.address = address;
    }

    public PgAddress address() {
        return address;
    }

    /// Which PostgreSQL this is: it tells a source from its copy.
    public String systemIdentifier() throws SQLException {
        return one("select system_identifier::text from pg_control_system()");
    }

    /// Brings our schema in the source up to date.
    public void install() throws SQLException {
        try (var connection = connect()) {
            Migrations.apply(connection, "source");
        }
    }

    /// The slot, if it is there.
    public Optional<Slot> slot(String name) throws SQLException {
        try (var connection = connect()) {
            return Sql.first(
                    connection,
                    SLOT,
                    row ->
                            new Slot(
                                    LogSequenceNumber.valueOf(row.getString(1)),
                                    "lost".equals(row.getString(2))),
                    name);
        }
    }

    /// Makes the slot, anew where there is one of this name.
    ///
    /// @return from where on it sees everything
    public LogSequenceNumber createSlot(String name) throws SQLException {
        if (slot(name).isPresent()) {
            endWalSender(name);
            one("select pg_drop_replication_slot(?)::text", name);
        }
        return LogSequenceNumber.valueOf(
                one(
                        "select lsn::text from pg_create_logical_replication_slot(?, 'pgoutput')",
                        name));
    }

    /// Ends whoever still reads the slot: a predecessor that was killed, or is dying.
    public void endWalSender(String slot) throws SQLException {
        one(
                """
                select count(pg_terminate_backend(active_pid, 5000))::text from pg_replication_slots
                where slot_name = ? and active_pid is not null
                """,
                slot);
    }

    /// Publishes what schema public holds and nobody unpublished.
    public void publishPublic() throws SQLException {
        one("select highwater.publish_public()::text");
    }

    /// Publishes a table.
    ///
    /// @return false when it was published already
    /// @throws Failure.Refused `not-publishable` with the reason and what mends it
    public boolean publish(QualifiedName name) throws SQLException {
        long oid = find(name).oid();
        try {
            return "true".equals(one("select highwater.publish(?::oid)::text", oid));
        } catch (SQLException e) {
            if (PSQLState.OBJECT_NOT_IN_STATE.getState().equals(e.getSQLState())) {
                throw new Failure.Refused("not-publishable", firstLine(e));
            }
            throw e;
        }
    }

    /// Takes a table out of the publication.
    ///
    /// @return false when it was not in it
    public boolean unpublish(QualifiedName name) throws SQLException {
        return "true".equals(one("select highwater.unpublish(?::oid)::text", find(name).oid()));
    }

    /// All tables that could be published, with what stands against it.
    public List<SourceTable> tables() throws SQLException {
        try (var connection = connect()) {
            return Sql.query(
                    connection,
                    TABLES,
                    row ->
                            new SourceTable(
                                    new QualifiedName(row.getString(1), row.getString(2)),
                                    row.getLong(3),
                                    row.getBoolean(4),
                                    row.getString(5)));
        }
    }

    /// What our own logical messages begin with.
    ///
    /// @throws Failure.Corrupt `no-secret`
    String secret() throws SQLException {
        try (var connection = connect()) {
            return Sql.first(
                            connection,
                            "select text from highwater.secret",
                            row -> row.getString(1))
                    .orElseThrow(
                            () ->
                                    new Failure.Corrupt(
                                            "no-secret",
                                            "the source has lost the row of highwater.secret"));
        }
    }

    /// Where the source's WAL ends.
    public LogSequenceNumber walEnd() throws SQLException {
        return LogSequenceNumber.valueOf(one("select pg_current_wal_insert_lsn()::text"));
    }

    /// Commits a transaction that only passes by, so that capture moves on in an idle source.
    void nudge() throws SQLException {
        one("select highwater.tell(json_build_object('kind', 'nudge'))::text");
    }

    private SourceTable find(QualifiedName name) throws SQLException {
        var table = tables().stream().filter(t -> t.name().equals(name)).findFirst();
        if (table.isPresent()) {
            return table.get();
        }
        String kind = one(KIND, name.schema(), name.name());
        if (!kind.isEmpty()) {
            throw new Failure.Refused(
                    "not-publishable",
                    name + " is " + kind + ", not an ordinary table; publish the tables behind it");
        }
        throw new Failure.NotFound(
                "unknown-table",
                "there is no table " + name + " in the source; `highwater tables` lists them");
    }

    private String one(String sql, Object... parameters) throws SQLException {
        try (var connection = connect()) {
            return Sql.first(connection, sql, row -> String.valueOf(row.getString(1)), parameters)
                    .orElse("");
        }
    }

    private Connection connect() throws SQLException {
        return Database.single(address, "highwater");
    }

    private static String firstLine(SQLException e) {
        String text = String.valueOf(e.getMessage());
        if (text.startsWith("ERROR: ")) {
            text = text.substring("ERROR: ".length());
        }
        return text.lines().findFirst().orElse(text);
    }
}
