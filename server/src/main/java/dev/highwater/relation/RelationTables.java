package dev.highwater.relation;

import dev.highwater.journal.Column;
import dev.highwater.journal.TableDefinition;
import dev.highwater.sql.Identifiers;
import dev.highwater.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/// The tables that hold a relation in the store: DDL, and the names for everyone who reads or
/// writes there.
///
/// Current rows are in `highwater_data.r<id>` (`_shard`, `_from`, then a column `c<number>` for
/// each column of the source), closed versions in `highwater_data.r<id>_h` (with `_to` after
/// `_from`).
///
/// A table's current row also has `_born`: a position from which on its key has always been there,
/// at most `_from`; null where that is all the time for which the relation can be read. It is
/// indexed in place of `_from`, which changes with every update: an update that changes nothing
/// indexed writes to no index at all (HOT). What came since a position was born since, or has a
/// closed version from before. Columns are filed under their numbers, so that a rename touches only
/// the views; a dropped one stays, for the past.
public final class RelationTables {
    private static final String UNSEEN =
            """
            select r.id from highwater.relation r
            where r.state in ('stopped', 'ended') and r.since is not null
              and to_regclass('highwater_data.r' || r.id || '_h') is not null
              and not exists (
                select from pg_depend d
                join pg_rewrite w on w.oid = d.objid
                join pg_class v on v.oid = w.ev_class
                join pg_namespace n on n.oid = v.relnamespace
                where d.classid = 'pg_rewrite'::regclass and d.refclassid = 'pg_class'::regclass
                  and d.refobjid = to_regclass('highwater_data.r' || r.id || '_h')
                  and n.nspname ~ '_history$')
            order by r.id
            """;

    private RelationTables() {}

    /// The table of current rows.
    public static String current(int relation) {
        return "highwater_data.r" + relation;
    }

    /// The table of closed versions.
    public static String history(int relation) {
        return current(relation) + "_h";
    }

    /// Keys that changes touched while the rows from before are still being filled in; of a bag the
    /// changes themselves.
    static String touched(int relation) {
        return current(relation) + "_t";
    }

    /// Whether current rows have `_born`: those of tables that have a key.
    public static boolean hasBorn(TableDefinition definition) {
        return !definition.isView() && !definition.isBag();
    }

    /// The column of current rows that is indexed, and at most `_from`.
    public static String foundBy(Relation relation) {
        return hasBorn(relation.definition()) ? "_born" : "_from";
    }

    /// The stored column of a column.
    public static String column(Column column) {
        return switch (column.number()) {
            case 0, -1, -2 -> column.name();
            default -> "c" + column.number();
        };
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
    ///
    /// @param catalog the others of its name, whose past the views show too
    public static void create(Connection connection, int shard, Relation relation, Catalog catalog)
            throws SQLException {
        var definition = relation.definition();
        int id = relation.id();
        String columns =
                definition.written().columns().stream()
                        .map(c -> column(c) + " " + c.type())
                        .collect(Collectors.joining(", "));
        String found = foundBy(relation);
        String versions =
                definition.isBag() ? "_row uuid not null, _n bigint not null, " + columns : columns;
        String rows = definition.isBag() ? versions : "_born bigint, " + columns;
        String key = columns(definition.keyColumns(), "");
        execute(
                connection,
                "create table "
                        + current(id)
                        + " (_shard int not null, _from bigint not null, "
                        + rows
                        + ", primary key (_shard, "
                        + key
                        + "))"
                        + (relation.state() instanceof Relation.State.Filling
                                ? " with (autovacuum_enabled = false)"
                                : ""),
                "create index r"
                        + id
                        + found
                        + " on "
                        + current(id)
                        + " ("
                        + found
                        + (hasBorn(definition) ? ") where _born is not null" : ")"),
                "create table "
                        + history(id)
                        + " (_shard int not null, _from bigint not null, _to bigint not null, "
                        + versions
                        + ")",
                "create index r" + id + "_h_to on " + history(id) + " (_to)",
                "create index r" + id + "_h_from on " + history(id) + " (_from)",
                "grant select on "
                        + current(id)
                        + ", "
                        + history(id)
                        + " to highwater_as_of, highwater_view");
        if (definition.isBag()) {
            execute(connection, "create table " + touched(id) + " as select * from " + current(id));
        } else {
            execute(
                    connection,
                    "create table " + touched(id) + " as select " + key + " from " + current(id),
                    "alter table "
                            + touched(id)
                            + " add primary key ("
                            + key
                            + "), add holes int[]");
        }
        for (var column : definition.columns()) {
            if (column.isGenerated()) {
                addGenerated(connection, relation, column);
            }
        }
        show(connection, shard, relation, catalog);
    }

    /// Makes the views under which people find a relation, and the past of those that had its name
    /// before.
    public static void show(Connection connection, int shard, Relation relation, Catalog catalog)
            throws SQLException {
        var generations = catalog.generations(relation);
        if (relation.state() instanceof Relation.State.Ended) {
            execute(connection, RelationViews.drop(relation, false));
            execute(connection, RelationViews.createPast(shard, generations));
        } else {
            execute(connection, RelationViews.create(shard, generations));
        }
    }

    /// The relations whose past no view shows: former programs let views show the newest generation
    /// only.
    public static List<Relation> unseen(Connection connection, Catalog catalog)
            throws SQLException {
        return Sql.query(connection, UNSEEN, row -> row.getInt(1)).stream()
                .flatMap(id -> catalog.byId(id).stream())
                .toList();
    }

    /// Lets the views of a relation's name show its past.
    public static void showPast(
            Connection connection, int shard, Relation relation, Catalog catalog)
            throws SQLException {
        var definition = relation.definition();
        var newest = catalog.newest(definition.schema(), definition.table()).orElse(relation);
        if (newest.isFollowed()
                || (newest.since() != null && newest.state() instanceof Relation.State.Stopped)) {
            execute(connection, RelationViews.replacePast(shard, catalog.generations(newest)));
            return;
        }
        // It ended, or could not be followed at all and has no tables.
        var past = catalog.past(definition.schema(), definition.table());
        if (past.isPresent()) {
            execute(connection, RelationViews.createPast(shard, past.get()));
        }
    }

    /// Brings tables and views from one definition to a later one that continues it.
    public static void alter(
            Connection connection, int shard, Relation then, Relation after, Catalog catalog)
            throws SQLException {
        var old = then.definition();
        if (old.columns().equals(after.definition().columns())
                && old.name().equals(after.definition().name())) {
            return;
        }
        for (var column : after.definition().columns()) {
            var before = old.column(column.number());
            if (before != null && before.isGenerated() && !column.isGenerated()) {
                String plain = " alter column " + column(column) + " drop expression";
                execute(
                        connection,
                        "alter table " + current(after.id()) + plain,
                        "alter table " + history(after.id()) + plain);
            } else if (before == null) {
                String add = " add column " + column(column) + " " + column.type();
                String missing = column.missing();
                execute(
                        connection,
                        "alter table "
                                + current(after.id())
                                + add
                                + (missing == null
                                        ? ""
                                        : " default " + literal(connection, missing)),
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
        unshow(connection, shard, then, catalog);
        show(connection, shard, after, catalog);
    }

    /// Takes away the views of a relation; what had its name before is shown without it.
    private static void unshow(Connection connection, int shard, Relation relation, Catalog catalog)
            throws SQLException {
        execute(connection, RelationViews.drop(relation, true));
        var past = catalog.pastBeside(relation);
        if (past.isPresent()) {
            execute(connection, RelationViews.createPast(shard, past.get()));
        }
    }

    /// Adds a column that the store computes as the source does. Its expression speaks of the
    /// source's names, so the stored columns bear them meanwhile; PostgreSQL keeps track of what is
    /// meant.
    private static void addGenerated(Connection connection, Relation relation, Column column)
            throws SQLException {
        var generated = Objects.requireNonNull(column.generated());
        for (var table : List.of(current(relation.id()), history(relation.id()))) {
            var names =
                    Sql.query(
                            connection,
                            "select attname from pg_attribute where attrelid = ?::regclass"
                                    + " and attnum > 0 and not attisdropped",
                            row -> row.getString(1),
                            table);
            var before = new ArrayList<String>();
            var after = new ArrayList<String>();
            for (var name : names) {
                String aside = Identifiers.quote("highwater~" + name);
                before.add(rename(table, name, aside));
                after.add(rename(table, aside, name));
            }
            for (var other : relation.definition().columns()) {
                if (names.contains(column(other))) {
                    String aside = Identifiers.quote("highwater~" + column(other));
                    String own = Identifiers.quote(other.name());
                    before.add(rename(table, aside, own));
                    after.addFirst(rename(table, own, aside));
                }
            }
            execute(connection, before);
            execute(
                    connection,
                    "alter table %s add column %s %s generated always as (%s) stored"
                            .formatted(
                                    table,
                                    Identifiers.quote(column.name()),
                                    column.type(),
                                    generated.expression()),
                    rename(table, Identifiers.quote(column.name()), column(column)));
            execute(connection, after);
        }
    }

    private static String rename(String table, String from, String to) {
        return "alter table " + table + " rename column " + from + " to " + to;
    }

    /// Takes away what shows the current state of a relation that ended; its history stays.
    public static void end(Connection connection, Relation relation) throws SQLException {
        execute(connection, RelationViews.drop(relation, false));
        execute(connection, "drop table if exists " + touched(relation.id()));
    }

    /// The rows from before are all there: what was needed while they came goes, and autovacuum,
    /// which would have looked at the growing table again and again, takes it on.
    public static void filled(Connection connection, Relation relation) throws SQLException {
        execute(
                connection,
                "drop table if exists " + touched(relation.id()),
                "alter table " + current(relation.id()) + " reset (autovacuum_enabled)");
    }

    /// Takes away everything of a relation whose filling has to start again.
    public static void drop(Connection connection, int shard, Relation relation, Catalog catalog)
            throws SQLException {
        unshow(connection, shard, relation, catalog);
        execute(
                connection,
                "drop table if exists " + touched(relation.id()),
                "drop table if exists " + history(relation.id()),
                "drop table if exists " + current(relation.id()));
    }

    private static void execute(Connection connection, String... statements) throws SQLException {
        execute(connection, List.of(statements));
    }

    private static void execute(Connection connection, List<String> statements)
            throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (var text : statements) {
                statement.execute(text);
            }
        }
    }

    private static String literal(Connection connection, String text) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.enquoteLiteral(text);
        }
    }
}
