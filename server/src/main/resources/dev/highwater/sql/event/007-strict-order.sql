-- The transition table of a trigger is filled by every INSERT, also while the trigger is disabled: three percent of
-- an append. So the trigger is there only while the order is strict.
create or replace function highwater.set_strict_order(v_strict boolean) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform pg_advisory_xact_lock(74001, 0);
  lock table highwater.events in access exclusive mode;
  if highwater.sequence_events() is null then
    raise exception 'the order is being given by another transaction' using errcode = 'lock_not_available';
  end if;
  drop trigger if exists strict_order on highwater.events;
  if v_strict then
    create trigger strict_order after insert on highwater.events referencing new table as appended
      for each statement execute function highwater.append_in_order();
    alter table highwater.events enable always trigger strict_order;
  end if;
  update highwater.event_sequencer set strict_order = v_strict, snapshot = highwater.seen_of_others();
end $$;

do $$ begin
  if not (select strict_order from highwater.event_sequencer) then
    drop trigger strict_order on highwater.events;
  end if;
end $$;
