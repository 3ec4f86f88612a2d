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
