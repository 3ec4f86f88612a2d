=== plain rows come, change and go
create table t (id int primary key, v text);
--- insert into t select g, 'v' || g from generate_series(1, 20) g
--- update t set v = v || '!' where id % 2 = 0
--- delete from t where id % 3 = 0

=== several changes of one row in one transaction
create table t (id int primary key, v int);
--- insert into t values (1, 1); update t set v = 2; update t set v = 3; delete from t; insert into t values (1, 4)
--- delete from t; insert into t values (1, 5); delete from t
--- insert into t values (1, 6); update t set id = 2; update t set id = 3; insert into t values (1, 7)

=== keys that change places
create table t (id int primary key deferrable initially immediate, v text);
alter table t add column k int not null default 0; create unique index t_k on t (k); alter table t replica identity using index t_k;
--- insert into t select g, 'v' || g, g from generate_series(1, 10) g
--- update t set k = -k; update t set k = 11 + k
--- update t set id = 11 - id

=== a key of several columns in another order
create table t (a int, b text, c date, v int, primary key (c, a));
--- insert into t select g, 'b' || g, date '2026-01-01' + g, g from generate_series(1, 10) g
--- update t set a = a + 1 where a > 5
--- update t set v = 0; delete from t where c > '2026-01-08'

=== a key of text, with case and spaces
create table t (k text primary key, v int);
--- insert into t values ('', 1), (' ', 2), ('a', 3), ('A', 4), ('ä', 5), ('a ', 6), (E'\t', 7), ('''"\', 8)
--- update t set k = k || k where v > 2
--- delete from t where k = ''

=== a key of numerics that look different and are equal
create table t (k numeric primary key, v int);
--- insert into t values (1.0, 1), (2.50, 2), ('NaN', 3), (-0.0, 4)
--- update t set k = 1.00, v = 10 where k = 1
--- delete from t where k = 2.5; insert into t values (2.500, 5)

=== a key of uuid, timestamptz and boolean
create table t (u uuid, at timestamptz, b boolean, v int, primary key (u, at, b));
--- insert into t select md5(g::text)::uuid, timestamptz '2026-03-29 01:30+01' + g * interval '1 hour', g % 2 = 0, g from generate_series(1, 10) g
--- update t set b = not b where v % 3 = 0
--- update t set at = 'infinity' where v = 1; update t set at = '-infinity' where v = 2

=== unchanged large values
create table t (id int primary key, small int, large text);
alter table t alter column large set storage external;
--- insert into t select g, 0, repeat(md5(g::text), 300) from generate_series(1, 10) g
--- update t set small = small + 1
--- update t set id = id + 100 where id <= 5
--- update t set small = 9, large = 'short' where id = 7
--- delete from t where id > 103

=== unchanged large values under replica identity full
create table t (id int primary key, small int, large text);
alter table t alter column large set storage external; alter table t replica identity full;
--- insert into t select g, 0, repeat(md5(g::text), 300) from generate_series(1, 5) g
--- update t set small = small + 1
--- update t set id = id + 100

=== truncate
create table t (id int primary key, v int);
--- insert into t select g, g from generate_series(1, 10) g
--- truncate t; insert into t values (1, 100)
--- truncate t
--- insert into t values (1, 101)

=== truncate of several, with cascade
create table t (id int primary key); create table u (id int primary key, t int references t);
--- insert into t values (1), (2); insert into u values (1, 1), (2, 2)
--- truncate t cascade
--- insert into t values (3); insert into u values (3, 3)

=== savepoints, rolled back and kept
create table t (id int primary key, v int);
--- insert into t values (1, 1); savepoint a; insert into t values (2, 2); rollback to a; insert into t values (3, 3); savepoint b; update t set v = 9; release b
--- savepoint a; truncate t; rollback to a; insert into t values (4, 4)

=== an error inside and another try
create table t (id int primary key, v int);
--- do $$ begin for i in 1..200 loop begin insert into t values (i % 50, i); exception when unique_violation then update t set v = i where id = i % 50; end; end loop; end $$

=== subtransactions by the thousand
create table t (id int primary key, v int);
--- do $$ begin for i in 1..3000 loop begin insert into t values (i, i); if i % 3 = 0 then raise exception 'no'; end if; exception when raise_exception then null; end; end loop; end $$
--- delete from t where id % 2 = 0

=== columns come with and without default
create table t (id int primary key);
--- insert into t values (1), (2)
--- alter table t add column a int
--- insert into t values (3, 3); update t set a = 1 where id = 1
--- alter table t add column b text default 'x' not null
--- insert into t values (4, 4, 'y')
--- alter table t add column c timestamptz default '2026-01-01 12:00+02'
--- update t set c = null where id < 3

=== a column with a volatile default
create table t (id int primary key);
--- insert into t select generate_series(1, 50)
--- alter table t add column r double precision default random()
--- insert into t values (51, 0.5); update t set r = 1 where id = 2

=== columns go and come back
create table t (id int primary key, a int, b text);
--- insert into t select g, g, 'b' || g from generate_series(1, 10) g
--- alter table t drop column a
--- insert into t values (11, 'b')
--- alter table t add column a text default 'again'
--- update t set a = b where id < 5

=== a column is renamed
create table t (id int primary key, a int);
--- insert into t values (1, 1)
--- alter table t rename column a to b
--- update t set b = 2; insert into t values (2, 2)
--- alter table t rename column b to "A ""b"""
--- update t set "A ""b""" = 3

=== two columns change their names
create table t (id int primary key, a int, b int);
--- insert into t values (1, 10, 20)
--- alter table t rename column a to x; alter table t rename column b to a; alter table t rename column x to b
--- insert into t values (2, 30, 40); update t set a = 0 where id = 1

=== the key column is renamed
create table t (id int primary key, v int);
--- insert into t values (1, 1), (2, 2)
--- alter table t rename column id to nr
--- update t set v = 3 where nr = 1; delete from t where nr = 2

=== a column gets another type
create table t (id int primary key, a int);
--- insert into t select g, g from generate_series(1, 20) g
--- alter table t alter column a type text using 'n' || a
--- update t set a = 'changed' where id < 5; insert into t values (21, 'new')
--- alter table t alter column a type numeric(10,2) using id / 3.0
--- delete from t where a < 2

=== a varchar gets longer, a numeric wider
create table t (id int primary key, a varchar(5), n numeric(5,2));
--- insert into t values (1, 'abc', 1.5)
--- alter table t alter column a type varchar(50), alter column n type numeric(12,2)
--- insert into t values (2, repeat('x', 40), 1234567.89)
--- alter table t alter column a type text
--- update t set a = a || 'long'

=== the key gets another type
create table t (id int primary key, v int);
--- insert into t select g, g from generate_series(1, 10) g
--- alter table t alter column id type bigint
--- insert into t values (10000000000, 1); update t set v = 0 where id = 1

=== another key
create table t (a int primary key, b int not null, v int);
--- insert into t select g, -g, g from generate_series(1, 10) g
--- alter table t drop constraint t_pkey, add primary key (b)
--- update t set v = 0 where b = -3; update t set b = b - 100 where b < -5; delete from t where b = -1

=== a table is renamed and its name taken again
create table t (id int primary key, v text);
--- insert into t values (1, 'old')
--- alter table t rename to u
--- insert into u values (2, 'moved'); create table t (id int primary key, w text); insert into t values (1, 'new')
--- update u set v = 'u'; update t set w = 't'

=== two tables change their names
create table t (id int primary key, v text); create table u (id int primary key, v text);
--- insert into t values (1, 't'); insert into u values (1, 'u')
--- alter table t rename to x; alter table u rename to t; alter table x rename to u
--- insert into t values (2, 'was u'); insert into u values (2, 'was t')

=== a table is dropped and made again
create table t (id int primary key, v text);
--- insert into t values (1, 'first')
--- drop table t
--- create table t (id int primary key, w int); insert into t values (1, 2)
--- drop table t; create table t (nr bigint primary key); insert into t values (3)

=== a table is made and filled in one transaction
--- create table t as select g as id, 'v' || g as v from generate_series(1, 100) g; alter table t add primary key (id)
--- update t set v = 'x' where id < 10

=== ddl that is rolled back
create table t (id int primary key, v int);
--- insert into t values (1, 1)
--- savepoint a; alter table t add column w int; insert into t values (2, 2, 2); rollback to a; insert into t values (3, 3)

=== ddl and rows in one transaction
create table t (id int primary key, v int);
--- insert into t values (1, 1); alter table t add column w int default 7; insert into t values (2, 2, 2); alter table t drop column v; insert into t values (3, 3); update t set w = w + 1

=== a table loses its key and gets one back
create table t (id int primary key, v int);
--- insert into t values (1, 1), (2, 2)
--- alter table t drop constraint t_pkey
--- alter table t add primary key (id)
--- insert into t values (3, 3); update t set v = 0

=== replica identity by another index
create table t (id int primary key, code text not null unique, v int);
alter table t replica identity using index t_code_key;
--- insert into t values (1, 'a', 1), (2, 'b', 2)
--- update t set id = id + 10; update t set v = 5 where code = 'a'
--- update t set code = 'c' where code = 'b'; delete from t where code = 'a'

=== two-phase commit
create table t (id int primary key, v int);
--- insert into t values (1, 1); prepare transaction 'one'
--- insert into t values (2, 2)
--- commit prepared 'one'
--- update t set v = 9; prepare transaction 'two'
--- rollback prepared 'two'
--- update t set v = v + 1

=== vacuum full and cluster change nothing
create table t (id int primary key, v int);
--- insert into t select g, g from generate_series(1, 100) g
--- delete from t where id % 2 = 0
--- cluster t using t_pkey
--- update t set v = 0 where id < 50

=== foreign keys that cascade
create table t (id int primary key); create table u (id int primary key, t int references t on delete cascade on update cascade);
--- insert into t select generate_series(1, 5); insert into u select g, 1 + g % 5 from generate_series(1, 20) g
--- update t set id = id + 10
--- delete from t where id < 13

=== triggers at the source
create table t (id int primary key, v int); create table u (id serial primary key, what text);
create function note() returns trigger language plpgsql as $$ begin insert into u (what) values (tg_op || coalesce(new.v, old.v)); new.v := new.v * 2; return new; end $$;
create trigger note before insert or update on t for each row execute function note();
--- insert into t values (1, 1), (2, 2)
--- update t set v = v + 1

=== rules at the source
create table t (id int primary key, v int); create table u (id int primary key, v int);
create rule also as on insert to t do also insert into u values (new.id, -new.v);
--- insert into t values (1, 1), (2, 2)
--- delete from t

=== insert on conflict, merge, with
create table t (id int primary key, v int);
--- insert into t values (1, 1), (2, 2) on conflict do nothing
--- insert into t values (1, 5), (3, 3) on conflict (id) do update set v = excluded.v
--- merge into t using (values (1, 9), (7, 7)) s (id, v) on t.id = s.id when matched then update set v = s.v when not matched then insert values (s.id, s.v)
--- with gone as (delete from t where id < 3 returning *) insert into t select id + 100, v from gone

=== copy and generate_series
create table t (id int generated always as identity primary key, v text default 'd');
--- insert into t default values; insert into t (v) select 'x' from generate_series(1, 500)
--- update t set v = null where id % 7 = 0

=== nulls, empty strings and the word null
create table t (id int primary key, a text, b int, c bytea, d text[]);
--- insert into t values (1, null, null, null, null), (2, '', 0, '', '{}'), (3, 'null', 1, '\x00ff', '{null,"null",""}'), (4, '\N', 2, '\x5c4e', '{{a,b},{c,d}}')
--- update t set a = null where id > 1; update t set a = '' where id = 1

=== names that need quotes
create schema "S p"; create table "T ""x"" .y" ("Id%" int primary key, "select" text, "from_" int, "ctid2" int);
--- insert into "T ""x"" .y" values (1, 'a', 2, 3)
--- update "T ""x"" .y" set "from_" = 5, "select" = null
--- alter table "T ""x"" .y" rename column "from_" to "Ünïcode"
--- update "T ""x"" .y" set "Ünïcode" = 6

=== a row without any other column than the key
create table t (id int primary key);
--- insert into t select generate_series(1, 10)
--- update t set id = id + 100 where id > 5
--- delete from t where id = 1

=== many columns
do $$ begin execute 'create table t (id int primary key, ' || (select string_agg('c' || g || ' int', ', ') from generate_series(1, 500) g) || ')'; end $$;
--- insert into t (id, c1, c250, c500) values (1, 1, 250, 500), (2, 2, null, 5)
--- update t set c400 = 4 where id = 1

=== a table in another schema
create schema other; create table other.t (id int primary key, v int); create table t (id int primary key, v int);
--- insert into t values (1, 1); insert into other.t values (1, 2)
--- create schema public2; alter table other.t set schema public2
--- update t set v = 2

=== a table moves to another schema and back
create schema aside; create table t (id int primary key, v int);
--- insert into t values (1, 1)
--- alter table t set schema aside
--- insert into aside.t values (2, 2); alter table aside.t set schema public
--- update t set v = v + 1

=== inheritance: parent and child are tables of their own
create table t (id int primary key, v int); create table u (w int, primary key (id)) inherits (t);
--- insert into t values (1, 1); insert into u values (2, 2, 2)
--- update t set v = v + 1
--- alter table t add column x int default 3
--- insert into u (id, v, w) values (3, 3, 3); delete from only t

=== an empty transaction and one that changes nothing
create table t (id int primary key, v int);
--- insert into t values (1, 1)
--- update t set v = v
--- update t set v = 5 where false
--- delete from t; insert into t values (1, 1)

=== a large transaction among small ones
create table t (id int primary key, v text);
--- insert into t select g, repeat('x', 200) from generate_series(1, 30000) g
--- update t set v = 'y' where id = 1
--- update t set v = v || id where id % 2 = 0
--- delete from t where id > 100

=== enabling and disabling of triggers, indexes, constraints
create table t (id int primary key, v int);
--- insert into t values (1, 1), (2, 2)
--- create index on t (v); alter table t add check (v > 0); alter table t alter column v set not null; analyze t
--- update t set v = 7
--- alter table t alter column v drop not null; alter table t alter column v set default 3
--- insert into t (id) values (3)

=== comments, owners, grants and statistics are not its definition
create table t (id int primary key, v int);
--- insert into t values (1, 1)
--- comment on table t is 'x'; grant select on t to public; alter table t set (fillfactor = 70); alter table t alter column v set statistics 10
--- update t set v = 2

=== a json document
create table t (id int primary key, j json, b jsonb);
--- insert into t values (1, '{"b":1, "a" : [1.0, null, "x"]}', '{"b":1, "a" : [1.0, null, "x"]}'), (2, '"s"', 'null'), (3, null, '1e400')
--- update t set b = jsonb_set(b, '{a,0}', '2.50') where id = 1

=== times and dates at their ends
create table t (id int primary key, a date, b timestamp, c timestamptz, d time, e timetz, f interval);
--- insert into t values (1, 'infinity', '-infinity', 'infinity', '24:00', '23:59:59.999999-15:59', '1 year -2 mons 3 days -04:05:06.789'), (2, '4713-01-01 BC', '294276-12-31 23:59:59.999999', '0001-01-01 00:00+00 BC', '00:00', '00:00+14', '-178000000 years')
--- update t set f = f * 0 where id = 1

=== numbers at their ends
create table t (id int primary key, a smallint, b bigint, c numeric, d real, e double precision, f money);
--- insert into t values (1, -32768, -9223372036854775808, 'NaN', 'NaN', '-Infinity', -92233720368547758.08), (2, 32767, 9223372036854775807, 'Infinity', 1e-45, 4.9e-324, 92233720368547758.07), (3, 0, 9007199254740993, 123456789012345678901234567890.0123456789, 3.4028235e38, 1.7976931348623157e308, 0)
--- update t set c = c where id = 3; update t set d = 0.1, e = 0.1 where id = 1

=== network, bits, geometry, text search, xml
create table t (id int primary key, a inet, b cidr, c macaddr, d bit(5), e varbit, f point, g box, h path, i tsvector, j tsquery, k xml, l uuid);
--- insert into t values (1, '::1/64', '10.0.0.0/8', '08:00:2b:01:02:03', '10101', '1', '(1.5,2)', '((1,1),(0,0))', '[(0,0),(1,1)]', 'a:1 b:2A', 'a & !b', '<a b="c">ü</a>', md5('x')::uuid)
--- update t set e = '', i = '' where id = 1

=== arrays and ranges
create table t (id int primary key, a int[], b text[][], c int4range, d tstzrange, e int4multirange, f numeric[]);
--- insert into t values (1, '{1,null,3}', '{{a,"b,c"},{"","\""}}', '[1,5)', '["2026-01-01 00:00+00",)', '{[1,3),[5,7)}', '{NaN,1.50}'), (2, '[2:3]={1,2}', '{}', 'empty', null, '{}', null)
--- update t set a = a || 9, c = '(,)'

=== the same key in many tables at once
create table a (id int primary key, v int); create table b (id int primary key, v int); create table c (id int primary key, v int);
--- insert into a values (1, 1); insert into b values (1, 2); insert into c values (1, 3)
--- with x as (update a set v = v + 10 returning id), y as (update b set v = v + 10 returning id) delete from c
--- insert into c select * from a

=== temporary and unlogged tables beside
create table t (id int primary key, v int);
--- create temporary table t2 (id int primary key) on commit drop; insert into t2 values (1); insert into t values (1, 1)
--- create unlogged table u2 (id int primary key); insert into u2 values (1); update t set v = 2

=== a materialized view, a view and a sequence beside
create table t (id int primary key, v int);
--- insert into t values (1, 1); create view tv as select * from t; create materialized view tm as select * from t
--- update t set v = 2; refresh materialized view tm; create sequence ts; select nextval('ts')

=== an update of a view that PostgreSQL passes on
create table t (id int primary key, v int); create view tv as select * from t where v > 0;
--- insert into tv values (1, 1), (2, 2)
--- update tv set v = v + 1; delete from tv where id = 2

=== rows without a key, many of them equal
create table t (v int, w text); alter table t replica identity full;
--- insert into t values (1, 'a'), (1, 'a'), (1, 'a'), (null, null), (null, null), (2, 'b')
--- update t set w = 'c' where v = 1; insert into t values (2, 'b')
--- delete from t where ctid = (select min(ctid) from t where v = 1); update t set v = 3 where v is null
--- truncate t; insert into t values (9, 'z'), (9, 'z')

=== an enumeration that gets labels
create type colour as enum ('red', 'blue'); create table t (id int primary key, c colour, more colour[]);
--- insert into t values (1, 'red', '{red,blue}'), (2, 'blue', null)
--- alter type colour add value 'green' before 'blue'
--- update t set c = 'green' where id = 2; insert into t values (3, 'blue', '{green}')
--- alter type colour rename value 'red' to 'crimson'
--- insert into t values (4, 'crimson', '{}'); delete from t where id = 1

=== generated and identity columns
create table t (id int generated always as identity primary key, a int, b int generated always as (a * 2) stored, c text default 'c');
--- insert into t (a) select g from generate_series(1, 10) g
--- update t set a = a + 1 where id > 5
--- insert into t (id, a) overriding system value values (100, null)

=== domains and composites
create domain age as int check (value >= 0); create type person as (name text, age age); create table t (id int primary key, p person, a age);
--- insert into t values (1, ('a,b', 3), 4), (2, (null, null), null), (3, null, 0)
--- update t set p.age = 5 where id = 1; update t set p = ('"', 6) where id = 3

=== schemas that come later
create schema "Later One"; create table "Later One".t (id int primary key, v text);
--- insert into "Later One".t values (1, 'a')
--- create schema later; create table later.u (id int primary key); insert into later.u values (1); insert into "Later One".t values (2, 'b')
--- alter schema later rename to sooner; insert into sooner.u values (2)

=== one row in very many transactions
create table t (id int primary key, n int);
--- insert into t values (1, 0)
--- do $$ begin for i in 1..200 loop update t set n = n + 1; end loop; end $$
--- update t set n = n + 1
--- update t set n = n + 1; update t set id = 2
