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
import java.util.Locale;
import java.util.Optional;

/// Takes everything out of a source that capture put there, and nothing else: what people keep in
/// schema `highwater` stays.
public final class Detachment {
    private static final String NOT_ALLOWED = "42501";
    private static final String STILL_USED = "2BP01";

    private static final List<String> TRIGGERS =
            List.of("highwater_ddl", "highwater_rewrite", "highwater_drop", "highwater_types");

    private static final String SLOTS =
            """
            select slot_name, active from pg_replication_slots
            where database = current_database() and plugin = 'pgoutput'
              and (slot_name ~ '^highwater_' or slot_name = ?)
            """;

    private record Slot(String name, boolean active) {}

    private final Connection connection;
    private final List<String> removed = new ArrayList<>();

    /// The commands for what belongs to somebody else.
    private final List<String> refused = new ArrayList<>();

    private Detachment(Connection connection) {
        this.connection = connection;
    }

    /// Detaches from a source.
    ///
    /// @param slot a slot that has another name than the usual one
    /// @return what was removed, a line each
    /// @throws Failure.Conflict `source-in-use` while a node reads it
    /// @throws Failure.Refused `not-allowed` when a superuser has to help: nothing is removed, and
    ///   it names all that this role may not remove
    public static List<String> from(PgAddress address, Optional<String> slot) throws SQLException {
        try (var connection = Database.single(address, "detach")) {
            var slots =
                    Sql.query(
                            connection,
                            SLOTS,
                            row -> new Slot(row.getString(1), row.getBoolean(2)),
                            slot.orElse(null));
            for (var one : slots) {
                if (one.active()) {
                    throw new Failure.Conflict(
                            "source-in-use",
                            "a node reads replication slot " + one.name() + ": stop it first");
                }
            }
            var removed =
                    Sql.<List<String>, SQLException>inTransaction(
                            connection, c -> new Detachment(c).schema(address));
            for (var one : slots) {
                Sql.query(
                        connection, "select pg_drop_replication_slot(?)", row -> true, one.name());
                removed.add("replication slot " + one.name());
            }
            return removed;
        }
    }

    private List<String> schema(PgAddress address) throws SQLException {
        content();
        if (!refused.isEmpty()) {
            throw new Failure.Refused(
                    "not-allowed",
                    "role %s may not remove all of it, so nothing was removed; in database %s, as a superuser: %s; then detach again"
                            .formatted(
                                    address.user(),
                                    address.database(),
                                    String.join("; ", refused)));
        }
        return removed;
    }

    private void content() throws SQLException {
        for (String trigger : TRIGGERS) {
            if (exists("select from pg_event_trigger where evtname = ?", trigger)) {
                drop("event trigger", trigger);
            }
        }
        if (exists("select from pg_publication where pubname = ?", Source.PUBLICATION)) {
            drop("publication", Source.PUBLICATION);
        }
        if (!exists("select from pg_namespace where nspname = ?", Migrations.SCHEMA)) {
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
                drop("function", signature);
            }
        }
        for (String table : made.tables()) {
            String name = Identifiers.quote(Migrations.SCHEMA, table);
            if (exists("select where to_regclass(?) is not null", name)) {
                drop("table", name);
            }
        }
        Migrations.forget(connection, "source");
        if (!exists(
                """
                select from pg_depend d where d.refclassid = 'pg_namespace'::regclass
                  and d.refobjid = ?::regnamespace and d.deptype = 'n'
                """,
                Migrations.SCHEMA)) {
            drop("schema", Migrations.SCHEMA);
        }
    }

    private void drop(String kind, String name) throws SQLException {
        String what = kind + " " + name;
        var before = connection.setSavepoint();
        try {
            Sql.update(connection, "drop " + what);
            connection.releaseSavepoint(before);
            removed.add(what);
        } catch (SQLException e) {
            connection.rollback(before);
            if (NOT_ALLOWED.equals(e.getSQLState())) {
                refused.add("DROP " + kind.toUpperCase(Locale.ROOT) + " " + name);
            } else if (refused.isEmpty() || !STILL_USED.equals(e.getSQLState())) {
                throw e;
            }
        }
    }

    private boolean exists(String sql, String name) throws SQLException {
        return Sql.first(connection, sql, row -> true, name).isPresent();
    }
}
