-- Each setting of a function costs a call as much as an index does, the search path most of all. An append has one
-- left, which keeps it on the indexes of tables that nobody analyzed yet: everything it names says its schema,
-- operators too, for it runs with the rights of the store's owner under the search path of whoever calls it.
create or replace function highwater.append_event(
    v_event text, v_event_id uuid, v_decider text, v_decider_id text, v_data jsonb, v_command_id uuid,
    v_previous_id uuid, v_event_version bigint default 1, v_final boolean default false,
    v_expected_version bigint default null, v_metadata jsonb default '{}', v_tags text[] default '{}')
returns setof highwater.events
language plpgsql security definer rows 1 set enable_seqscan = off as $$
begin
  if pg_catalog.cardinality(v_tags) operator(pg_catalog.>) 0 then
    perform highwater.lock_tags(v_tags, '{}');
  end if;
  loop
    if v_previous_id is null and coalesce(v_expected_version, 0) operator(pg_catalog.=) 0 then
      -- A new stream: where there is one, its version 1 is in the way.
      return query insert into highwater.events as n (event, event_id, event_version, decider, decider_id, data, command_id,
        final, version, metadata, tags)
      select v_event, v_event_id, v_event_version, v_decider, v_decider_id, v_data, v_command_id,
        v_final, 1, coalesce(v_metadata, '{}'), coalesce(v_tags, '{}')
      from highwater.deciders d
      where d.decider operator(pg_catalog.=) v_decider and d.event operator(pg_catalog.=) v_event
        and d.event_version operator(pg_catalog.=) v_event_version
      on conflict do nothing
      returning n.*;
    else
      return query insert into highwater.events as n (event, event_id, event_version, decider, decider_id, data, command_id,
        previous_id, final, version, metadata, tags)
      select v_event, v_event_id, v_event_version, v_decider, v_decider_id, v_data, v_command_id,
        last.event_id, v_final, coalesce(last.version, 0) operator(pg_catalog.+) 1, coalesce(v_metadata, '{}'),
        coalesce(v_tags, '{}')
      from highwater.deciders d
      left join lateral (
        select e.version, e.event_id, e.final from highwater.events e
        where e.decider operator(pg_catalog.=) v_decider and e.decider_id operator(pg_catalog.=) v_decider_id
        order by e.version desc limit 1) last on true
      where d.decider operator(pg_catalog.=) v_decider and d.event operator(pg_catalog.=) v_event
        and d.event_version operator(pg_catalog.=) v_event_version
        and last.final is not true
        and case when v_expected_version is null then last.event_id operator(pg_catalog.=) v_previous_id
                 when v_expected_version operator(pg_catalog.=) -1 then true
                 else coalesce(last.version, 0) operator(pg_catalog.=) v_expected_version end
      on conflict do nothing
      returning n.*;
    end if;
    if found then
      if pg_catalog.cardinality(v_tags) operator(pg_catalog.>) 0 then
        insert into highwater.event_tags
        select distinct t, e.era, e.transaction_id, e."offset"
        from highwater.events e cross join pg_catalog.unnest(v_tags) t
        where e.event_id operator(pg_catalog.=) v_event_id;
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
