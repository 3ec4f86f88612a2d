-- What people ask the node for by SQL. The node does it after the commit and says here how it ended.
create table highwater.request (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  who name not null default session_user,
  kind text not null check (kind in ('create view', 'drop view')),
  name text not null,
  query text,
  -- replace, or cascade
  further boolean not null,
  state text not null default 'waiting' check (state in ('waiting', 'done', 'failed')),
  error text,
  ended timestamptz
);
create index request_waiting on highwater.request (id) where state = 'waiting';
grant select on highwater.request to reader;

create function highwater.create_view(name text, query text, replace boolean default false) returns bigint
language plpgsql volatile strict security definer set search_path = pg_catalog, pg_temp as $$
declare
  request bigint;
begin
  insert into highwater.request (kind, name, query, further)
  values ('create view', create_view.name, create_view.query, create_view.replace)
  returning id into request;
  notify highwater_request;
  return request;
end $$;
comment on function highwater.create_view(text, text, boolean) is
  'Asks for a view. It is made after the commit; the row of highwater.request with this id says how it went.';

create function highwater.drop_view(name text, cascade boolean default false) returns bigint
language plpgsql volatile strict security definer set search_path = pg_catalog, pg_temp as $$
declare
  request bigint;
begin
  insert into highwater.request (kind, name, further)
  values ('drop view', drop_view.name, drop_view.cascade)
  returning id into request;
  notify highwater_request;
  return request;
end $$;
comment on function highwater.drop_view(text, boolean) is
  'Asks for the end of a view; its history stays. Like highwater.create_view.';

revoke execute on function
  highwater.create_view(text, text, boolean), highwater.drop_view(text, boolean) from public;
grant execute on function
  highwater.create_view(text, text, boolean), highwater.drop_view(text, boolean) to reader;
