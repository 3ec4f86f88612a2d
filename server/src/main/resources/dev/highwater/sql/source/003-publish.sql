-- Publishes a table inside the caller's transaction and writes its definition into the WAL at the same
-- place. `born` says that the table was made in this very transaction and has no row yet, so that
-- nothing has to be filled in. Returns whether it was not published before.
create function highwater.publish(source_oid oid, born boolean default false) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  why text := highwater.obstacle(source_oid);
begin
  if why is not null then
    raise exception '% %', source_oid::regclass, why using errcode = 'object_not_in_prerequisite_state';
  end if;
  if exists (select from pg_publication_rel r join pg_publication p on p.oid = r.prpubid
             where p.pubname = 'highwater' and r.prrelid = source_oid) then
    return false;
  end if;
  delete from highwater.unpublished u where u.source_oid = publish.source_oid;
  execute format('alter publication highwater add table only %s', source_oid::regclass);
  perform highwater.tell(json_build_object('kind', 'publish', 'born', born, 'definition', highwater.definition(source_oid)));
  return true;
end $$;

-- Takes a table out again; what was captured stays. Returns whether it was published.
create function highwater.unpublish(source_oid oid) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  insert into highwater.unpublished values (source_oid) on conflict do nothing;
  if not exists (select from pg_publication_rel r join pg_publication p on p.oid = r.prpubid
                 where p.pubname = 'highwater' and r.prrelid = source_oid) then
    return false;
  end if;
  execute format('alter publication highwater drop table only %s', source_oid::regclass);
  perform highwater.tell(json_build_object('kind', 'end', 'oid', source_oid::bigint, 'reason', 'unpublished'));
  return true;
end $$;

-- Writes a message into the WAL that is decoded at this place of the transaction, if it commits.
create function highwater.tell(message json) returns void
language sql set search_path = pg_catalog, pg_temp as $$
  select pg_logical_emit_message(true, 'highwater', (select s.text from highwater.secret s) || message::text)
$$;

-- Publishes what of schema public can be published and is not yet. A node calls it at its start, for
-- tables that came while the event triggers were off.
create function highwater.publish_public() returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  t oid;
begin
  for t in
    select c.oid from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and highwater.obstacle(c.oid) is null
      and not exists (select from highwater.unpublished u where u.source_oid = c.oid)
    order by c.oid
  loop
    perform highwater.publish(t);
  end loop;
end $$;

revoke all on all functions in schema highwater from public;
