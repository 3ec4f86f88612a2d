-- What a relation's plain views show is current, or an error: not the rows that have come so far while it is being
-- filled, and not the last ones of a relation that stopped.

-- True; an error where a relation's rows are not current, as PostgreSQL has it for materialized views that nobody
-- filled yet.
create function highwater.is_current(id int) returns boolean
language plpgsql stable parallel safe security definer set search_path = pg_catalog, pg_temp as $$
declare
  known record;
begin
  select r.schema_name || '.' || r.table_name as name, r.schema_name, r.state, r.since, r.until, r.reason into known
  from highwater.relation r where r.id = is_current.id;
  if known.state = 'filling' then
    raise exception '% is still being filled with the rows from before', known.name using errcode = 'object_not_in_prerequisite_state';
  elsif known.state <> 'live' then
    raise exception '% stopped at position % (%), so its rows are not current', known.name, known.until, known.reason
      using errcode = 'object_not_in_prerequisite_state',
        hint = case when known.since is not null and known.since < known.until
          then format('set highwater.as_of = %s; what was true then is in %I.', known.until - 1, known.schema_name || '_as_of')
          else 'There is no earlier position either at which all of them were there.' end;
  end if;
  return true;
end $$;
revoke execute on function highwater.is_current(int) from public;
grant execute on function highwater.is_current(int) to reader, highwater_view;

-- The views that are there already.
set local search_path = '';
do $do$
declare
  shown record;
begin
  for shown in
    select n.nspname, c.relname, n.nspname = r.schema_name as own, r.id,
      rtrim(pg_catalog.pg_get_viewdef(c.oid), ';') as query
    from highwater.relation r
    join pg_catalog.pg_namespace n on n.nspname in (r.schema_name, r.schema_name || '_all')
    join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = r.table_name and c.relkind = 'v'
    where r.state <> 'ended' and pg_catalog.pg_get_viewdef(c.oid) ~ ('highwater_data\.r' || r.id || '\M')
  loop
    execute format('create or replace view %I.%I as %s', shown.nspname, shown.relname,
      case when shown.own
        then regexp_replace(shown.query, E'\n  WHERE ', format(E'\n  WHERE (select highwater.is_current(%s)) AND ', shown.id))
        else format('%s WHERE (select highwater.is_current(%s))', shown.query, shown.id) end);
  end loop;
end $do$;
