-- Types that are not PostgreSQL's own, generated columns, bags and partitioned tables.

-- Which partitions hold the rows of a published partitioned table, so that DDL tells which came and went.
create table highwater.leaf (leaf oid primary key, root oid not null);
create index leaf_root on highwater.leaf (root);

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
create or replace function highwater.key_of(source_oid oid) returns smallint[]
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

create or replace function highwater.obstacle(source_oid oid) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select case
    when n.nspname ~ '^highwater|_(all|history|as_of)$' then 'is in a schema whose name the store needs for itself'
    when c.relispartition then 'is a partition of ' || pg_partition_root(c.oid)::regclass || ' and followed with it'
    when c.relkind not in ('r', 'p') then 'is not an ordinary table'
    when c.relpersistence = 't' then 'is temporary'
    when not pg_has_role(c.relowner, 'usage') then 'belongs to ' || c.relowner::regrole || '; GRANT '
      || c.relowner::regrole || ' TO ' || quote_ident(current_user) || ' mends it'
    when (select count(*) from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) > 1590
      then 'has more than 1590 columns; the store adds some of its own, and PostgreSQL allows 1600'
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

create or replace function highwater.definition(source_oid oid) returns json
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

-- Remembers the partitions that a table has now.
create function highwater.note_leaves(source_oid oid) returns void
language sql set search_path = pg_catalog, pg_temp as $$
  delete from highwater.leaf l where l.root = source_oid;
  insert into highwater.leaf
    select p.relid, source_oid from pg_class c cross join lateral pg_partition_tree(c.oid) p
    where c.oid = source_oid and c.relkind = 'p' and p.isleaf
    on conflict (leaf) do update set root = excluded.root
$$;

create or replace function highwater.publish(source_oid oid, born boolean default false) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  why text := highwater.obstacle(source_oid);
begin
  if why is not null then
    raise exception '% %', source_oid::regclass, why using errcode = 'object_not_in_prerequisite_state';
  end if;
  if highwater.is_published(source_oid) then
    return false;
  end if;
  delete from highwater.unpublished u where u.source_oid = publish.source_oid;
  execute format('alter publication highwater add table only %s', source_oid::regclass);
  perform highwater.note_leaves(source_oid);
  perform highwater.tell(json_build_object('kind', 'publish', 'born', born, 'definition', highwater.definition(source_oid)));
  return true;
end $$;

-- Publishes a table if it is to be published by itself and can be.
create function highwater.consider(candidate oid, born boolean default false) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if highwater.is_wanted(candidate) and highwater.obstacle(candidate) is null then
    perform highwater.publish(candidate, born);
  end if;
end $$;

create or replace function highwater.want(patterns text[], at_most int) returns int
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  t oid;
  n int := 0;
begin
  delete from highwater.wanted w
  where case when w.excluded then '!' else '' end || w.pattern <> all (patterns);
  insert into highwater.wanted
  select distinct ltrim(p, '!'), p like '!%' from unnest(patterns) p
  on conflict (pattern) do update set excluded = excluded.excluded;
  for t in
    select c.oid from pg_class c
    where c.relkind in ('r', 'p') and not c.relispartition and not highwater.is_published(c.oid)
      and highwater.is_wanted(c.oid) and highwater.obstacle(c.oid) is null
    order by c.oid limit at_most
  loop
    perform highwater.publish(t);
    n := n + 1;
  end loop;
  return n;
end $$;

-- Takes a table out of the publication and says why.
create function highwater.withdraw(source_oid oid, reason text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  execute format('alter publication highwater drop table only %s', source_oid::regclass);
  delete from highwater.leaf l where l.root = source_oid;
  perform highwater.tell(json_build_object('kind', 'end', 'oid', source_oid::bigint, 'reason', reason));
end $$;

create or replace function highwater.unpublish(source_oid oid) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  insert into highwater.unpublished values (source_oid) on conflict do nothing;
  if not highwater.is_published(source_oid) then
    return false;
  end if;
  perform highwater.withdraw(source_oid, 'unpublished');
  return true;
end $$;

create or replace function highwater.changed(source_oid oid) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  why text := highwater.obstacle(source_oid);
  part oid;
  filled boolean;
  came boolean := false;
begin
  if why is not null then
    perform highwater.withdraw(source_oid, source_oid::regclass || ' ' || why);
    return;
  end if;
  if exists (select from pg_class c where c.oid = source_oid and c.relkind = 'p') then
    for part in
      select p.relid from pg_partition_tree(source_oid) p
      where p.isleaf and not exists (select from highwater.leaf l where l.leaf = p.relid and l.root = source_oid)
    loop
      insert into highwater.leaf values (part, source_oid) on conflict (leaf) do update set root = excluded.root;
      execute format('select exists (select from only %s)', part::regclass) into filled;
      came := came or filled;
    end loop;
  end if;
  perform highwater.tell(json_build_object('kind', 'define', 'attached', came,
    'definition', highwater.definition(source_oid)));
  -- What was detached can be followed by itself.
  for part in
    delete from highwater.leaf l
    where l.root = source_oid
      and not exists (select from pg_partition_tree(source_oid) p where p.relid = l.leaf and p.isleaf)
    returning l.leaf
  loop
    perform highwater.consider(coalesce(pg_partition_root(part), part))
    from pg_class c where c.oid = part;
  end loop;
end $$;

-- The tables that have a type in their columns, however deep.
create function highwater.tables_with(type oid) returns setof oid
language sql stable set search_path = pg_catalog, pg_temp as $$
  with recursive above(id) as (
    select tables_with.type
    union
    select coalesce(c.reltype, d.objid)
    from above
    join pg_depend d on d.refclassid = 'pg_type'::regclass and d.refobjid = above.id
    left join pg_class c on d.classid = 'pg_class'::regclass and c.oid = d.objid and c.relkind = 'c'
    where d.classid = 'pg_type'::regclass or c.oid is not null)
  select distinct c.oid
  from above
  join pg_depend d on d.refclassid = 'pg_type'::regclass and d.refobjid = above.id
    and d.classid = 'pg_class'::regclass
  join pg_class c on c.oid = d.objid and c.relkind in ('r', 'p') and (d.objsubid > 0 or c.reloftype = above.id)
$$;

-- DDL on a table changes those that inherit from it, and the one whose partition it is, without naming
-- them; DDL on a type changes the tables that have it in their columns.
create or replace function highwater.after_ddl() returns event_trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  command record;
begin
  for command in
    select distinct coalesce(c.reltype, d.objid) as type
    from pg_event_trigger_ddl_commands() d
    left join pg_class c on d.classid = 'pg_class'::regclass and c.oid = d.objid and c.relkind = 'c'
    where d.command_tag in ('ALTER TYPE', 'ALTER DOMAIN') and (d.classid = 'pg_type'::regclass or c.oid is not null)
  loop
    begin
      perform highwater.tell(json_build_object('kind', 'types',
        'types', highwater.type_definitions(array[command.type])));
      perform highwater.changed(t) from highwater.tables_with(command.type) t where highwater.is_published(t);
    exception when others then
      raise warning 'highwater: %', sqlerrm;
    end;
  end loop;
  for command in
    with recursive touched(source_oid, born) as (
      select coalesce(i.indrelid, d.objid), d.command_tag = 'CREATE TABLE' and i.indrelid is null
      from pg_event_trigger_ddl_commands() d
      left join pg_index i on i.indexrelid = d.objid
      where d.classid = 'pg_class'::regclass
      union
      select h.inhrelid, false from touched t join pg_inherits h on h.inhparent = t.source_oid),
    concerned(source_oid, born) as (
      select * from touched
      union
      select pg_partition_root(t.source_oid), false from touched t)
    select t.source_oid, bool_or(t.born) as born
    from concerned t join pg_class c on c.oid = t.source_oid and c.relkind in ('r', 'p')
    group by 1 order by bool_or(c.relispartition), 1
  loop
    begin
      if highwater.is_published(command.source_oid) then
        perform highwater.changed(command.source_oid);
      else
        perform highwater.consider(command.source_oid, command.born);
      end if;
    exception when others then
      raise warning 'highwater: %', sqlerrm;
    end;
  end loop;
exception when others then
  raise warning 'highwater: %', sqlerrm;
end $$;

create or replace function highwater.after_rewrite() returns event_trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  t oid := pg_event_trigger_table_rewrite_oid();
begin
  t := coalesce(pg_partition_root(t), t);
  if highwater.is_published(t) then
    perform highwater.tell(json_build_object('kind', 'rewrite', 'oid', t::bigint));
  end if;
exception when others then
  raise warning 'highwater: %', sqlerrm;
end $$;

create or replace function highwater.after_drop() returns event_trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  dropped record;
  left_behind oid;
begin
  for dropped in
    select d.objid, d.objsubid, d.classid from pg_event_trigger_dropped_objects() d
    where d.object_type = 'table' and not d.is_temporary
  loop
    perform highwater.tell(json_build_object('kind', 'end', 'oid', dropped.objid::bigint, 'reason', 'dropped'));
    delete from highwater.unpublished u where u.source_oid = dropped.objid;
    delete from highwater.leaf l where l.root = dropped.objid;
  end loop;
  for left_behind in
    select distinct l.root from highwater.leaf l
    join pg_event_trigger_dropped_objects() d on d.objid = l.leaf and d.object_type = 'table'
    where highwater.is_published(l.root)
  loop
    begin
      perform highwater.changed(left_behind);
    exception when others then
      raise warning 'highwater: %', sqlerrm;
    end;
  end loop;
  if tg_tag in ('ALTER TABLE', 'DROP TABLE') then
    return; -- after_ddl tells; the indexes are the table's own
  end if;
  for left_behind in
    select r.prrelid from pg_publication_rel r join pg_publication p on p.oid = r.prpubid
    where p.pubname = 'highwater' and exists (
      select from pg_event_trigger_dropped_objects() d
      where d.object_type = 'table column' and d.objid = r.prrelid
         or d.object_type = 'index' and highwater.obstacle(r.prrelid) is not null)
  loop
    begin
      perform highwater.changed(left_behind);
    exception when others then
      raise warning 'highwater: %', sqlerrm;
    end;
  end loop;
exception when others then
  raise warning 'highwater: %', sqlerrm;
end $$;

-- Event triggers are made again at the node's next start, for what they tell of now.
create or replace function highwater.follow_ddl() returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if (select count(*) from pg_event_trigger
      where evtname in ('highwater_ddl', 'highwater_rewrite', 'highwater_drop')
        and (evtname <> 'highwater_ddl' or 'ALTER TYPE' = any (evttags))) = 3 then
    return true;
  end if;
  drop event trigger if exists highwater_ddl;
  drop event trigger if exists highwater_rewrite;
  drop event trigger if exists highwater_drop;
  create event trigger highwater_ddl on ddl_command_end
    when tag in ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO', 'ALTER TABLE', 'CREATE INDEX', 'ALTER TYPE',
                 'ALTER DOMAIN')
    execute function highwater.after_ddl();
  create event trigger highwater_rewrite on table_rewrite execute function highwater.after_rewrite();
  create event trigger highwater_drop on sql_drop execute function highwater.after_drop();
  alter event trigger highwater_ddl enable always;
  alter event trigger highwater_rewrite enable always;
  alter event trigger highwater_drop enable always;
  return true;
exception when insufficient_privilege then
  return false;
end $$;

create or replace function highwater.retell(source_oid oid, why text default null) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  refused text;
begin
  begin
    execute format('lock table only %s in access share mode', source_oid::regclass);
  exception when undefined_table or syntax_error then
    null; -- it is gone
  end;
  if not exists (select from pg_class c where c.oid = source_oid) then
    perform highwater.tell(json_build_object('kind', 'end', 'oid', source_oid::bigint, 'reason', 'dropped'));
  elsif not highwater.is_published(source_oid) then
    perform highwater.tell(json_build_object('kind', 'end', 'oid', source_oid::bigint,
      'reason', case when exists (select from highwater.unpublished u where u.source_oid = retell.source_oid)
                then 'unpublished' else 'somebody took it out of the publication highwater' end));
  else
    refused := highwater.obstacle(source_oid);
    if refused is not null then
      perform highwater.tell(json_build_object('kind', 'end', 'oid', source_oid::bigint,
        'reason', source_oid::regclass || ' ' || refused));
    elsif why is null then
      perform highwater.changed(source_oid);
    else
      perform highwater.note_leaves(source_oid);
      perform highwater.tell(json_build_object('kind', 'publish', 'born', false,
        'definition', highwater.definition(source_oid), 'reason', why));
    end if;
  end if;
end $$;

revoke all on all functions in schema highwater from public;
