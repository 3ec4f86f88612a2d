=== null_group_key: NULL is a group like any other; an equality loses it
create table @t (id int primary key, g int, v int);
insert into @t values (1, null, 1), (2, null, 2), (3, 1, 3);
--- view v
select g, count(*) as n, sum(v) as s from @t group by g
--- step
insert into @t values (4, null, 4);
--- step
delete from @t where id = 1;
update @t set g = null where id = 3;
--- step
delete from @t;
--- step
insert into @t values (9, null, null);

=== null_group_key_of_several_columns: (1, NULL), (NULL, 1) and (NULL, NULL) are three groups
create table @t (id int primary key, a int, b text, v int);
insert into @t values (1, 1, null, 1), (2, null, 'x', 2), (3, null, null, 4), (4, 1, 'x', 8);
--- view v
select a, b, count(*) as n, sum(v) as s from @t group by a, b
--- view d
select distinct a, b from @t
--- step
insert into @t values (5, null, null, 16), (6, 1, null, 32);
--- step
update @t set a = null where id = 4;
update @t set b = null where id = 2;
--- step
delete from @t where a is null and b is null;

=== bag_of_duplicates: deleting one of three equal rows leaves two
create table @t (id int primary key, a int, b text);
insert into @t values (1, 1, 'x'), (2, 1, 'x'), (3, 1, 'x'), (4, null, null), (5, null, null);
--- view v
select a, b from @t
--- view w
select a, b from @t where a is null or a > 0
--- step
delete from @t where id = 2;
--- step
delete from @t where id = 4;
insert into @t values (6, 1, 'x'), (7, null, null), (8, null, null);
--- step
update @t set a = 2 where id in (1, 3);
--- step
delete from @t;

=== sum_without_values_is_null: the last value that is not NULL leaves and the sum is NULL, not 0
create table @t (id int primary key, g int, v int, n numeric, f float8);
insert into @t values (1, 1, 5, 5, 5), (2, 1, null, null, null), (3, 2, 7, 7, 7);
--- view v
select g, sum(v) as s, avg(v) as a, sum(n) as n, avg(n) as an, sum(f) as f, min(v) as lo, count(v) as c from @t group by g
--- view w
select sum(v) as s, avg(n) as a, count(v) as c, count(*) as all_rows from @t
--- step
update @t set v = null, n = null, f = null where id = 1;
--- step
update @t set v = 0, n = 0, f = 0 where id = 2;
--- step
delete from @t where id = 2;
--- step
delete from @t;

=== scalar_aggregate_stays: over no rows it has one row, and a group has none
create table @t (id int primary key, v int);
--- view v
select count(*) as n, sum(v) as s, min(v) as lo, string_agg(v::text, ',' order by v) as l from @t
--- view w
select v, count(*) as n from @t group by v
--- view h
select count(*) as n from @t having count(*) > 0
--- step
insert into @t values (1, 1);
--- step
delete from @t;
--- step
insert into @t values (1, null), (2, null);
--- step
truncate @t;

=== min_max_leaves: the extremum goes, its twin stays, the next one takes its place
create table @t (id int primary key, g int, v int);
insert into @t values (1, 1, 9), (2, 1, 9), (3, 1, 5), (4, 1, 1), (5, 2, 3);
--- view v
select g, min(v) as lo, max(v) as hi from @t group by g
--- view w
select max(v) as hi, min(v) as lo from @t
--- step
delete from @t where id = 1;
--- step
delete from @t where id = 2;
--- step
update @t set v = 0 where id = 3;
update @t set v = 4 where id = 3;
--- step
update @t set g = 2 where id = 4;
--- step
update @t set v = null where g = 2;

=== both_deltas_first: two tables change in one transaction; a join must not count the pair twice
create table @a (id int primary key, k int);
create table @b (id int primary key, k int);
--- view v
select a.id, b.id as b_id from @a a join @b b on a.k = b.k
--- view s
select count(*) as n, sum(a.id) as s from @a a join @b b on a.k = b.k
--- step
insert into @a values (1, 1);
insert into @b values (1, 1);
--- step
update @a set k = 2;
update @b set k = 2;
--- step
delete from @a;
delete from @b;
--- step
insert into @b values (2, 3), (3, 3);
insert into @a values (2, 3);
update @b set k = 4 where id = 2;

=== self_join_both_sides: one change is seen by both occurrences of the table
create table @t (id int primary key, p int, v int);
insert into @t values (1, null, 1), (2, 1, 2), (3, 1, 3);
--- view v
select x.id, y.id as child from @t x join @t y on y.p = x.id
--- view e
select x.id, y.id as twin from @t x join @t y on x.v = y.v
--- view s
select x.p, sum(y.v) as s from @t x join @t y on y.id = x.p group by x.p
--- step
insert into @t values (4, 4, 4);
--- step
update @t set p = 2 where id in (3, 4);
update @t set v = 1;
--- step
update @t set id = 10 where id = 1;
--- step
delete from @t where id = 2;
insert into @t values (2, 2, 2);

=== self_join_three_times: three occurrences, all of which change at once
create table @t (id int primary key, k int);
insert into @t values (1, 1), (2, 1);
--- view v
select x.id, y.id as y, z.id as z from @t x join @t y on x.k = y.k join @t z on y.k = z.k
--- step
insert into @t values (3, 1), (4, 2);
--- step
update @t set k = 2 where id in (1, 3);
delete from @t where id = 2;
--- step
update @t set k = null where id = 4;

=== join_of_four_all_change: phantom rows where the state before is rebuilt for two tables only
create table @a (id int primary key, k int);
create table @b (id int primary key, k int, l int);
create table @c (id int primary key, l int, m int);
create table @d (id int primary key, m int);
insert into @a values (1, 1), (2, 1);
insert into @b values (1, 1, 1), (2, 2, 1);
insert into @c values (1, 1, 1), (2, 1, 2);
insert into @d values (1, 1), (2, 2);
--- view v
select a.id as a, b.id as b, c.id as c, d.id as d from @a a join @b b on a.k = b.k join @c c on b.l = c.l join @d d on c.m = d.m
--- view s
select a.k, count(*) as n, sum(d.id) as s from @a a join @b b on a.k = b.k join @c c on b.l = c.l join @d d on c.m = d.m group by a.k
--- step
update @a set k = 2 where id = 1;
update @b set l = 2 where id = 1;
update @c set m = 2 where id = 1;
update @d set m = 1 where id = 2;
--- step
delete from @a where id = 2;
delete from @c where id = 2;
insert into @b values (3, 2, 1);
insert into @d values (3, 2);
--- step
delete from @a;
delete from @b;
delete from @c;
delete from @d;

=== join_in_brackets: a left join whose right side is itself a join
create table @a (id int primary key, k int);
create table @b (id int primary key, k int, l int);
create table @c (id int primary key, l int);
insert into @a values (1, 1), (2, 2);
insert into @b values (1, 1, 1);
--- view v
select a.id, b.id as b, c.id as c from @a a left join (@b b join @c c on b.l = c.l) on a.k = b.k
--- view w
select a.id, b.id as b, c.id as c from @a a left join @b b on a.k = b.k left join @c c on b.l = c.l
--- step
insert into @c values (1, 1), (2, 1);
--- step
delete from @b;
insert into @b values (2, 2, 1), (3, 2, 2);
--- step
update @c set l = 2 where id = 2;
delete from @c where id = 1;

=== same_row_twice: a row changed twice in one transaction; old and new cancel
create table @t (id int primary key, g int, v int);
insert into @t values (1, 1, 1), (2, 1, 2);
--- view v
select g, sum(v) as s, max(v) as hi from @t group by g
--- view w
select id, v from @t where v > 0
--- step
update @t set v = 10 where id = 1;
update @t set v = 1 where id = 1;
--- step
insert into @t values (3, 2, 3);
update @t set g = 1 where id = 3;
delete from @t where id = 3;
--- step
delete from @t where id = 1;
insert into @t values (1, 2, 5);
update @t set v = 6 where id = 1;
--- step
update @t set v = v + 1;
update @t set v = v + 1;
update @t set g = 3 - g;

=== keys_that_swap: two rows exchange their keys, and a key is used again
create table @t (id int primary key, g int, v int);
insert into @t values (1, 1, 10), (2, 2, 20);
--- view v
select id, g, v from @t where v > 0
--- view w
select x.id, y.v from @t x join @t y on x.id = y.g
--- step
update @t set id = 3 where id = 1;
update @t set id = 1 where id = 2;
update @t set id = 2 where id = 3;
--- step
delete from @t where id = 1;
insert into @t values (1, 2, 30);
--- step
update @t set id = id + 1 where id = 2;
update @t set id = 2, g = 1 where id = 1;

=== many_views_on_one_table: nine views whose order of maintenance must not matter
create table @t (id int primary key, a int, b int);
insert into @t select i, i % 3, i % 4 from generate_series(1, 12) i;
--- view v1
select a, count(*) as n from @t group by a
--- view v2
select b, sum(a) as s from @t group by b
--- view v3
select max(id) as hi from @t
--- view v4
select x.id from @t x where exists (select 1 from @t y where y.a = x.b and y.id <> x.id)
--- view v5
select distinct a, b from @t
--- view v6
select a from @t except all select b from @t
--- view v7
select id, row_number() over (partition by a order by id) as rn from @t
--- view v8
select id from @t order by b desc, id limit 3
--- view v9
select x.n, y.s from @v1 x join @v2 y on x.a = y.b
--- step
update @t set a = b, b = a;
--- step
delete from @t where id % 2 = 0;
insert into @t values (20, 1, 1), (21, null, null);
--- step
update @t set id = id + 100;

=== not_in_with_null: one NULL inside makes NOT IN true for nothing; over nothing it is true for all
create table @t (id int primary key, a int);
create table @u (id int primary key, a int);
insert into @t values (1, 1), (2, 2), (3, null);
insert into @u values (1, 1);
--- view v
select id from @t where a not in (select a from @u)
--- view c
select id from @t where a not in (select a from @u where @u.id <> @t.id)
--- step
insert into @u values (2, null);
--- step
delete from @u where id = 2;
--- step
delete from @u;
--- step
insert into @u values (3, null);
update @t set a = 5 where id = 3;

=== in_is_not_a_join: two matches inside give one row outside
create table @t (id int primary key, a int);
create table @u (id int primary key, a int);
insert into @t values (1, 1), (2, 1), (3, 2);
insert into @u values (1, 1), (2, 1);
--- view v
select a from @t where a in (select a from @u)
--- view e
select a from @t where exists (select 1 from @u where @u.a = @t.a)
--- step
delete from @u where id = 1;
--- step
delete from @u where id = 2;
--- step
insert into @u values (1, 2), (2, 2), (3, 1);
update @u set a = 1 where id = 1;

=== exists_under_or: a semi-join that is not the only condition
create table @t (id int primary key, a int, o boolean);
create table @u (id int primary key, a int);
insert into @t values (1, 1, false), (2, 2, true), (3, null, null);
--- view v
select id from @t where o or exists (select 1 from @u where @u.a = @t.a)
--- view w
select id, exists (select 1 from @u where @u.a = @t.a) as x, a in (select a from @u) as y from @t
--- view n
select id from @t where not (o and exists (select 1 from @u where @u.a = @t.a))
--- step
insert into @u values (1, 1), (2, 2);
--- step
update @t set o = not o;
--- step
insert into @u values (3, null);
delete from @u where id = 1;

=== outer_join_dangling: a row finds its first partner and loses its last one
create table @a (id int primary key, k int);
create table @b (id int primary key, k int);
insert into @a values (1, 1), (2, null);
--- view l
select a.id, b.id as b from @a a left join @b b on a.k = b.k
--- view f
select a.id, b.id as b from @a a full join @b b on a.k = b.k
--- view x
select b.id as b from @a a left join @b b on a.k = b.k
--- view c
select a.id, count(b.id) as n, count(*) as m from @a a left join @b b on a.k = b.k group by a.id
--- step
insert into @b values (1, 1), (2, 1), (3, null);
--- step
delete from @b where id = 1;
--- step
update @b set k = 9 where id = 2;
--- step
update @a set k = 9;
delete from @b where id = 3;
--- step
delete from @a;
update @b set k = 1;

=== outer_join_both_sides_change: both sides of an outer join change in one transaction
create table @a (id int primary key, k int, l int);
create table @b (id int primary key, k int, l int);
insert into @a values (1, 1, 1), (2, 2, 2);
insert into @b values (1, 1, 1), (3, 3, 3);
--- view f
select a.id, b.id as b from @a a full join @b b on a.k = b.k and a.l = b.l
--- view l
select a.id, b.id as b from @a a left join @b b on a.k = b.k and b.l > 1
--- view r
select a.id, b.id as b from @a a right join @b b on a.k = b.k and a.l < b.l
--- step
update @a set k = 3, l = 3 where id = 1;
update @b set k = 2, l = 2 where id = 1;
--- step
delete from @a where id = 2;
delete from @b where id = 1;
insert into @a values (4, 4, 4);
insert into @b values (4, 4, 4);
--- step
update @a set k = null;
update @b set k = null;

=== outer_join_with_constant_condition: the condition asks nothing of one side, or of neither
create table @a (id int primary key, o boolean);
create table @b (id int primary key, o boolean);
insert into @a values (1, true), (2, false), (3, null);
--- view t
select a.id, b.id as b from @a a left join @b b on true
--- view p
select a.id, b.id as b from @a a left join @b b on a.o
--- view q
select a.id, b.id as b from @a a left join @b b on b.o
--- step
insert into @b values (1, true), (2, null);
--- step
update @b set o = not o;
update @a set o = true where id = 3;
--- step
delete from @b;

=== join_keys_not_in_the_list: rows that look the same come from different pairs
create table @a (id int primary key, k int, v text);
create table @b (id int primary key, k int, w text);
insert into @a values (1, 1, 'x'), (2, 1, 'x'), (3, 2, 'x');
insert into @b values (1, 1, 'y'), (2, 2, 'y');
--- view v
select a.v, b.w from @a a join @b b on a.k = b.k
--- view l
select a.v from @a a left join @b b on a.k = b.k
--- step
delete from @b where id = 1;
--- step
insert into @b values (3, 1, 'y'), (4, 1, 'y');
--- step
update @a set k = 3 - k;

=== having_flips: a group comes and goes with its condition
create table @t (id int primary key, g int, v int);
insert into @t values (1, 1, 5), (2, 1, 6), (3, 2, 1);
--- view v
select g, sum(v) as s from @t group by g having sum(v) > 10
--- view c
with q as (select g, count(*) as n from @t group by g having count(*) > 1) select g, n from q where n < 4
--- view n
select g from @t group by g having sum(v) is null
--- step
update @t set v = 4 where id = 2;
--- step
insert into @t values (4, 2, 20), (5, 1, 2), (6, 1, 0);
--- step
update @t set v = null;
--- step
delete from @t where g = 1;

=== row_moves_between_groups: an update takes a row out of one group and into another
create table @t (id int primary key, g text, h text, v numeric);
insert into @t values (1, 'a', 'x', 1), (2, 'a', 'y', 2), (3, 'b', 'x', 3);
--- view v
select g, count(*) as n, sum(v) as s, avg(v) as a, max(v) as hi from @t group by g
--- view r
select g, h, sum(v) as s, grouping(g, h) as q from @t group by rollup (g, h)
--- step
update @t set g = 'b' where id = 1;
--- step
update @t set g = null, h = null where id = 2;
--- step
update @t set g = 'a', v = v * 10;

=== aggregate_of_aggregate: an inner group that changes leaves one outer group and joins another
create table @t (id int primary key, g int);
insert into @t values (1, 1), (2, 1), (3, 2), (4, 3);
--- view v
select n, count(*) as groups from (select g, count(*) as n from @t group by g) q group by n
--- view m
select max(n) as hi, avg(n) as mean from (select g, count(*) as n from @t group by g) q
--- view w
select n, string_agg(g::text, ',' order by g) as l from (select g, count(*) as n from @t group by g) q group by n
--- step
insert into @t values (5, 2);
--- step
delete from @t where g = 1;
--- step
update @t set g = 2;
--- step
delete from @t;

=== sum_of_case_updated: a sum of a CASE whose condition changes
create table @t (id int primary key, g int, kind text, v int);
insert into @t values (1, 1, 'in', 5), (2, 1, 'out', 3), (3, 2, null, 9);
--- view v
select g, sum(case when kind = 'in' then v when kind = 'out' then -v end) as s, count(case when kind = 'in' then 1 end) as n from @t group by g
--- view f
select g, sum(v) filter (where kind = 'in') as s, avg(v) filter (where kind is null) as a from @t group by g
--- step
update @t set kind = 'out' where id = 1;
--- step
update @t set kind = null where g = 1;
--- step
update @t set kind = 'in', v = v + 1;

=== count_distinct_duplicates: the second copy of a value leaves and the count stays
create table @t (id int primary key, g int, v int);
insert into @t values (1, 1, 7), (2, 1, 7), (3, 1, 8), (4, 1, null);
--- view v
select g, count(distinct v) as n, sum(distinct v) as s, array_agg(distinct v order by v) as l from @t group by g
--- view d
select distinct g, v from @t
--- step
delete from @t where id = 1;
--- step
delete from @t where id = 2;
--- step
update @t set v = 8;
--- step
update @t set v = null;

=== top_n_refills: the first of the top is deleted and the next comes up
create table @t (id int primary key, g int, v int);
insert into @t select i, i % 2, i % 5 from generate_series(1, 12) i;
--- view v
select id, v from @t order by v desc, id limit 3
--- view o
select id, v from @t order by v desc, id limit 3 offset 2
--- view g
select g, id, v from (select *, row_number() over (partition by g order by v desc, id) as rn from @t) q where rn <= 2
--- view l
select q.g, x.id from (select distinct g from @t) q cross join lateral (select id from @t where @t.g = q.g order by v, id limit 2) x
--- step
delete from @t where id = 4;
--- step
delete from @t where v = 4;
--- step
update @t set v = 9 where id = 5;
update @t set v = -1 where id = 9;
--- step
delete from @t where id > 2;
--- step
delete from @t;

=== limit_tie: rows tie for the last place, and what is shown of them is the same
create table @t (id int primary key, a int, b int);
insert into @t values (1, 1, 1), (2, 1, 1), (3, 1, 1), (4, 0, 2);
--- view v
select a, b from @t order by a, b limit 2
--- view w
select id, a from @t order by a fetch first 2 rows with ties
--- view r
select id, rank() over (order by a) as r, dense_rank() over (order by a) as d from @t
--- step
delete from @t where id = 2;
--- step
delete from @t where id = 4;
--- step
insert into @t values (5, 0, 0), (6, 0, 0), (7, 0, 0);

=== limit_under_or: a limited query whose condition is a disjunction
create table @t (id int primary key, a int, b int);
create table @u (id int primary key, a int);
insert into @t select i, i % 3, i % 4 from generate_series(1, 10) i;
insert into @u values (1, 1);
--- view v
select id from @t where a = 2 or exists (select 1 from @u where @u.a = @t.b) order by id limit 4
--- step
delete from @u;
--- step
insert into @u values (2, 2), (3, 0);
update @t set a = 0 where id = 2;
--- step
delete from @t where id < 5;

=== exists_like_q4: a semi-join under a group, with changes on both sides
create table @o (id int primary key, p text);
create table @l (o int, n int, late boolean, primary key (o, n));
insert into @o values (1, 'hi'), (2, 'hi'), (3, 'lo');
insert into @l values (1, 1, true), (1, 2, true), (2, 1, false), (3, 1, true);
--- view v
select p, count(*) as n from @o where exists (select 1 from @l where o = id and late) group by p
--- step
update @l set late = false where o = 1 and n = 1;
--- step
update @l set late = not late;
update @o set p = 'lo' where id = 2;
--- step
delete from @l where o = 2;
update @l set o = 2 where o = 3;

=== in_having_like_q18: membership decided by a group's sum
create table @o (id int primary key, c int);
create table @l (o int, n int, q int, primary key (o, n));
insert into @o values (1, 1), (2, 1), (3, 2);
insert into @l values (1, 1, 200), (1, 2, 150), (2, 1, 100), (3, 1, 400);
--- view v
select o.c, o.id, sum(l.q) as q from @o o join @l l on l.o = o.id where o.id in (select o from @l group by o having sum(q) > 300) group by o.c, o.id
--- step
update @l set q = 50 where o = 1 and n = 2;
--- step
insert into @l values (2, 2, 250);
update @o set c = 3 where id = 2;
--- step
delete from @l where o = 3;
update @l set o = 3, n = n + 10 where o = 2;

=== nested_in_like_q20: a subquery in a subquery, with a correlated sum
create table @s (id int primary key, name text);
create table @ps (p int, s int, qty int, primary key (p, s));
create table @l (id int primary key, p int, s int, q int);
insert into @s values (1, 'a'), (2, 'b');
insert into @ps values (1, 1, 10), (1, 2, 4), (2, 2, 10);
insert into @l values (1, 1, 1, 8), (2, 1, 2, 9);
--- view v
select name from @s where id in (select s from @ps where p in (select p from @l where q > 1) and qty > (select 0.5 * sum(q) from @l where @l.p = @ps.p and @l.s = @ps.s))
--- step
update @l set q = 30 where id = 1;
--- step
insert into @l values (3, 2, 2, 2);
delete from @l where id = 2;
--- step
update @ps set qty = 100;
update @l set s = 1;

=== exists_and_not_exists_like_q21: the same table inside twice, with an inequality
create table @l (o int, n int, s int, late boolean, primary key (o, n));
insert into @l values (1, 1, 1, true), (1, 2, 2, false), (2, 1, 1, true), (2, 2, 2, true), (3, 1, 1, true);
--- view v
select x.s, count(*) as n from @l x where x.late and exists (select 1 from @l y where y.o = x.o and y.s <> x.s) and not exists (select 1 from @l z where z.o = x.o and z.s <> x.s and z.late) group by x.s
--- step
update @l set late = false where o = 2 and n = 2;
--- step
insert into @l values (3, 2, 3, true);
update @l set late = true where o = 1;
--- step
update @l set s = 1;
--- step
update @l set s = n, late = (n = 1);

=== min_subquery_like_ch_q2: rows that equal the least of their group
create table @i (id int primary key, w int);
create table @s (i int, r int, q int, primary key (i, r));
insert into @i values (1, 1), (2, 1);
insert into @s values (1, 1, 5), (1, 2, 5), (1, 3, 7), (2, 1, 2);
--- view v
select i.id, s.r, s.q from @i i, @s s where s.i = i.id and s.q = (select min(q) from @s m where m.i = i.id)
--- view j
select i.id, s.r from @i i, @s s, (select i, min(q) as q from @s group by i) m where s.i = i.id and m.i = i.id and s.q = m.q
--- step
update @s set q = 4 where i = 1 and r = 3;
--- step
delete from @s where i = 1 and r = 3;
update @s set q = 9 where i = 2;
--- step
insert into @s values (2, 2, 9), (2, 3, 1);
delete from @i where id = 1;

=== window_over_updates: an update moves a row within its partition and between two
create table @t (id int primary key, p int, v int);
insert into @t values (1, 1, 10), (2, 1, 20), (3, 1, 20), (4, 2, 5), (5, null, 1);
--- view v
select id, p, row_number() over (partition by p order by v, id) as rn, rank() over (partition by p order by v) as rk, sum(v) over (partition by p order by v) as running, lag(v) over (partition by p order by v, id) as before from @t
--- view q
select p, max(rn) as n from (select p, row_number() over (partition by p order by id) as rn from @t) q group by p
--- step
update @t set v = 25 where id = 1;
--- step
update @t set p = 2 where id = 2;
update @t set p = null where id = 4;
--- step
delete from @t where id = 3;
insert into @t values (6, 1, 25), (7, 2, 0);
--- step
delete from @t where p = 1;

=== windows_of_two_partitions: two windows of one query partition differently
create table @t (id int primary key, a int, b int);
insert into @t values (1, 1, 1), (2, 1, 2), (3, 2, 1), (4, 2, 2);
--- view v
select id, count(*) over (partition by a) as x, sum(id) over (partition by b) as y, row_number() over (order by id) as z from @t
--- step
update @t set a = 2 where id = 1;
--- step
delete from @t where id = 4;
insert into @t values (5, 1, null);

=== window_functions_others_lack: ntile, nth_value, percent_rank, cume_dist, exclude, months in range
create table @t (id int primary key, p int, d date, v int);
insert into @t values (1, 1, '2024-01-31', 1), (2, 1, '2024-02-29', 2), (3, 1, '2024-03-31', 3), (4, 2, '2024-01-01', 4), (5, 1, '2024-02-29', 5);
--- view n
select id, ntile(2) over w as a, nth_value(v, 2) over w as b, percent_rank() over w as c, cume_dist() over w as d from @t window w as (partition by p order by d, id)
--- view x
select id, sum(v) over (partition by p order by d, id rows between unbounded preceding and unbounded following exclude current row) as x, count(*) over (partition by p order by d groups between 1 preceding and 1 following exclude ties) as y from @t
--- view m
select id, sum(v) over (partition by p order by d range between interval '1 month' preceding and current row) as x from @t
--- step
update @t set d = '2024-03-01' where id = 1;
--- step
insert into @t values (6, 1, '2024-02-29', null), (7, 2, null, 7);
--- step
delete from @t where id = 2;

=== aggregates_others_lack: percentiles, corr, regr, jsonb_agg, jsonb_object_agg, string_agg
create table @t (id int primary key, g int, x float8, y float8, c text);
insert into @t values (1, 1, 1, 2, 'a'), (2, 1, 2, 4, 'b'), (3, 1, 3, 5, 'c'), (4, 2, 1, 1, null);
--- view p
select g, percentile_cont(0.5) within group (order by x) as a, percentile_disc(0.5) within group (order by c) as b from @t group by g
--- view c
select g, corr(x, y) as a, regr_slope(y, x) as b, regr_count(y, x) as n from @t group by g
--- view j
select g, jsonb_agg(c order by id) as a, jsonb_object_agg(id, c order by id) as b, json_agg(c order by id) as d, string_agg(c, '|' order by id desc) as e from @t group by g
--- step
update @t set c = 'z', x = 9 where id = 2;
--- step
delete from @t where id = 3;
insert into @t values (5, 2, 4, 0.5, 'q'), (6, 2, 2, 2.5, 'b');
--- step
update @t set g = 3 - g;

=== aggregate_with_order_distinct_filter: all three in one aggregate
create table @t (id int primary key, g int, c text, o boolean);
insert into @t values (1, 1, 'b', true), (2, 1, 'a', true), (3, 1, 'b', true), (4, 1, 'c', false);
--- view v
select g, string_agg(distinct c, ',' order by c desc) filter (where o) as l from @t group by g
--- step
delete from @t where id = 1;
--- step
delete from @t where id = 3;
update @t set o = true where id = 4;
--- step
update @t set o = null;

=== distinct_on_changes: the chosen row changes, leaves, or another comes before it
create table @t (id int primary key, g int, v int);
insert into @t values (1, 1, 5), (2, 1, 3), (3, 2, 9), (4, null, 1);
--- view v
select distinct on (g) g, id, v from @t order by g, v desc nulls last, id
--- step
update @t set v = 1 where id = 1;
--- step
insert into @t values (5, 1, 3), (0, 1, 3), (6, null, 1);
--- step
delete from @t where id in (0, 3);
--- step
update @t set v = null;

=== set_operations_with_all: multiplicities of intersect all and except all
create table @a (id int primary key, v int);
create table @b (id int primary key, v int);
insert into @a values (1, 1), (2, 1), (3, 1), (4, null), (5, null);
insert into @b values (1, 1), (2, null), (3, 2);
--- view ia
select v from @a intersect all select v from @b
--- view ea
select v from @a except all select v from @b
--- view u
select v from @a union select v from @b
--- view e
select v from @a except select v from @b
--- view ua
select v from @a union all select v from @b
--- step
insert into @b values (4, 1), (5, 1), (6, 1);
--- step
delete from @a where id = 1;
delete from @b where id = 2;
--- step
update @a set v = 2;
update @b set v = 2 where id > 3;
--- step
delete from @a;

=== recursion_deletes: an edge goes and what hung on it goes, unless another way leads there
create table @e (a int, b int, primary key (a, b));
insert into @e values (1, 2), (2, 3), (1, 3), (3, 4), (4, 5);
--- view v
with recursive q (a, b) as (select a, b from @e union select q.a, e.b from q join @e e on e.a = q.b) select a, b from q
--- view n
with recursive q (b, n) as (select 1, 0 union select e.b, q.n + 1 from q join @e e on e.a = q.b where q.n < 6) select b, min(n) as n from q group by b
--- step
delete from @e where a = 1 and b = 3;
--- step
delete from @e where a = 2;
--- step
insert into @e values (5, 3), (1, 5);
--- step
delete from @e where a = 1;
--- step
update @e set a = b, b = a;

=== recursion_in_a_circle: a circle keeps itself alive when its entrance is gone
create table @e (a int, b int, primary key (a, b));
insert into @e values (0, 1), (1, 2), (2, 3), (3, 1);
--- view v
with recursive q (b) as (select 0 union select e.b from q join @e e on e.a = q.b) select b from q
--- step
delete from @e where a = 0;
--- step
insert into @e values (0, 3);
--- step
delete from @e where a = 2;

=== types_without_equality: json, xml and point have no =, and rows of them still leave one at a time
create table @t (id int primary key, j json, p point, x xml);
insert into @t values (1, '{"a": 1}', '(1,2)', '<a/>'), (2, '{"a": 1}', '(1,2)', '<a/>'), (3, null, null, null);
--- view j
select j from @t
--- view p
select p, id % 2 as odd from @t
--- view x
select x from @t where id < 9
--- step
delete from @t where id = 1;
--- step
insert into @t values (4, '{"a":1}', '(1,2)', '<a/>'), (5, '{"a": 1}', '(2,1)', '<b/>');
--- step
update @t set j = '[]', p = '(0,0)', x = null where id = 2;

=== numerics_of_two_scales: 1.0 and 1.00 are one group, whose name may change when a row leaves
create table @t (id int primary key, n numeric);
insert into @t values (1, 1.0), (2, 1.00), (3, 2.50), (4, 'NaN');
--- view g
select n, count(*) as c from @t group by n
--- view d
select distinct n from @t
--- view b
select n from @t
--- view s
select sum(n) as s, avg(n) as a, max(n) as m from @t where n <> 'NaN'
--- view txt
select sum(n)::text as s from @t where n <> 'NaN'
--- step
delete from @t where id = 1;
--- step
insert into @t values (5, 1), (6, 2.5000000000), (7, 1.0);
--- step
delete from @t where id = 6;
--- step
update @t set n = n + 0.00;

=== numerics_that_swallow: NaN and infinity come and go
create table @t (id int primary key, g int, n numeric, f float8);
insert into @t values (1, 1, 1, 1), (2, 1, 2, 2);
--- view v
select g, sum(n) as n, avg(n) as a, sum(f) as f, avg(f) as af, max(n) as m from @t group by g
--- step
insert into @t values (3, 1, 'NaN', 'NaN');
--- step
delete from @t where id = 3;
--- step
insert into @t values (4, 1, 'Infinity', 'Infinity'), (5, 1, 3, 3);
--- step
insert into @t values (6, 1, '-Infinity', '-Infinity');
--- step
delete from @t where id in (4, 6);

=== floats_that_cancel: sums of floats cannot be taken back
create table @t (id int primary key, g int, f float8, r real);
insert into @t values (1, 1, 0.1, 0.1), (2, 1, 0.2, 0.2);
--- view v
select g, sum(f) as f, sum(r) as r, avg(f) as a, stddev(f) as d from @t group by g
--- view s
select sum(f) as f, count(*) as n from @t
--- step
insert into @t values (3, 1, 1e20, 1e20), (4, 1, 0, 0);
--- step
delete from @t where id = 3;
--- step
delete from @t where id = 1;
--- step
update @t set f = -f where id = 4;
delete from @t where id = 2;
--- step
insert into @t values (5, 1, 1e300, 1), (6, 2, 1, 1);
delete from @t where id = 5;

=== zero_and_minus_zero: equal floats whose texts differ
create table @t (id int primary key, f float8);
insert into @t values (1, 0), (2, '-0');
--- view v
select f, count(*) as n from @t group by f
--- view d
select distinct f from @t
--- step
delete from @t where id = 1;
--- step
insert into @t values (3, 0), (4, 'NaN'), (5, 'NaN');
--- step
delete from @t where id in (2, 4);

=== equal_but_not_the_same: intervals, jsonb numbers and padded characters that are equal
create table @t (id int primary key, i interval, j jsonb, c char(4));
insert into @t values (1, '24 hours', '1.0', 'ab'), (2, '1 day', '1.00', 'ab  '), (3, '30 days', '{"a": 1}', null);
--- view i
select i, count(*) as n from @t group by i
--- view j
select j, count(*) as n from @t group by j
--- view c
select c, count(*) as n from @t group by c
--- view x
select x.id, y.id as y from @t x join @t y on x.i = y.i and x.j = y.j
--- step
insert into @t values (4, '1 month', '{"a": 1.0}', 'ab'), (5, '1440 minutes', '1', '');
--- step
delete from @t where id = 1;
--- step
update @t set i = '1 mon' where id = 3;
delete from @t where id = 2;

=== nulls_join_nulls: a null-safe condition on keys of which many are NULL
create table @a (id int primary key, k int, l text);
create table @b (id int primary key, k int, l text);
insert into @a values (1, null, 'x'), (2, null, null), (3, 1, null), (4, 1, 'x');
insert into @b values (1, null, 'x'), (2, null, null), (3, 1, null), (4, 2, 'x');
--- view v
select a.id, b.id as b from @a a join @b b on a.k is not distinct from b.k
--- view w
select a.id, b.id as b from @a a left join @b b on a.k is not distinct from b.k and a.l is not distinct from b.l
--- view r
select a.id, b.id as b from @a a join @b b on row(a.k, a.l) is not distinct from row(b.k, b.l)
--- step
update @b set k = null where id = 4;
--- step
update @a set l = null;
delete from @b where id = 2;
--- step
insert into @b values (9, null, null);
update @a set k = 2;

=== filter_on_now: a row goes from past to future and back, under a condition on now()
create table @t (id int primary key, at timestamptz, v int);
insert into @t values (1, '2020-01-01', 1), (2, '9999-01-01', 2), (3, null, 3);
--- view v
select id, v from @t where at < now()
--- view s
select count(*) as n, sum(v) as s from @t where at > now() - interval '1 day'
--- step
update @t set at = '9999-01-01', v = 10 where id = 1;
--- step
update @t set at = '2020-01-01' where id = 2;
update @t set at = '2020-01-01' where id = 1;
--- step
delete from @t where id = 1;

=== many_to_many: a join on columns that are no key on either side
create table @a (id int primary key, k text);
create table @b (id int primary key, k text);
insert into @a values (1, 'x'), (2, 'x'), (3, 'y');
insert into @b values (1, 'x'), (2, 'x'), (3, 'z');
--- view v
select a.k, a.id, b.id as b from @a a join @b b on a.k = b.k
--- view w
select a.k from @a a join @b b on a.k = b.k
--- step
update @b set k = 'y' where id = 1;
--- step
update @a set k = 'z';
update @b set k = 'z' where id = 2;

=== reference_changes: a foreign reference moves and the referenced key changes under it
create table @a (id int primary key, b_id int);
create table @b (id int primary key, name text);
insert into @a values (1, 1), (2, 1), (3, 2);
insert into @b values (1, 'one'), (2, 'two');
--- view v
select a.id, b.name from @a a join @b b on b.id = a.b_id
--- view l
select a.id, b.name from @a a left join @b b on b.id = a.b_id
--- step
update @a set b_id = 2 where id = 1;
--- step
update @b set id = 3 where id = 2;
--- step
update @b set name = 'three' where id = 3;
update @a set b_id = 3;
--- step
update @b set id = id + 10;

=== large_values_unchanged: an update leaves out a large value that did not change
create table @t (id int primary key, g int, big text);
insert into @t select 1, 1, string_agg(md5(i::text), '') from generate_series(1, 2000) i;
insert into @t select 2, 1, string_agg(md5((i + 7)::text), '') from generate_series(1, 2000) i;
--- view v
select id, g, length(big) as n, md5(big) as h from @t
--- view w
select g, max(big) as big, count(distinct big) as n from @t group by g
--- view b
select g, big from @t
--- step
update @t set g = 2 where id = 1;
--- step
update @t set id = 3 where id = 2;
update @t set g = 3 where id = 3;
--- step
update @t set big = 'small' where id = 3;
update @t set g = 4;

=== truncated: all rows leave by one statement
create table @a (id int primary key, k int);
create table @b (id int primary key, k int);
insert into @a values (1, 1), (2, 2);
insert into @b values (1, 1), (2, 1);
--- view l
select a.id, b.id as b from @a a left join @b b on a.k = b.k
--- view g
select k, count(*) as n from @b group by k
--- step
truncate @b;
--- step
insert into @b values (3, 2);
truncate @a;
insert into @a values (5, 2);
--- step
truncate @a, @b;

=== values_in_the_query: rows that no table holds
create table @t (id int primary key, a int);
insert into @t values (1, 1), (2, 1), (3, null);
--- view l
select w.a, w.name, count(t.id) as n from (values (1, 'one'), (2, 'two'), (null, 'none')) w (a, name) left join @t t on t.a = w.a group by w.a, w.name
--- view u
select a from @t union all values (1), (7)
--- view o
select 1 as one where exists (select 1 from @t where a = 2)
--- view c
select * from (values (1), (2)) w (a)
--- step
update @t set a = 2 where id = 1;
--- step
delete from @t;

=== views_on_views: a view over a view over a bag, an aggregate and a limit
create table @t (id int primary key, a int);
insert into @t values (1, 1), (2, 1), (3, 2), (4, null);
--- view bag
select a from @t where a is not null
--- view grouped
select a, count(*) as n from @bag group by a
--- view top
select a, n from @grouped order by n desc, a limit 1
--- view joined
select x.a, y.n from @bag x join @top y on x.a = y.a
--- view twice
select x.n, y.a from @grouped x left join @grouped y on x.n = y.a
--- step
insert into @t values (5, 2), (6, 2);
--- step
delete from @t where a = 2;
--- step
update @t set a = coalesce(a, 0) + 1;

=== grouping_sets_null: a NULL that is data beside a NULL that is the total's
create table @t (id int primary key, a int, b int, v int);
insert into @t values (1, null, 1, 1), (2, 1, null, 2), (3, null, null, 4), (4, 1, 1, 8);
--- view r
select a, b, sum(v) as s, count(*) as n from @t group by rollup (a, b)
--- view c
select a, b, sum(v) as s, grouping(a) as ga, grouping(b) as gb from @t group by cube (a, b)
--- view e
select sum(v) as s, count(*) as n from @t group by grouping sets ((), ())
--- step
delete from @t where id = 3;
--- step
update @t set a = null;
--- step
delete from @t;

=== subqueries_outside_from: scalar subqueries in the list, in case, in having and in order by
create table @t (id int primary key, a int, v int);
create table @u (id int primary key, a int, v int);
insert into @t values (1, 1, 1), (2, 2, 2), (3, null, 3);
insert into @u values (1, 1, 10), (2, 1, 20);
--- view l
select id, (select sum(v) from @u where @u.a = @t.a) as s, (select count(*) from @u where @u.a = @t.a) as n from @t
--- view c
select id, case when v > (select avg(v) from @t) then 'above' else 'below' end as side from @t
--- view h
select a, sum(v) as s from @t group by a having sum(v) >= (select max(v) / 10 from @u)
--- view o
select id from @t order by (select count(*) from @u where @u.a = @t.a) desc, id limit 2
--- step
insert into @u values (3, 2, 30), (4, null, 40);
--- step
delete from @u where a = 1;
update @t set a = 1;
--- step
delete from @u;

=== lateral_with_function: a function's rows beside the row that it was called with
create table @t (id int primary key, n int, v int[], j jsonb);
insert into @t values (1, 2, '{1,1,null}', '[1, 2]'), (2, 0, '{}', '[]'), (3, null, null, null);
--- view g
select id, i from @t, generate_series(1, n) i
--- view u
select id, e, o from @t left join lateral unnest(v) with ordinality x (e, o) on true
--- view j
select id, e from @t, jsonb_array_elements(j) e
--- view s
select unnest(v) as e, count(*) as c from @t group by 1
--- step
update @t set n = 3, v = '{2}', j = '[2, 2]' where id = 1;
--- step
update @t set n = 1, v = '{1,2}', j = '[null]';
--- step
delete from @t where id = 2;

=== partitioned_base: a table in parts, between which a row moves
create table @t (id int, k int, v int, primary key (id, k)) partition by list (k);
create table @t_1 partition of @t for values in (1);
create table @t_2 partition of @t for values in (2);
insert into @t values (1, 1, 10), (2, 2, 20);
--- view sums
select k, sum(v) as s, count(*) as n from @t group by k
--- step
update @t set k = 2 where id = 1;
--- step
insert into @t values (3, 1, 5);
update @t set v = 0 where id = 2;

=== operators_that_parsers_miss (from 17): ~~, ~~*, |/, #, IS JSON, ?, ->>, @>
create table @t (id int primary key, a int, c text, j jsonb);
insert into @t values (1, 4, 'foo', '{"k": 1}'), (2, 9, 'Foo', '[1]'), (3, null, '{"a":1}', null);
--- view l
select id from @t where c ~~ 'f%' or c !~~* 'F%'
--- view s
select id, |/ a as root, a # 3 as x, @ -a as abs, a ^ 2 as sq, ~a as inv from @t
--- view j
select id, c is json as x, c is json object as y, j ? 'k' as k, j ->> 'k' as t, j @> '{"k": 1}' as m, j #>> '{k}' as p from @t
--- view b
select id from @t where a between symmetric 9 and 4 and (a > 3) is true and c is not distinct from 'foo'
--- step
update @t set c = 'Fnord', a = 16, j = '{"k": 2, "l": null}';
--- step
insert into @t values (4, 4, '[]', '{"k": 1}');
delete from @t where id = 1;

=== names_that_parsers_miss: keywords, capitals, quotes and blanks as names
create table @t (id int primary key, "final" int, "select" int, "Mixed ""Case" int, "a b" text);
insert into @t values (1, 1, 1, 1, 'x'), (2, 2, 1, 2, 'y');
--- view v
select id, "final", "select" as "order", "Mixed ""Case", "a b" from @t
--- view g
select "select", sum("final") as "sum", max("Mixed ""Case") as "group" from @t group by "select"
--- view f
select final from @t where final > 0
--- step
update @t set "final" = 3, "Mixed ""Case" = 0 where id = 1;
--- step
insert into @t values (3, 3, 2, null, null);
delete from @t where id = 2;

=== forms_that_parsers_miss: natural join, using, column aliases, row values, whole rows, casts
create table @a (id int primary key, k int, v text);
create table @b (k int primary key, w text);
insert into @a values (1, 1, 'x'), (2, 1, 'y'), (3, 2, null);
insert into @b values (1, 'one'), (3, 'three');
--- view n
select * from @a natural left join @b
--- view u
select k, count(*) as n from @a full join @b using (k) group by k
--- view c
select x.p, x.q from @a as x (p, q, r) where (x.p, x.q) >= (1, 1)
--- view w
select to_jsonb(a) as j, a is not null as full_row, count(a) over () as n from @a a
--- view t
select id::text || '#' as c, interval '1' day * k as i, date '2024-01-31' + k as d, v collate "C" as v, (array[id, k])[1:1] as s from @a
--- view o
select id, v from @a order by v using >, id offset 1 rows fetch next 1 row only
--- step
update @b set k = 2 where k = 3;
--- step
update @a set k = 3, v = 'z' where id = 1;
insert into @b values (3, 'drei');
--- step
delete from @b;

=== no_columns: a query may have rows and no columns
create table @t (id int primary key);
insert into @t values (1), (2);
--- refused without_columns
select from @t
--- step
insert into @t values (3);
--- step
delete from @t where id < 3;

=== json_table_and_friends (from 17): a table made of a document
create table @t (id int primary key, j jsonb);
insert into @t values (1, '[{"a": 1}, {"a": 2}]'), (2, '[]'), (3, null);
--- view jt
select t.id, x.a from @t t, json_table(t.j, '$[*]' columns (a int path '$.a')) x
--- view q
select id, json_exists(j, '$[*] ? (@.a > 1)') as e, json_value(j, '$[0].a' returning int) as v from @t
--- view r
select t.id, x.a from @t t, jsonb_to_recordset(t.j) as x (a int)
--- step
update @t set j = '[{"a": 3}, {"b": 1}]' where id <> 1;
--- step
delete from @t where id = 2;

=== empty_string_is_not_null: '' and NULL are two values
create table @t (id int primary key, c text);
insert into @t values (1, ''), (2, null), (3, ' ');
--- view v
select c, count(*) as n from @t group by c
--- view s
select string_agg(c, ',' order by id) as l, count(c) as n, min(c) as lo from @t
--- step
update @t set c = null where id = 1;
update @t set c = '' where id = 2;
--- step
update @t set c = '';

=== infinities_of_time: dates and timestamps without end
create table @t (id int primary key, d date, ts timestamptz);
insert into @t values (1, 'infinity', 'infinity'), (2, '-infinity', '-infinity'), (3, '2024-02-29', '2024-03-31 01:30:00+01'), (4, '4713-01-01 BC', null);
--- view v
select d, count(*) as n, max(ts) as m from @t group by d
--- view e
select extract(year from d) as y, count(*) as n from @t group by 1
--- view o
select d from @t order by d desc limit 2
--- step
delete from @t where id = 1;
--- step
update @t set d = 'infinity';

=== rows_that_hash_alike: rows whose joined texts are the same and which differ
create table @t (id int primary key, a text, b text);
insert into @t values (1, 'x,y', 'z'), (2, 'x', 'y,z'), (3, 'x', null), (4, 'x', 'NULL'), (5, null, 'x');
--- view v
select a, b from @t
--- view g
select a, b, count(*) as n from @t group by a, b
--- step
delete from @t where id = 1;
--- step
update @t set a = 'x,y', b = 'z' where id = 2;
--- step
update @t set b = null where id = 4;

=== products_and_overflow: integers whose sum is wider than they are
create table @t (id int primary key, s smallint, i int, b bigint);
insert into @t values (1, 32767, 2147483647, 9223372036854775807), (2, 32767, 2147483647, 9223372036854775807);
--- view v
select sum(s) as s, sum(i) as i, sum(b) as b, avg(b) as a from @t
--- view m
select count(*) as n, sum(i::bigint * 2) as x from @t group by s
--- step
insert into @t values (3, -32768, -2147483648, -9223372036854775808);
--- step
delete from @t where id = 1;
--- step
delete from @t;

=== refused_volatile: a query that answers differently each time is refused
create table @t (id int primary key);
create sequence @s;
--- refused random
select id, random() as x from @t
--- refused clock
select id from @t where clock_timestamp() > now()
--- refused uuid
select gen_random_uuid() as x, id from @t
--- refused sequence
select nextval('@s') as x from @t

=== refused_of_the_database: what is stable may still read what no change tells of
create table @t (id int primary key);
--- refused position
select id, highwater.position() as p from @t
--- refused xml
select table_to_xml('pg_class'::regclass, true, true, '') as x from @t
--- refused transaction
select id, txid_current() as x from @t
--- refused setting
select id, current_setting('work_mem') as x from @t
--- refused user
select id, current_user as x from @t
--- refused privilege
select id, has_table_privilege('pg_class', 'select') as x from @t

=== refused_nonsense: what PostgreSQL does not accept, and what has no table to follow
create table @t (id int primary key, j json);
--- refused syntax
select from where
--- refused column
select nothing from @t
--- refused table
select * from @missing
--- refused group
select id, j from @t group by j
--- refused twice
select id, id from @t
--- refused statement
delete from @t returning id
--- refused two
select 1 as x; select 2 as x
--- refused own
select * from @own
