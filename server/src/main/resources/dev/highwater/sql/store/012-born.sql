-- Current rows of tables that have a key get `_born`, a position from which on the key has always been there:
-- it is indexed in place of `_from`, so that an update writes to no index unless it changes what is indexed.
do $$
declare
  t record;
begin
  for t in
    select c.oid::regclass as name, c.relname from pg_class c
    where c.relnamespace = 'highwater_data'::regnamespace and c.relkind = 'r' and c.relname ~ '^r[0-9]+$'
      -- of bags and views
      and not exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = '_row')
  loop
    execute format('alter table %s add column _born bigint', t.name);
    execute format('update %s set _born = _from', t.name);
    execute format('alter table %s alter column _born set not null', t.name);
    execute format('create index %I on %s (_born)', t.relname || '_born', t.name);
    execute format('drop index highwater_data.%I', t.relname || '_from');
  end loop;
end $$;
