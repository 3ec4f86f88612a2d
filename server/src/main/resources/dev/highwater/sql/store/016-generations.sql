-- The views of the past show every generation of a table, in the columns of the newest.

-- The position that the views of the schemas *_as_of show, as it is told anywhere: a number, or with the incarnation
-- before it.
create or replace function highwater.as_of() returns bigint
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  told text := nullif(current_setting('highwater.as_of', true), '');
  parts text[] := regexp_match(told, '^(?:([0-9a-f]{8})\.)?([0-9]{1,18})$');
begin
  if told is null then
    return highwater.position();
  end if;
  if parts is null then
    raise exception 'highwater.as_of is %, which is not a position', quote_literal(left(told, 60))
      using errcode = 'invalid_parameter_value',
        hint = format('Positions are numbers up to %s; highwater.position_at(…) tells the one of a time.', highwater.position());
  elsif parts[1] <> (select n.incarnation from highwater.node n) then
    raise exception 'position % belongs to another store than %', told, (select n.incarnation from highwater.node n)
      using errcode = 'HW410';
  elsif parts[2]::bigint > highwater.position() then
    raise exception 'position % is in the future; the settled one is %', told, highwater.position()
      using errcode = 'invalid_parameter_value';
  end if;
  return parts[2];
end $$;

-- The position that a view of the schemas *_as_of shows, if this generation is the one to read then; null if another
-- is; an error if none. Each of the generations is what its name means from a position on.
create function highwater.as_of(id int, generations int[], froms bigint[]) returns bigint
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  wanted bigint := highwater.as_of();
  readable int;
begin
  select r.id into readable
  from unnest(generations, froms) with ordinality g(id, meant_from, nth) join highwater.relation r on r.id = g.id
  where r.since is not null and greatest(r.since, r.kept_from, g.meant_from) <= wanted
    and (r.until is null or wanted < r.until)
  order by g.nth desc limit 1;
  if not found then
    -- The next one says from where on it is known; the newest, why it is not.
    perform highwater.as_of(coalesce(
      (select r.id from unnest(generations) with ordinality g(id, nth) join highwater.relation r on r.id = g.id
       where r.until is null or r.since is not null and wanted < r.until order by g.nth limit 1),
      generations[cardinality(generations)]));
  end if;
  return case when readable = as_of.id then wanted end;
end $$;
revoke execute on function highwater.as_of(int, int[], bigint[]) from public;
grant execute on function highwater.as_of(int, int[], bigint[]) to reader, highwater_as_of;

-- A value as one of another type, whose null is given, by way of its text. Where it is none: an error, or null.
create function highwater.held_as(value anycompatible, result anyelement, exactly boolean) returns anyelement
language plpgsql stable
set timezone = 'UTC' set datestyle = 'ISO, MDY' set intervalstyle = 'postgres' set extra_float_digits = 1 set bytea_output = 'hex'
as $$
begin
  if exactly then
    result := value::text;
    return result;
  end if;
  begin
    result := value::text;
    return result;
  exception
    when data_exception or integrity_constraint_violation or syntax_error_or_access_rule_violation
      or program_limit_exceeded or feature_not_supported then
    return null;
  end;
end $$;

-- What was current when a relation ended or stopped was so until then. The views that are there already.
set local search_path = '';
do $do$
declare
  shown record;
begin
  for shown in
    select n.nspname, c.relname, r.id, pg_catalog.pg_get_viewdef(c.oid) as query
    from highwater.relation r
    join pg_catalog.pg_namespace n on n.nspname in (r.schema_name || '_history', r.schema_name || '_all_history')
    join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = r.table_name and c.relkind = 'v'
    where pg_catalog.pg_get_viewdef(c.oid) ~ ('highwater_data\.r' || r.id || '\M')
  loop
    execute format('create or replace view %I.%I as %s', shown.nspname, shown.relname,
      regexp_replace(shown.query, '(_from,\s+)NULL::bigint AS _to',
        format('\1(select r.until from highwater.relation r where r.id = %s) AS _to', shown.id)));
  end loop;
end $do$;
