-- Tells what a published table looks like now, or ends it when it cannot be followed any more.
create function highwater.changed(source_oid oid) returns void
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
-- them; DDL on a type changes the tables that have it in their columns, a schema's new name its tables.
create function highwater.after_ddl() returns event_trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  command record;
begin
  for command in
    select distinct coalesce(c.reltype, d.objid) as type
    from pg_event_trigger_ddl_commands() d
    left join pg_class c on d.classid = 'pg_class'::regclass and c.oid = d.objid and c.relkind = 'c'
    where d.command_tag in ('ALTER TYPE', 'ALTER DOMAIN', 'ALTER SCHEMA') and (d.classid = 'pg_type'::regclass or c.oid is not null)
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
    with recursive named(source_oid, born) as (
      select coalesce(i.indrelid, d.objid), d.command_tag = 'CREATE TABLE' and i.indrelid is null
      from pg_event_trigger_ddl_commands() d
      left join pg_index i on i.indexrelid = d.objid
      where d.classid = 'pg_class'::regclass
      union all
      select c.oid, false
      from pg_event_trigger_ddl_commands() d
      join pg_class c on c.relnamespace = d.objid
      where d.classid = 'pg_namespace'::regclass and d.command_tag = 'ALTER SCHEMA'),
    touched(source_oid, born) as (
      select * from named
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

-- A rewrite (a new type, a volatile default) changes rows without a word in the WAL: the node fills the
-- table again, from the definition that the end of the DDL tells; without one, the table stops.
create function highwater.after_rewrite() returns event_trigger
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

-- A table goes, or what its key was made of goes without it: an index, or a column with its type.
create function highwater.after_drop() returns event_trigger
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
create function highwater.follow_ddl() returns boolean
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
    when tag in ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO', 'ALTER TABLE', 'CREATE INDEX', 'ALTER SCHEMA', 'ALTER TYPE',
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

revoke all on all functions in schema highwater from public;
