create function highwater.is_published(source_oid oid) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select exists (select from pg_publication_rel r join pg_publication p on p.oid = r.prpubid
                 where p.pubname = 'highwater' and r.prrelid = source_oid)
$$;

-- The tables that hold a table's rows: itself, or the partitions at the ends of its tree.
create function highwater.parts(source_oid oid) returns setof oid
language sql stable set search_path = pg_catalog, pg_temp as $$
  select c.oid from pg_class c where c.oid = source_oid and c.relkind <> 'p'
  union all
  select p.relid from pg_class c cross join lateral pg_partition_tree(c.oid) p
  where c.oid = source_oid and c.relkind = 'p' and p.isleaf
$$;

-- A partitioned table has no identity of its own: its primary key is its partitions' too.
create function highwater.key_of(source_oid oid) returns smallint[]
language sql stable set search_path = pg_catalog, pg_temp as $$
  select i.indkey::smallint[]
  from pg_class c
  join pg_index i on i.indrelid = c.oid
  where c.oid = source_oid and i.indisvalid and i.indimmediate
    and case
          when c.relkind = 'p' or c.relreplident in ('d', 'f') then i.indisprimary
          when c.relreplident = 'i' then i.indisreplident
          else false
        end
$$;

create function highwater.key_names(source_oid oid) returns name[]
language sql stable set search_path = pg_catalog, pg_temp as $$
  select array_agg(a.attname order by k.place)
  from unnest(highwater.key_of(source_oid)) with ordinality k(number, place)
  join pg_attribute a on a.attrelid = source_oid and a.attnum = k.number
$$;

-- Why a generated column cannot be followed: it does not come with the changes, so the store computes it.
create function highwater.generated_obstacle(source_oid oid) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select case
    when highwater.key_of(source_oid) && array_agg(a.attnum) then
      'has the generated column ' || min(a.attname) || ' in its key, which does not come with its changes'
    when bool_or(exists (select from pg_depend d where d.classid = 'pg_attrdef'::regclass and d.objid = e.oid
                           and d.refclassid in ('pg_proc'::regclass, 'pg_operator'::regclass))) then
      'has a generated column whose expression calls functions that the store does not have'
    when bool_or(exists (
        select from highwater.parts(source_oid) part
        join pg_attribute pa on pa.attrelid = part and pa.attname = a.attname
        left join pg_attrdef pe on pe.adrelid = part and pe.adnum = pa.attnum
        where pg_get_expr(pe.adbin, part) is distinct from pg_get_expr(e.adbin, source_oid))) then
      'has a partition that computes a generated column in another way'
  end
  from pg_attribute a left join pg_attrdef e on e.adrelid = a.attrelid and e.adnum = a.attnum
  where a.attrelid = source_oid and a.attnum > 0 and not a.attisdropped and a.attgenerated <> ''
  having count(*) > 0
$$;

-- Why one of the tables that hold a table's rows stands against publishing it.
create function highwater.part_obstacle(source_oid oid, part oid) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select case
    when c.relkind = 'f' then 'is a foreign table, whose changes are not in the WAL'
    when c.relpersistence = 'u' then 'is unlogged, so its changes are not in the WAL; ALTER TABLE '
      || c.oid::regclass || ' SET LOGGED mends it'
    when highwater.key_of(source_oid) is null and c.relreplident <> 'f' then
      'has no key to tell its rows apart; ALTER TABLE ' || source_oid::regclass
      || ' ADD PRIMARY KEY (…) mends it, and so does ALTER TABLE ' || c.oid::regclass
      || ' REPLICA IDENTITY FULL, under which equal rows are counted'
    when highwater.key_names(c.oid) is distinct from highwater.key_names(source_oid) then
      'is not identified by the key of ' || source_oid::regclass || '; ALTER TABLE ' || c.oid::regclass
      || ' REPLICA IDENTITY DEFAULT mends it'
    when c.relreplident = 'f' and current_setting('server_version_num')::int >= 180000
      and exists (select from pg_attribute a where a.attrelid = c.oid and not a.attisdropped and a.attgenerated <> '')
      then 'has generated columns, which PostgreSQL 18 does not publish under REPLICA IDENTITY FULL; ALTER TABLE '
      || c.oid::regclass || ' REPLICA IDENTITY DEFAULT mends it, with a primary key'
  end
  from pg_class c where c.oid = part
$$;

-- Why a table cannot be published; null when it can.
create function highwater.obstacle(source_oid oid) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select case
    when n.nspname ~ '^highwater|_(all|history|as_of)$'
      -- of our own tables those of the event store are for reading
      and not (n.nspname = 'highwater' and c.relname in ('events', 'event_order', 'event_tags', 'deciders'))
      then 'is in a schema whose name the store needs for itself'
    when c.relispartition then 'is a partition of ' || pg_partition_root(c.oid)::regclass || ' and followed with it'
    when c.relkind not in ('r', 'p') then 'is not an ordinary table'
    when c.relpersistence = 't' then 'is temporary'
    when not pg_has_role(c.relowner, 'usage') then 'belongs to ' || c.relowner::regrole || '; GRANT '
      || c.relowner::regrole || ' TO ' || quote_ident(current_user) || ' mends it'
    when (select count(*) from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) > 1590
      then 'has more than 1590 columns; the store adds some of its own, and PostgreSQL allows 1600'
    when exists (select from pg_attribute a where a.attrelid = c.oid and a.attnum > 0
                   and a.attname in ('_shard', '_from', '_to', '_from_at', '_to_at'))
      then 'has a column with a name that its history needs (_shard, _from, _to, _from_at, _to_at); rename it'
    when not exists (select from highwater.parts(c.oid)) and highwater.key_of(c.oid) is null and c.relreplident <> 'f'
      then 'has no key to tell its rows apart; ALTER TABLE ' || c.oid::regclass || ' ADD PRIMARY KEY (…) mends it, and'
        || ' so does REPLICA IDENTITY FULL on it and its partitions, under which equal rows are counted'
    else coalesce(
      highwater.generated_obstacle(c.oid),
      (select case when part = c.oid then '' else 'has the partition ' || part::regclass || ', which ' end || o.why
       from highwater.parts(c.oid) part cross join lateral highwater.part_obstacle(c.oid, part) o(why)
       where o.why is not null order by part limit 1))
  end
  from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = source_oid
$$;

-- What types consist of, as far as they are not PostgreSQL's own; those come first of which others are made.
-- Arrays and multiranges go without saying.
create function highwater.type_definitions(start oid[]) returns json
language sql stable set search_path = pg_catalog, pg_temp as $$
  with recursive used(id, level) as (
    select unnest(start), 0
    union
    select part.id, used.level + 1
    from used
    join pg_type t on t.oid = used.id
    left join pg_class c on c.oid = t.typrelid
    cross join lateral (
      select t.typelem as id where t.typcategory = 'A' and t.typelem <> 0
      union all select t.typbasetype where t.typtype = 'd'
      union all select r.rngsubtype from pg_range r where r.rngtypid = t.oid
      union all select r.rngtypid from pg_range r where r.rngmultitypid = t.oid
      union all select a.atttypid from pg_attribute a
        where c.relkind = 'c' and a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    ) part
    where used.id >= 16384),
  own as (select id, max(level) as level from used where id >= 16384 group by id)
  select json_agg(json_strip_nulls(json_build_object(
      'oid', t.oid::bigint,
      'schema', n.nspname,
      'name', t.typname,
      'kind', case
        when x.extname is not null then 'extension'
        when t.typtype = 'e' then 'enum'
        when t.typtype = 'd' then 'domain'
        when t.typtype = 'r' then 'range'
        when c.relkind = 'c' then 'composite'
        else 'other' end,
      'extension', x.extname,
      'labels', (select json_agg(json_build_object('oid', e.oid::bigint, 'label', e.enumlabel) order by e.enumsortorder)
                 from pg_enum e where e.enumtypid = t.oid),
      'base', case when t.typtype = 'd' then format_type(t.typbasetype, t.typtypmod) end,
      'subtype', format_type(r.rngsubtype, -1),
      'multirange', (select m.typname from pg_type m where m.oid = r.rngmultitypid),
      'attributes', case when c.relkind = 'c' then (
        select json_agg(json_build_object('number', a.attnum, 'name', a.attname,
            'type', format_type(a.atttypid, a.atttypmod)) order by a.attnum)
        from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) end))
    order by own.level desc, t.oid)
  from own
  join pg_type t on t.oid = own.id
  join pg_namespace n on n.oid = t.typnamespace
  left join pg_class c on c.oid = t.typrelid
  left join pg_range r on r.rngtypid = t.oid
  left join (pg_depend d join pg_extension x on x.oid = d.refobjid)
    on d.classid = 'pg_type'::regclass and d.objid = t.oid and d.refclassid = 'pg_extension'::regclass
      and d.deptype = 'e'
  where t.typtype <> 'm' and not (t.typcategory = 'A' and t.typelem <> 0)
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
          'under', case when b.base <> a.atttypid then format_type(b.base, -1) end,
          'loose', b.category in ('A', 'C', 'R') or b.base = any ('{700,701,1186,3802,869,650}'::oid[])
                   or b.base >= 16384 and b.category <> 'E' or not coalesce(l.collisdeterministic, true),
          'missing', case when c.relkind = 'p' then (
              select (l.attmissingval::text::text[])[1]
              from highwater.parts(c.oid) part
              join pg_attribute l on l.attrelid = part and l.attname = a.attname
              where l.atthasmissing limit 1)
            else (a.attmissingval::text::text[])[1] end,
          'generated', case when a.attgenerated <> '' then pg_get_expr(e.adbin, a.attrelid) end,
          'fingerprint', case when a.attgenerated <> '' then
            md5(regexp_replace(e.adbin::text, ':location -?[0-9]+', '', 'g')) end)
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
      left join pg_attrdef e on e.adrelid = a.attrelid and e.adnum = a.attnum
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped),
    'key', to_json(highwater.key_of(c.oid)),
    'types', highwater.type_definitions(array(
      select a.atttypid from pg_attribute a
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.atttypid >= 16384)),
    'leaves', case when c.relkind = 'p' then (
      select coalesce(json_agg(part::bigint order by part), '[]'::json) from highwater.parts(c.oid) part) end)
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.oid = source_oid
$$;
