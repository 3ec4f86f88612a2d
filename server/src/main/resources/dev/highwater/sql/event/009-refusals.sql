-- What is refused says what is so.

-- A token may be one that was never given out, or another stream's: which one a stream had before its newest is not
-- kept, so nothing is said of that.
create or replace function highwater.refuse_lease(state highwater.locks, v_token bigint) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if v_token is null then
    raise exception 'the lease on % in view % is not this session''s', state.decider_id, state.view
      using errcode = 'HW006', detail = 'An earlier lease on the event ran out, and another session asked for it.',
        hint = 'Give the token that came with the event.';
  elsif v_token not between 1 and (select case when s.is_called then s.last_value else 0 end from highwater.lease_token s) then
    raise exception 'lease % on % in view % was never given out', v_token, state.decider_id, state.view
      using errcode = 'HW006', hint = 'Give the token that came with the event from stream_events.';
  end if;
  raise exception 'lease % is not on % in view %', v_token, state.decider_id, state.view
    using errcode = 'HW006',
      detail = case when state.token is null then 'There is no lease on it now.'
        else format('Lease %s is on it, of decider %s.', state.token, state.decider) end,
      hint = format('If lease %s came with this event it is over: drop the event. If not, give the token that came with it.', v_token);
end $$;

-- Gives an event back, not to be given out again before so many milliseconds; parked when it was the last attempt.
create or replace function highwater.schedule_nack_event(
    v_view text, v_decider_id text, v_milliseconds bigint, v_token bigint default null, v_decider text default null,
    v_reason text default null)
returns setof highwater.locks
language plpgsql security definer rows 1 set search_path = pg_catalog, pg_temp
set enable_seqscan = off set jit = off set plan_cache_mode = force_generic_plan as $$
declare
  registered highwater.views := highwater.need_view(v_view);
  held text[];
  state highwater.locks;
begin
  if v_decider is null then
    held := array(select l.decider from highwater.locks l
      where l.view = v_view and l.decider_id = v_decider_id and case when v_token is null then l.token is not null else l.token = v_token end);
    if cardinality(held) > 1 then
      raise exception '% is leased of several deciders in view %', v_decider_id, v_view using errcode = 'HW006',
        detail = array_to_string(held, ', '), hint = 'Give the token that came with the event, or the decider.';
    end if;
    v_decider := held[1];
  end if;
  update highwater.locks l
  set token = null, locked_until = clock_timestamp() + v_milliseconds * interval '1 ms', updated_at = clock_timestamp(),
    parked_at = case when l.attempts >= registered.max_attempts then clock_timestamp() end,
    parked_because = case when l.attempts >= registered.max_attempts
      then coalesce(v_reason, 'given back after ' || l.attempts || ' attempts') end
  where l.view = v_view and l.decider = v_decider and l.decider_id = v_decider_id
    and case when v_token is null then l.token is not null and (not l.contested or l.holder = pg_backend_pid())
             else l.token = v_token end
  returning l.* into state;
  if found then
    return next state;
    return;
  end if;
  select l.* into state from highwater.locks l
  where l.view = v_view and l.decider_id = v_decider_id and (v_decider is null or l.decider = v_decider)
  order by l.token nulls last limit 1;
  state.view := v_view;
  state.decider_id := v_decider_id;
  if state.token is null and v_token is null then
    raise exception '% is not given out in view %', v_decider_id, v_view using errcode = 'HW007',
      hint = 'Ask for events with stream_events, and give these back.';
  end if;
  perform highwater.refuse_lease(state, v_token);
end $$;

-- The event that is there already under this id, if it is the same one.
create or replace function highwater.same_event(
    v_event text, v_event_id uuid, v_decider text, v_decider_id text, v_data jsonb, v_command_id uuid,
    v_event_version bigint, v_final boolean)
returns setof highwater.events
language plpgsql rows 1 set search_path = pg_catalog, pg_temp set enable_seqscan = off set jit = off as $$
declare
  there highwater.events;
  differ text;
begin
  select e.* into there from highwater.events e where e.event_id = v_event_id;
  if not found then
    return;
  end if;
  differ := concat_ws(', ',
    case when there.event is distinct from v_event then 'event' end,
    case when there.event_version is distinct from v_event_version then 'event_version' end,
    case when there.decider is distinct from v_decider then 'decider' end,
    case when there.decider_id is distinct from v_decider_id then 'decider_id' end,
    case when there.data is distinct from v_data then 'data' end,
    case when there.final is distinct from v_final then 'final' end,
    case when there.command_id is distinct from v_command_id then 'command_id' end);
  if differ <> '' then
    raise exception 'event % is there already, and differs in %', v_event_id, differ
      using errcode = 'HW003',
        detail = format('It is %s of %s %s, version %s.', there.event, there.decider, there.decider_id, there.version),
        hint = 'Every event has an id of its own; only a repeated call uses it again.';
  end if;
  return next there;
end $$;

-- What is not known in the JSON would be ignored, and with it what it was meant to say; so all of it is checked before
-- anything is done. In an event a null is as if its key were not there, where it may be left out.
create or replace function highwater.append_events(v_events jsonb, v_unless jsonb default null, v_since bigint default 0)
returns setof highwater.events
language plpgsql security definer set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
declare
  needed constant text[] := '{event, decider, decider_id, data}';
  optional constant text[] :=
    '{event_id, command_id, event_version, previous_id, expected_version, final, metadata, tags}';
  no_text constant text[] := '{"null", array, object}';
  id constant text := '^\{?([0-9a-fA-F]{4}-?){7}[0-9a-fA-F]{4}\}?$';
  number constant text := '^-?[0-9]{1,18}$';
  truth constant text := '^(true|false|t|f|yes|no|y|n|on|off|1|0)$';
  -- What of a list is no text.
  no_tag constant jsonpath := 'strict $[*] ? (@.type() == "null" || @.type() == "array" || @.type() == "object")';
  given highwater.appending[];
  there bigint;
  appended bigint;
  odd record;
  bucket int;
begin
  if jsonb_typeof(v_events) is distinct from 'array' then
    raise exception 'events to append are a JSON array of objects, not %', coalesce('of JSON type ' || jsonb_typeof(v_events), 'null')
      using errcode = 'invalid_parameter_value', hint = 'Put it into an array, also when it is one event.';
  end if;
  select g.nth - 1 as place, w.wrong into odd
  from jsonb_array_elements(v_events) with ordinality g(one, nth)
  cross join lateral (select case
    when jsonb_typeof(g.one) <> 'object' then format('is of JSON type %s, not an object', jsonb_typeof(g.one))
    when g.one - needed - optional <> '{}' then
      'has unknown keys: ' || array_to_string(array(select left(k, 60) from jsonb_object_keys(g.one - needed - optional) k), ', ')
    when not g.one ?& needed then
      'lacks ' || array_to_string(array(select k from unnest(needed) k where not g.one ? k), ', ')
    when jsonb_typeof(g.one -> 'event') = any (no_text) or jsonb_typeof(g.one -> 'decider') = any (no_text)
        or jsonb_typeof(g.one -> 'decider_id') = any (no_text) then
      (select string_agg(format('has no string as %s, but JSON type %s', k, jsonb_typeof(g.one -> k)), ', ')
       from unnest('{event, decider, decider_id}'::text[]) k where jsonb_typeof(g.one -> k) = any (no_text))
    when g.one ->> 'event_id' !~ id or g.one ->> 'command_id' !~ id or g.one ->> 'previous_id' !~ id then
      (select string_agg(format('has no UUID as %s: %s', k, left(g.one ->> k, 60)), ', ')
       from unnest('{event_id, command_id, previous_id}'::text[]) k where g.one ->> k !~ id)
    when g.one ->> 'event_version' !~ number or g.one ->> 'expected_version' !~ number then
      (select string_agg(format('has no whole number of up to 18 digits as %s: %s', k, left(g.one ->> k, 60)), ', ')
       from unnest('{event_version, expected_version}'::text[]) k where g.one ->> k !~ number)
    when g.one ->> 'final' !~* truth then
      'has neither true nor false as final: ' || left(g.one ->> 'final', 60)
    when jsonb_typeof(g.one -> 'tags') not in ('array', 'null') or g.one -> 'tags' @? no_tag then
      'has no array of strings as tags: ' || left((g.one -> 'tags')::text, 60)
    end as wrong) w
  where w.wrong is not null order by g.nth limit 1;
  if found then
    raise exception 'the event at index % %', odd.place, odd.wrong
      using errcode = 'invalid_parameter_value',
        detail = format('An event to append has %s, and may have %s.', array_to_string(needed, ', '), array_to_string(optional, ', ')),
        hint = 'The first event is at index 0. Correct it and append all of them again: none was appended.';
  end if;
  if jsonb_typeof(v_unless) <> 'array' then
    raise exception 'conditions are a JSON array of objects, not of JSON type %', jsonb_typeof(v_unless)
      using errcode = 'invalid_parameter_value', hint = 'Put it into an array, or leave it out to append without a condition.';
  end if;
  select g.nth - 1 as place, w.wrong into odd
  from jsonb_array_elements(v_unless) with ordinality g(one, nth)
  cross join lateral (select case
    when jsonb_typeof(g.one) <> 'object' then format('is of JSON type %s, not an object', jsonb_typeof(g.one))
    when g.one - '{tags, events}'::text[] <> '{}' then
      'has unknown keys: ' || array_to_string(array(select left(k, 60) from jsonb_object_keys(g.one - '{tags, events}'::text[]) k), ', ')
    when not g.one ? 'tags' then 'lacks tags'
    when jsonb_typeof(g.one -> 'tags') <> 'array' or g.one -> 'tags' @? no_tag then
      'has no array of strings as tags: ' || left((g.one -> 'tags')::text, 60)
    when jsonb_typeof(g.one -> 'events') <> 'array' or g.one -> 'events' @? no_tag then
      'has no array of strings as events: ' || left((g.one -> 'events')::text, 60)
    end as wrong) w
  where w.wrong is not null order by g.nth limit 1;
  if found then
    raise exception 'the condition at index % %', odd.place, odd.wrong
      using errcode = 'invalid_parameter_value',
        detail = 'A condition has tags, and may have events, types of events.',
        hint = 'The first condition is at index 0. Correct it and append again: no event was appended.';
  end if;
  given := array(
    select row(g.nth, g.one ->> 'event', coalesce((g.one ->> 'event_id')::uuid, gen_random_uuid()),
      coalesce((g.one ->> 'event_version')::bigint, 1), g.one ->> 'decider', g.one ->> 'decider_id', g.one -> 'data',
      (g.one ->> 'command_id')::uuid, (g.one ->> 'previous_id')::uuid, coalesce((g.one ->> 'final')::boolean, false),
      (g.one ->> 'expected_version')::bigint, coalesce(nullif(g.one -> 'metadata', 'null'), '{}'),
      array(select jsonb_array_elements_text(coalesce(nullif(g.one -> 'tags', 'null'), '[]'))))::highwater.appending
    from jsonb_array_elements(v_events) with ordinality g(one, nth)
    order by g.nth);

  -- Always in one order, so that batches do not wait for each other in a circle: streams, then tags.
  for bucket in
    select distinct hashtext(g.decider || ' ' || g.decider_id) & 1023 from unnest(given) g order by 1
  loop
    perform pg_advisory_xact_lock(74005, bucket);
  end loop;
  perform highwater.lock_tags(
    array(select distinct t from unnest(given) g cross join unnest(g.tags) t),
    array(select distinct t from jsonb_array_elements(coalesce(v_unless, '[]')) u
          cross join jsonb_array_elements_text(u -> 'tags') t));

  select count(*) into there from unnest(given) g join highwater.events e on e.event_id = g.event_id;
  if there > 0 then
    if there < cardinality(given) then
      raise exception '% of these % events are there already, the others not', there, cardinality(given)
        using errcode = 'HW003', hint = 'Repeat a call as it was, or give new events new ids.';
    end if;
    return query select e.* from unnest(given) g
      cross join lateral highwater.same_event(g.event, g.event_id, g.decider, g.decider_id, g.data, g.command_id,
        g.event_version, g.final) e
      order by g.nth;
    return;
  end if;
  if v_unless is not null then
    perform highwater.check_boundary(v_unless, v_since);
  end if;

  return query
    insert into highwater.events as n (event, event_id, event_version, decider, decider_id, data, command_id,
      previous_id, final, version, metadata, tags)
    select g.event, g.event_id, g.event_version, g.decider, g.decider_id, g.data, g.command_id,
      coalesce(lag(g.event_id) over stream, last.event_id), g.final,
      coalesce(last.version, 0) + row_number() over stream, g.metadata, g.tags
    from unnest(given) g
    left join lateral (
      select e.version, e.event_id, e.final from highwater.events e
      where e.decider = g.decider and e.decider_id = g.decider_id order by e.version desc limit 1) last on true
    where last.final is not true
      and exists (select from highwater.deciders d where d.decider = g.decider and d.event = g.event
                    and d.event_version = g.event_version)
    window stream as (partition by g.decider, g.decider_id order by g.nth)
    order by g.nth
    on conflict do nothing
    returning n.*;
  get diagnostics appended = row_count;
  if appended < cardinality(given) then
    select g.*, e.transaction_id <> pg_current_xact_id() as meanwhile into odd
    from (select g.event_id, min(g.nth) - 1 as place, max(g.nth) - 1 as again from unnest(given) g group by 1) g
    join highwater.events e on e.event_id = g.event_id
    where g.place < g.again or e.transaction_id <> pg_current_xact_id()
    order by g.place limit 1;
    if odd.meanwhile then
      raise exception 'event % at index % was appended by another transaction meanwhile', odd.event_id, odd.place
        using errcode = 'HW003', hint = 'Repeat a call as it was, or give new events new ids.';
    elsif found then
      raise exception 'event % is in this batch at index % and at index %', odd.event_id, odd.place, odd.again
        using errcode = 'HW003', hint = 'Every event has an id of its own; none of the batch was appended.';
    end if;
  end if;

  -- What the caller believed, against what it has become; an error undoes all.
  for odd in
    select g.*, row_number() over stream = 1 as first, coalesce(lag(g.final) over stream, false) as ended,
      e.version, e.previous_id as before
    from unnest(given) g left join highwater.events e on e.event_id = g.event_id
    window stream as (partition by g.decider, g.decider_id order by g.nth)
    order by g.nth
  loop
    if odd.ended then
      raise exception 'stream % % would go on after its final event', odd.decider, odd.decider_id using errcode = 'HW002';
    end if;
    if odd.version is null
       or odd.expected_version is not null and odd.expected_version not in (-1, odd.version - 1)
       or odd.expected_version is null and (odd.first or odd.previous_id is not null)
          and odd.before is distinct from odd.previous_id then
      perform highwater.refuse_append(odd.event, odd.decider, odd.decider_id, odd.previous_id, odd.event_version,
        odd.expected_version, array(select g.event_id from unnest(given) g));
      raise exception 'stream % % is not where event % expected it', odd.decider, odd.decider_id, odd.event_id
        using errcode = 'HW001', hint = 'Load the stream, decide again, and append.';
    end if;
  end loop;

  insert into highwater.event_tags
  select distinct t, e.era, e.transaction_id, e."offset"
  from unnest(given) g join highwater.events e on e.event_id = g.event_id cross join unnest(e.tags) t;
end $$;

-- A "NOTICE: … does not exist, skipping" looks like a failure.
create or replace function highwater.set_strict_order(v_strict boolean) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform pg_advisory_xact_lock(74001, 0);
  lock table highwater.events in access exclusive mode;
  if highwater.sequence_events() is null then
    raise exception 'the order is being given by another transaction' using errcode = 'lock_not_available';
  end if;
  if exists (select from pg_trigger t where t.tgrelid = 'highwater.events'::regclass and t.tgname = 'strict_order') then
    drop trigger strict_order on highwater.events;
  end if;
  if v_strict then
    create trigger strict_order after insert on highwater.events referencing new table as appended
      for each statement execute function highwater.append_in_order();
    alter table highwater.events enable always trigger strict_order;
  end if;
  update highwater.event_sequencer set strict_order = v_strict, snapshot = highwater.seen_of_others();
end $$;
