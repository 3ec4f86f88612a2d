package dev.highwater.capture;

import dev.highwater.failure.Failure;
import dev.highwater.sql.Database;
import dev.highwater.sql.Identifiers;
import dev.highwater.sql.Migrations;
import dev.highwater.sql.PgAddress;
import dev.highwater.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// Says whether a PostgreSQL can be a source, and what mends what stands against it. It changes
/// nothing: what it needs it makes in its session's temporary schema, and takes back.
public final class Doctor {
    private static final int OLDEST = 150000;

    private static final String TABLES =
            """
            select n.nspname, c.relname, pg_temp.obstacle(c.oid),
                   has_table_privilege(c.oid, 'select')
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p') and not c.relispartition and c.relpersistence <> 't'
              and n.nspname not in ('pg_catalog', 'information_schema', 'highwater') and n.nspname !~ '^pg_'
            order by 1, 2
            """;

    private final Connection connection;
    private final String user;
    private final String database;
    private final List<Finding> findings = new ArrayList<>();

    /// How bad it is.
    public enum Kind {
        /// As it should be.
        OK,
        /// It works without, but better with.
        ADVICE,
        /// A table that cannot be published as it is; others can.
        TABLE,
        /// This cannot be a source.
        OBSTACLE
    }

    /// One thing that was looked at.
    ///
    /// @param says what it is like
    /// @param mends the commands that mend it; empty when nothing has to be
    public record Finding(Kind kind, String says, String mends) {}

    private Doctor(Connection connection, PgAddress address) {
        this.connection = connection;
        this.user = Identifiers.quote(address.user());
        this.database = Identifiers.quote(address.database());
    }

    /// Looks at the database of an address, as its user.
    ///
    /// @throws Failure.Unavailable `database-unavailable`
    public static List<Finding> examine(PgAddress address) throws SQLException {
        try (var connection = Database.single(address, "doctor")) {
            var doctor = new Doctor(connection, address);
            doctor.server();
            doctor.role();
            doctor.ddl();
            if (!doctor.is("select pg_is_in_recovery()")) {
                doctor.tables();
            }
            return doctor.findings;
        }
    }

    /// What stands against following any database of an address's server, whoever connects; what
    /// its user may not do PostgreSQL refuses before anything is made.
    ///
    /// @throws Failure.Unavailable `database-unavailable`
    public static List<Finding> obstacles(PgAddress address) throws SQLException {
        try (var connection = Database.single(address, "doctor")) {
            var doctor = new Doctor(connection, address);
            doctor.server();
            return doctor.findings.stream().filter(f -> f.kind() == Kind.OBSTACLE).toList();
        }
    }

    private void server() throws SQLException {
        String version = text("select current_setting('server_version')");
        check(
                number("select current_setting('server_version_num')::int") >= OLDEST,
                Kind.OBSTACLE,
                "PostgreSQL " + version,
                "PostgreSQL " + version + " is older than 15",
                "upgrade it to 15 or newer");
        check(
                !is("select pg_is_in_recovery()"),
                Kind.OBSTACLE,
                "it is a primary",
                "it is a standby, where nothing can be published",
                "give the address of its primary");
        check(
                is("select current_setting('wal_level') = 'logical'"),
                Kind.OBSTACLE,
                "wal_level is logical",
                "wal_level is " + text("select current_setting('wal_level')"),
                "ALTER SYSTEM SET wal_level = logical; and restart the server");
        room("max_replication_slots", "select count(*) from pg_replication_slots", 2);
        room(
                "max_wal_senders",
                "select count(*) from pg_stat_activity where backend_type = 'walsender'",
                2);
        check(
                !is("select current_setting('max_slot_wal_keep_size') = '-1'"),
                Kind.ADVICE,
                "max_slot_wal_keep_size is "
                        + text("select current_setting('max_slot_wal_keep_size')"),
                "max_slot_wal_keep_size is not set: while Highwater is stopped, WAL is kept without"
                        + " a limit",
                "ALTER SYSTEM SET max_slot_wal_keep_size = '10GB'; SELECT pg_reload_conf();");
    }

    private void room(String setting, String used, int needed) throws SQLException {
        long free = number("select current_setting('%s')::int - (%s)".formatted(setting, used));
        long all = number("select current_setting('%s')::int".formatted(setting));
        check(
                free >= needed,
                Kind.OBSTACLE,
                "%s: %d of %d are free".formatted(setting, free, all),
                "%s: %d of %d are free, %d are needed".formatted(setting, free, all, needed),
                "ALTER SYSTEM SET %s = %d; and restart the server"
                        .formatted(setting, all + needed - free));
    }

    private void role() throws SQLException {
        check(
                is("select rolreplication or rolsuper from pg_roles where rolname = current_user"),
                Kind.OBSTACLE,
                "role " + user + " may replicate",
                "role " + user + " may not replicate",
                "ALTER ROLE " + user + " REPLICATION;");
        check(
                is("select has_database_privilege(current_database(), 'create')"),
                Kind.OBSTACLE,
                "role " + user + " may make its schema and publication",
                "role " + user + " may not make its schema and publication",
                "GRANT CREATE ON DATABASE " + database + " TO " + user + ";");
        check(
                !is("select rolsuper from pg_roles where rolname = current_user"),
                Kind.ADVICE,
                "role " + user + " is no superuser",
                "role " + user + " is a superuser, which is more than capture needs",
                "CREATE ROLE highwater LOGIN REPLICATION PASSWORD '…'; GRANT CREATE ON DATABASE "
                        + database
                        + " TO highwater; and GRANT the owners of the tables TO highwater;");
    }

    private void ddl() throws SQLException {
        check(
                is(
                        """
                        select rolsuper or (select count(*) = 3 from pg_event_trigger
                          where evtname in ('highwater_ddl', 'highwater_rewrite', 'highwater_drop'))
                        from pg_roles where rolname = current_user
                        """),
                Kind.ADVICE,
                "DDL is followed at its place in the order",
                "DDL is found within seconds and fills the table again, because event triggers need"
                        + " a superuser",
                "once Highwater follows it, as a superuser: SELECT highwater.follow_ddl();");
    }

    /// In a transaction that is rolled back.
    private void tables() throws SQLException {
        connection.setAutoCommit(false);
        try (var statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(
                    Migrations.text("source", "definition").replace("highwater.", "pg_temp."));
        }
        Sql.query(
                connection,
                TABLES,
                row -> {
                    String name = Identifiers.quote(row.getString(1), row.getString(2));
                    String obstacle = row.getString(3);
                    if (obstacle == null) {
                        return check(
                                row.getBoolean(4),
                                Kind.TABLE,
                                name + " can be published",
                                name + " may not be read",
                                "GRANT SELECT ON " + name + " TO " + user + ";");
                    }
                    // What stands against a table says what mends it.
                    return findings.add(new Finding(Kind.TABLE, name + " " + obstacle, ""));
                });
        connection.rollback();
    }

    private boolean check(boolean good, Kind kind, String well, String ill, String mends) {
        return findings.add(good ? new Finding(Kind.OK, well, "") : new Finding(kind, ill, mends));
    }

    private boolean is(String sql) throws SQLException {
        return Sql.first(connection, sql, row -> row.getBoolean(1)).orElse(false);
    }

    private long number(String sql) throws SQLException {
        return Sql.first(connection, sql, row -> row.getLong(1)).orElse(0L);
    }

    private String text(String sql) throws SQLException {
        return Sql.first(connection, sql, row -> String.valueOf(row.getString(1))).orElse("");
    }
}
