--- where
select {{id, a ¦ id, a + b as x ¦ id, c, n ¦ id, coalesce(a, b, 0) as x ¦ r.*, a is null as z}} from r {{ ¦ where a > 1 ¦ where a is null ¦ where b between 0 and 4 ¦ where a = any (v) ¦ where not o ¦ where a > 1 or b is null}}
--- where, bag
select {{a ¦ a, b ¦ c, o ¦ n ¦ v, a ¦ j}} from r where {{a is not null ¦ c like 'f%' ¦ o is true ¦ a in (1, 2, null) ¦ n = 1}}
--- where, three-valued logic
select id from r where {{a not in (1, null) ¦ not (a > b) ¦ a = null ¦ a is distinct from b ¦ (a, b) is not null ¦ (a = 1) is unknown ¦ o is not true ¦ a <> all (v) ¦ coalesce(a > b, o) ¦ nullif(a, b) is null ¦ (a, b) > (1, 2) ¦ (a, b) in ((1, 2), (2, 3), (null, 1))}}
--- where, text
select id, c from r where {{c ilike 'A%' ¦ c not like '%o%' ¦ c ~ '^[a-f]' ¦ c !~* 'B' ¦ c similar to '(a|b)%' ¦ length(c) > 1 ¦ c <= 'b' ¦ c = '' ¦ c like 'q\%' ¦ c || 'x' = 'ax' ¦ starts_with(c, 'foo') ¦ position('o' in c) > 0}}
--- projection, casts
select id, {{a::text as x ¦ a::numeric / 3 as x ¦ b::float8 * 0.5 as x ¦ n::int as x ¦ round(n, 1) as x ¦ o::int as x ¦ d::timestamp as x ¦ a::bigint as x ¦ (a || '.5')::numeric as x ¦ f::numeric(10,3) as x ¦ c::varchar(3) as x ¦ cast(b as smallint) as x}}, {{case when a > 1 then 'big' when a is null then 'none' else 'small' end as y ¦ greatest(a, b, 1) as y ¦ public.twice(a) as y ¦ b % 3 as y ¦ abs(b) as y ¦ upper(c) as y}} from r
--- projection, intervals
select id, {{d + interval '1 month' as x ¦ ts - interval '1 day 2 hours' as x ¦ d - date '2024-01-01' as x ¦ age(ts, timestamp '2024-01-01') as x ¦ date_trunc('month', ts) as x ¦ extract(epoch from ts) as x ¦ to_char(d, 'YYYY-MM') as x ¦ ts::date as x ¦ (ts - d::timestamp) as x ¦ make_interval(days => b) as x ¦ extract(dow from d) as x}} from r {{ ¦ where ts >= timestamp '2024-02-01' ¦ where d < date '2024-02-01' + interval '2 weeks' ¦ where (d, d + 5) overlaps (date '2024-02-27', date '2024-03-02')}}
--- projection, jsonb
select id, {{j -> 'k' as x ¦ j ->> 't' as x ¦ j #> '{l,0}' as x ¦ j || '{"z": 1}' as x ¦ jsonb_typeof(j) as x ¦ case jsonb_typeof(j) when 'object' then j - 'k' end as x ¦ j @> '{"k": 1}' as x ¦ j ? 'k' as x ¦ jsonb_path_query_first(j, '$.l[*]') as x ¦ to_jsonb(r) - 'n' - 'f' as x ¦ jsonb_build_object('a', a, 'c', c) as x ¦ j @? '$.l[*] ? (@ > 1)' as x}} from r {{ ¦ where j ? 'k' ¦ where j @> '{"t": "x"}' ¦ where j ?| array['t', 'l'] ¦ where j is not null and j <> 'null' ¦ where (j -> 'k') = '1'}}
--- projection, arrays
select id, {{v[1] as x ¦ cardinality(v) as x ¦ v || 7 as x ¦ array_remove(v, 2) as x ¦ v @> array[1] as x ¦ array_to_string(v, ',', '*') as x ¦ array[a, b] as x ¦ v[2:] as x ¦ array_position(v, 2) as x ¦ 2 = any (v) as x ¦ v && array[3, 4] as x ¦ array_length(v, 1) as x}} from r {{ ¦ where v <> '{}' ¦ where 1 = any (v) ¦ where v is null}}
--- projection, text search
select id, {{to_tsvector('english', c) @@ to_tsquery('english', 'fox | bar') as x ¦ ts_rank(to_tsvector('english', c), plainto_tsquery('english', 'quick fox')) as x ¦ to_tsvector('english', c) as x ¦ ts_headline('english', c, to_tsquery('english', 'fox')) as x}} from r where {{c is not null ¦ to_tsvector('english', c) @@ plainto_tsquery('english', 'foo') ¦ to_tsvector('simple', coalesce(c, '')) @@ 'the & quick'::tsquery}}
--- inner join, equi
select {{r.id, s.id as s_id ¦ r.c, s.n ¦ r.a, s.a as sa, r.o ¦ s.c, count(*) over () as n ¦ r.id, r.n * s.n as x}} from r {{join ¦ inner join}} s on {{r.id = s.r_id ¦ r.a = s.a ¦ r.c = s.c ¦ r.a = s.a and r.o = s.o ¦ r.id = s.r_id and s.n > 1 ¦ r.a + 1 = s.a ¦ r.d = s.d and r.c is not null}}
--- inner join, non-equi
select r.id, {{s.id as sid ¦ s.n ¦ s.a}} from r join s on {{r.b < s.a and r.o ¦ r.d < s.d and s.o ¦ r.c < s.c and r.a = s.a ¦ r.a <> s.a and r.id = s.r_id ¦ r.id = s.r_id or (r.a = s.a and r.c = s.c) ¦ s.a between r.a and r.b ¦ r.a is not distinct from s.a and r.o ¦ s.a = any (r.v) ¦ r.c like s.c || '%'}}
--- inner join, using
select * from (select id, a, c from {{r ¦ s}}) x {{join (select a, c as k, f from t) y using (a) ¦ natural join (select a, b from u) y ¦ join (select a, c, k2 from t) y using (a, c) ¦ left join (select a, code from u) y using (a) ¦ full join (select a, code from u) y using (a)}}
--- inner join, three tables
select {{r.id, t.k2 ¦ r.c, s.c as sc, t.c as tc ¦ s.n, t.f}} from r, s, t where {{r.id = s.r_id and t.a = r.a ¦ r.a = s.a and s.a = t.k1 ¦ r.id = s.r_id and t.k1 = s.a and t.k2 < 5 ¦ r.id = s.r_id and t.c = s.c}} {{ ¦ and r.b > 0 ¦ and s.o}}
--- inner join, four tables
select r.id, s.id as sid, t.k2, {{u.code ¦ u.n}} from r join s on r.id = s.r_id join t on {{t.a = s.a ¦ t.k1 = r.a}} join u on {{u.a = t.k1 ¦ u.code = r.c ¦ u.b = s.a}}
--- self join
select {{x.id, y.id as yid ¦ x.c, y.n ¦ x.a, y.b, x.o}} from r x {{join ¦ left join ¦ full join}} r y on {{x.a = y.b ¦ x.id = y.id ¦ x.a = y.a and y.c = x.c ¦ x.id = y.b}}
--- self join, three occurrences
select x.id, y.id as yid, z.id as zid from g x join g y on y.parent = x.id {{join ¦ left join}} g z on {{z.parent = y.id ¦ z.parent = x.id ¦ z.w = x.w and z.id = y.parent}}
--- self join, non-equi
select x.id, {{y.id as yid ¦ y.w}} from g x join g y on {{x.w = y.w and x.id < y.id ¦ x.id <> y.id and x.parent = y.parent ¦ y.id between x.id and x.id + 2}}
--- cross join
select {{u.code, v.code as other ¦ u.a + v.a as x ¦ u.n, v.b}} from u cross join u v {{ ¦ where u.a < v.a ¦ where u.b is null}}
--- cross join, empty table
select {{u.code, e.id ¦ count(*) as n}} from u {{cross join e ¦ left join e on true ¦ left join e on e.a = u.a ¦ full join e on e.a = u.a}} {{ ¦ where u.a > 0}} {{group by u.code, e.id}}
--- left join
select {{r.id, s.id as sid ¦ r.c, s.n ¦ r.a, s.d ¦ r.id, coalesce(s.n, 0) as n}} from r left join s on {{s.r_id = r.id ¦ s.a = r.a ¦ s.r_id = r.id and s.o ¦ s.r_id = r.id and r.o ¦ s.a = r.a and s.c = r.c ¦ s.a = r.a and s.n > r.n ¦ s.a is not distinct from r.a and s.o}} {{ ¦ where s.id is null ¦ where r.b > 0 ¦ where s.n is not null or r.o}}
--- left join, non-equi
select r.id, s.id as sid from r left join s on {{r.b < s.a ¦ r.d > s.d ¦ s.r_id = r.id or s.a = r.b ¦ s.a <> r.a and s.c = r.c ¦ false ¦ r.o}}
--- right join
select {{r.id, s.id as sid ¦ r.c, s.n ¦ s.a, r.d}} from r right join s on {{s.r_id = r.id ¦ s.a = r.a and r.o ¦ s.c = r.c ¦ s.r_id = r.id and s.n > 1}} {{ ¦ where r.id is null ¦ where s.o}}
--- full join
select {{r.id, s.id as sid ¦ r.c, s.n ¦ coalesce(r.a, s.a) as a ¦ r.a, s.a as sa}} from r full join s on {{s.r_id = r.id ¦ s.a = r.a ¦ s.c = r.c and s.a = r.a ¦ s.r_id = r.id and s.a = r.a}} {{ ¦ where r.id is null or s.id is null ¦ where coalesce(r.o, s.o)}}
--- full join, subselects
select x.a, y.a as ya, x.n, y.m from (select a, {{count(*) as n ¦ sum(b) as n ¦ max(id) as n}} from r group by a) x full join (select a, {{count(*) as m ¦ min(n) as m}} from s where {{o ¦ true ¦ n > 1}} group by a) y on x.a = y.a
--- outer joins, nested
select r.id, s.id as sid, t.k2 from r left join {{(s join t on t.a = s.a) on s.r_id = r.id ¦ (s left join t on t.a = s.a and t.k2 < 5) on s.r_id = r.id ¦ s on s.r_id = r.id left join t on t.k1 = s.a ¦ s on s.r_id = r.id left join t on t.k1 = coalesce(s.a, r.a) ¦ s on s.r_id = r.id join t on t.k1 = r.a ¦ s on s.r_id = r.id full join t on t.k1 = s.a and t.k2 < 4 ¦ (s full join t on t.a = s.a and t.k2 < 4) on s.r_id = r.id}}
--- outer joins, group by
select {{r.a ¦ r.c ¦ s.o}}, count(*) as n, count(s.id) as m, {{sum(s.n) as x ¦ max(s.n) as x ¦ avg(s.n) as x ¦ string_agg(s.c, ',' order by s.c) as x}} from r {{left ¦ right ¦ full}} join s on s.r_id = r.id group by 1
--- lateral
select r.id, x.* from r {{inner ¦ left}} join lateral (select s.id as sid, s.n from s where s.a = r.a order by {{s.n desc nulls last, s.id limit 1 ¦ s.id desc limit 2 ¦ s.n, s.id limit 1 offset 1}}) x on true
--- lateral, aggregate
select r.id, x.* from r left join lateral (select {{count(*) as n ¦ max(s.n) as n ¦ sum(s.n) as n, min(s.d) as d ¦ string_agg(s.c, '|' order by s.c) as n}} from s where {{s.r_id = r.id ¦ s.a = r.a ¦ s.a > r.a ¦ s.a = r.a and s.id <> r.id}}) x on true
--- lateral, unnest
select r.id, x.* from r {{, unnest(r.v) as x (e) ¦ , unnest(r.v) with ordinality as x (e, i) ¦ left join unnest(r.v) as x (e) on true ¦ left join unnest(r.v) with ordinality as x (e, i) on x.e > 1 ¦ , generate_series(1, r.a) as x (e) ¦ left join generate_series(r.a, r.b) as x (e) on true ¦ , jsonb_array_elements(case jsonb_typeof(r.j) when 'array' then r.j else '[]' end) as x (e) ¦ , jsonb_each_text(case jsonb_typeof(r.j) when 'object' then r.j else '{}' end) as x (k, e) ¦ , regexp_split_to_table(r.c, ' ') as x (e) ¦ , lateral (values (1), (r.a), (r.b)) as x (e) ¦ , string_to_table(r.c, 'o') as x (e)}}
--- unnest, group by
select x.e, count(*) as n, {{sum(r.b) as y ¦ max(r.n) as y ¦ array_agg(r.id order by r.id) as y ¦ bool_or(r.o) as y}} from r, {{unnest(r.v) ¦ generate_series(0, r.a)}} as x (e) group by x.e
--- unnest in select list
select {{id, unnest(v) as e ¦ unnest(v) as e ¦ id, generate_series(1, a) as e ¦ distinct unnest(v) as e}} from r
--- in
select id {{, a ¦ , c}} from r where {{a in (select a from s) ¦ id in (select r_id from s where o) ¦ (a, c) in (select a, c from s) ¦ a in (select a from u where u.b = r.b) ¦ c in (select code from u) ¦ a in (select k1 from t group by k1 having count(*) > 2) ¦ a in (select a from s union select k1 from t) ¦ a in (select a from e) ¦ a in (select max(a) from s) ¦ b in (select s.a + 1 from s where s.d = r.d)}}
--- not in
select id {{, a ¦ , c}} from r where {{a not in (select a from s where a is not null) ¦ a not in (select a from s) ¦ id not in (select r_id from s where o) ¦ (a, c) not in (select a, c from s where o) ¦ a not in (select a from e) ¦ a not in (select a from u) ¦ c not in (select code from u where u.b = r.b) ¦ a not in (select b from u where u.a = r.b) ¦ not (a in (select k1 from t where f > 1)) ¦ a not in (select s.a from s where s.r_id = r.id)}}
--- exists
select id {{, a ¦ , c}} from r where {{exists (select 1 from s where s.r_id = r.id) ¦ exists (select 1 from s where s.a = r.a and s.o) ¦ exists (select 1 from s where s.a > r.a and s.c = r.c) ¦ exists (select 1 from e) ¦ exists (select 1 from s join t on t.a = s.a where s.r_id = r.id) ¦ exists (select 1 from s where s.r_id = r.id) or r.b > 5 ¦ exists (select s.a from s where s.r_id = r.id group by s.a having count(*) > 1) ¦ r.o and exists (select 1 from r y where y.a = r.a and y.id <> r.id) ¦ exists (select 1 from s where s.r_id = r.id and exists (select 1 from t where t.k1 = s.a and t.c = r.c)) ¦ exists (select 1 from s where s.a is not distinct from r.a)}}
--- not exists
select id {{, a ¦ , c}} from r where {{not exists (select 1 from s where s.r_id = r.id) ¦ not exists (select 1 from s where s.a = r.a and s.o) ¦ not exists (select 1 from s where s.a <> r.a and s.r_id = r.id) ¦ not exists (select 1 from e) ¦ not exists (select 1 from s where s.r_id = r.id and not exists (select 1 from t where t.k1 = s.a)) ¦ not exists (select 1 from s where s.r_id = r.id) or a = 1 ¦ not exists (select 1 from r y where y.a = r.a and y.id < r.id) ¦ exists (select 1 from s where s.r_id = r.id) and not exists (select 1 from t where t.a = r.a)}}
--- exists in select list
select id, {{exists (select 1 from s where s.r_id = r.id) as x ¦ not exists (select 1 from s where s.a = r.a) as x ¦ a in (select s.a from s where s.o) as x ¦ a not in (select t.a from t where t.k1 = r.b) as x ¦ case when exists (select 1 from t where t.a = r.a) then a else b end as x ¦ a = any (select t.k1 from t where t.c = r.c) as x}} from r
--- any, all
select id, a from r where {{a = any (select a from s where o) ¦ a > all (select a from s where s.c = r.c) ¦ a >= all (select a from e) ¦ a <> any (select k1 from t where t.c = r.c) ¦ a < any (select s.a from s where s.r_id <> r.id and s.o) ¦ a <> all (select a from u) ¦ n > any (select n from u) ¦ b <= all (select s.a from s where s.r_id = r.id)}}
--- scalar subquery
select id, {{(select count(*) from s) as x ¦ (select max(n) from s) as x ¦ a - (select min(a) from s) as x ¦ (select c from s order by id limit 1) as x ¦ (select avg(a) from e) as x ¦ n / nullif((select sum(n) from r y), 0) as x}} from r {{ ¦ where a >= (select avg(a) from r) ¦ where n = (select max(n) from s where o) ¦ where b > (select count(*) from e)}}
--- correlated subquery
select id, {{(select count(*) from s where s.r_id = r.id) as x ¦ (select max(s.n) from s where s.a = r.a) as x ¦ (select sum(s.n) from s where s.a > r.a) as x ¦ (select string_agg(s.c, ',' order by s.c) from s where s.r_id = r.id) as x ¦ (select s.c from s where s.r_id = r.id order by s.n nulls first, s.id limit 1) as x ¦ (select array_agg(s.id order by s.id) from s where s.a = r.a) as x ¦ (select count(*) from t where t.k1 = r.a and t.k2 < (select avg(b) from r y where y.a = r.a)) as x ¦ array(select s.id from s where s.a = r.a order by s.id) as x}} from r
--- correlated subquery, where
select id, a, b from r where {{b > (select avg(b) from r y where y.a = r.a) ¦ n = (select max(n) from r y where y.c = r.c) ¦ id = (select min(id) from r y where y.a is not distinct from r.a) ¦ 2 <= (select count(*) from s where s.a = r.a) ¦ (select count(*) from s where s.r_id = r.id) = 0 ¦ b < (select sum(s.a) from s where s.r_id = r.id)}}
--- group by, count
select {{a ¦ c ¦ o ¦ n ¦ d ¦ a % 2 as x ¦ coalesce(a, -1) as x ¦ v ¦ j ¦ f ¦ length(c) as x}}, count(*) as cnt {{ ¦ , count(b) as m ¦ , count(*) filter (where o) as m}} from r {{ ¦ where b is not null}} group by 1 {{ ¦ having count(*) > 1}}
--- group by, two keys
select a, {{c ¦ o ¦ d}}, count(*) as cnt, {{sum(b) as x ¦ avg(n) as x ¦ min(id) as x}} from r group by 1, 2
--- group by, sum
select {{a ¦ c ¦ o}}, {{sum(b) as x ¦ sum(n) as x ¦ sum(f) as x ¦ avg(b) as x ¦ avg(n) as x ¦ avg(f) as x ¦ sum(b) as x, avg(b) as y, count(b) as z ¦ sum(b * 2 + 1) as x ¦ sum(case when o then b else 0 end) as x ¦ sum(b::bigint) as x ¦ sum(b) filter (where a > 1) as x ¦ sum(ts - timestamp '2024-01-01') as x}} from r group by 1
--- group by, min, max
select {{a ¦ c ¦ o}}, {{min(b) as x ¦ max(n) as x ¦ min(c) as x ¦ max(d) as x, min(d) as y ¦ max(f) as x ¦ min(v) as x ¦ max(b) filter (where o) as x ¦ min(ts) as x, max(ts) as y ¦ max(a + b) as x}} from r group by 1
--- group by, bool
select {{a ¦ c ¦ d}}, {{bool_and(o) as x ¦ bool_or(o) as x ¦ every(b > 0) as x ¦ bool_or(a = b) as x ¦ bit_and(b) as x, bit_or(b) as y ¦ bool_and(o) filter (where b > 0) as x}} from r group by 1
--- group by, string_agg
select {{a ¦ o ¦ d}}, {{string_agg(c, ',' order by c) as x ¦ string_agg(c, '-' order by id desc) as x ¦ string_agg(distinct c, ',' order by c) as x ¦ string_agg(c || id, ',' order by b nulls first, id) filter (where b > 0) as x}} from r group by 1
--- group by, array_agg
select {{a ¦ o ¦ c}}, {{array_agg(id order by id) as x ¦ array_agg(b order by b nulls first) as x ¦ array_agg(distinct b order by b) as x ¦ array_agg(n order by n desc, id) as x ¦ jsonb_agg(b order by b) as x ¦ jsonb_agg(j order by id) as x ¦ jsonb_object_agg(id, c order by id) as x ¦ jsonb_agg(distinct c order by c) as x ¦ array_agg(c order by id) filter (where o) as x}} from r group by 1
--- group by, count distinct
select {{a ¦ o ¦ c}}, {{count(distinct b) as x ¦ count(distinct n) as x ¦ count(distinct c), sum(distinct b) as x ¦ count(distinct (b, c)) as x ¦ avg(distinct b) as x ¦ count(distinct b) filter (where o) as x, count(b) as y ¦ count(distinct f) as x ¦ count(distinct j) as x}} from r group by 1
--- group by, percentile
select {{a ¦ o ¦ c}}, {{percentile_cont(0.5) within group (order by f) as x ¦ percentile_cont(0.25) within group (order by b) as x ¦ percentile_disc(0.5) within group (order by b) as x ¦ percentile_disc(0.9) within group (order by c) as x ¦ percentile_cont(array[0.25, 0.75]) within group (order by f) as x ¦ rank(2) within group (order by b) as x ¦ mode() within group (order by o) filter (where o) as x}} from r group by 1
--- group by, variance
select {{a ¦ o ¦ c}}, {{variance(b) as x ¦ stddev(n) as x ¦ var_pop(b) as x ¦ stddev_pop(f) as x ¦ regr_count(b, f) as x ¦ covar_pop(b, f) as x ¦ var_samp(n) as x, count(n) as y ¦ stddev_samp(b) filter (where o) as x}} from r group by 1
--- group by, custom aggregate
select {{a ¦ o ¦ c}}, {{public.product(b) as x ¦ public.product(n) as x ¦ public.concatenation(c order by c) as x ¦ public.product(distinct b) as x ¦ public.product(b) filter (where b > 0) as x}} from r group by 1
--- group by, having
select a, {{count(*) as x ¦ sum(b) as x ¦ max(n) as x}} from r group by a having {{count(*) > 2 ¦ sum(b) > 5 ¦ max(n) = 1 ¦ count(distinct c) > 1 ¦ bool_or(o) ¦ avg(b) > 2 ¦ sum(b) is null ¦ count(*) > (select count(*) from u) ¦ min(b) < a ¦ a in (select a from u)}}
--- group by, having without aggregate in list
select {{a ¦ c ¦ a, o}} from r group by {{a, c, o}} having {{count(*) >= 1 ¦ sum(b) > 3 ¦ max(id) > 50}}
--- scalar aggregate
select {{count(*) as x ¦ sum(b) as x ¦ min(c) as x, max(c) as y ¦ avg(n) as x ¦ count(distinct a) as x ¦ string_agg(c, ',' order by c, id) as x ¦ sum(f) as x ¦ array_agg(a order by id) as x ¦ percentile_disc(0.5) within group (order by b) as x ¦ bool_and(o) as x ¦ public.product(b) as x}} from {{r ¦ (select * from r where a = 1) z ¦ (select * from r where false) z}} {{ ¦ having count(*) > 10}}
--- scalar aggregate, empty table
select {{count(*) as x, sum(a) as y ¦ max(a) as x ¦ array_agg(a order by a) as x ¦ coalesce(sum(a), 0) as x}} from e {{ ¦ where a > 1 ¦ having count(*) > 0}}
--- group by, join
select {{r.c ¦ r.a ¦ s.o ¦ r.a, s.c}}, {{count(*) as x ¦ sum(s.n) as x ¦ sum(r.b * s.a) as x ¦ max(s.n) as x ¦ count(distinct s.a) as x ¦ avg(s.n) as x, min(r.b) as y ¦ string_agg(s.c, ',' order by s.c, s.id) as x}} from r join s on {{s.r_id = r.id ¦ s.a = r.a}} group by {{r.c, r.a, s.o, s.c}}
--- group by primary key
select r.id, r.c, r.n, {{count(s.id) as x ¦ sum(s.n) as x ¦ max(s.d) as x}} from r left join s on s.r_id = r.id group by r.id {{ ¦ having count(s.id) > 0}}
--- grouping sets
select a, {{o ¦ c}} as y, count(*) as cnt, {{sum(b) as x ¦ grouping(a) as x ¦ max(n) as x ¦ count(distinct b) as x}} from r group by {{rollup (a, 2) ¦ cube (a, 2) ¦ grouping sets ((a), (2)) ¦ grouping sets ((a, 2), (a), ()) ¦ a, rollup (2) ¦ grouping sets ((a, 2), (a, 2), ()) ¦ distinct rollup (a, 2), rollup (a)}}
--- nested aggregate
select {{n ¦ m}} as y, count(*) as x {{ ¦ , max(m) as z ¦ , sum(n) as z}} from (select a, count(*) as n, {{sum(b) as m ¦ max(b) as m}} from r group by a) q group by 1
--- nested aggregate, scalar
select {{max(n) as x ¦ avg(n) as x ¦ sum(n) - max(n) as x ¦ min(n) filter (where n > 1) as x}} from (select {{a ¦ c ¦ a, o}}, {{count(*) as n ¦ sum(b) as n}} from r group by {{a, c, o ¦ a, c, o, d}}) q
--- distinct
select distinct {{a ¦ a, b ¦ c ¦ n ¦ o, d ¦ v ¦ j ¦ f, a ¦ a + b as x ¦ upper(c) as x}} from r {{ ¦ where o ¦ where b > 0}}
--- distinct, join
select distinct {{r.a, s.c ¦ r.c ¦ s.a, r.o}} from r {{join ¦ left join}} s on {{s.r_id = r.id ¦ s.a = r.a}}
--- distinct, group by
select distinct {{count(*) as x ¦ max(b) as x, count(*) as y ¦ a % 2 as x, count(*) as y}} from r group by a
--- distinct on
select distinct on {{(c) c, id, b from r order by c, id ¦ (a, o) r.* from r order by a, o, b desc nulls last, id ¦ (c) id, n from r where b is not null order by c desc, id desc ¦ (a + b) a, b, id from r order by a + b, id ¦ (a) a from r order by a}}
--- distinct on
select distinct on (a) a, {{id, n ¦ id, b, c}} from {{r ¦ (select * from r where o) z}} order by a, {{id ¦ n desc, id ¦ b nulls first, c, id desc ¦ d desc nulls last, id}}
--- distinct on, join
select distinct on (r.id) r.id, s.id as sid, s.n from r {{join ¦ left join}} s on {{s.r_id = r.id ¦ s.a = r.a}} order by r.id, {{s.n, s.id ¦ s.d desc, s.id desc}}
--- union all
select {{a from r union all select a ¦ a, c from r union all select a, c ¦ c from r where b > 0 union all select c}} from {{s ¦ t ¦ e ¦ r where o}}
--- set operations
select {{a}} from r {{ ¦ where b > 0}} {{union ¦ intersect ¦ except ¦ intersect all ¦ except all ¦ union all}} select {{a ¦ k1}} from {{t ¦ t where k2 < 6}}
--- set operations, several columns
select a, c from r {{ ¦ where o}} {{union ¦ intersect ¦ except ¦ intersect all ¦ except all}} select a, c from {{s ¦ t ¦ e}}
--- set operations, nested
select a from r {{union ¦ except ¦ except all ¦ union all}} {{(select a from s intersect select a from t) ¦ (select a from s except all select k1 from t) ¦ (select a from u union all select b from u) ¦ (select a from s order by a nulls last limit 3)}}
--- set operations, group by
select a, count(*) as n from (select a from r {{union all ¦ union ¦ except all}} select a from s) q group by a
--- set operations, numerics
select n from r {{union ¦ intersect ¦ except ¦ intersect all ¦ except all}} select n from {{s ¦ u}}
--- cte
with q as {{ ¦ materialized ¦ not materialized}} (select a, {{count(*) as n ¦ sum(b) as n ¦ max(b) as n}} from r group by a) select {{q.a, q.n, s.id from q join s on s.a = q.a ¦ x.a, y.a as ya from q x join q y on x.n = y.n ¦ q.* from q where n >= (select avg(n) from q) ¦ a from q where n > 1 union all select a from q where a > 1 ¦ sum(n) as n from q}}
--- cte, several
with x as (select id, a, b from r where o), y as (select a, count(*) as n from x group by a), z as (select {{x.id, y.n from x join y on x.a = y.a ¦ x.id, x.b as n from x where a in (select a from y where n > 1)}}) select {{* from z ¦ n, count(*) as cnt from z group by n ¦ z.*, u.code from z left join u on u.a = z.n}}
--- recursive cte
with recursive q (id, root, depth) as (select id, id, 0 from g where parent is null union all select g.id, q.root, q.depth + 1 from g join q on g.parent = q.id where q.depth < 20) select {{* from q ¦ root, count(*) as n, max(depth) as depth from q group by root ¦ q.*, r.c from q left join r on r.id = q.id}}
--- recursive cte, circles
with recursive q (id, up) as (select id, parent from g union select q.id, g.parent from q join g on g.id = q.up) select {{* from q ¦ id from q where up = id ¦ up, count(*) as n from q group by up ¦ g.w, count(distinct q.id) as n from q join g on g.id = q.up group by g.w}}
--- recursive cte, cycle clause
with recursive q (id, depth) as (select id, 0 from g where {{w = 0 ¦ parent is null}} union all select g.id, q.depth + 1 from g join q on g.parent = q.id) cycle id set looped using path select {{id, depth, looped from q ¦ id, count(*) as n from q group by id}}
--- recursive cte, numbers
with recursive q (i) as (select {{min(a) ¦ 0}} from r union all select i + 1 from q where i < (select {{max(a) ¦ count(*)}} from {{r ¦ s ¦ u}})) select q.i, count(t.k2) as n from q left join t on t.k1 = q.i group by q.i
--- window, row_number
select id, {{a ¦ c}}, {{row_number() ¦ rank() ¦ dense_rank() ¦ percent_rank() ¦ cume_dist() ¦ ntile(3)}} over (partition by {{a ¦ o ¦ c, o}} order by {{b, id ¦ n desc nulls last, id}}) as x from r
--- window, peers
select id, {{rank() ¦ dense_rank() ¦ count(*) ¦ sum(b) ¦ max(n) ¦ cume_dist()}} over (partition by {{a ¦ o}} order by {{b ¦ d nulls first}}) as x from r
--- window, no order
select {{id, a ¦ a}}, {{count(*) ¦ sum(b) ¦ avg(n) ¦ min(d) ¦ bool_or(o) ¦ max(f)}} over (partition by {{a ¦ c ¦ a, o}}) as x from r {{ ¦ where b > 0}}
--- window, whole table
select id, {{row_number() over (order by b, id) as x ¦ sum(b) over (order by id) as x ¦ count(*) over () as x ¦ n / nullif(sum(n) over (), 0) as x ¦ lag(b) over (order by id) as x ¦ ntile(4) over (order by id desc) as x}} from r
--- window, lag
select id, {{lag(b) ¦ lead(b) ¦ lag(b, 2, 0) ¦ first_value(c) ¦ last_value(b) ¦ nth_value(b, 2) ¦ lead(c, 1, 'none')}} over (partition by {{a ¦ o}} order by {{b, id ¦ id}}) as x from r
--- window, frames
select id, {{sum(b) ¦ avg(b) ¦ count(*) ¦ max(b) ¦ last_value(id) ¦ array_agg(id)}} over (partition by {{a ¦ o}} order by id {{rows between 1 preceding and 1 following ¦ rows between unbounded preceding and current row ¦ rows between current row and unbounded following ¦ range between 5 preceding and 5 following ¦ rows between 2 preceding and 1 preceding ¦ groups between 1 preceding and current row ¦ rows between unbounded preceding and unbounded following exclude current row}}) as x from r
--- window, range with ties
select id, {{sum(b) ¦ count(*) ¦ max(n)}} over (partition by o order by {{a range between 1 preceding and 1 following ¦ d range between interval '1 month' preceding and current row ¦ a groups between 1 preceding and 1 following ¦ a range between unbounded preceding and current row exclude ties ¦ a nulls first, b groups current row}}) as x from r
--- window, two partitions
select id, {{rank() over (partition by a order by b) as x, count(*) over (partition by c) as y ¦ sum(b) over w as x, max(b) over w as y from r window w as (partition by o order by id) union all select 0, 0, 0 ¦ sum(b) over (partition by a) as x, sum(b) over (partition by a, o) as y}} {{from r}}
--- window, top-N per group
select * from (select id, a, b, row_number() over (partition by {{a ¦ o}} order by {{b desc nulls last, id ¦ n, id}}) as rn from r) q where rn <= {{1 ¦ 3}}
--- window, group by
select {{a ¦ o}}, sum(b) as x, {{rank() over (order by sum(b) desc nulls last) as rk ¦ sum(count(*)) over () as rk ¦ sum(b)::numeric / nullif(sum(sum(b)) over (), 0) as rk}} from r group by 1
--- window, join
select r.id, s.id as sid, {{rank() over (partition by r.id order by s.n nulls first) as x ¦ sum(s.n) over (partition by r.a) as x ¦ row_number() over (partition by s.a order by r.id, s.id) as x}} from r {{join ¦ left join}} s on s.r_id = r.id
--- limit
select {{id, a ¦ id, c, n ¦ r.*}} from r order by {{id ¦ a nulls first, id ¦ n desc, id ¦ c, b desc, id}} limit {{3 ¦ 7 offset 2 ¦ 1}}
--- limit, with ties
select id, a from r order by {{a ¦ b desc nulls last ¦ d}} fetch first {{2 ¦ 4}} rows with ties
--- limit, group by
select {{a ¦ c}} as x, count(*) as n from r group by 1 order by n desc, 1 nulls last limit {{1 ¦ 3}}
--- limit, join
select r.id, s.id as sid, s.n from r join s on {{s.r_id = r.id ¦ s.a = r.a}} order by {{s.n desc nulls last, r.id, s.id ¦ r.id, s.id}} limit {{5 ¦ 3 offset 3}}
--- offset
select id from r {{where o ¦ where a > 0}} order by {{id ¦ b nulls first, id desc}} offset {{3 ¦ 1}}
--- limit in derived table
select {{sum(b) as x ¦ count(*) as x ¦ max(c) as x}} from (select * from r order by {{id ¦ a, id}} limit {{4 ¦ 10}}) q
--- values
select w.label, {{count(r.id) as n ¦ sum(r.b) as n}} from (values (0, 'zero'), (1, 'one'), (2, 'two'), (null, 'none')) as w (a, label) {{left join ¦ join}} r on {{r.a = w.a ¦ r.a is not distinct from w.a}} group by w.label
--- values, no table
{{values (1, 'a'), (2, null), (2, null) ¦ select 1 as one, 'x' as x ¦ select * from generate_series(1, 3) as q (i) ¦ select i, count(*) as n from (values (1), (1), (null)) as q (i) group by i}}
--- derived table
select q.x, {{q.cnt ¦ q.cnt + 1 as y}} from (select {{a as x, count(*) as cnt from r group by a ¦ a as x, b as cnt from r where o ¦ distinct a as x, b as cnt from r ¦ a as x, id as cnt from s order by id limit 5}}) q where {{q.cnt > 1 ¦ q.x is not null ¦ q.x in (select a from u)}}
--- derived table, join
select x.a, x.n, y.m from (select a, count(*) as n from r group by a) x {{join ¦ left join}} (select a, {{max(n) ¦ sum(n) ¦ count(distinct c)}} as m from s group by a) y on {{x.a = y.a ¦ x.n = y.a ¦ x.a = y.a and x.n > 1}}
--- now
select id, {{d < now() as past ¦ a ¦ ts}} from r where {{ts < now() ¦ d < current_date ¦ ts > now() - interval '100 years' ¦ coalesce(ts, 'infinity') > now()}}
--- tables with composite keys
select {{k1, count(*) as x ¦ k1, sum(f) as x ¦ k1, max(k2) as x ¦ a, string_agg(c, ',' order by k1, k2) as x}} from t group by 1
--- tables with text keys
select u.code, {{count(r.id) as x ¦ sum(r.n) as x ¦ max(r.d) as x}} from u left join r on {{r.c = u.code ¦ r.a = u.a ¦ r.c = u.code and r.a = u.a}} group by u.code
--- case, set-returning
select id, case when a > (select avg(a) from r) then 'above' when exists (select 1 from s where s.r_id = r.id) then {{'known' ¦ c}} else null end as x from r {{ ¦ where o}}
--- system functions
select id, {{md5(c) as x ¦ format('%s-%s', a, c) as x ¦ concat_ws('/', a, b, c) as x ¦ reverse(c) as x ¦ encode(convert_to(c, 'UTF8'), 'hex') as x ¦ num_nulls(a, b, c) as x ¦ width_bucket(b, 0, 10, 5) as x ¦ lpad(c, 5, '*') as x ¦ |/ abs(b)::float8 as x ¦ a # b as x ¦ int4range(least(a, b), greatest(a, b)) as x}} from r
