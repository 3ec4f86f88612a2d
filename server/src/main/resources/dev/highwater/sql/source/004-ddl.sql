-- Follows DDL: runs inside the DDL's own transaction and must never make it fail, so every error
-- becomes a warning; the node compares definitions again when rows arrive. DDL on a table changes
-- those that inherit from it too, without naming them.
create function highwater.after_ddl() returns event_trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  command record;
  published boolean;
begin
  for command in
    with recursive touched(source_oid, born) as (
      select coalesce(i.indrelid, d.objid), d.command_tag = 'CREATE TABLE' and i.indrelid is null
      from pg_event_trigger_ddl_commands() d
      left join pg_index i on i.indexrelid = d.objid
      where d.classid = 'pg_class'::regclass
      union
      select h.inhrelid, false from touched t join pg_inherits h on h.inhparent = t.source_oid)
    select t.source_oid, bool_or(t.born) as born from touched t group by 1
  loop
    begin
      continue when not exists (select from pg_class c where c.oid = command.source_oid and c.relkind = 'r');
      published := exists (select from pg_publication_rel r join pg_publication p on p.oid = r.prpubid
                           where p.pubname = 'highwater' and r.prrelid = command.source_oid);
      if published then
        perform highwater.changed(command.source_oid);
      elsif highwater.is_wanted(command.source_oid) and highwater.obstacle(command.source_oid) is null then
        perform highwater.publish(command.source_oid, command.born);
      end if;
    exception when others then
      raise warning 'highwater: %', sqlerrm;
    end;
  end loop;
exception when others then
  raise warning 'highwater: %', sqlerrm;
end $$;

-- Tells what a published table looks like now, or ends it when it cannot be followed any more.
create function highwater.changed(source_oid oid) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  why text := highwater.obstacle(source_oid);
begin
  if why is not null then
    execute format('alter publication highwater drop table only %s', source_oid::regclass);
    perform highwater.tell(json_build_object('kind', 'end', 'oid', source_oid::bigint,
      'reason', source_oid::regclass || ' ' || why));
  else
    perform highwater.tell(json_build_object('kind', 'define', 'definition', highwater.definition(source_oid)));
  end if;
end $$;

-- A rewrite (a new type, a volatile default) changes rows without a word in the WAL: the node fills the
-- table again, from the definition that the end of the DDL tells; without one, the table stops.
create function highwater.after_rewrite() returns event_trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  t oid := pg_event_trigger_table_rewrite_oid();
begin
  if exists (select from pg_publication_rel r join pg_publication p on p.oid = r.prpubid
             where p.pubname = 'highwater' and r.prrelid = t) then
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
  end loop;
  if tg_tag in ('ALTER TABLE', 'DROP TABLE') then
    return; -- after_ddl tells; the indexes are the table's own
  end if;
  for left_behind in
    select r.prrelid from pg_publication_rel r join pg_publication p on p.oid = r.prpubid
    where p.pubname = 'highwater' and exists (
      select from pg_event_trigger_dropped_objects() d
      where d.object_type = 'table column' and d.objid = r.prrelid
         or d.object_type = 'index' and highwater.key_of(r.prrelid) is null)
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

-- Has DDL tell of itself, where the role may: event triggers want a superuser. Returns whether it does;
-- where it does not, the node looks at the catalogs now and then.
create function highwater.follow_ddl() returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if (select count(*) from pg_event_trigger where evtname in ('highwater_ddl', 'highwater_rewrite', 'highwater_drop')) = 3 then
    return true;
  end if;
  drop event trigger if exists highwater_ddl;
  drop event trigger if exists highwater_rewrite;
  drop event trigger if exists highwater_drop;
  create event trigger highwater_ddl on ddl_command_end
    when tag in ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO', 'ALTER TABLE', 'CREATE INDEX')
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
