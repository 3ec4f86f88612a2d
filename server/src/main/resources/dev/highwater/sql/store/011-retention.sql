-- Retention: history before this position is not kept any more; 0 while none was taken. What came to its
-- end at this position or before it is deleted afterwards.
alter table highwater.relation add column kept_from bigint not null default 0;

-- Where the journal begins. One row.
create table highwater.journal (
  only_row boolean primary key default true check (only_row),
  -- the changes of entries up to this position are not kept
  kept_from bigint not null default 0,
  -- nor are the entries themselves up to this one: they are needed as long as a relation has history there
  entries_from bigint not null default 0,
  -- of the last chained entry among these: the first that is kept is chained to it
  seq bigint not null default 0,
  lamport bigint not null default 0,
  hash bytea not null default decode(repeat('00', 32), 'hex'),
  -- the latest time of these
  at timestamptz,
  check (entries_from <= kept_from)
);
insert into highwater.journal default values;
grant select on highwater.journal to reader, highwater_as_of, highwater_view;

-- Raises an error where history of one of these relations as of a position is not kept any more. Who calls
-- it in the snapshot in which he reads them reads all of it.
create function highwater.check_kept(relations int[], as_of bigint) returns void
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  gone record;
begin
  select r.schema_name || '.' || r.table_name as name, r.kept_from into gone
  from highwater.relation r where r.id = any (relations) and r.kept_from > as_of limit 1;
  if found then
    raise exception '%: history before position % is not kept any more (retention), so not as of %',
      gone.name, gone.kept_from, as_of using errcode = 'HW410';
  end if;
end $$;

-- The position that the views of the schemas *_as_of show, if the relation is exact there.
create function highwater.as_of(id int) returns bigint
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  wanted bigint := highwater.as_of();
  known record;
begin
  select r.schema_name || '.' || r.table_name as name, r.since, r.until, r.reason into known
  from highwater.relation r where r.id = as_of.id;
  if known.since is null then
    raise exception '% is still being filled with the rows from before', known.name using errcode = 'HW410';
  elsif known.since > wanted then
    raise exception '% is known from position % on, not as of %', known.name, known.since, wanted
      using errcode = 'HW410';
  end if;
  if known.until <= wanted then
    raise exception '% stopped at position % (%), so it is not known as of %',
      known.name, known.until, known.reason, wanted using errcode = 'HW410';
  end if;
  perform highwater.check_kept(array[as_of.id], wanted);
  return wanted;
end $$;
revoke execute on function highwater.as_of(int), highwater.check_kept(int[], bigint) from public;
grant execute on function highwater.as_of(int), highwater.check_kept(int[], bigint) to reader, highwater_as_of;

create or replace function highwater.position_at(at timestamptz) returns bigint
language plpgsql stable set plan_cache_mode = force_custom_plan as $$
declare
  kept record;
begin
  select * into kept from highwater.journal;
  if position_at.at < kept.at then
    raise exception 'which position % was is not known any more (retention): the journal begins behind position %, of %',
      position_at.at, kept.entries_from, kept.at using errcode = 'HW410';
  end if;
  return coalesce(
    (select min(e.position) - 1 from highwater.entry e
     where e.at > position_at.at and e.position > kept.entries_from),
    highwater.position());
end $$;

-- The views that are there already.
set local search_path = '';
do $do$
declare
  shown record;
  id text;
begin
  for shown in
    select c.oid, n.nspname, c.relname, pg_catalog.pg_get_viewdef(c.oid) as query
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'v' and n.nspname like '%\_as\_of'
      and pg_catalog.pg_get_viewdef(c.oid) like '%highwater.as_of()%'
  loop
    id := substring(shown.query from 'highwater_data\.r([0-9]+)');
    execute format('create or replace view %I.%I as %s', shown.nspname, shown.relname,
      regexp_replace(
        replace(shown.query, 'highwater.as_of()', 'highwater.as_of(' || id || ')'),
        '\n  WHERE ', E'\n  WHERE (select highwater.as_of(' || id || E')) is not null AND ', 'g'));
  end loop;
end $do$;
