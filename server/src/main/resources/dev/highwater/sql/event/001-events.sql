-- The event store: tables and functions of plain SQL, working on any PostgreSQL >= 15 with or without a
-- Highwater node. Applications call the functions; the tables are for reading.
--
-- A stream is (decider, decider_id). Its events are numbered by `version`, 1, 2, 3 …, and the unique index on
-- (decider, decider_id, version) is the stream's lock: of two appends to one version the second waits for the
-- first's transaction and then fails. Nothing else is written or scanned, so an append costs the same at any
-- length of the stream, with any number of views, and while an old snapshot is held.
--
-- Advisory locks, all of transactions, in the two-number form (number, what):
--   74001 the global order              74004 tags of conditional appends
--   74002 a view's pending streams      74005 streams of a batch
--   74003 acknowledgements under way    74006 a process that keeps the order all the time
--
-- Errors have codes of their own:
--   HW001 another version than expected   HW005 events cannot be changed
--   HW002 the stream is final             HW006 the lease is not the caller's (any more)
--   HW003 event id used for another event HW007 not delivered, so it cannot be acknowledged
--   HW004 an event that must not be there HW008 unknown view, event or setting

-- What events a decider publishes.
create table highwater.deciders (
  decider text not null,
  event text not null,
  event_version bigint not null default 1,
  description text,
  primary key (decider, event, event_version)
);

create sequence highwater.events_offset_seq cache 1;

-- Every event. `offset` ascends along each stream; across streams it is provisional, since a smaller one may
-- commit later: highwater.event_order has the order for readers.
create table highwater.events (
  event text not null,
  event_id uuid not null unique,
  event_version bigint not null default 1,
  decider text not null,
  decider_id text not null,
  data jsonb not null,
  command_id uuid,
  previous_id uuid,
  final boolean not null default false,
  created_at timestamptz not null default now(),
  "offset" bigint primary key default nextval('highwater.events_offset_seq'),
  transaction_id xid8 not null default pg_current_xact_id(),
  version bigint not null,
  metadata jsonb not null default '{}',
  tags text[] not null default '{}',
  -- Transaction numbers mean something only within the server that gave them. A dump restored into another
  -- server begins the next era there: see highwater.begin_era.
  era smallint not null default 1,
  unique (decider, decider_id, version)
);
alter sequence highwater.events_offset_seq owned by highwater.events."offset";
create index events_transaction on highwater.events (era, transaction_id);

comment on column highwater.events.metadata is
  'Free JSON; by custom correlation_id, causation_id and traceparent.';

-- Where events of a tag are, for conditional appends. Events without tags have no rows here.
create table highwater.event_tags (
  tag text not null,
  era smallint not null,
  transaction_id xid8 not null,
  "offset" bigint not null,
  primary key (tag, era, transaction_id, "offset")
);

-- The global order: position 1, 2, 3 … without a gap, the same for every reader, forever.
-- Every event after this position belongs to transaction `horizon` or a later one.
create table highwater.event_order (
  position bigint primary key,
  "offset" bigint not null unique,
  horizon xid8 not null
);

-- How far the order is known: all that `snapshot` sees has its position.
create table highwater.event_sequencer (
  only_row boolean primary key default true check (only_row),
  position bigint not null default 0,
  snapshot pg_snapshot not null default '1:1:',
  era smallint not null default 1,
  system_identifier bigint not null default (pg_control_system()).system_identifier,
  strict_order boolean not null default false
) with (fillfactor = 50);
insert into highwater.event_sequencer default values;

-- Who consumes, and how.
create table highwater.views (
  view text primary key,
  start_at timestamptz not null,
  -- What comes after this position is meant in any case, whenever its transaction began.
  start_position bigint not null,
  lock_timeout_s bigint not null default 300 check (lock_timeout_s > 0),
  pooling_delay_s bigint,
  edge_function_url text,
  pooling_delay_ms bigint,
  max_attempts int not null default 10 check (max_attempts > 0),
  deciders text[],
  events text[],
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on column highwater.views.pooling_delay_ms is 'How often its consumers mean to ask; kept for them, nothing here polls.';
comment on column highwater.views.deciders is 'Only events of these deciders; null for all.';
comment on column highwater.views.events is 'Only events of these types; null for all.';

-- How far in the global order each view's streams are known in highwater.locks.
create table highwater.view_positions (
  view text primary key references highwater.views on delete cascade,
  position bigint not null,
  moved_at timestamptz not null default '-infinity'
) with (fillfactor = 50);

create sequence highwater.lease_token cache 1;

-- A view's place in a stream, made when its first event comes by. Everything up to `last_offset` is done. While
-- `offset`, the next event's, is greater there is something to do: at `locked_until` it may be given out.
create table highwater.locks (
  view text not null,
  decider_id text not null,
  "offset" bigint not null,
  last_offset bigint not null,
  locked_until timestamptz not null,
  offset_final boolean not null default false,
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  decider text not null,
  last_version bigint not null,
  -- The lease: who asked last, up to which version it was given events, and whether an older lease on the same
  -- event ran out, so that two may believe they hold it.
  token bigint,
  leased_version bigint,
  holder int,
  contested boolean not null default false,
  attempts int not null default 0,
  parked_at timestamptz,
  parked_because text,
  primary key (view, decider_id, decider)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);
create index locks_pending on highwater.locks (view, locked_until, "offset")
  where last_offset < "offset" and parked_at is null;

-- Streams with a new event whose acknowledgement was under way when it came by; looked at again.
create table highwater.view_deferred (
  view text not null,
  decider text not null,
  decider_id text not null,
  primary key (view, decider, decider_id)
);

-- Events, their order and what they mean are never changed, and whoever tries is told.
create function highwater.refuse_change() returns trigger
language plpgsql as $$
begin
  raise exception 'highwater.% is append-only: % is not possible', tg_table_name, lower(tg_op)
    using errcode = 'HW005', hint = 'Append an event that says what is different now.';
end $$;

create trigger append_only before update or delete or truncate on highwater.events
  for each statement execute function highwater.refuse_change();
create trigger append_only before update or delete or truncate on highwater.deciders
  for each statement execute function highwater.refuse_change();
create trigger append_only before update or delete or truncate on highwater.event_tags
  for each statement execute function highwater.refuse_change();
create trigger append_only before update or delete or truncate on highwater.event_order
  for each statement execute function highwater.refuse_change();
