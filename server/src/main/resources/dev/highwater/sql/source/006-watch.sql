-- What the node looks for now and then: tables whose DDL could not publish them, and what a transaction has done
-- that nobody sees yet.

-- Takes a node's patterns, `!` before those that leave tables out, and publishes some of what they take
-- and is not published yet: not all at once, since each takes locks until the end. Returns how many. A node
-- calls it at its start until there are none, for tables that came while nobody looked, and now and then, for
-- those whose DDL could not publish them (it waited for a lock too long). Leaves out those of `besides`, which it
-- knows to be out of the publication by somebody's hand. Writes nothing when nothing is new.
drop function highwater.want(text[], int);
create function highwater.want(patterns text[], besides bigint[], at_most int) returns int
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  t oid;
  n int := 0;
begin
  delete from highwater.wanted w
  where case when w.excluded then '!' else '' end || w.pattern <> all (patterns);
  insert into highwater.wanted
  select distinct ltrim(p, '!'), p like '!%' from unnest(patterns) p
  where not exists (select from highwater.wanted w where w.pattern = ltrim(p, '!') and w.excluded = (p like '!%'))
  on conflict (pattern) do update set excluded = excluded.excluded;
  for t in
    select c.oid from pg_class c
    where c.relkind in ('r', 'p') and not c.relispartition and not highwater.is_published(c.oid)
      and c.oid::bigint <> all (besides)
      and highwater.is_wanted(c.oid) and highwater.obstacle(c.oid) is null
    order by c.oid limit at_most
  loop
    perform highwater.publish(t);
    n := n + 1;
  end loop;
  return n;
end $$;

-- Whether a transaction that made, changed, published or unpublished a table is still going on. Decoding shows a
-- transaction as soon as its commit is in the WAL, which may be long before anybody else sees it: a commit
-- that waits for a synchronous standby. Until then it holds its locks.
create function highwater.in_flight(source_oid oid) returns boolean
language sql volatile set search_path = pg_catalog, pg_temp as $$
  select exists (
    select from pg_locks held join pg_locks writes on writes.virtualtransaction = held.virtualtransaction
    where held.locktype = 'relation' and held.relation = source_oid and held.granted
      and held.database = (select d.oid from pg_database d where d.datname = current_database())
      and held.mode in ('ShareUpdateExclusiveLock', 'AccessExclusiveLock')
      and held.pid is distinct from pg_backend_pid()
      and writes.locktype = 'transactionid' and writes.granted)
$$;

-- Raises an error while highwater.in_flight.
create function highwater.check_visible(source_oid oid) returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  if highwater.in_flight(source_oid) then
    raise exception 'a transaction that changed % is not visible yet', source_oid::regclass
      using errcode = 'lock_not_available', hint = 'Commits that wait for a synchronous standby are not.';
  end if;
end $$;

-- DDL on a type locks no table that has it: what retell reads of a table could be told behind what the DDL told.
-- So DDL that tells of types holds this lock with its like until it is committed, and retell holds it alone.
create function highwater.type_lock() returns bigint
language sql immutable set search_path = pg_catalog, pg_temp as $$ select hashtextextended('highwater.type_lock', 0) $$;

create function highwater.before_types() returns event_trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform pg_advisory_xact_lock_shared(highwater.type_lock());
end $$;

-- Event triggers are made again at the node's next start, for what they tell of now.
create or replace function highwater.follow_ddl() returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  t text;
  triggers constant text[] := array['highwater_ddl', 'highwater_rewrite', 'highwater_drop', 'highwater_types'];
begin
  if (select count(*) from pg_event_trigger
      where evtname = any (triggers) and (evtname <> 'highwater_ddl' or 'ALTER TYPE' = any (evttags))) = cardinality(triggers) then
    return true;
  end if;
  foreach t in array triggers loop
    execute format('drop event trigger if exists %I', t);
  end loop;
  create event trigger highwater_types on ddl_command_start
    when tag in ('ALTER TYPE', 'ALTER DOMAIN', 'ALTER SCHEMA')
    execute function highwater.before_types();
  create event trigger highwater_ddl on ddl_command_end
    when tag in ('CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO', 'ALTER TABLE', 'CREATE INDEX', 'ALTER SCHEMA', 'ALTER TYPE',
                 'ALTER DOMAIN')
    execute function highwater.after_ddl();
  create event trigger highwater_rewrite on table_rewrite execute function highwater.after_rewrite();
  create event trigger highwater_drop on sql_drop execute function highwater.after_drop();
  foreach t in array triggers loop
    execute format('alter event trigger %I enable always', t);
  end loop;
  return true;
exception when insufficient_privilege then
  -- Those of before tell of everything; an operator makes the one that only makes others wait.
  return (select count(*) from pg_event_trigger
          where evtname in ('highwater_ddl', 'highwater_rewrite', 'highwater_drop')) = 3;
end $$;

-- Tells of one table what it is now. `why`: begin it anew, for this reason. Waits for nobody while it holds what DDL
-- on types waits for, except briefly for locks on partitions.
create or replace function highwater.retell(source_oid oid, why text default null) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  refused text;
begin
  perform highwater.check_visible(source_oid);
  begin
    execute format('lock table only %s in access share mode', source_oid::regclass);
  exception when undefined_table or syntax_error then
    null; -- it is gone, or not visible yet
  end;
  perform highwater.check_visible(source_oid);
  if not pg_try_advisory_xact_lock(highwater.type_lock()) then
    raise exception 'a transaction that changed a type is not visible yet' using errcode = 'lock_not_available';
  end if;
  if not exists (select from pg_class c where c.oid = source_oid) then
    perform highwater.tell(json_build_object('kind', 'end', 'oid', source_oid::bigint, 'reason', 'dropped'));
  elsif not highwater.is_published(source_oid) then
    perform highwater.tell(json_build_object('kind', 'end', 'oid', source_oid::bigint,
      'reason', case when exists (select from highwater.unpublished u where u.source_oid = retell.source_oid)
                then 'unpublished' else 'somebody took it out of the publication highwater' end));
  else
    refused := highwater.obstacle(source_oid);
    if refused is not null then
      perform highwater.withdraw(source_oid, source_oid::regclass || ' ' || refused);
    elsif why is null then
      perform highwater.changed(source_oid);
    else
      perform highwater.note_leaves(source_oid);
      perform highwater.tell(json_build_object('kind', 'publish', 'born', false,
        'definition', highwater.definition(source_oid), 'reason', why));
    end if;
  end if;
end $$;

revoke all on all functions in schema highwater from public;
