-- Appending and loading.
--
-- The settings of these functions keep their plans what they are meant to be, an index lookup for each row,
-- also on tables that were never analyzed and grow under a cached plan.

create function highwater.register_decider_event(
    v_decider text, v_event text, v_description text default null, v_event_version bigint default 1)
returns setof highwater.deciders
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into highwater.deciders (decider, event, event_version, description)
  values (v_decider, v_event, v_event_version, v_description)
  on conflict do nothing;
  return query select d.* from highwater.deciders d
    where d.decider = v_decider and d.event = v_event and d.event_version = v_event_version;
end $$;

-- Takes the locks that keep a condition on tags true until the transaction ends: an append with a tag holds it
-- shared, a condition holds its tags alone. Always in one order, so that two never wait for each other.
create function highwater.lock_tags(shared text[], alone text[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  t record;
begin
  for t in
    select hashtext(u.tag) as code, bool_or(u.alone) as alone
    from (select unnest(shared) as tag, false as alone union all select unnest(lock_tags.alone), true) u
    group by 1 order by 1
  loop
    if t.alone then
      perform pg_advisory_xact_lock(74004, t.code);
    else
      perform pg_advisory_xact_lock_shared(74004, t.code);
    end if;
  end loop;
end $$;

-- Says as an error why an event could not be appended; nothing when it was only a race that the caller may run
-- again. `not_these` are events that the same call has appended.
create function highwater.refuse_append(
    v_event text, v_decider text, v_decider_id text, v_previous_id uuid, v_event_version bigint,
    v_expected_version bigint, not_these uuid[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp set enable_seqscan = off set jit = off as $$
declare
  last highwater.events;
begin
  if not exists (select from highwater.deciders d where d.decider = v_decider and d.event = v_event
                   and d.event_version = v_event_version) then
    raise exception 'decider % does not publish event % in version %', v_decider, v_event, v_event_version
      using errcode = 'foreign_key_violation',
        hint = format('select * from highwater.register_decider_event(%L, %L);', v_decider, v_event);
  end if;
  select e.* into last from highwater.events e
    where e.decider = v_decider and e.decider_id = v_decider_id and e.event_id <> all (not_these)
    order by e.version desc limit 1;
  if last.final then
    raise exception 'stream % % ended with its event %', v_decider, v_decider_id, last.event_id
      using errcode = 'HW002', detail = 'Its last event is final.';
  end if;
  if (case when v_expected_version is null then last.event_id is distinct from v_previous_id
           else v_expected_version not in (-1, coalesce(last.version, 0)) end) then
    raise exception 'stream % % is at version %, not where this append expected it', v_decider, v_decider_id,
        coalesce(last.version, 0)
      using errcode = 'HW001',
        detail = format('Its last event is %s; expected was %s.', coalesce(last.event_id::text, 'none'),
          case when v_expected_version is null then coalesce('event ' || v_previous_id, 'a new stream')
               else 'version ' || v_expected_version end),
        hint = 'Load the stream, decide again, and append.';
  end if;
end $$;

-- The event that is there already under this id, if it is the same one.
create function highwater.same_event(
    v_event text, v_event_id uuid, v_decider text, v_decider_id text, v_data jsonb, v_command_id uuid,
    v_event_version bigint, v_final boolean)
returns setof highwater.events
language plpgsql rows 1 set search_path = pg_catalog, pg_temp set enable_seqscan = off set jit = off as $$
declare
  there highwater.events;
begin
  select e.* into there from highwater.events e where e.event_id = v_event_id;
  if not found then
    return;
  end if;
  if (there.event, there.event_version, there.decider, there.decider_id, there.data, there.final, there.command_id)
       is distinct from (v_event, v_event_version, v_decider, v_decider_id, v_data, v_final, v_command_id) then
    raise exception 'event % is there already, with other content', v_event_id
      using errcode = 'HW003',
        detail = format('It is %s of %s %s, version %s.', there.event, there.decider, there.decider_id, there.version),
        hint = 'Every event has an id of its own; only a repeated call uses it again.';
  end if;
  return next there;
end $$;

-- Appends one event to its stream, if the stream is where the caller believes: by default its last event is
-- `v_previous_id` (null: the stream is new); or, when it is given, its version is `v_expected_version` (0: the
-- stream is new, -1: whatever it is). Repeating a call returns the event that is there.
create function highwater.append_event(
    v_event text, v_event_id uuid, v_decider text, v_decider_id text, v_data jsonb, v_command_id uuid,
    v_previous_id uuid, v_event_version bigint default 1, v_final boolean default false,
    v_expected_version bigint default null, v_metadata jsonb default '{}', v_tags text[] default '{}')
returns setof highwater.events
language plpgsql security definer rows 1 set search_path = pg_catalog, pg_temp
set enable_seqscan = off set jit = off set plan_cache_mode = force_generic_plan as $$
begin
  if v_tags <> '{}' then
    perform highwater.lock_tags(v_tags, '{}');
  end if;
  loop
    if v_previous_id is null and coalesce(v_expected_version, 0) = 0 then
      -- A new stream: where there is one, its version 1 is in the way.
      return query insert into highwater.events as n (event, event_id, event_version, decider, decider_id, data, command_id,
        final, version, metadata, tags)
      select v_event, v_event_id, v_event_version, v_decider, v_decider_id, v_data, v_command_id,
        v_final, 1, coalesce(v_metadata, '{}'), coalesce(v_tags, '{}')
      from highwater.deciders d
      where d.decider = v_decider and d.event = v_event and d.event_version = v_event_version
      on conflict do nothing
      returning n.*;
    else
      return query insert into highwater.events as n (event, event_id, event_version, decider, decider_id, data, command_id,
        previous_id, final, version, metadata, tags)
      select v_event, v_event_id, v_event_version, v_decider, v_decider_id, v_data, v_command_id,
        last.event_id, v_final, coalesce(last.version, 0) + 1, coalesce(v_metadata, '{}'), coalesce(v_tags, '{}')
      from highwater.deciders d
      left join lateral (
        select e.version, e.event_id, e.final from highwater.events e
        where e.decider = v_decider and e.decider_id = v_decider_id order by e.version desc limit 1) last on true
      where d.decider = v_decider and d.event = v_event and d.event_version = v_event_version
        and last.final is not true
        and case when v_expected_version is null then last.event_id is not distinct from v_previous_id
                 when v_expected_version = -1 then true
                 else coalesce(last.version, 0) = v_expected_version end
      on conflict do nothing
      returning n.*;
    end if;
    if found then
      if v_tags <> '{}' then
        insert into highwater.event_tags
        select distinct t, e.era, e.transaction_id, e."offset"
        from highwater.events e cross join unnest(v_tags) t where e.event_id = v_event_id;
      end if;
      return;
    end if;
    return query select * from highwater.same_event(v_event, v_event_id, v_decider, v_decider_id, v_data,
      v_command_id, v_event_version, v_final);
    if found then
      return;
    end if;
    perform highwater.refuse_append(v_event, v_decider, v_decider_id, v_previous_id, v_event_version,
      v_expected_version, '{}');
  end loop;
end $$;

-- As fstore-sql had it first, when a stream's id was a uuid.
create function highwater.append_event(
    v_event text, v_event_id uuid, v_decider text, v_decider_id uuid, v_data jsonb, v_command_id uuid,
    v_previous_id uuid)
returns setof highwater.events language sql rows 1 as $$
  select * from highwater.append_event(v_event, v_event_id, v_decider, v_decider_id::text, v_data, v_command_id, v_previous_id)
$$;

-- A stream's events, in order. Without a decider, those of every decider with this id.
create function highwater.get_events(
    v_decider_id text, v_decider text default null, v_after_version bigint default 0, v_limit bigint default null)
returns setof highwater.events
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
set enable_seqscan = off set jit = off as $$
begin
  if v_decider is not null then
    return query select e.* from highwater.events e
      where e.decider = v_decider and e.decider_id = v_decider_id and e.version > v_after_version
      order by e.version limit v_limit;
  else
    return query select e.* from (select distinct d.decider from highwater.deciders d) d
      join highwater.events e on e.decider = d.decider and e.decider_id = v_decider_id
      where e.version > v_after_version
      order by e."offset" limit v_limit;
  end if;
end $$;

create function highwater.get_events(v_decider_id uuid)
returns setof highwater.events language sql stable as $$
  select * from highwater.get_events(v_decider_id::text)
$$;

create function highwater.get_last_event(v_decider_id text, v_decider text)
returns setof highwater.events
language sql stable security definer rows 1 set search_path = pg_catalog, pg_temp
set enable_seqscan = off set jit = off as $$
  select e.* from highwater.events e
  where e.decider = v_decider and e.decider_id = v_decider_id
  order by e.version desc limit 1
$$;
