-- Looks at what nothing told of: where DDL does not tell of itself, and what a person did to the
-- publication by hand. What it finds is told at a place in the order that is true: a lock that every DDL
-- conflicts with is held until the message is committed.

-- Tells of one table what it is now. `why`: begin it anew, for this reason.
create function highwater.retell(source_oid oid, why text default null) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  refused text;
begin
  begin
    execute format('lock table only %s in access share mode', source_oid::regclass);
  exception when undefined_table or syntax_error then
    null; -- it is gone
  end;
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

-- The tables of the publication.
create function highwater.published() returns setof oid
language sql stable set search_path = pg_catalog, pg_temp as $$
  select r.prrelid from pg_publication_rel r join pg_publication p on p.oid = r.prpubid where p.pubname = 'highwater'
$$;

revoke all on all functions in schema highwater from public;
