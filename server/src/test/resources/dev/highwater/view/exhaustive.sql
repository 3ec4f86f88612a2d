--- xh_where: where
select a from x where a is null or a > 0
--- xh_join: inner join
select x.id, y.id as y from x join y on x.a = y.a
--- xh_bag: inner join
select x.a from x join y on x.a = y.a
--- xh_self: self join
select p.id, q.id as q from x p join x q on p.a = q.a
--- xh_null_safe: inner join
select x.id, y.id as y from x join y on x.a is not distinct from y.a
--- xh_left: left join
select x.id, y.id as y from x left join y on x.a = y.a
--- xh_right: right join
select x.id, y.id as y from x right join y on x.a = y.a
--- xh_full: full join
select x.id, y.id as y, coalesce(x.a, y.a) as a from x full join y on x.a = y.a
--- xh_cross: cross join
select x.a, y.a as b from x cross join y
--- xh_count: group by, count
select a, count(*) as n from x group by a
--- xh_sum: group by, sum
select id % 2 as odd, sum(a) as s, avg(a) as m, count(a) as n from x group by 1
--- xh_total: scalar aggregate
select count(*) as n, sum(a) as s, max(a) as hi from x
--- xh_max: group by, max
select id % 2 as odd, max(a) as hi, min(a) as lo from x group by 1
--- xh_list: group by, string_agg
select a, string_agg(id::text, ',' order by id) as l from x group by a
--- xh_having: group by, having
select a from x group by a having count(*) > 1
--- xh_join_sum: join, group by
select y.a, sum(x.a) as s, count(*) as n from x join y on x.id = y.id group by y.a
--- xh_left_count: left join, group by
select x.a, count(y.id) as n from x left join y on x.a = y.a group by x.a
--- xh_distinct: distinct
select distinct a from x
--- xh_distinct_on: distinct on
select distinct on (a) a, id from x order by a, id desc
--- xh_count_distinct: count distinct
select count(distinct a) as n from x
--- xh_in: in
select id from x where a in (select a from y)
--- xh_not_in: not in
select id from x where a not in (select a from y)
--- xh_exists: exists
select a from x where exists (select 1 from y where y.a = x.a)
--- xh_not_exists: not exists
select a from x where not exists (select 1 from y where y.a = x.a)
--- xh_scalar: scalar subquery
select id, (select max(a) from y) as hi from x
--- xh_correlated: correlated subquery
select id, (select count(*) from y where y.a = x.a) as n from x
--- xh_union: union
select a from x union select a from y
--- xh_union_all: union all
select a from x union all select a from y
--- xh_intersect_all: intersect all
select a from x intersect all select a from y
--- xh_except: except
select a from x except select a from y
--- xh_except_all: except all
select a from x except all select a from y
--- xh_window: window
select id, rank() over (partition by a % 2 order by a, id) as r, count(*) over (partition by a) as n from x
--- xh_limit: limit
select id, a from x order by a nulls first, id limit 1
--- xh_nested: nested aggregate
select n, count(*) as groups from (select a, count(*) as n from x group by a) q group by n
--- xh_on_view: views on views
select p.a, q.n from xh_bag p join xh_count q on p.a = q.a
