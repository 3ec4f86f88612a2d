-- A view: the relation of this id is kept equal to this query.
create table highwater.view (
  relation int primary key references highwater.relation (id),
  -- as it was asked for
  query text not null,
  -- as PostgreSQL understood it, with every name in full
  body text not null,
  -- the relations that it reads
  depends int[] not null,
  -- names of the aggregates that it calls
  aggregates text[] not null,
  -- whether the body can be taken apart and printed again without a change of meaning
  faithful boolean not null
);
grant select on highwater.view to reader;
