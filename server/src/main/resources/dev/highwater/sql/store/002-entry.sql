-- The journal: one row a committed transaction. Rows are only ever appended.
create table highwater.entry (
  position bigint primary key,
  kind text not null,
  shard int not null,
  epoch int not null,
  seq bigint not null,
  lamport bigint not null,
  at timestamptz not null,
  changes bigint not null,
  root bytea not null,
  hash bytea not null,
  -- the last entry of a batch: journal, tables and views agree on this position
  settled boolean not null
);
create index entry_at on highwater.entry (at);
