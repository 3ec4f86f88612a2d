-- A view: the relation of this id is kept equal to this query.
create table highwater.view (
  relation int primary key references highwater.relation (id),
  -- as it was asked for
  query text not null,
  -- as PostgreSQL understood it, with every name in full
  body text not null,
  -- the relations that it reads
  depends int[] not null,
  -- whether it reads the clock
  clocked boolean not null,
  -- the queries by which it is computed, one after the other; the last gives its rows
  stages jsonb not null
);
grant select on highwater.view to reader;

-- Views are computed in this role: it reads relations and writes what views hold, nothing else.
do $$
begin
  if not exists (select from pg_roles where rolname = 'highwater_view') then
    create role highwater_view nologin;
  end if;
end $$;
grant usage on schema highwater, highwater_data to highwater_view;
grant select on highwater.entry to highwater_view;
grant execute on function highwater.position() to highwater_view;
