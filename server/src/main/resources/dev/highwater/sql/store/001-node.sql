-- Who this store is. One row. The incarnation is the store's identity: a position means something
-- only together with it.
create table highwater.node (
  only_row boolean primary key default true check (only_row),
  incarnation text not null default substr(replace(gen_random_uuid()::text, '-', ''), 1, 8),
  shard int not null default 100,
  created timestamptz not null default now()
);
insert into highwater.node default values;
