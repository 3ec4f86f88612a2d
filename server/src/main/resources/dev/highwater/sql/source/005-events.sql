-- Of Highwater's own tables those of the event store can be published: they are for reading. Their names
-- are free in the store's schema of the same name.
alter function highwater.obstacle(oid) rename to obstacle_elsewhere;

create function highwater.obstacle(source_oid oid) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select case when n.nspname = 'highwater' and c.relname in ('events', 'event_order', 'event_tags', 'deciders') then null
              else highwater.obstacle_elsewhere(source_oid) end
  from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = source_oid
$$;

revoke all on all functions in schema highwater from public;
