-- Remembers the partitions that a table has now.
create function highwater.note_leaves(source_oid oid) returns void
language sql set search_path = pg_catalog, pg_temp as $$
  delete from highwater.leaf l where l.root = source_oid;
  insert into highwater.leaf
    select p.relid, source_oid from pg_class c cross join lateral pg_partition_tree(c.oid) p
    where c.oid = source_oid and c.relkind = 'p' and p.isleaf
    on conflict (leaf) do update set root = excluded.root
$$;

-- Publishes a table inside the caller's transaction and writes its definition into the WAL at the same
-- place. `born` says that the table was made in this very transaction and has no row yet, so that
-- nothing has to be filled in. Returns whether it was not published before.
create function highwater.publish(source_oid oid, born boolean default false) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  why text := highwater.obstacle(source_oid);
begin
  if why is not null then
    raise exception '% %', source_oid::regclass, why using errcode = 'object_not_in_prerequisite_state';
  end if;
  if highwater.is_published(source_oid) then
    return false;
  end if;
  delete from highwater.unpublished u where u.source_oid = publish.source_oid;
  execute format('alter publication highwater add table only %s', source_oid::regclass);
  perform highwater.note_leaves(source_oid);
  perform highwater.tell(json_build_object('kind', 'publish', 'born', born, 'definition', highwater.definition(source_oid)));
  return true;
end $$;

-- Takes a table out of the publication and says why.
create function highwater.withdraw(source_oid oid, reason text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  execute format('alter publication highwater drop table only %s', source_oid::regclass);
  delete from highwater.leaf l where l.root = source_oid;
  perform highwater.tell(json_build_object('kind', 'end', 'oid', source_oid::bigint, 'reason', reason));
end $$;

-- Takes a table out again; what was captured stays. Returns whether it was published.
create function highwater.unpublish(source_oid oid) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  insert into highwater.unpublished values (source_oid) on conflict do nothing;
  if not highwater.is_published(source_oid) then
    return false;
  end if;
  perform highwater.withdraw(source_oid, 'unpublished');
  return true;
end $$;

-- Writes a message into the WAL that is decoded at this place of the transaction, if it commits. Decoding
-- takes a message to be where its record ends, and a row where its record begins: a message of a
-- subtransaction (every exception block is one) and a row right behind it stand at the same place, and either
-- may come first. An empty message between them keeps them apart.
create function highwater.tell(message json) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform pg_logical_emit_message(true, 'highwater', (select s.text from highwater.secret s) || message::text);
  perform pg_logical_emit_message(true, 'highwater', '');
end $$;

-- Whether a table is to be published by itself: a pattern takes it, none leaves it out, and nobody has
-- unpublished it.
create function highwater.is_wanted(source_oid oid) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(bool_or(not w.excluded) and not bool_or(w.excluded), false)
    and not exists (select from highwater.unpublished u where u.source_oid = is_wanted.source_oid)
  from highwater.wanted w
  where (select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where c.oid = is_wanted.source_oid)
    like replace(replace(replace(replace(w.pattern, '\', '\\'), '%', '\%'), '_', '\_'), '*', '%')
$$;

-- Publishes a table if it is to be published by itself and can be.
create function highwater.consider(candidate oid, born boolean default false) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if highwater.is_wanted(candidate) and highwater.obstacle(candidate) is null then
    perform highwater.publish(candidate, born);
  end if;
end $$;

-- Takes a node's patterns, `!` before those that leave tables out, and publishes some of what they take
-- and is not published yet: not all at once, since each takes locks until the end. Returns how many; a node
-- calls it at its start until there are none, for tables that came while nobody looked.
create function highwater.want(patterns text[], at_most int) returns int
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  t oid;
  n int := 0;
begin
  delete from highwater.wanted w
  where case when w.excluded then '!' else '' end || w.pattern <> all (patterns);
  insert into highwater.wanted
  select distinct ltrim(p, '!'), p like '!%' from unnest(patterns) p
  on conflict (pattern) do update set excluded = excluded.excluded;
  for t in
    select c.oid from pg_class c
    where c.relkind in ('r', 'p') and not c.relispartition and not highwater.is_published(c.oid)
      and highwater.is_wanted(c.oid) and highwater.obstacle(c.oid) is null
    order by c.oid limit at_most
  loop
    perform highwater.publish(t);
    n := n + 1;
  end loop;
  return n;
end $$;

revoke all on all functions in schema highwater from public;
