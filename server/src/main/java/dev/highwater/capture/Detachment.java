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

/// Takes everything out of a source that capture put there, and nothing else: what people keep in
/// schema `highwater` stays.
public final class Detachment {
    private static final String NOT_ALLOWED = "42501";

    private static final List<String> TRIGGERS =
            List.of("highwater_ddl", "highwater_rewrite", "highwater_drop");

    private static final String SLOTS =
            """
            select slot_name, active from pg_replication_slots
            where database = current_database() and plugin = 'pgoutput'
              and (slot_name ~ '^highwater_' or slot_name = ?)
            """;

    private record Slot(String name, boolean active) {}

    private Detachment() {}

    /// Detaches from a source.
    ///
    /// @param slot a slot that has another name than the usual one, or nothing
    /// @return what was removed, a line each
    /// @throws Failure.Conflict `source-in-use` while a node reads it
    /// @throws Failure.Refused `not-allowed` when a superuser has to help
    public static List<String> from(PgAddress address, String slot) throws SQLException {
        try (var connection = Database.single(address, "highwater detach")) {
            var slots =
                    Sql.query(
                            connection,
                            SLOTS,
                            row -> new Slot(row.getString(1), row.getBoolean(2)),
                            slot);
            for (var one : slots) {
                if (one.active()) {
                    throw new Failure.Conflict(
                            "source-in-use",
                            "a node reads replication slot " + one.name() + ": stop it first");
                }
            }
            var removed = new ArrayList<String>();
            Sql.inTransaction(
                    connection,
                    c -> {
                        schema(c, removed);
                        return removed;
                    });
            for (var one : slots) {
                Sql.query(
                        connection, "select pg_drop_replication_slot(?)", row -> true, one.name());
                removed.add("replication slot " + one.name());
            }
            return removed;
        }
    }

    private static void schema(Connection connection, List<String> removed) throws SQLException {
        for (String trigger : TRIGGERS) {
            if (exists(connection, "select from pg_event_trigger where evtname = ?", trigger)) {
                drop(connection, "event trigger " + trigger, removed);
            }
        }
        if (exists(
                connection, "select from pg_publication where pubname = ?", Source.PUBLICATION)) {
            drop(connection, "publication " + Source.PUBLICATION, removed);
        }
        if (!exists(connection, "select from pg_namespace where nspname = ?", Migrations.SCHEMA)) {
            return;
        }
        var made = Migrations.made("source");
        for (String function : made.functions()) {
            for (String signature :
                    Sql.query(
                            connection,
                            """
                            select p.oid::regprocedure::text from pg_proc p
                            where p.pronamespace = ?::regnamespace and p.proname = ?
                            """,
                            row -> row.getString(1),
                            Migrations.SCHEMA,
                            function)) {
                drop(connection, "function " + signature, removed);
            }
        }
        for (String table : made.tables()) {
            String name = Identifiers.quote(Migrations.SCHEMA, table);
            if (exists(connection, "select where to_regclass(?) is not null", name)) {
                drop(connection, "table " + name, removed);
            }
        }
        Migrations.forget(connection, "source");
        if (!exists(
                connection,
                """
                select from pg_depend d where d.refclassid = 'pg_namespace'::regclass
                  and d.refobjid = ?::regnamespace and d.deptype = 'n'
                """,
                Migrations.SCHEMA)) {
            drop(connection, "schema " + Migrations.SCHEMA, removed);
        }
    }

    private static void drop(Connection connection, String what, List<String> removed)
            throws SQLException {
        try {
            Sql.update(connection, "drop " + what);
            removed.add(what);
        } catch (SQLException e) {
            if (NOT_ALLOWED.equals(e.getSQLState())) {
                throw new Failure.Refused(
                        "not-allowed",
                        "this role may not: " + e.getMessage() + "; as a superuser: DROP " + what,
                        e);
            }
            throw e;
        }
    }

    private static boolean exists(Connection connection, String sql, String name)
            throws SQLException {
        return Sql.first(connection, sql, row -> true, name).isPresent();
    }
}
