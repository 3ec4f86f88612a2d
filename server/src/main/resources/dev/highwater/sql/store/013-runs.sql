-- Changes of one entry and one relation that follow each other may share a row: their texts stand in `body` by lines,
-- their salts in `salt` end to end, and `ordinal` is the first one's. To withhold or erase one of them its row has to be
-- divided first. The rows there are need not be looked at. LZ4 where this PostgreSQL has it, for the other method takes
-- longer than everything else about a change.
alter table highwater.change
  add column changes int not null default 1,
  add check (changes = 1 or leaf is null) not valid;

do $$ begin
  if (select 'lz4' = any (enumvals) from pg_settings where name = 'default_toast_compression') then
    alter table highwater.change alter column body set compression lz4;
  else
    alter table highwater.change alter column body set storage external;
  end if;
end $$;
