package dev.highwater.capture;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.highwater.failure.Failure;
import dev.highwater.journal.TableDefinition;
import dev.highwater.sql.Database;
import dev.highwater.sql.Migrations;
import dev.highwater.sql.PgAddress;
import dev.highwater.sql.QualifiedName;
import dev.highwater.sql.Sql;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.replication.LogSequenceNumber;
import org.postgresql.util.PSQLState;

/// What Highwater keeps in a source, and what it asks of it: a schema of functions, event triggers,
/// a publication and one slot. Every call opens a connection of its own; safe for any thread.
public final class Source {
    /// What waits for a lock of somebody else's gives up, and is tried again.
    private static final String PATIENCE = "set lock_timeout = '2s'";

    /// Shorter than deadlocks are looked for: who waits for us is never the one that is ended.
    private static final String LITTLE_PATIENCE = "set lock_timeout = '500ms'";

    static final String PUBLICATION = "highwater";

    private static final int PUBLISHED_AT_ONCE = 100;

    private static final ObjectMapper JSON = new ObjectMapper();

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

    private static final String DEFINITIONS =
            """
            select highwater.definition(p.id)::text,
              coalesce((select json_agg(a.attnum) from pg_attribute a
                        where a.attrelid = p.id and a.attnum > 0 and a.atthasdef and not a.atthasmissing), '[]')::text
            from highwater.published() p(id)
            """;

    private static final String RETAINED =
            """
            select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), restart_lsn)
            from pg_replication_slots where slot_name = ? and restart_lsn is not null
            """;

    private static final String PUBLISH_AGAIN =
            """
            select highwater.publish(c.id) from (
              select c.oid as id from pg_class c
              where c.oid = any (?::oid[]) and c.relkind in ('r', 'p') and not highwater.is_published(c.oid)
                and highwater.obstacle(c.oid) is null
              order by 1 limit ?) c
            """;

    private static final String INCOMPLETE =
            "select obj_description(oid, 'pg_publication') is null from pg_publication where pubname = 'highwater'";

    private static final String NOTE_COMPLETE =
            "comment on publication highwater is 'The tables that Highwater follows'";

    private final SourceSettings settings;

    /// What is in the source after [#install].
    ///
    /// @param anew whether nothing of ours was there before, or what was is not known to be
    ///   complete
    /// @param ddlTells whether DDL tells of itself there, which takes a superuser to set up
    public record Installed(boolean anew, boolean ddlTells) {}

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

    /// Which PostgreSQL answers, and how far it has come.
    ///
    /// @param system tells a source from every other, but not from its copies
    /// @param timeline another one after each promotion and each restore to a point in time
    /// @param walEnd where its WAL ends
    public record Identity(String system, int timeline, LogSequenceNumber walEnd) {}

    /// A published table as it is now.
    ///
    /// @param unsaid the numbers of columns of which older rows hold what only reading them tells
    public record Defined(TableDefinition definition, Set<Integer> unsaid) {}

    public Source(SourceSettings settings) {
        this.settings = settings;
    }

    public SourceSettings settings() {
        return settings;
    }

    /// Where it is, and who connects.
    public PgAddress address() {
        return settings.address();
    }

    /// Who answers at the source's address now.
    ///
    /// @throws Failure.Unavailable `source-unavailable` when it does not answer, or is a standby,
    ///   which does not know yet where its history goes on
    public Identity identify() throws SQLException {
        try (var connection = Database.replication(address(), "highwater")) {
            boolean standby =
                    Sql.first(connection, "select pg_is_in_recovery()", row -> row.getBoolean(1))
                            .orElseThrow();
            if (standby) {
                throw new Failure.Unavailable(
                        "source-unavailable",
                        "the source is a standby, where nothing can be published: promote it, or"
                                + " give the address of its primary");
            }
            return Sql.first(
                            connection,
                            "IDENTIFY_SYSTEM",
                            row ->
                                    new Identity(
                                            row.getString(1),
                                            row.getInt(2),
                                            LogSequenceNumber.valueOf(row.getString(3))))
                    .orElseThrow();
        }
    }

    /// Where the source's history left a timeline for the next one, if that timeline is part of it.
    public Optional<LogSequenceNumber> leftTimeline(int timeline, int now) throws SQLException {
        try (var connection = Database.replication(address(), "highwater")) {
            String history =
                    Sql.first(
                                    connection,
                                    "TIMELINE_HISTORY " + now,
                                    row -> new String(row.getBytes(2), StandardCharsets.UTF_8))
                            .orElse("");
            return history.lines()
                    .map(line -> line.strip().split("\\s+"))
                    .filter(part -> part.length >= 2 && part[0].equals(Integer.toString(timeline)))
                    .map(part -> LogSequenceNumber.valueOf(part[1]))
                    .findFirst();
        }
    }

    /// Brings our schema in the source up to date.
    public Installed install() throws SQLException {
        try (var connection = connect()) {
            Migrations.apply(connection, "source");
            boolean anew = Sql.first(connection, INCOMPLETE, row -> row.getBoolean(1)).orElse(true);
            boolean ddlTells =
                    Sql.first(connection, "select highwater.follow_ddl()", row -> row.getBoolean(1))
                            .orElseThrow();
            return new Installed(anew, ddlTells);
        }
    }

    /// Notes that everything is published again that was, so that what is not was taken out.
    public void noteComplete() throws SQLException {
        try (var connection = connect()) {
            Sql.update(connection, NOTE_COMPLETE);
        }
    }

    /// The database of this server that a slot belongs to, if it is another one than the source.
    public Optional<String> slotElsewhere(String name) throws SQLException {
        try (var connection = connect()) {
            return Sql.first(
                    connection,
                    """
                    select database::text from pg_replication_slots
                    where slot_name = ? and database <> current_database()
                    """,
                    row -> row.getString(1),
                    name);
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

    /// Makes the slot, anew where there is one of this name. Standbys keep a copy of it, where the
    /// server can have that (from PostgreSQL 17 on).
    ///
    /// @return from where on it sees everything
    public LogSequenceNumber createSlot(String name) throws SQLException {
        dropSlot(name);
        boolean failover =
                "t".equals(one("select current_setting('server_version_num')::int >= 170000"));
        return LogSequenceNumber.valueOf(
                one(
                        "select lsn::text from pg_create_logical_replication_slot(?, 'pgoutput'"
                                + (failover ? ", failover => true)" : ")"),
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

    /// Publishes the tables that are wanted and that nobody unpublished, a transaction for some of
    /// them at a time.
    ///
    /// @param besides the OIDs of tables to leave as they are
    /// @throws SQLException of SQLSTATE 55P03 when somebody holds the publication for long
    public void publishWanted(Collection<Long> besides) throws SQLException {
        try (var connection = connect()) {
            Sql.update(connection, PATIENCE);
            var patterns = connection.createArrayOf("text", settings.tables().toArray());
            var leave = connection.createArrayOf("int8", besides.toArray());
            int published = PUBLISHED_AT_ONCE;
            while (published == PUBLISHED_AT_ONCE) {
                published =
                        Sql.first(
                                        connection,
                                        "select highwater.want(?, ?, ?)",
                                        row -> row.getInt(1),
                                        patterns,
                                        leave,
                                        PUBLISHED_AT_ONCE)
                                .orElseThrow();
            }
        }
    }

    /// Publishes tables that had been published before our schema was taken out of the source, as
    /// far as they are there.
    public void publishAgain(List<Long> oids) throws SQLException {
        try (var connection = connect()) {
            var all = connection.createArrayOf("int8", oids.toArray());
            int published = PUBLISHED_AT_ONCE;
            while (published == PUBLISHED_AT_ONCE) {
                published =
                        Sql.query(connection, PUBLISH_AGAIN, row -> true, all, PUBLISHED_AT_ONCE)
                                .size();
            }
        }
    }

    /// The tables of the publication, as they are now, by their OIDs.
    public Map<Long, Defined> definitions() throws SQLException {
        var result = new HashMap<Long, Defined>();
        try (var connection = connect()) {
            Sql.query(
                    connection,
                    DEFINITIONS,
                    row -> {
                        var definition = TableDefinition.parse(json(row.getString(1)));
                        var unsaid = new HashSet<Integer>();
                        json(row.getString(2)).forEach(number -> unsaid.add(number.asInt()));
                        return result.put(definition.oid(), new Defined(definition, unsaid));
                    });
        }
        return result;
    }

    /// A table's definition as it is now, asked on a connection to it.
    ///
    /// @param name as SQL writes it
    /// @return null when there is no such table
    static @Nullable TableDefinition definition(Connection connection, String name)
            throws SQLException {
        return Sql.first(
                        connection,
                        "select highwater.definition(c)::text from to_regclass(?) c where c is not null",
                        row -> TableDefinition.parse(json(row.getString(1))),
                        name)
                .orElse(null);
    }

    /// The OIDs of the tables of the publication.
    public Set<Long> published() throws SQLException {
        try (var connection = connect()) {
            return new HashSet<>(
                    Sql.query(
                            connection,
                            "select p::bigint from highwater.published() p",
                            row -> row.getLong(1)));
        }
    }

    /// Whether a table ended because somebody took it out of the publication, not through us.
    ///
    /// @param reason why it ended
    public static boolean takenOut(String reason) {
        return reason.equals("somebody took it out of the publication " + PUBLICATION);
    }

    /// Has the source tell, at a place in the order that is true, what became of a table.
    ///
    /// @param why the reason to begin the table anew; null when its rows are not in doubt
    /// @throws SQLException of SQLSTATE 55P03 when a transaction that changes it is still going on
    public void retell(long oid, @Nullable String why) throws SQLException {
        try (var connection = connect()) {
            Sql.update(connection, LITTLE_PATIENCE);
            Sql.query(connection, "select highwater.retell(?::oid, ?)", row -> true, oid, why);
        }
    }

    /// How many bytes of WAL the source keeps for a slot.
    public long retained(String slot) throws SQLException {
        try (var connection = connect()) {
            return Sql.first(connection, RETAINED, row -> row.getLong(1), slot).orElse(0L);
        }
    }

    /// Gives a slot up, whoever reads it.
    public void dropSlot(String name) throws SQLException {
        if (slot(name).isPresent()) {
            endWalSender(name);
            one("select pg_drop_replication_slot(?)::text", name);
        }
    }

    /// Drops a slot that is there and that nobody reads.
    public void dropIdleSlot(String name) throws SQLException {
        try (var connection = connect()) {
            Sql.query(
                    connection,
                    "select pg_drop_replication_slot(slot_name) from pg_replication_slots"
                            + " where slot_name = ? and not active",
                    row -> true,
                    name);
        }
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
        try (var connection = connect()) {
            return walEnd(connection);
        }
    }

    /// The same, asked on a connection to it.
    static LogSequenceNumber walEnd(Connection connection) throws SQLException {
        return Sql.first(
                        connection,
                        "select pg_current_wal_insert_lsn()::text",
                        row -> LogSequenceNumber.valueOf(row.getString(1)))
                .orElseThrow();
    }

    /// Commits a transaction that only passes by, so that capture moves on in an idle source.
    public void nudge() throws SQLException {
        try (var connection = connect()) {
            nudge(connection);
        }
    }

    /// The same on a connection to it, which is in no transaction.
    static void nudge(Connection connection) throws SQLException {
        Sql.query(
                connection,
                "select highwater.tell(json_build_object('kind', 'nudge'))::text",
                row -> true);
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
                "there is no table "
                        + name
                        + " in the source; `\\d` in `highwater sql` lists them, and a name with capital letters needs double quotes");
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new Failure.Bug("PostgreSQL wrote what is not JSON", e);
        }
    }

    private String one(String sql, @Nullable Object... parameters) throws SQLException {
        try (var connection = connect()) {
            return Sql.first(connection, sql, row -> String.valueOf(row.getString(1)), parameters)
                    .orElse("");
        }
    }

    private Connection connect() throws SQLException {
        return Database.single(address(), "highwater");
    }

    private static String firstLine(SQLException e) {
        String text = String.valueOf(e.getMessage());
        if (text.startsWith("ERROR: ")) {
            text = text.substring("ERROR: ".length());
        }
        return text.lines().findFirst().orElse(text);
    }
}
