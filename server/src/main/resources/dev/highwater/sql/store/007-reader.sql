-- The role for reading reads everything that people see; highwater_as_of reads the past only, so that
-- a query as of a position cannot mix in the present.
do $$
begin
  if not exists (select from pg_roles where rolname = 'reader') then
    create role reader nologin;
  end if;
  if not exists (select from pg_roles where rolname = 'highwater_as_of') then
    create role highwater_as_of nologin;
  end if;
end $$;
grant highwater_as_of to reader;
grant usage on schema highwater to reader, highwater_as_of;
grant select on all tables in schema highwater to reader;
grant execute on all functions in schema highwater to reader, highwater_as_of;
grant select on highwater.entry to highwater_as_of;
revoke create on schema public from public;
-- A query cannot end another one, nor its own session.
revoke execute on function pg_terminate_backend(int, bigint), pg_cancel_backend(int) from public;
