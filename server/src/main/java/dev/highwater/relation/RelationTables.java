package dev.highwater.relation;

import dev.highwater.journal.Column;
import dev.highwater.journal.TableDefinition;
import dev.highwater.sql.Identifiers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/// The tables that hold a relation in the store, and the plain views that people see: DDL, and the
/// names for everyone who reads or writes there.
///
/// Current rows are in `highwater_data.r<id>` (`_shard`, `_from`, then a column `c<number>` for
/// each column of the source), closed versions in `highwater_data.r<id>_h` (with `_to` after
/// `_from`). Columns are filed under their numbers, so that a rename touches only the views; a
/// dropped one stays, for the past.
public final class RelationTables {
    private RelationTables() {}

    /// The table of current rows.
    public static String current(int relation) {
        return "highwater_data.r" + relation;
    }

    /// The table of closed versions.
    public static String history(int relation) {
        return current(relation) + "_h";
    }

    /// Keys that changes touched while the rows from before are still being filled in.
    static String touched(int relation) {
        return current(relation) + "_t";
    }

    /// The stored column of a column.
    public static String column(Column column) {
        return "c" + column.number();
    }

    /// The stored columns of a definition, comma-separated.
    public static String columns(TableDefinition definition) {
        return columns(definition.columns(), "");
    }

    /// Stored columns, each with a prefix such as `r.`, comma-separated.
    public static String columns(List<Column> columns, String prefix) {
        return columns.stream().map(c -> prefix + column(c)).collect(Collectors.joining(", "));
    }

    /// Makes the tables and views of a relation that is new.
    public static void create(Connection connection, int shard, Relation relation)
            throws SQLException {
        var definition = relation.definition();
        int id = relation.id();
        String columns =
                definition.columns().stream()
                        .map(c -> column(c) + " " + c.type())
                        .collect(Collectors.joining(", "));
        String key = columns(definition.keyColumns(), "");
        execute(
                connection,
                "create table "
                        + current(id)
                        + " (_shard int not null, _from bigint not null, "
                        + columns
                        + ", primary key (_shard, "
                        + key
                        + "))",
                "create index r" + id + "_from on " + current(id) + " (_from)",
                "create table "
                        + history(id)
                        + " (_shard int not null, _from bigint not null, _to bigint not null, "
                        + columns
                        + ")",
                "create index r" + id + "_h_to on " + history(id) + " (_to)",
                "create index r" + id + "_h_from on " + history(id) + " (_from)",
                "create table " + touched(id) + " as select " + key + " from " + current(id),
                "alter table " + touched(id) + " add primary key (" + key + "), add holes int[]",
                "grant select on " + current(id) + ", " + history(id) + " to highwater_as_of");
        createViews(connection, shard, relation);
    }

    /// Brings tables and views from one definition to a later one that continues it.
    public static void alter(Connection connection, int shard, Relation before, Relation after)
            throws SQLException {
        var old = before.definition();
        for (var column : after.definition().columns()) {
            if (old.column(column.number()) == null) {
                String add = " add column " + column(column) + " " + column.type();
                String missing = column.missing();
                execute(
                        connection,
                        "alter table "
                                + current(after.id())
                                + add
                                + (missing == null
                                        ? ""
                                        : " default "
                                                + connection
                                                        .createStatement()
                                                        .enquoteLiteral(missing)),
                        "alter table " + history(after.id()) + add);
                if (missing != null) {
                    execute(
                            connection,
                            "alter table "
                                    + current(after.id())
                                    + " alter column "
                                    + column(column)
                                    + " drop default");
                }
            }
        }
        dropViews(connection, before, true);
        createViews(connection, shard, after);
    }

    /// Takes away what shows the current state of a relation that ended; its history stays.
    public static void end(Connection connection, Relation relation) throws SQLException {
        dropViews(connection, relation, false);
        execute(connection, "drop table if exists " + touched(relation.id()));
    }

    /// The rows from before are all there.
    public static void filled(Connection connection, Relation relation) throws SQLException {
        execute(connection, "drop table if exists " + touched(relation.id()));
    }

    /// Takes away everything of a relation whose filling has to start again.
    public static void drop(Connection connection, Relation relation) throws SQLException {
        dropViews(connection, relation, true);
        execute(
                connection,
                "drop table if exists " + touched(relation.id()),
                "drop table if exists " + history(relation.id()),
                "drop table if exists " + current(relation.id()));
    }

    private static void createViews(Connection connection, int shard, Relation relation)
            throws SQLException {
        var definition = relation.definition();
        String table = Identifiers.quote(definition.table());
        int id = relation.id();
        String named =
                definition.columns().stream()
                        .map(c -> column(c) + " as " + Identifiers.quote(c.name()))
                        .collect(Collectors.joining(", "));
        String plain = columns(definition);
        String versions =
                """
                (select _shard, _from, null::bigint as _to, %s from %s
                 union all select _shard, _from, _to, %s from %s) v
                """
                        .formatted(plain, current(id), plain, history(id));
        String times =
                """
                v._from, v._to,
                (select e.at from highwater.entry e where e.position = v._from) as _from_at,
                (select e.at from highwater.entry e where e.position = v._to) as _to_at
                """;
        String asOf = "_shard = %d and _from <= (select highwater.as_of())".formatted(shard);
        for (var suffix : Suffix.values()) {
            String schema = Identifiers.quote(suffix.schema(definition));
            String query =
                    switch (suffix) {
                        case NONE ->
                                "select %s from %s where _shard = %d"
                                        .formatted(named, current(id), shard);
                        case ALL -> "select _shard, %s from %s".formatted(named, current(id));
                        case HISTORY ->
                                "select %s, %s from %s where v._shard = %d"
                                        .formatted(times, named, versions, shard);
                        case ALL_HISTORY ->
                                "select v._shard, %s, %s from %s".formatted(times, named, versions);
                        case AS_OF ->
                                """
                                select %s from %s where %s
                                union all
                                select %s from %s where %s and _to > (select highwater.as_of())
                                """
                                        .formatted(
                                                named, current(id), asOf, named, history(id), asOf);
                    };
            // A relation of an earlier generation may have left its history under this name.
            execute(
                    connection,
                    "create schema if not exists " + schema,
                    "grant usage on schema "
                            + schema
                            + " to "
                            + (suffix == Suffix.AS_OF ? "reader, highwater_as_of" : "reader"),
                    "drop view if exists " + schema + "." + table,
                    "create view " + schema + "." + table + " as " + query,
                    "grant select on "
                            + schema
                            + "."
                            + table
                            + " to "
                            + (suffix == Suffix.AS_OF ? "reader, highwater_as_of" : "reader"));
        }
    }

    private static void dropViews(Connection connection, Relation relation, boolean history)
            throws SQLException {
        var definition = relation.definition();
        for (var suffix : Suffix.values()) {
            boolean past = suffix == Suffix.HISTORY || suffix == Suffix.ALL_HISTORY;
            if (history || !past) {
                execute(
                        connection,
                        "drop view if exists "
                                + Identifiers.quote(suffix.schema(definition), definition.table()));
            }
        }
    }

    private static void execute(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (var text : statements) {
                statement.execute(Objects.requireNonNull(text));
            }
        }
    }

    /// The schemas in which a table of schema `s` is shown.
    private enum Suffix {
        NONE(""),
        ALL("_all"),
        HISTORY("_history"),
        ALL_HISTORY("_all_history"),
        AS_OF("_as_of");

        private final String text;

        Suffix(String text) {
            this.text = text;
        }

        String schema(TableDefinition definition) {
            return definition.schema() + text;
        }
    }
}
