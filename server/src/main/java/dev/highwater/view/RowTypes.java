package dev.highwater.view;

import dev.highwater.sql.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/// Columns of a stored table that hold whole rows of a relation. In the store such a type belongs
/// to the plain view under which people find the relation, which could then not be made again after
/// DDL; so no column may have it.
final class RowTypes {
    private static final String COLUMN =
            """
            with recursive used(name, number, id) as (
              select a.attname, a.attnum, a.atttypid from pg_attribute a
              where a.attrelid = ?::regclass and a.attnum > 0 and not a.attisdropped
              union
              select used.name, used.number, part.id
              from used
              join pg_type t on t.oid = used.id
              left join pg_class c on c.oid = t.typrelid and c.relkind = 'c'
              cross join lateral (
                select t.typelem as id
                union all select t.typbasetype
                union all select r.rngsubtype from pg_range r where t.oid in (r.rngtypid, r.rngmultitypid)
                union all select a.atttypid from pg_attribute a
                  where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
              ) part
              where part.id <> 0)
            select used.name, n.nspname || '.' || c.relname
            from used
            join pg_type t on t.oid = used.id
            join pg_class c on c.oid = t.typrelid and c.relkind <> 'c'
            join pg_namespace n on n.oid = c.relnamespace
            order by used.number limit 1
            """;

    private RowTypes() {}

    /// Why a table cannot be kept, if one of its columns holds whole rows.
    static Optional<String> obstacle(Connection connection, String table) throws SQLException {
        return Sql.first(
                connection,
                COLUMN,
                row ->
                        "column %s holds whole rows of %s, which cannot be stored; name the columns that it needs, or write to_jsonb(…) around it"
                                .formatted(row.getString(1), row.getString(2)),
                table);
    }
}
