-- What the update of random rows costs with `_from` indexed, and with `_born` in its place: docs/adr/0012-born.md.
--
--   psql -q -v found=_from -v fillfactor=100 -v rows=4000 -f bench/storage/born.sql DATABASE
--
-- found: _from or _born; rows: of 200,000 that a batch changes. Prints microseconds a row for 10 batches, then for 50
-- more, and how many updates were HOT. Leaves nothing behind but the two tables, which the next run replaces.
set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off; set jit = off;
set client_min_messages = notice;
drop table if exists current_rows, closed_versions;
create table current_rows (_shard int not null, _from bigint not null, _born bigint not null, c1 bigint, c2 int not null,
  c3 int, c4 int, c5 text, c6 text, c7 date, c8 int, c9 numeric(12,2), c10 bigint, primary key (_shard, c1))
  with (fillfactor = :fillfactor);
create index on current_rows (:found);
create index on current_rows (c2);
create table closed_versions (_shard int not null, _from bigint not null, _to bigint not null, c1 bigint, c2 int not null,
  c3 int, c4 int, c5 text, c6 text, c7 date, c8 int, c9 numeric(12,2), c10 bigint);
create index on closed_versions (_from);
create index on closed_versions (_to);
insert into current_rows
select 100, 1 + i / 1000, 1 + i / 1000, i, 1 + (i - 1) % 20000, i * 7919 % 500, i * 31 % 200, 'phone', 'packed',
  date '2026-01-01' + i / 11 % 365, 1 + i % 9, i % 50000 / 100.0, 0
from generate_series(1, 200000) i;
analyze current_rows;
checkpoint;
create temp table news (_open bigint, c1 bigint, c2 int, c3 int, c4 int, c5 text, c6 text, c7 date, c8 int,
  c9 numeric(12,2), c10 bigint);

create or replace procedure pg_temp.update_rows(batches int, per_batch int) language plpgsql as $$
declare
  start timestamptz;
  total interval := '0';
begin
  for batch in 1..batches loop
    truncate news;
    insert into news
    select (select max(_from) from current_rows) + 1, c1, c2, c3, c4, c5, c6, c7, 1 + c8 % 9, c9 + 1, c10 from current_rows
    where _shard = 100 and c1 in (select distinct 1 + (random() * 199999)::int from generate_series(1, per_batch));
    start := clock_timestamp();
    with new as materialized (select * from news order by c1),
    old as materialized (
      select new.*, c.* from new left join lateral (
        select c.ctid as _tid, c._from, c.c1 as w1, c.c2 as w2, c.c3 as w3, c.c4 as w4, c.c5 as w5, c.c6 as w6, c.c7 as w7,
          c.c8 as w8, c.c9 as w9, c.c10 as w10
        from current_rows c where c._shard = 100 and c.c1 = new.c1 offset 0) c on true),
    gone as (
      insert into closed_versions
      select 100, o._from, o._open, o.w1, o.w2, o.w3, o.w4, o.w5, o.w6, o.w7, o.w8, o.w9, o.w10 from old o
      where o._tid is not null and o._from < o._open)
    update current_rows c
    set _from = o._open, c1 = o.c1, c2 = o.c2, c3 = o.c3, c4 = o.c4, c5 = o.c5, c6 = o.c6, c7 = o.c7, c8 = o.c8, c9 = o.c9,
      c10 = o.c10
    from old o where c.ctid = o._tid;
    total := total + (clock_timestamp() - start);
    commit;
  end loop;
  raise notice '% us a row', round(extract(epoch from total) * 1e6 / (batches * per_batch), 1);
end $$;

call pg_temp.update_rows(10, :rows);
call pg_temp.update_rows(50, :rows);
select pg_stat_force_next_flush();
select n_tup_upd as updates, n_tup_hot_upd as hot from pg_stat_user_tables where relname = 'current_rows';
