-- Many events at once, conditions on tags, and CloudEvents.

create type highwater.appending as (
  nth bigint, event text, event_id uuid, event_version bigint, decider text, decider_id text, data jsonb,
  command_id uuid, previous_id uuid, final boolean, expected_version bigint, metadata jsonb, tags text[]);

-- Fails when an event after position `v_since` matches one of the conditions. The caller holds their tags alone,
-- and calls this in a later statement.
create function highwater.check_boundary(v_unless jsonb, v_since bigint) returns void
language plpgsql set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
declare
  condition record;
  since_era smallint := 0;
  since_transaction xid8 := '0';
  obstacle highwater.events;
begin
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'conditional appends are for transactions that are READ COMMITTED' using errcode = 'feature_not_supported';
  end if;
  if v_since > 0 then
    select e.era, o.horizon into since_era, since_transaction
    from highwater.event_order o join highwater.events e on e."offset" = o."offset" where o.position = v_since;
    if not found then
      raise exception 'there is no position % yet', v_since using errcode = 'HW008';
    end if;
  end if;
  for condition in
    select array(select jsonb_array_elements_text(u.one -> 'tags')) as tags,
      case when u.one ? 'events' then array(select jsonb_array_elements_text(u.one -> 'events')) end as events
    from jsonb_array_elements(v_unless) u(one)
  loop
    if condition.tags = '{}' then
      raise exception 'a condition names at least one tag' using errcode = 'invalid_parameter_value';
    end if;
    select e.* into obstacle
    from highwater.event_tags t join highwater.events e on e."offset" = t."offset"
    where t.tag = condition.tags[1] and (t.era, t.transaction_id) >= (since_era, since_transaction)
      and e.tags @> condition.tags and (condition.events is null or e.event = any (condition.events))
      and not exists (select from highwater.event_order o where o."offset" = e."offset" and o.position <= v_since)
    limit 1;
    if found then
      raise exception 'event % (%) must not be there after position %', obstacle.event_id, obstacle.event, v_since
        using errcode = 'HW004', detail = format('Its tags are %s.', array_to_string(obstacle.tags, ', ')),
          hint = 'Read what is new, decide again, and append.';
    end if;
  end loop;
end $$;

-- Appends events of any number of streams, all or none, in the order given. Each is an object like
--   {"event": …, "event_id": …, "decider": …, "decider_id": …, "data": …, "command_id": …, "event_version": 1,
--    "previous_id": … or "expected_version": …, "final": false, "metadata": {}, "tags": []}
-- The first event of a stream here says where it believes the stream: with `expected_version` (-1: anywhere), or
-- with `previous_id` (or neither: the stream is new). Without an event_id it gets one, but the call cannot be
-- repeated safely then.
--
-- `v_unless` makes it conditional: [{"tags": ["course:1"], "events": ["Enrolled"]}, …] means, append unless there is
-- an event after position `v_since` that has all tags of one of these and, if given, one of its types.
create function highwater.append_events(v_events jsonb, v_unless jsonb default null, v_since bigint default 0)
returns setof highwater.events
language plpgsql security definer set search_path = pg_catalog, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set jit = off as $$
declare
  given highwater.appending[];
  there bigint;
  odd record;
  bucket int;
begin
  if jsonb_typeof(v_events) is distinct from 'array' then
    raise exception 'events to append are a JSON array of objects' using errcode = 'invalid_parameter_value';
  end if;
  if exists (select from jsonb_array_elements(v_events) g
             where not (g ? 'event' and g ? 'decider' and g ? 'decider_id' and g ? 'data')) then
    raise exception 'an event to append has event, decider, decider_id and data' using errcode = 'invalid_parameter_value';
  end if;
  given := array(
    select row(g.nth, g.one ->> 'event', coalesce((g.one ->> 'event_id')::uuid, gen_random_uuid()),
      coalesce((g.one ->> 'event_version')::bigint, 1), g.one ->> 'decider', g.one ->> 'decider_id', g.one -> 'data',
      (g.one ->> 'command_id')::uuid, (g.one ->> 'previous_id')::uuid, coalesce((g.one ->> 'final')::boolean, false),
      (g.one ->> 'expected_version')::bigint, coalesce(g.one -> 'metadata', '{}'),
      array(select jsonb_array_elements_text(coalesce(g.one -> 'tags', '[]'))))::highwater.appending
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

-- An event as a CloudEvent 1.0 in JSON: an event of highwater.events, or a row of stream_events or read_events
-- by way of to_jsonb.
create function highwater.cloud_event(e jsonb) returns jsonb
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select jsonb_strip_nulls(jsonb_build_object(
    'specversion', '1.0',
    'id', e -> 'event_id',
    'source', e -> 'decider',
    'type', e -> 'event',
    'subject', e -> 'decider_id',
    'time', e -> 'created_at',
    'datacontenttype', 'application/json',
    'eventversion', e -> 'event_version',
    'sequence', lpad(e ->> 'version', 20, '0'),
    'sequencetype', 'Integer',
    'commandid', e -> 'command_id',
    'correlationid', e -> 'metadata' -> 'correlation_id',
    'causationid', e -> 'metadata' -> 'causation_id',
    'traceparent', e -> 'metadata' -> 'traceparent',
    'tracestate', e -> 'metadata' -> 'tracestate')) || jsonb_build_object('data', e -> 'data')
$$;

create function highwater.cloud_event(e highwater.events) returns jsonb
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select highwater.cloud_event(to_jsonb(e))
$$;

-- Appends a CloudEvent: `source` is the decider, `subject` its id, `type` the event. An `id` that is no UUID becomes
-- one, always the same for the same source and id, so that a CloudEvent is appended once.
create function highwater.append_cloud_event(v_cloud_event jsonb, v_expected_version bigint default -1)
returns setof highwater.events
language plpgsql rows 1 set search_path = pg_catalog, pg_temp as $$
declare
  c jsonb := v_cloud_event;
  id uuid;
begin
  if c ->> 'specversion' is distinct from '1.0' or not (c ?& array['id', 'source', 'type', 'subject']) then
    raise exception 'this is no CloudEvent 1.0 with id, source, type and subject' using errcode = 'invalid_parameter_value';
  end if;
  if c ? 'data_base64' then
    raise exception 'only CloudEvents with JSON data can be appended' using errcode = 'invalid_parameter_value';
  end if;
  id := case when c ->> 'id' ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then c ->> 'id'
             else md5((c ->> 'source') || ' ' || (c ->> 'id')) end;
  return query select * from highwater.append_event(
    v_event => c ->> 'type', v_event_id => id, v_decider => c ->> 'source', v_decider_id => c ->> 'subject',
    v_data => coalesce(c -> 'data', 'null'), v_command_id => (c ->> 'commandid')::uuid, v_previous_id => null,
    v_event_version => coalesce((c ->> 'eventversion')::bigint, 1), v_expected_version => v_expected_version,
    v_metadata => jsonb_strip_nulls(jsonb_build_object('correlation_id', c -> 'correlationid', 'causation_id',
      c -> 'causationid', 'traceparent', c -> 'traceparent', 'tracestate', c -> 'tracestate')));
end $$;
