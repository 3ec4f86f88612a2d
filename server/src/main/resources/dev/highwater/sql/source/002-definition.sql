-- The numbers of a table's key columns in the key's order: those of its replica identity, or null when
-- it has none that can serve. A table with replica identity FULL has its primary key as key.
create function highwater.key_of(source_oid oid) returns smallint[]
language sql stable set search_path = pg_catalog, pg_temp as $$
  select i.indkey::smallint[]
  from pg_class c
  join pg_index i on i.indrelid = c.oid
  where c.oid = source_oid and i.indisvalid and i.indimmediate
    and case c.relreplident
          when 'd' then i.indisprimary
          when 'f' then i.indisprimary
          when 'i' then i.indisreplident
          else false
        end
$$;

-- Why a table cannot be published; null when it can.
create function highwater.obstacle(source_oid oid) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select case
    when n.nspname ~ '^highwater|_(all|history|as_of)$' then 'is in a schema whose name the store needs for itself'
    when c.relkind = 'p' or c.relispartition then 'is partitioned or a partition; partitioned tables are not followed yet'
    when c.relkind <> 'r' then 'is not an ordinary table'
    when c.relpersistence = 't' then 'is temporary'
    when c.relpersistence = 'u' then 'is unlogged, so its changes are not in the WAL; ALTER TABLE '
      || c.oid::regclass || ' SET LOGGED mends it'
    when not pg_has_role(c.relowner, 'usage') then 'belongs to ' || c.relowner::regrole || '; GRANT '
      || c.relowner::regrole || ' TO ' || quote_ident(current_user) || ' mends it'
    when highwater.key_of(c.oid) is null then 'has no key to tell its rows apart; ALTER TABLE '
      || c.oid::regclass || ' ADD PRIMARY KEY (…) mends it'
    when exists (select from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                   and a.attgenerated <> '') then 'has generated columns, which are not followed yet'
  end
  from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = source_oid
$$;

-- A table's definition, as it is journaled. `missing` is what rows older than the column hold, as
-- the node's own sessions write values: it may be asked for in a session of anyone.
create function highwater.definition(source_oid oid) returns json
language sql stable set search_path = pg_catalog, pg_temp
set timezone = 'UTC' set datestyle = 'ISO, MDY' set intervalstyle = 'postgres' set extra_float_digits = 1
set bytea_output = 'hex' set lc_monetary = 'C' as $$
  select json_build_object(
    'oid', c.oid::bigint,
    'schema', n.nspname,
    'table', c.relname,
    'columns', (
      select json_agg(json_build_object(
          'number', a.attnum,
          'name', a.attname,
          'type', format_type(a.atttypid, a.atttypmod),
          'oid', a.atttypid::bigint,
          'modifier', a.atttypmod,
          'base', b.base::bigint,
          'loose', b.category in ('A', 'C', 'R') or b.base = any ('{700,701,1186,3802,869,650}'::oid[])
                   or b.base >= 16384 or not coalesce(l.collisdeterministic, true),
          'missing', (a.attmissingval::text::text[])[1])
        order by a.attnum)
      from pg_attribute a
      join lateral (
        with recursive up(id) as (
          select a.atttypid
          union all
          select t.typbasetype from up join pg_type t on t.oid = up.id where t.typtype = 'd')
        select up.id as base, t.typcategory as category
        from up join pg_type t on t.oid = up.id where t.typtype <> 'd'
      ) b on true
      left join pg_collation l on l.oid = a.attcollation
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped),
    'key', to_json(highwater.key_of(c.oid)))
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.oid = source_oid
$$;
