-- The capture mark: how far the source has been captured. It moves in the transaction that writes
-- the effects, and only while its term is the writer's.
create table highwater.capture (
  only_row boolean primary key default true check (only_row),
  term bigint not null default 0,
  slot text,
  system_identifier text,
  lsn pg_lsn not null default '0/0',
  at timestamptz
);
insert into highwater.capture default values;
