-- A table of the source, one generation of it: its rows are in highwater_data.r<id> (current) and
-- highwater_data.r<id>_h (closed versions). A table that is dropped and made again, or changed in a
-- way that rows cannot follow, gets a new generation.
create table highwater.relation (
  id int primary key,
  source_oid bigint not null,
  schema_name text not null,
  table_name text not null,
  state text not null check (state in ('filling', 'live', 'stopped', 'ended')),
  -- why it stopped or ended
  reason text,
  -- from this position on reads are exact; null while filling
  since bigint,
  -- the position at which it ended or stopped
  until bigint
);
create index relation_name on highwater.relation (schema_name, table_name);

-- What the relation looked like from each position on.
create table highwater.definition (
  relation int not null references highwater.relation (id),
  position bigint not null,
  body text not null,
  primary key (relation, position)
);

create schema highwater_data;
