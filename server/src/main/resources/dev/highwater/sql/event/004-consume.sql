-- Consuming: many consumers of one view, each stream with one of them at a time, in the stream's order.
--
-- Appends know nothing of views. Who asks for events first brings the view's streams up to date from the global
-- order (highwater.distribute), if nobody else is at it, and then leases what may be given out.

-- Registers a view, or changes what is given of its settings. Where it stands is never moved by this;
-- `v_start_at` counts when the view is new: from the first event of each stream that is not older.
create function highwater.register_view(
    v_view text, v_start_at timestamptz default null, v_lock_timeout_s bigint default null,
    v_pooling_delay_s bigint default null, v_edge_function_url text default null,
    v_max_attempts int default null, v_deciders text[] default null, v_events text[] default null)
returns setof highwater.views
language plpgsql security definer set search_path = pg_catalog, pg_temp
set enable_seqscan = off set jit = off as $$
declare
  newest bigint;
begin
  if not exists (select from highwater.views v where v.view = v_view) then
    perform highwater.sequence_if_needed();
  end if;
  select s.position into newest from highwater.event_sequencer s;
  insert into highwater.views (view, start_at, start_position, lock_timeout_s, pooling_delay_s, pooling_delay_ms,
    edge_function_url, max_attempts, deciders, events)
  values (v_view, coalesce(v_start_at, now()), case when v_start_at > now() then 9223372036854775807 else newest end,
    coalesce(v_lock_timeout_s, 300), v_pooling_delay_s, v_pooling_delay_s * 1000,
    v_edge_function_url, coalesce(v_max_attempts, 10), v_deciders, v_events)
  on conflict do nothing;
  if found then
    insert into highwater.view_positions (view, position)
    values (v_view, case when v_start_at is null or v_start_at >= now() then newest
      else coalesce((select min(o.position) - 1 from highwater.ordered_events o where o.created_at >= v_start_at), newest) end);
  else
    update highwater.views v
    set lock_timeout_s = coalesce(v_lock_timeout_s, v.lock_timeout_s),
      pooling_delay_s = coalesce(v_pooling_delay_s, v.pooling_delay_s),
      pooling_delay_ms = coalesce(v_pooling_delay_s * 1000, v.pooling_delay_ms),
      edge_function_url = coalesce(v_edge_function_url, v.edge_function_url),
      max_attempts = coalesce(v_max_attempts, v.max_attempts),
      deciders = coalesce(v_deciders, v.deciders), events = coalesce(v_events, v.events),
      updated_at = clock_timestamp()
    where v.view = v_view;
  end if;
  return query select v.* from highwater.views v where v.view = v_view;
end $$;

-- As fstore-sql had it first: how often its consumers ask, in milliseconds, and since when.
create function highwater.register_view(v_view text, v_pooling_delay bigint, v_start_at timestamptz)
returns setof highwater.views
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform highwater.register_view(v_view, v_start_at);
  update highwater.views v set pooling_delay_ms = v_pooling_delay, pooling_delay_s = v_pooling_delay / 1000
  where v.view = v_view;
  return query select v.* from highwater.views v where v.view = v_view;
end $$;

-- Forgets a view and where it stands.
create function highwater.drop_view(v_view text) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform pg_advisory_xact_lock(74002, hashtext(v_view));
  delete from highwater.locks l where l.view = v_view;
  delete from highwater.view_deferred f where f.view = v_view;
  delete from highwater.views v where v.view = v_view;
  return found;
end $$;

create function highwater.need_view(v_view text) returns highwater.views
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  registered highwater.views;
begin
  select v.* into registered from highwater.views v where v.view = v_view;
  if not found then
    raise exception 'there is no view %', v_view using errcode = 'HW008',
      hint = format('select * from highwater.register_view(%L);', v_view);
  end if;
  return registered;
end $$;

create function highwater.need_read_committed() returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'events are consumed by transactions that are READ COMMITTED' using errcode = 'feature_not_supported',
      hint = 'Each statement has to see what was committed before it.';
  end if;
end $$;

-- The next event of a stream that a view is meant to see.
create function highwater.next_of(registered highwater.views, v_decider text, v_decider_id text, v_after bigint)
returns highwater.events
language sql stable set search_path = pg_catalog, pg_temp set enable_seqscan = off set jit = off as $$
  select e from highwater.events e
  where e.decider = v_decider and e.decider_id = v_decider_id and e.version > v_after
    and (registered.events is null or e.event = any (registered.events))
  order by e.version limit 1
$$;

-- Makes the streams of the next events in the global order pending for a view. Returns whether there may be
-- more to do; false also when another transaction is at it.
--
-- It waits for nobody and locks no row that a consumer holds. A stream that is pending is left alone: whoever
-- acknowledges its event looks for the next one himself. Only one who is doing this just now may have looked
-- before the event was there: he holds lock 74003, which is tried first, and whoever is found with it is looked at
-- again the next time (highwater.view_deferred).
create function highwater.distribute(v_view text) returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off
set plan_cache_mode = force_generic_plan as $$
declare
  registered highwater.views := highwater.need_view(v_view);
  come bigint;
  known bigint;
  upto bigint;
  deferred boolean;
  b_decider text[];
  b_id text[];
  b_offset bigint[];
  b_old boolean[];
  busy boolean[];
  moment timestamptz;
begin
  if not pg_try_advisory_xact_lock(74002, hashtext(v_view)) then
    return false;
  end if;
  select p.position into known from highwater.view_positions p where p.view = v_view;
  select s.position into come from highwater.event_sequencer s;
  deferred := exists (select from highwater.view_deferred f where f.view = v_view);
  if come <= known and not deferred then
    return false;
  end if;
  upto := least(come, known + 10000);
  select array_agg(n.decider), array_agg(n.decider_id), array_agg(n."offset"), array_agg(n.old),
    array_agg(not (case when pg_try_advisory_lock(74003, (hashtext(v_view) # hashtext(n.decider_id)) & 1023)
                        then pg_advisory_unlock(74003, (hashtext(v_view) # hashtext(n.decider_id)) & 1023) else false end))
  into b_decider, b_id, b_offset, b_old, busy
  from (
    select e.decider, e.decider_id, false as old,
      min(e."offset") filter (where e.created_at >= registered.start_at or o.position > registered.start_position) as "offset"
    from highwater.event_order o
    cross join lateral (select i.* from highwater.events i where i."offset" = o."offset" offset 0) e
    where o.position > known and o.position <= upto
      and (registered.deciders is null or e.decider = any (registered.deciders))
      and (registered.events is null or e.event = any (registered.events))
    group by 1, 2
    union all
    select f.decider, f.decider_id, true, null from highwater.view_deferred f where f.view = v_view
  ) n;
  moment := clock_timestamp();
  -- A new statement: it sees what those did who were not found at work.
  insert into highwater.locks (view, decider, decider_id, last_version, last_offset, "offset", locked_until, offset_final)
  select v_view, e.decider, e.decider_id, e.version - 1, e."offset" - 1, e."offset", moment, e.final
  from unnest(b_offset) u("offset")
  cross join lateral (select i.* from highwater.events i where i."offset" = u."offset" offset 0) e
  on conflict do nothing;
  update highwater.locks l
  set "offset" = e."offset", offset_final = e.final, locked_until = moment, updated_at = moment
  from (select distinct u.decider, u.decider_id from unnest(b_decider, b_id, busy) u(decider, decider_id, busy) where not u.busy) u
  cross join lateral (
    select i.last_version from highwater.locks i
    where i.view = v_view and i.decider = u.decider and i.decider_id = u.decider_id and i.last_offset >= i."offset" offset 0) i
  cross join lateral highwater.next_of(registered, u.decider, u.decider_id, i.last_version) e
  where l.view = v_view and l.decider = u.decider and l.decider_id = u.decider_id and e."offset" is not null;
  if deferred or true = any (busy) then
    delete from highwater.view_deferred f
    using unnest(b_decider, b_id, b_old, busy) u(decider, decider_id, old, busy)
    where f.view = v_view and f.decider = u.decider and f.decider_id = u.decider_id and not u.busy;
    insert into highwater.view_deferred
    select v_view, u.decider, u.decider_id
    from unnest(b_decider, b_id, b_old, busy) u(decider, decider_id, old, busy)
    where u.busy and not u.old
    on conflict do nothing;
  end if;
  update highwater.view_positions p set position = upto, moved_at = moment
  where p.view = v_view and p.position <> upto;
  return upto < come;
end $$;

-- Looks for the next event of a stream after what is done of it. The lock tells highwater.distribute of it.
create function highwater.settle_lock(registered highwater.views, v_decider text, v_decider_id text) returns void
language plpgsql set search_path = pg_catalog, pg_temp set enable_seqscan = off set jit = off as $$
begin
  perform pg_advisory_xact_lock_shared(74003, (hashtext(registered.view) # hashtext(v_decider_id)) & 1023);
  update highwater.locks l
  set "offset" = coalesce((highwater.next_of(registered, v_decider, v_decider_id, l.last_version))."offset", l.last_offset)
  where l.view = registered.view and l.decider = v_decider and l.decider_id = v_decider_id;
end $$;

-- Leases up to `v_limit` events of a view for `v_seconds` (by default as long as the view says): of each stream
-- the next one, or up to `v_per_stream` in a row. Until they are acknowledged, or the lease runs out, nobody else
-- gets an event of these streams. `token` tells this lease from others; who gives it back with ack_event and
-- nack_event can never end the lease of somebody else. `attempt` counts the leases of an event; after as many
-- as the view allows the event is parked, and its stream waits.
create function highwater.stream_events(
    v_view_name text, v_limit int default 1, v_seconds int default null, v_per_stream int default 1)
returns table (event text, event_id uuid, event_version bigint, decider text, decider_id text, data jsonb,
  command_id uuid, previous_id uuid, final boolean, created_at timestamptz, "offset" bigint, transaction_id xid8,
  version bigint, metadata jsonb, tags text[], token bigint, attempt int)
language plpgsql security definer set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off
set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  registered highwater.views := highwater.need_view(v_view_name);
  lease interval := make_interval(secs => coalesce(v_seconds, registered.lock_timeout_s));
  wanted bigint := v_limit;
  found_last bigint;
  given bigint;
  kept boolean := highwater.order_is_kept();
  asked boolean := kept;
  current boolean := kept;
  more boolean := false;
  moment timestamptz;
  d text[];
  i text[];
  v bigint[];
  spent boolean[];
begin
  perform highwater.need_read_committed();
  if not kept then
    select p.moved_at > clock_timestamp() - interval '50 ms' into current
    from highwater.view_positions p where p.view = v_view_name;
  end if;
  for round in 1 .. 20 loop
    if not current or more then
      if not current then
        perform highwater.sequence_events();
      end if;
      more := highwater.distribute(v_view_name);
      asked := true;
      current := true;
    end if;
    moment := clock_timestamp();
    select array_agg(l.decider), array_agg(l.decider_id), array_agg(l.last_version),
      array_agg(l.attempts >= registered.max_attempts)
    into d, i, v, spent
    from (
      select l.decider, l.decider_id, l.last_version, l.attempts from highwater.locks l
      where l.view = v_view_name and l.last_offset < l."offset" and l.parked_at is null and l.locked_until <= moment
      order by l.locked_until, l."offset" limit wanted
      for update skip locked) l;
    found_last := coalesce(cardinality(d), 0);
    exit when found_last = 0 and asked and not more;
    current := asked or found_last = wanted;
    if found_last > 0 then
      return query
        with due as (
          select u.d, u.i, u.v, u.nth from unnest(d, i, v, spent) with ordinality u(d, i, v, spent, nth) where not u.spent),
        next as (
          select e.*, row_number() over (order by due.nth, e.version) as nth
          from due cross join lateral (
            select e.* from highwater.events e
            where e.decider = due.d and e.decider_id = due.i and e.version > due.v
              and (registered.events is null or e.event = any (registered.events))
            order by e.version limit v_per_stream) e),
        given as (select n.* from next n where n.nth <= wanted),
        leased as (
          update highwater.locks l
          set locked_until = moment + lease, token = nextval('highwater.lease_token'), leased_version = g.version,
            contested = l.contested or l.token is not null, holder = pg_backend_pid(), attempts = l.attempts + 1,
            updated_at = moment
          from (select g.decider, g.decider_id, max(g.version) as version from given g group by 1, 2) g
          where l.view = v_view_name and l.decider = g.decider and l.decider_id = g.decider_id
          returning l.decider, l.decider_id, l.token, l.attempts)
        select g.event, g.event_id, g.event_version, g.decider, g.decider_id, g.data, g.command_id, g.previous_id,
          g.final, g.created_at, g."offset", g.transaction_id, g.version, g.metadata, g.tags, l.token, l.attempts
        from given g join leased l on l.decider = g.decider and l.decider_id = g.decider_id
        order by g."offset";
      get diagnostics given = row_count;
      if true = any (spent) then
        update highwater.locks l
        set parked_at = moment, parked_because = 'no acknowledgement after ' || l.attempts || ' attempts', token = null
        from unnest(d, i, spent) u(d, i, spent)
        where u.spent and l.view = v_view_name and l.decider = u.d and l.decider_id = u.i;
      elsif given = 0 then
        -- Pending, but without an event: the view sees other types of events now.
        perform highwater.settle_lock(registered, u.d, u.i) from unnest(d, i) u(d, i);
      end if;
      exit when found_last < wanted and asked and not more and given > 0;
      wanted := wanted - given;
      exit when wanted <= 0;
    end if;
  end loop;
end $$;

-- The event's stream goes on: what is leased up to this event is done. Refused when the event was not given out,
-- or is done, or the lease is somebody else's by now. Without a token this is told from the session that holds
-- the lease, where an earlier lease on the same event ran out.
create function highwater.ack_event(v_view text, v_decider_id text, v_offset bigint, v_token bigint default null)
returns setof highwater.locks
language plpgsql security definer rows 1 set search_path = pg_catalog, pg_temp
set enable_seqscan = off set jit = off set plan_cache_mode = force_generic_plan as $$
declare
  registered highwater.views := highwater.need_view(v_view);
  done highwater.events;
  state highwater.locks;
begin
  perform highwater.need_read_committed();
  select e.* into done from highwater.events e where e."offset" = v_offset and e.decider_id = v_decider_id;
  if not found then
    raise exception 'there is no event % of %', v_offset, v_decider_id using errcode = 'HW008';
  end if;
  perform pg_advisory_xact_lock_shared(74003, (hashtext(v_view) # hashtext(v_decider_id)) & 1023);
  -- A new statement: it sees what was there before the lock.
  update highwater.locks l
  set last_version = done.version, last_offset = v_offset, "offset" = coalesce(n."offset", v_offset),
    offset_final = coalesce(n.final, done.final), attempts = 0,
    token = case when l.leased_version > done.version then l.token end,
    locked_until = case when l.leased_version > done.version then l.locked_until else clock_timestamp() end,
    contested = l.contested and l.leased_version > done.version, updated_at = clock_timestamp()
  from (select) one
  left join lateral (
    select e."offset", e.final from highwater.events e
    where e.decider = done.decider and e.decider_id = v_decider_id and e.version > done.version
      and (registered.events is null or e.event = any (registered.events))
    order by e.version limit 1) n on true
  where l.view = v_view and l.decider = done.decider and l.decider_id = v_decider_id
    and l.last_version < done.version and l.leased_version >= done.version
    and case when v_token is null then l.token is not null and (not l.contested or l.holder = pg_backend_pid())
             else l.token = v_token end
  returning l.* into state;
  if found then
    return next state;
    return;
  end if;
  select l.* into state from highwater.locks l
  where l.view = v_view and l.decider = done.decider and l.decider_id = v_decider_id;
  if state.last_version >= done.version then
    raise exception 'event % of % is acknowledged already in view %', v_offset, v_decider_id, v_view
      using errcode = 'HW006', detail = format('%s is done up to event %s.', v_decider_id, state.last_offset);
  elsif state.leased_version >= done.version and v_token <> coalesce(state.token, 0) then
    perform highwater.refuse_lease(state, v_token);
  elsif state.token is null or state.leased_version < done.version then
    raise exception 'event % of % is not given out in view %', v_offset, v_decider_id, v_view
      using errcode = 'HW007', detail = format('%s is done up to event %s.', v_decider_id, coalesce(state.last_offset::text, 'none')),
        hint = 'Ask for events with stream_events, and acknowledge these.';
  end if;
  perform highwater.refuse_lease(state, v_token);
end $$;

create function highwater.ack_event(v_view text, v_decider_id uuid, v_offset bigint)
returns setof highwater.locks language sql rows 1 as $$
  select * from highwater.ack_event(v_view, v_decider_id::text, v_offset)
$$;

create function highwater.refuse_lease(state highwater.locks, v_token bigint) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception 'the lease on % in view % is not this caller''s any more', state.decider_id, state.view
    using errcode = 'HW006',
      detail = case when v_token is null then 'An earlier lease on the event ran out, and another session asked for it.'
        when state.token is null then format('Lease %s was given back.', v_token)
        else format('Lease %s came after lease %s.', state.token, v_token) end,
      hint = case when v_token is null then 'Give the token that came with the event.'
        else 'Drop the event: whoever has the lease now works on it.' end;
end $$;

-- Gives an event back, not to be given out again before so many milliseconds; parked when it was the last attempt.
create function highwater.schedule_nack_event(
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
  if state.token is null and v_token is null then
    raise exception '% is not given out in view %', v_decider_id, v_view using errcode = 'HW007',
      hint = 'Ask for events with stream_events, and give these back.';
  end if;
  perform highwater.refuse_lease(state, v_token);
end $$;

-- The same, to be given out again at once.
create function highwater.nack_event(
    v_view text, v_decider_id text, v_token bigint default null, v_decider text default null, v_reason text default null)
returns setof highwater.locks language sql rows 1 as $$
  select * from highwater.schedule_nack_event(v_view, v_decider_id, 0, v_token, v_decider, v_reason)
$$;

-- Events that were given out too often. Their streams wait until they are replayed or skipped.
create view highwater.parked_events as
  select l.view, l.parked_at, l.parked_because, l.attempts, e.*
  from highwater.locks l
  join highwater.events e on e.decider = l.decider and e.decider_id = l.decider_id and e."offset" = l."offset"
  where l.parked_at is not null;

create function highwater.need_parked(v_view text, v_decider_id text, v_decider text) returns highwater.locks
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  parked highwater.locks;
  others bigint;
begin
  perform highwater.need_read_committed();
  select l.* into parked from highwater.locks l
  where l.view = v_view and l.decider_id = v_decider_id and l.parked_at is not null
    and (v_decider is null or l.decider = v_decider)
  limit 1 for update;
  if not found then
    raise exception 'no event of % is parked in view %', v_decider_id, v_view using errcode = 'HW008',
      hint = 'select * from highwater.parked_events;';
  end if;
  select count(*) into others from highwater.locks l
  where l.view = v_view and l.decider_id = v_decider_id and l.parked_at is not null and l.decider <> parked.decider;
  if others > 0 and v_decider is null then
    raise exception 'events of several deciders of % are parked in view %', v_decider_id, v_view using errcode = 'HW008',
      hint = 'Give the decider.';
  end if;
  return parked;
end $$;

-- A parked event is given out again, with all its attempts.
create function highwater.replay_event(v_view text, v_decider_id text, v_decider text default null)
returns setof highwater.locks
language plpgsql security definer rows 1 set search_path = pg_catalog, pg_temp as $$
declare
  parked highwater.locks := highwater.need_parked(v_view, v_decider_id, v_decider);
begin
  return query update highwater.locks l
  set parked_at = null, parked_because = null, attempts = 0, locked_until = clock_timestamp(), updated_at = clock_timestamp()
  where l.view = v_view and l.decider = parked.decider and l.decider_id = v_decider_id returning l.*;
end $$;

-- A parked event is left out by this view; its stream goes on after it.
create function highwater.skip_event(v_view text, v_decider_id text, v_decider text default null)
returns setof highwater.locks
language plpgsql security definer rows 1 set search_path = pg_catalog, pg_temp
set enable_seqscan = off set jit = off as $$
declare
  registered highwater.views := highwater.need_view(v_view);
  parked highwater.locks := highwater.need_parked(v_view, v_decider_id, v_decider);
begin
  update highwater.locks l
  set parked_at = null, parked_because = null, attempts = 0, contested = false, locked_until = clock_timestamp(),
    updated_at = clock_timestamp(), last_offset = l."offset",
    last_version = (select e.version from highwater.events e where e."offset" = l."offset")
  where l.view = v_view and l.decider = parked.decider and l.decider_id = v_decider_id;
  perform highwater.settle_lock(registered, parked.decider, v_decider_id);
  return query select l.* from highwater.locks l
    where l.view = v_view and l.decider = parked.decider and l.decider_id = v_decider_id;
end $$;

-- Gives positions to new events and brings all views up to date, once. Returns the newest position.
create function highwater.advance_events() returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  each text;
begin
  perform highwater.sequence_events();
  for each in select v.view from highwater.views v order by 1 loop
    perform highwater.distribute(each);
  end loop;
  return (select s.position from highwater.event_sequencer s);
end $$;

-- Does this all the time, each time in a transaction of its own, so that no call of a consumer has to. One session
-- is enough; a second one waits until the first ends. For ever, or for so many seconds.
create procedure highwater.keep_order(v_pause_ms int default 10, v_seconds double precision default 'infinity')
language plpgsql as $$
declare
  finish timestamptz := case when v_seconds = 'infinity' then 'infinity' else clock_timestamp() + v_seconds * interval '1 s' end;
begin
  perform pg_advisory_lock(74006, 0);
  while clock_timestamp() < finish loop
    perform highwater.advance_events();
    commit;
    perform pg_sleep(v_pause_ms / 1000.0);
    commit;
  end loop;
  perform pg_advisory_unlock(74006, 0);
end $$;
