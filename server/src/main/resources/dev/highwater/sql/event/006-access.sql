-- Who may: what an application needs is granted by highwater.grant_events, here to the database's owner.
revoke all on all functions in schema highwater from public;
revoke all on all procedures in schema highwater from public;

create function highwater.grant_events(v_role name) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  callable regprocedure;
begin
  execute format('grant usage on schema highwater to %I', v_role);
  execute format('grant select on highwater.deciders, highwater.events, highwater.event_order, highwater.ordered_events,
    highwater.views, highwater.view_positions, highwater.locks, highwater.parked_events to %I', v_role);
  for callable in
    select p.oid from pg_proc p
    where p.pronamespace = 'highwater'::regnamespace
      and p.proname = any ('{register_decider_event, append_event, append_events, append_cloud_event, get_events,
        get_last_event, read_events, cloud_event, register_view, drop_view, stream_events, ack_event, nack_event,
        schedule_nack_event, replay_event, skip_event, sequence_events, advance_events, keep_order}'::name[])
  loop
    execute format('grant execute on routine %s to %I', callable, v_role);
  end loop;
end $$;
revoke all on function highwater.grant_events(name) from public;

do $$
begin
  perform highwater.grant_events(d.owner) from (
    select pg_get_userbyid(d.datdba) as owner from pg_database d where d.datname = current_database()) d;
end $$;

-- Found without their schema's name, after everything else, unless the database has a search path of its own.
do $$
begin
  if not exists (
    select from pg_db_role_setting s
    join pg_database d on d.oid = s.setdatabase and s.setrole = 0
    cross join unnest(s.setconfig) c
    where d.datname = current_database() and c like 'search_path=%')
  then
    execute format('alter database %I set search_path = "$user", public, highwater', current_database());
  end if;
exception when insufficient_privilege then
  raise notice 'the search path of this database is its owner''s: alter database % set search_path = "$user", public, highwater',
    quote_ident(current_database());
end $$;
