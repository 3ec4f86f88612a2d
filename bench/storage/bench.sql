-- The storage forms of a relation, and procedures that write to and read from them.
-- A form lives in a schema of its own; its tables are found through search_path.
\set ON_ERROR_STOP on
create schema bench;

create table bench.result (
  at timestamptz not null default clock_timestamp(),
  form text not null,      -- schema without its set: v1, v2, ...
  what text not null,
  value numeric not null,
  unit text not null);

-- form: v0 journal only · v1 one table · v2 BRIN · v3 btree(_from) on both · v4 not on history · v5 on neither;
-- a trailing f: fillfactor 90 for the current table.
create procedure bench.make_journal(place text) language plpgsql as $$
begin
  execute format('create schema %I', place);
  execute format('create table %I.entry (position bigint primary key, at timestamptz not null, changes int not null, hash bytea)', place);
  execute format('create table %I.change (position bigint, ordinal int, relation int not null, body text not null, '
                 'salt bytea not null, primary key (position, ordinal))', place);
end $$;

create procedure bench.make_tables(place text, form text) language plpgsql as $$
declare columns text := 'id bigint not null, c1 int, c2 numeric, c3 text, c4 text, c5 timestamptz, c6 int, _from bigint not null';
begin
  perform set_config('search_path', place, true);
  if form = 'v1' then
    execute format('create table ver (%s, _to bigint)', columns);
  elsif form <> 'v0' then
    execute format('create table cur (%s) with (fillfactor = %s)', columns, case when form like '%f' then 90 else 100 end);
    execute format('create table hist (%s, _to bigint not null)', columns);
  end if;
end $$;

-- After a bulk load, so that a large history is quick to make; on empty tables it is the same as before it.
create procedure bench.make_indexes(place text, form text) language plpgsql as $$
begin
  perform set_config('search_path', place, true);
  if form = 'v0' then return; end if;
  if form = 'v1' then
    create unique index on ver (id) where _to is null;
    create index on ver (_from);
    create index on ver (_to) where _to is not null;
    return;
  end if;
  alter table cur add primary key (id);
  if form = 'v2' then
    create index on cur using brin (_from) with (pages_per_range = 16);
    create index on hist using brin (_from, _to) with (pages_per_range = 16);
  else
    create index on hist (_to);
    if form like 'v3%' then create index on hist (_from); end if;
    if form not like 'v5%' then create index on cur (_from); end if;
  end if;
end $$;

-- CPU time of this backend in seconds: unlike the clock it hardly depends on what else the machine does.
create function bench.cpu() returns numeric language sql volatile as $$
  select (f[14]::numeric + f[15]::numeric) / 100
    from regexp_split_to_array(regexp_replace(pg_read_file('/proc/self/stat'), '^.*[)] ', 'pid comm '), ' ') f $$;

-- Writes batches of `size` rows, a commit each; rows_per_tx rows share a position. first_id null: random live keys.
create procedure bench.write(place text, form text, what text, batches int, size int, rows_per_tx int, live int, first_id bigint default null)
language plpgsql as $$
declare
  ids text[]; poss text[]; ords text[]; a1 text[]; a2 text[]; a3 text[]; a4 text[]; a5 text[]; a6 text[]; bodies text[];
  p bigint; r bigint; started timestamptz; seconds numeric; cpu numeric; lsn pg_lsn; op text := case when first_id is null then 'update' else 'insert' end;
begin
  perform set_config('search_path', place, false);
  perform set_config('plan_cache_mode', 'force_generic_plan', false);
  p := (select coalesce(max(position), 0) from entry);
  commit;
  started := clock_timestamp();
  cpu := bench.cpu();
  lsn := pg_current_wal_insert_lsn();
  for b in 1..batches loop
    r := (random() * live)::bigint;
    select array_agg(id::text), array_agg(pos::text), array_agg(ord::text), array_agg(c1::text), array_agg(c2::text),
           array_agg(c3), array_agg(c4), array_agg(c5::text), array_agg(c6::text),
           array_agg(format('{"relation":"public.orders","op":"%s","key":{"id":%s},"row":{"id":%s,"c1":%s,"c2":%s,"c3":"%s","c4":"%s","c5":"%s","c6":%s}}',
                            op, id, id, c1, c2, c3, c4, c5, c6))
      into ids, poss, ords, a1, a2, a3, a4, a5, a6, bodies
      from (select case when first_id is null then 1 + (r + i * 7919) % live else first_id + (b - 1)::bigint * size + i end as id,
                   p + 1 + i / rows_per_tx as pos, i % rows_per_tx as ord,
                   i + b as c1, (i * 37 + b)::numeric / 100 as c2, 'customer ' || (r + i) as c3,
                   'a note of some words, no. ' || (b + i) as c4, started as c5, i as c6
              from generate_series(0, size - 1) i) g;
    if form = 'v1' then
      with incoming as materialized (
        select * from unnest(ids::bigint[], a1::int[], a2::numeric[], a3, a4, a5::timestamptz[], a6::int[], poss::bigint[])
                        as t(id, c1, c2, c3, c4, c5, c6, _from)),
      closed as (
        update ver v set _to = i._from from incoming i where v.id = i.id and v._to is null returning 1)
      insert into ver select i.*, null from incoming i where (select count(*) from closed) >= 0;
    elsif form <> 'v0' then
      with incoming as materialized (
        select * from unnest(ids::bigint[], a1::int[], a2::numeric[], a3, a4, a5::timestamptz[], a6::int[], poss::bigint[])
                        as t(id, c1, c2, c3, c4, c5, c6, _from)),
      closed as (
        insert into hist select c.*, i._from from incoming i join cur c on c.id = i.id)
      insert into cur select * from incoming
        on conflict (id) do update set c1 = excluded.c1, c2 = excluded.c2, c3 = excluded.c3, c4 = excluded.c4,
                                       c5 = excluded.c5, c6 = excluded.c6, _from = excluded._from;
    end if;
    insert into change select pos, ord, 1, body, decode(md5(body), 'hex')
      from unnest(poss::bigint[], ords::int[], bodies) as t(pos, ord, body);
    insert into entry select p + n, started, rows_per_tx, '\x00' from generate_series(1, size / rows_per_tx) n;
    commit;
    p := p + size / rows_per_tx;
  end loop;
  seconds := extract(epoch from clock_timestamp() - started);
  insert into bench.result(form, what, value, unit) values
    (form, what, batches::bigint * size / seconds, 'rows/s'),
    (form, what, 1e6 * (bench.cpu() - cpu) / (batches::bigint * size), 'CPU us/row'),
    (form, what, (pg_current_wal_insert_lsn() - lsn) / (batches::bigint * size), 'WAL bytes/row');
  commit;
end $$;

-- Runs a query `times` times; notes each time, the pages it touched, and its answer (the forms have to agree).
create procedure bench.read(place text, form text, what text, query text, times int default 5) language plpgsql as $$
declare started timestamptz; plan json; rows bigint; total numeric;
begin
  perform set_config('search_path', place, false);
  perform set_config('statement_timeout', '0', false);
  for n in 1..times loop
    started := clock_timestamp();
    execute format('select count(*), sum(c1) from (%s) q', query) into rows, total;
    insert into bench.result(form, what, value, unit)
      values (form, what, 1000 * extract(epoch from clock_timestamp() - started), 'ms');
  end loop;
  execute format('explain (analyze, buffers, timing off, format json) select count(*), sum(c1) from (%s) q', query) into plan;
  insert into bench.result(form, what, value, unit) values
    (form, what, (plan #>> '{0,Plan,Shared Hit Blocks}')::numeric + (plan #>> '{0,Plan,Shared Read Blocks}')::numeric, 'pages'),
    (form, what, rows, 'rows');
end $$;

create function bench.feed(form text, a bigint, b bigint) returns text language sql as $$
  select replace(replace(case form
    when 'v1' then 'select c1 from ver where _from > :a and _from <= :b
                    union all select c1 from ver where _to > :a and _to <= :b'
    when 'v5' then 'select c1 from cur where _from > :a and _from <= :b and id in
                      (select distinct cast(body::json #>> ''{key,id}'' as bigint) from change where position > :a and position <= :b and relation = 1)
                    union all select c1 from hist where _to > :a and _from > :a and _from <= :b
                    union all select c1 from hist where _to > :a and _to <= :b'
    else           'select c1 from cur where _from > :a and _from <= :b
                    union all select c1 from hist where _to > :a and _from > :a and _from <= :b
                    union all select c1 from hist where _to > :a and _to <= :b'
    end, ':a', a::text), ':b', b::text) $$;

-- What came is taken from the bodies in the journal (tables only: a view's rows are not in it).
create function bench.feed_from_journal(a bigint, b bigint) returns text language sql as $$
  select replace(replace('select (body::json #>> ''{row,c1}'')::int as c1 from change where position > :a and position <= :b and relation = 1
                          union all select c1 from hist where _to > :a and _to <= :b', ':a', a::text), ':b', b::text) $$;

create function bench.as_of(form text, p bigint) returns text language sql as $$
  select replace(case form
    when 'v1' then 'select c1 from ver where _from <= :p and (_to is null or _to > :p)'
    else 'select c1 from cur where _from <= :p union all select c1 from hist where _from <= :p and _to > :p' end, ':p', p::text) $$;

create function bench.current(form text) returns text language sql as $$
  select case form when 'v1' then 'select c1 from ver where _to is null' else 'select c1 from cur' end $$;

create procedure bench.note_sizes(place text, form text, what text) language plpgsql as $$
begin
  insert into bench.result(form, what, value, unit)
    select form, what || ': ' || c.relname, pg_relation_size(c.oid) / 1048576.0, 'MB'
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = place and c.relkind in ('r', 'i') and (c.relname ~ '^(ver|cur|hist)');
  insert into bench.result(form, what, value, unit)
    select form, what || ': HOT', 100.0 * n_tup_hot_upd / greatest(n_tup_upd, 1), '% of updates'
      from pg_stat_user_tables where schemaname = place and relname in ('ver', 'cur');
end $$;
