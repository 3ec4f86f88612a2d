-- The global order, given afterwards by comparing snapshots.
--
-- Whoever runs it takes the lock, and in a LATER statement a snapshot. What this snapshot sees and the one
-- before did not gets the next positions, in the order of offsets. An event is appended only after the one
-- before it in its stream was committed, or by the same transaction: so it is never in an earlier step, and
-- within a step it has the greater offset. Nobody waits for transactions under way, however long they take;
-- their events come when they are committed.

-- What this transaction sees now, its own changes left out: a snapshot counts its own transaction as done,
-- but it may append more.
create function highwater.seen_of_others() returns pg_snapshot
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  own xid8 := pg_current_xact_id_if_assigned();
  seen pg_snapshot;
begin
  select pg_current_snapshot() into seen;
  if own < pg_snapshot_xmax(seen) then
    seen := format('%s:%s:%s', least(pg_snapshot_xmin(seen), own), pg_snapshot_xmax(seen),
      (select string_agg(u.x::text, ',' order by u.x)
       from (select pg_snapshot_xip(seen) as x union select own) u));
  end if;
  return seen;
end $$;

-- Begins an era in the server that a dump came to: what came along has numbers of transactions that mean
-- nothing here. All of it is committed, so what has no position yet gets one, in the order of offsets.
create function highwater.begin_era() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  last bigint;
  next_era smallint;
begin
  lock table highwater.events in access exclusive mode;
  select s.position, s.era + 1 into last, next_era from highwater.event_sequencer s;
  insert into highwater.event_order
  select last + row_number() over (order by e."offset"), e."offset", '0'::xid8
  from highwater.events e
  where not exists (select from highwater.event_order o where o."offset" = e."offset");
  execute format('alter table highwater.events alter column era set default %s', next_era);
  update highwater.event_sequencer
  set position = (select coalesce(max(o.position), 0) from highwater.event_order o), era = next_era,
    snapshot = highwater.seen_of_others(), system_identifier = (pg_control_system()).system_identifier;
end $$;

-- Gives positions to what was committed since the last call; returns to how many, or null when another
-- transaction is at it.
create function highwater.sequence_events() returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
set jit = off set plan_cache_mode = force_generic_plan as $$
declare
  state highwater.event_sequencer;
  own xid8;
  now_seen pg_snapshot;
  open xid8[];
  fresh bigint[];
  added bigint := 0;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'events are put in order only by transactions that are READ COMMITTED'
      using errcode = 'feature_not_supported', hint = 'Read without ordering, or in another transaction.';
  end if;
  if not pg_try_advisory_xact_lock(74001, 0) then
    return null;
  end if;
  -- From here on each statement sees what the lock's last holder committed.
  select * into state from highwater.event_sequencer;
  if state.strict_order then
    return 0;
  end if;
  if state.system_identifier <> (pg_control_system()).system_identifier then
    perform highwater.begin_era();
    return (select s.position - state.position from highwater.event_sequencer s);
  end if;
  own := pg_current_xact_id_if_assigned();
  now_seen := highwater.seen_of_others();
  open := array(
    select x from pg_snapshot_xip(state.snapshot) x where pg_visible_in_snapshot(x, now_seen) or x = own);
  fresh := array(
    select e."offset" from (
      select e."offset", e.transaction_id from highwater.events e
      where e.era = state.era and e.transaction_id >= pg_snapshot_xmax(state.snapshot)
        and e.transaction_id < pg_snapshot_xmax(now_seen)
      union all
      select e."offset", e.transaction_id from unnest(open || own) x
      cross join lateral (
        select i."offset", i.transaction_id from highwater.events i
        where i.era = state.era and i.transaction_id = x offset 0) e
    ) e
    where pg_visible_in_snapshot(e.transaction_id, now_seen) or e.transaction_id = own
    order by e."offset");
  if cardinality(fresh) > 0 then
    insert into highwater.event_order
    select state.position + row_number() over (order by f), f, pg_snapshot_xmin(state.snapshot)
    from (select distinct u.f from unnest(fresh) u(f)) u
    where not exists (select from highwater.event_order o where o."offset" = f);
    get diagnostics added = row_count;
  end if;
  -- Without anything new the snapshot moves now and then, so that what it leaves to look at stays little.
  if added > 0 or pg_snapshot_xmax(now_seen)::text::bigint - pg_snapshot_xmax(state.snapshot)::text::bigint > 1000 then
    update highwater.event_sequencer set position = state.position + added, snapshot = now_seen;
  end if;
  if added > 0 then
    perform pg_notify('highwater_events', (state.position + added)::text);
  end if;
  return added;
end $$;

-- Whether a session keeps the order all the time (highwater.keep_order): it holds the lock that is looked at.
create function highwater.order_is_kept() returns boolean
language sql set search_path = pg_catalog, pg_temp as $$
  select not (case when pg_try_advisory_lock_shared(74006, 0) then pg_advisory_unlock_shared(74006, 0) else false end)
$$;

-- The same, when this transaction can and nobody does it all the time.
create function highwater.sequence_if_needed() returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if current_setting('transaction_isolation') = 'read committed' and not current_setting('transaction_read_only')::boolean
     and not highwater.order_is_kept() then
    perform highwater.sequence_events();
  end if;
end $$;

-- In strict order each append takes its position itself, one after the other until it commits. For databases
-- whose snapshots cannot be compared, and for those who want no moment between commit and position.
create function highwater.append_in_order() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  last bigint;
  appended bigint := (select count(*) from appended);
begin
  if appended > 0 then
    update highwater.event_sequencer set position = position + appended returning position into last;
    insert into highwater.event_order
    select last - appended + row_number() over (order by a."offset"), a."offset",
      pg_snapshot_xmin(pg_current_snapshot())
    from appended a;
  end if;
  return null;
end $$;
create trigger strict_order after insert on highwater.events referencing new table as appended
  for each statement execute function highwater.append_in_order();
alter table highwater.events disable trigger strict_order;

create function highwater.set_strict_order(v_strict boolean) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform pg_advisory_xact_lock(74001, 0);
  lock table highwater.events in share row exclusive mode;
  if highwater.sequence_events() is null then
    raise exception 'the order is being given by another transaction' using errcode = 'lock_not_available';
  end if;
  if v_strict then
    alter table highwater.events enable always trigger strict_order;
  else
    alter table highwater.events disable trigger strict_order;
  end if;
  update highwater.event_sequencer set strict_order = v_strict, snapshot = highwater.seen_of_others();
end $$;

-- An event with its position.
create view highwater.ordered_events as
  select o.position, e.* from highwater.event_order o join highwater.events e using ("offset");

-- Events in the global order, after a position; of one decider or type, or of all.
create function highwater.read_events(
    v_after bigint default 0, v_limit bigint default 1000, v_decider text default null, v_event text default null)
returns setof highwater.ordered_events
language plpgsql security definer set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
begin
  perform highwater.sequence_if_needed();
  return query select o.* from highwater.ordered_events o
    where o.position > v_after and (v_decider is null or o.decider = v_decider) and (v_event is null or o.event = v_event)
    order by o.position limit v_limit;
end $$;
