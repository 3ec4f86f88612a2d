-- The other design for events in SQL: an AFTER trigger writes a lock row for each view with each event, BEFORE
-- triggers look through the stream, consumers choose among all pending lock rows. As fstore-sql does it.
create schema fs;
create table fs.events (
  event text not null, event_id uuid not null unique, event_version bigint not null default 1,
  decider text not null, decider_id text not null, data jsonb not null, command_id uuid not null,
  previous_id uuid unique, final boolean not null default false, created_at timestamptz not null default now(),
  "offset" bigserial primary key, transaction_id xid8 not null default pg_current_xact_id());
create index on fs.events (decider_id, decider);
create index on fs.events (decider_id, "offset");
create table fs.views (view text primary key, start_at timestamp not null default now());
create table fs.locks (
  view text not null references fs.views on delete cascade, decider_id text not null, "offset" bigint not null,
  last_offset bigint not null, locked_until timestamptz not null default now() - interval '1 ms',
  offset_final boolean not null default false, primary key (view, decider_id));
create index on fs.locks (view, locked_until, last_offset);

create function fs.check_final() returns trigger language plpgsql as $$
begin
  if exists (select from fs.events where decider_id = new.decider_id and final and decider = new.decider) then
    raise exception 'stream is final';
  end if;
  return new;
end $$;
create function fs.check_first() returns trigger language plpgsql as $$
begin
  if new.previous_id is null
     and exists (select from fs.events where decider_id = new.decider_id and decider = new.decider) then
    raise exception 'previous_id can only be null for the first event';
  end if;
  return new;
end $$;
create function fs.check_previous() returns trigger language plpgsql as $$
begin
  if new.previous_id is not null and not exists (
      select from fs.events where event_id = new.previous_id and decider_id = new.decider_id and decider = new.decider) then
    raise exception 'previous_id must be in the same stream';
  end if;
  return new;
end $$;
create function fs.on_insert() returns trigger language plpgsql as $$
begin
  insert into fs.locks as l (view, decider_id, "offset", last_offset, offset_final)
  select v.view, new.decider_id, new."offset", 0, new.final from fs.views v
  on conflict (view, decider_id) do update set "offset" = new."offset", offset_final = new.final;
  return new;
end $$;
create trigger check_final before insert on fs.events for each row execute function fs.check_final();
create trigger check_first before insert on fs.events for each row execute function fs.check_first();
create trigger check_previous before insert on fs.events for each row execute function fs.check_previous();
create trigger on_insert after insert on fs.events for each row execute function fs.on_insert();

create function fs.append_event(e text, id uuid, d text, d_id text, data jsonb, command uuid, previous uuid)
returns setof fs.events language sql as $$
  insert into fs.events (event, event_id, decider, decider_id, data, command_id, previous_id)
  values (e, id, d, d_id, data, command, previous) returning *
$$;
create function fs.stream_events(v text, n int) returns setof fs.events language sql as $$
  with free as (
    select * from fs.locks l where l.view = v and l.locked_until < now() and l.last_offset < l."offset"
    order by l."offset" limit n for update skip locked),
  taken as (
    update fs.locks l set locked_until = now() + interval '300 s' from free f
    where l.view = v and l.decider_id = f.decider_id returning l.decider_id, l.last_offset)
  select e.* from fs.events e join taken t on e.decider_id = t.decider_id
  where e."offset" = (select min(x."offset") from fs.events x where x.decider_id = t.decider_id and x."offset" > t.last_offset)
  order by e."offset"
$$;
create function fs.ack_event(v text, d_id text, o bigint) returns setof fs.locks language sql as $$
  update fs.locks set locked_until = now() - interval '1 ms', last_offset = o where view = v and decider_id = d_id returning *
$$;
