package dev.highwater.backup;

import dev.highwater.backup.Contents.Table;
import dev.highwater.sql.Identifiers;
import dev.highwater.sql.Migrations;
import dev.highwater.sql.Sql;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads from PostgreSQL's catalogs how the tables of a store and their types are made. What a
/// query of a view needed (hidden columns, indexes on them) is found like everything else.
final class Structure {
    private static final String SCHEMA = "highwater_data";

    /// Keys that are touched while a table is being filled; that starts again after a restore.
    private static final String PASSING = "^r\\d+_t$";

    private static final String TABLES =
            """
            select c.oid::bigint, n.nspname::text, c.relname::text, c.reloptions
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind = 'r'
              and (n.nspname = 'highwater' and c.relname = any (?)
                or n.nspname = 'highwater_data' and c.relname !~ ?)
            order by n.nspname, c.oid
            """;

    private static final String COLUMNS =
            """
            select a.attrelid::bigint, a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull,
              a.attgenerated <> '', pg_get_expr(d.adbin, d.adrelid),
              case when a.attcollation <> t.typcollation
                then quote_ident(n.nspname) || '.' || quote_ident(l.collname) end
            from pg_attribute a
            join pg_class c on c.oid = a.attrelid
            join pg_type t on t.oid = a.atttypid
            left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
            left join pg_collation l on l.oid = a.attcollation
            left join pg_namespace n on n.oid = l.collnamespace
            where c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
              and c.relnamespace in ('highwater'::regnamespace, 'highwater_data'::regnamespace)
            order by a.attrelid, a.attnum
            """;

    private static final String KEYS =
            """
            select conrelid::bigint, format('add constraint %I %s', conname, pg_get_constraintdef(oid))
            from pg_constraint
            where connamespace = 'highwater_data'::regnamespace and contype in ('p', 'u')
            order by oid
            """;

    private static final String INDEXES =
            """
            select i.indrelid::bigint, pg_get_indexdef(i.indexrelid)
            from pg_index i join pg_class c on c.oid = i.indexrelid
            where c.relnamespace = 'highwater_data'::regnamespace and i.indisvalid
              and not exists (select from pg_constraint o where o.conindid = i.indexrelid)
            order by i.indexrelid
            """;

    private static final String GRANTS =
            """
            select c.oid::bigint, format('grant %s on %s to %I', g.privilege_type, c.oid::regclass, r.rolname)
            from pg_class c cross join lateral aclexplode(c.relacl) g join pg_roles r on r.oid = g.grantee
            where c.relnamespace = 'highwater_data'::regnamespace and c.relkind = 'r'
              and r.rolname in ('reader', 'highwater_as_of', 'highwater_view')
            """;

    /// Types that the tables' columns lead to, and from each the ones that it needs itself.
    private static final String TYPES =
            """
            with recursive edge (of, needs) as (
              select oid, typelem from pg_type where typcategory = 'A' and typelem <> 0
              union all select oid, typbasetype from pg_type where typbasetype <> 0
              union all select rngmultitypid, rngtypid from pg_range
              union all select rngtypid, rngsubtype from pg_range
              union all
              select c.reltype, a.atttypid from pg_class c join pg_attribute a on a.attrelid = c.oid
              where c.relkind = 'c' and a.attnum > 0 and not a.attisdropped),
            reached (oid) as (
              select a.atttypid from pg_attribute a join pg_class c on c.oid = a.attrelid
              where c.relnamespace = 'highwater_data'::regnamespace and c.relkind = 'r'
                and a.attnum > 0 and not a.attisdropped
              union
              select e.needs from reached r join edge e on e.of = r.oid)
            select t.oid::bigint, quote_ident(n.nspname), quote_ident(t.typname),
              case t.typtype
                when 'e' then 'enum (' || (
                  select string_agg(quote_literal(enumlabel), ', ' order by enumsortorder)
                  from pg_enum where enumtypid = t.oid) || ')'
                when 'd' then format_type(t.typbasetype, t.typtypmod)
                when 'c' then '(' || (
                  select string_agg(quote_ident(attname) || ' ' || format_type(atttypid, atttypmod), ', ' order by attnum)
                  from pg_attribute where attrelid = t.typrelid and attnum > 0 and not attisdropped) || ')'
                when 'r' then (
                  select format('range (subtype = %s, multirange_type_name = %I.%I)',
                    format_type(g.rngsubtype, -1), mn.nspname, m.typname)
                  from pg_range g join pg_type m on m.oid = g.rngmultitypid
                  join pg_namespace mn on mn.oid = m.typnamespace where g.rngtypid = t.oid)
              end,
              t.typtype = 'd',
              array (select needs::bigint from edge where of = t.oid)
            from reached join pg_type t using (oid)
            join pg_namespace n on n.oid = t.typnamespace
            left join pg_class c on c.oid = t.typrelid
            where n.nspname <> 'pg_catalog' and coalesce(c.relkind, 'c') = 'c'
              and not exists (select from pg_depend d where d.objid = t.oid and d.deptype = 'e')
            order by t.oid
            """;

    private Structure() {}

    private record Found(long oid, String schema, String table, List<String> options) {
        String name() {
            return Identifiers.quote(schema, table);
        }
    }

    private record Column(
            String name, String type, boolean required, boolean generated, String rest) {}

    private record Of<T>(long oid, T value) {}

    private record FoundType(
            long oid, String schema, String name, String shape, boolean domain, List<Long> needs) {}

    /// Reads the structure; the connection is in a transaction, whose search path it changes.
    static Contents read(Connection connection) throws SQLException {
        Sql.query(
                connection,
                "select set_config('search_path', 'pg_catalog', true)",
                row -> row.getString(1));
        var columns = byTable(Sql.query(connection, COLUMNS, Structure::column));
        var after = new LinkedHashMap<Long, List<String>>();
        for (var query : List.of(KEYS, INDEXES, GRANTS)) {
            Sql.query(connection, query, row -> new Of<>(row.getLong(1), row.getString(2)))
                    .forEach(
                            of ->
                                    after.computeIfAbsent(of.oid(), _ -> new ArrayList<>())
                                            .add(of.value()));
        }
        var tables = new ArrayList<Table>();
        var own = Migrations.made("store").tables();
        for (var found :
                Sql.query(
                        connection,
                        TABLES,
                        Structure::found,
                        connection.createArrayOf("text", own.toArray()),
                        PASSING)) {
            tables.add(
                    table(
                            found,
                            columns.getOrDefault(found.oid(), List.of()),
                            after.getOrDefault(found.oid(), List.of())));
        }
        return Sql.first(
                        connection,
                        """
                        select incarnation, highwater.position(),
                          (select max(version) from highwater.migration where folder = 'store')
                        from highwater.node
                        """,
                        row ->
                                new Contents(
                                        Contents.FORMAT,
                                        row.getString(1),
                                        row.getLong(2),
                                        row.getInt(3),
                                        types(connection),
                                        tables))
                .orElseThrow();
    }

    private static <T> Map<Long, List<T>> byTable(List<Of<T>> all) {
        var result = new LinkedHashMap<Long, List<T>>();
        all.forEach(of -> result.computeIfAbsent(of.oid(), _ -> new ArrayList<>()).add(of.value()));
        return result;
    }

    private static Found found(ResultSet row) throws SQLException {
        return new Found(
                row.getLong(1), row.getString(2), row.getString(3), strings(row.getArray(4)));
    }

    private static List<String> strings(@Nullable Array array) throws SQLException {
        return array == null ? List.of() : List.of((String[]) array.getArray());
    }

    private static Of<Column> column(ResultSet row) throws SQLException {
        boolean generated = row.getBoolean(5);
        String expression = row.getString(6);
        String collation = row.getString(7);
        String rest =
                (collation == null ? "" : " collate " + collation)
                        + (generated ? " generated always as (" + expression + ") stored" : "")
                        + (row.getBoolean(4) ? " not null" : "");
        return new Of<>(
                row.getLong(1),
                new Column(
                        Identifiers.quote(row.getString(2)),
                        row.getString(3),
                        row.getBoolean(4),
                        generated,
                        rest));
    }

    private static Table table(Found found, List<Column> columns, List<String> after) {
        boolean own = !found.schema().equals(SCHEMA);
        String copied =
                String.join(
                        ", ",
                        columns.stream().filter(c -> !c.generated()).map(Column::name).toList());
        if (own) {
            return new Table(found.name(), true, copied, List.of(), List.of());
        }
        String made =
                String.join(
                        ", ",
                        columns.stream().map(c -> c.name() + " " + c.type() + c.rest()).toList());
        String options =
                found.options().isEmpty()
                        ? ""
                        : " with (" + String.join(", ", found.options()) + ")";
        return new Table(
                found.name(),
                false,
                copied,
                List.of("create table " + found.name() + " (" + made + ")" + options),
                after.stream()
                        .map(
                                s ->
                                        s.startsWith("add ")
                                                ? "alter table " + found.name() + " " + s
                                                : s)
                        .toList());
    }

    private static List<Contents.Type> types(Connection connection) throws SQLException {
        var found = new LinkedHashMap<Long, FoundType>();
        for (var type :
                Sql.query(
                        connection,
                        TYPES,
                        row ->
                                new FoundType(
                                        row.getLong(1),
                                        row.getString(2),
                                        row.getString(3),
                                        String.valueOf(row.getString(4)),
                                        row.getBoolean(5),
                                        List.of((Long[]) row.getArray(6).getArray())))) {
            found.put(type.oid(), type);
        }
        // Arrays and multiranges come with the types that they are of.
        var made = new ArrayList<Contents.Type>();
        var seen = new HashSet<Long>();
        for (var type : found.values()) {
            make(type, found, seen, made);
        }
        return made;
    }

    private static void make(
            FoundType type, Map<Long, FoundType> all, Set<Long> seen, List<Contents.Type> made) {
        if (!seen.add(type.oid())) {
            return;
        }
        for (long needed : type.needs()) {
            var other = all.get(needed);
            if (other != null) {
                make(other, all, seen, made);
            }
        }
        if (!type.shape().equals("null")) {
            String name = type.schema() + "." + type.name();
            made.add(
                    new Contents.Type(
                            type.schema(),
                            type.name(),
                            (type.domain() ? "create domain " : "create type ")
                                    + name
                                    + " as "
                                    + type.shape()));
        }
    }
}
