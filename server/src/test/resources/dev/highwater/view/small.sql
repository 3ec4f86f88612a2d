--- v0001: where
select id, coalesce(a, b, 0) as x from r where a is null
--- v0002: where
select id, a from r where b between 0 and 4
--- v0003: where
select r.*, a is null as z from r where a > 1
--- v0004: where
select r.*, a is null as z from r 
--- v0005: where
select id, c, n from r where b between 0 and 4
--- v0006: where
select id, a from r where a is null
--- v0007: where
select id, c, n from r where a is null
--- v0008: where
select id, coalesce(a, b, 0) as x from r 
--- v0009: where
select r.*, a is null as z from r where a is null
--- v0010: bag, where
select j from r where a is not null
--- v0011: bag, where
select j from r where a in (1, 2, null)
--- v0012: bag, where
select n from r where a is not null
--- v0013: bag, where
select a, b from r where a is not null
--- v0014: bag, where
select j from r where n = 1
--- v0015: bag, where
select n from r where c like 'f%'
--- v0016: bag, where
select j from r where c like 'f%'
--- v0017: bag, where
select v, a from r where c like 'f%'
--- v0018: bag, where
select a from r where c like 'f%'
--- v0019: three-valued logic, where
select id from r where (a = 1) is unknown
--- v0020: three-valued logic, where
select id from r where nullif(a, b) is null
--- v0021: three-valued logic, where
select id from r where not (a > b)
--- v0022: three-valued logic, where
select id from r where a not in (1, null)
--- v0023: three-valued logic, where
select id from r where (a, b) is not null
--- v0024: three-valued logic, where
select id from r where coalesce(a > b, o)
--- v0025: three-valued logic, where
select id from r where a <> all (v)
--- v0026: three-valued logic, where
select id from r where (a, b) in ((1, 2), (2, 3), (null, 1))
--- v0027: three-valued logic, where
select id from r where a = null
--- v0028: text, where
select id, c from r where c like 'q\%'
--- v0029: text, where
select id, c from r where c = ''
--- v0030: text, where
select id, c from r where c !~* 'B'
--- v0031: text, where
select id, c from r where starts_with(c, 'foo')
--- v0032: text, where
select id, c from r where length(c) > 1
--- v0033: text, where
select id, c from r where c || 'x' = 'ax'
--- v0034: text, where
select id, c from r where c ilike 'A%'
--- v0035: text, where
select id, c from r where c not like '%o%'
--- v0036: text, where
select id, c from r where c similar to '(a|b)%'
--- v0037: casts, projection
select id, d::timestamp as x, upper(c) as y from r
--- v0038: casts, projection
select id, a::numeric / 3 as x, greatest(a, b, 1) as y from r
--- v0039: casts, projection
select id, b::float8 * 0.5 as x, greatest(a, b, 1) as y from r
--- v0040: casts, projection
select id, a::text as x, public.twice(a) as y from r
--- v0041: casts, projection
select id, c::varchar(3) as x, case when a > 1 then 'big' when a is null then 'none' else 'small' end as y from r
--- v0042: casts, projection
select id, f::numeric(10,3) as x, public.twice(a) as y from r
--- v0043: casts, projection
select id, f::numeric(10,3) as x, abs(b) as y from r
--- v0044: casts, projection
select id, d::timestamp as x, b % 3 as y from r
--- v0045: casts, projection
select id, a::bigint as x, abs(b) as y from r
--- v0046: intervals, projection
select id, age(ts, timestamp '2024-01-01') as x from r where (d, d + 5) overlaps (date '2024-02-27', date '2024-03-02')
--- v0047: intervals, projection
select id, extract(dow from d) as x from r where d < date '2024-02-01' + interval '2 weeks'
--- v0048: intervals, projection
select id, ts - interval '1 day 2 hours' as x from r 
--- v0049: intervals, projection
select id, ts::date as x from r where ts >= timestamp '2024-02-01'
--- v0050: intervals, projection
select id, (ts - d::timestamp) as x from r where ts >= timestamp '2024-02-01'
--- v0051: intervals, projection
select id, ts - interval '1 day 2 hours' as x from r where ts >= timestamp '2024-02-01'
--- v0052: intervals, projection
select id, d + interval '1 month' as x from r where (d, d + 5) overlaps (date '2024-02-27', date '2024-03-02')
--- v0053: intervals, projection
select id, (ts - d::timestamp) as x from r where d < date '2024-02-01' + interval '2 weeks'
--- v0054: intervals, projection
select id, to_char(d, 'YYYY-MM') as x from r where d < date '2024-02-01' + interval '2 weeks'
--- v0055: jsonb, projection
select id, j #> '{l,0}' as x from r where j ?| array['t', 'l']
--- v0056: jsonb, projection
select id, jsonb_typeof(j) as x from r 
--- v0057: jsonb, projection
select id, j @> '{"k": 1}' as x from r where j ? 'k'
--- v0058: jsonb, projection
select id, jsonb_build_object('a', a, 'c', c) as x from r 
--- v0059: jsonb, projection
select id, j #> '{l,0}' as x from r where j @> '{"t": "x"}'
--- v0060: jsonb, projection
select id, jsonb_typeof(j) as x from r where j ? 'k'
--- v0061: jsonb, projection
select id, j -> 'k' as x from r where j ?| array['t', 'l']
--- v0062: jsonb, projection
select id, jsonb_typeof(j) as x from r where j @> '{"t": "x"}'
--- v0063: jsonb, projection
select id, jsonb_typeof(j) as x from r where j is not null and j <> 'null'
--- v0064: arrays, projection
select id, v || 7 as x from r where v <> '{}'
--- v0065: arrays, projection
select id, v[1] as x from r where 1 = any (v)
--- v0066: arrays, projection
select id, v @> array[1] as x from r 
--- v0067: arrays, projection
select id, array[a, b] as x from r where 1 = any (v)
--- v0068: arrays, projection
select id, array_remove(v, 2) as x from r where v <> '{}'
--- v0069: arrays, projection
select id, array_to_string(v, ',', '*') as x from r where v is null
--- v0070: arrays, projection
select id, v && array[3, 4] as x from r where 1 = any (v)
--- v0071: arrays, projection
select id, v || 7 as x from r where 1 = any (v)
--- v0072: arrays, projection
select id, v[2:] as x from r where v <> '{}'
--- v0073: projection, text search
select id, ts_rank(to_tsvector('english', c), plainto_tsquery('english', 'quick fox')) as x from r where to_tsvector('english', c) @@ plainto_tsquery('english', 'foo')
--- v0074: projection, text search
select id, to_tsvector('english', c) as x from r where to_tsvector('english', c) @@ plainto_tsquery('english', 'foo')
--- v0075: projection, text search
select id, ts_headline('english', c, to_tsquery('english', 'fox')) as x from r where to_tsvector('english', c) @@ plainto_tsquery('english', 'foo')
--- v0076: projection, text search
select id, to_tsvector('english', c) @@ to_tsquery('english', 'fox | bar') as x from r where to_tsvector('english', c) @@ plainto_tsquery('english', 'foo')
--- v0077: projection, text search
select id, ts_rank(to_tsvector('english', c), plainto_tsquery('english', 'quick fox')) as x from r where c is not null
--- v0078: projection, text search
select id, ts_rank(to_tsvector('english', c), plainto_tsquery('english', 'quick fox')) as x from r where to_tsvector('simple', coalesce(c, '')) @@ 'the & quick'::tsquery
--- v0079: projection, text search
select id, to_tsvector('english', c) @@ to_tsquery('english', 'fox | bar') as x from r where c is not null
--- v0080: projection, text search
select id, ts_headline('english', c, to_tsquery('english', 'fox')) as x from r where c is not null
--- v0081: projection, text search
select id, to_tsvector('english', c) as x from r where to_tsvector('simple', coalesce(c, '')) @@ 'the & quick'::tsquery
--- v0082: equi, inner join
select r.c, s.n from r join s on r.c = s.c
--- v0083: equi, inner join
select r.c, s.n from r join s on r.id = s.r_id
--- v0084: equi, inner join
select r.a, s.a as sa, r.o from r join s on r.id = s.r_id and s.n > 1
--- v0085: equi, inner join
select r.c, s.n from r inner join s on r.c = s.c
--- v0086: equi, inner join
select r.id, r.n * s.n as x from r join s on r.c = s.c
--- v0087: equi, inner join
select r.c, s.n from r inner join s on r.a = s.a and r.o = s.o
--- v0088: equi, inner join
select r.id, r.n * s.n as x from r inner join s on r.id = s.r_id
--- v0089: equi, inner join
select s.c, count(*) over () as n from r join s on r.d = s.d and r.c is not null
--- v0090: equi, inner join
select r.id, s.id as s_id from r inner join s on r.id = s.r_id and s.n > 1
--- v0091: inner join, non-equi
select r.id, s.id as sid from r join s on r.c < s.c and r.a = s.a
--- v0092: inner join, non-equi
select r.id, s.n from r join s on r.c < s.c and r.a = s.a
--- v0093: inner join, non-equi
select r.id, s.a from r join s on r.c < s.c and r.a = s.a
--- v0094: inner join, non-equi
select r.id, s.id as sid from r join s on s.a = any (r.v)
--- v0095: inner join, non-equi
select r.id, s.n from r join s on r.a is not distinct from s.a and r.o
--- v0096: inner join, non-equi
select r.id, s.n from r join s on r.a <> s.a and r.id = s.r_id
--- v0097: inner join, non-equi
select r.id, s.id as sid from r join s on r.d < s.d and s.o
--- v0098: inner join, non-equi
select r.id, s.id as sid from r join s on r.b < s.a and r.o
--- v0099: inner join, non-equi
select r.id, s.a from r join s on s.a = any (r.v)
--- v0100: inner join, using
select * from (select id, a, c from s) x full join (select a, code from u) y using (a)
--- v0101: inner join, using
select * from (select id, a, c from r) x join (select a, c as k, f from t) y using (a)
--- v0102: inner join, using
select * from (select id, a, c from s) x join (select a, c as k, f from t) y using (a)
--- v0103: inner join, using
select * from (select id, a, c from r) x left join (select a, code from u) y using (a)
--- v0104: inner join, using
select * from (select id, a, c from s) x natural join (select a, b from u) y
--- v0105: inner join, using
select * from (select id, a, c from r) x full join (select a, code from u) y using (a)
--- v0106: inner join, using
select * from (select id, a, c from r) x natural join (select a, b from u) y
--- v0107: inner join, using
select * from (select id, a, c from s) x join (select a, c, k2 from t) y using (a, c)
--- v0108: inner join, using
select * from (select id, a, c from r) x join (select a, c, k2 from t) y using (a, c)
--- v0109: inner join, three tables
select r.c, s.c as sc, t.c as tc from r, s, t where r.id = s.r_id and t.k1 = s.a and t.k2 < 5 
--- v0110: inner join, three tables
select r.c, s.c as sc, t.c as tc from r, s, t where r.id = s.r_id and t.k1 = s.a and t.k2 < 5 and s.o
--- v0111: inner join, three tables
select r.id, t.k2 from r, s, t where r.id = s.r_id and t.k1 = s.a and t.k2 < 5 
--- v0112: inner join, three tables
select r.id, t.k2 from r, s, t where r.id = s.r_id and t.c = s.c and r.b > 0
--- v0113: inner join, three tables
select r.id, t.k2 from r, s, t where r.id = s.r_id and t.k1 = s.a and t.k2 < 5 and s.o
--- v0114: inner join, three tables
select r.id, t.k2 from r, s, t where r.a = s.a and s.a = t.k1 
--- v0115: inner join, three tables
select r.id, t.k2 from r, s, t where r.id = s.r_id and t.a = r.a and r.b > 0
--- v0116: inner join, three tables
select r.c, s.c as sc, t.c as tc from r, s, t where r.a = s.a and s.a = t.k1 
--- v0117: inner join, three tables
select s.n, t.f from r, s, t where r.id = s.r_id and t.k1 = s.a and t.k2 < 5 and r.b > 0
--- v0118: four tables, inner join
select r.id, s.id as sid, t.k2, u.n from r join s on r.id = s.r_id join t on t.a = s.a join u on u.b = s.a
--- v0119: four tables, inner join
select r.id, s.id as sid, t.k2, u.code from r join s on r.id = s.r_id join t on t.k1 = r.a join u on u.b = s.a
--- v0120: four tables, inner join
select r.id, s.id as sid, t.k2, u.n from r join s on r.id = s.r_id join t on t.k1 = r.a join u on u.a = t.k1
--- v0121: four tables, inner join
select r.id, s.id as sid, t.k2, u.code from r join s on r.id = s.r_id join t on t.a = s.a join u on u.b = s.a
--- v0122: four tables, inner join
select r.id, s.id as sid, t.k2, u.code from r join s on r.id = s.r_id join t on t.a = s.a join u on u.a = t.k1
--- v0123: four tables, inner join
select r.id, s.id as sid, t.k2, u.n from r join s on r.id = s.r_id join t on t.k1 = r.a join u on u.code = r.c
--- v0124: four tables, inner join
select r.id, s.id as sid, t.k2, u.code from r join s on r.id = s.r_id join t on t.k1 = r.a join u on u.code = r.c
--- v0125: four tables, inner join
select r.id, s.id as sid, t.k2, u.n from r join s on r.id = s.r_id join t on t.a = s.a join u on u.code = r.c
--- v0126: four tables, inner join
select r.id, s.id as sid, t.k2, u.n from r join s on r.id = s.r_id join t on t.k1 = r.a join u on u.b = s.a
--- v0127: self join
select x.id, y.id as yid from r x join r y on x.id = y.b
--- v0128: self join
select x.c, y.n from r x join r y on x.a = y.b
--- v0129: self join
select x.c, y.n from r x full join r y on x.a = y.a and y.c = x.c
--- v0130: self join
select x.id, y.id as yid from r x full join r y on x.id = y.b
--- v0131: self join
select x.id, y.id as yid from r x join r y on x.id = y.id
--- v0132: self join
select x.a, y.b, x.o from r x join r y on x.a = y.b
--- v0133: self join
select x.a, y.b, x.o from r x join r y on x.id = y.id
--- v0134: self join
select x.c, y.n from r x full join r y on x.a = y.b
--- v0135: self join
select x.a, y.b, x.o from r x left join r y on x.a = y.b
--- v0136: self join, three occurrences
select x.id, y.id as yid, z.id as zid from g x join g y on y.parent = x.id left join g z on z.parent = x.id
--- v0137: self join, three occurrences
select x.id, y.id as yid, z.id as zid from g x join g y on y.parent = x.id join g z on z.parent = x.id
--- v0138: self join, three occurrences
select x.id, y.id as yid, z.id as zid from g x join g y on y.parent = x.id left join g z on z.parent = y.id
--- v0139: self join, three occurrences
select x.id, y.id as yid, z.id as zid from g x join g y on y.parent = x.id left join g z on z.w = x.w and z.id = y.parent
--- v0140: self join, three occurrences
select x.id, y.id as yid, z.id as zid from g x join g y on y.parent = x.id join g z on z.parent = y.id
--- v0141: self join, three occurrences
select x.id, y.id as yid, z.id as zid from g x join g y on y.parent = x.id join g z on z.w = x.w and z.id = y.parent
--- v0142: non-equi, self join
select x.id, y.id as yid from g x join g y on x.w = y.w and x.id < y.id
--- v0143: non-equi, self join
select x.id, y.id as yid from g x join g y on y.id between x.id and x.id + 2
--- v0144: non-equi, self join
select x.id, y.w from g x join g y on x.id <> y.id and x.parent = y.parent
--- v0145: non-equi, self join
select x.id, y.w from g x join g y on y.id between x.id and x.id + 2
--- v0146: non-equi, self join
select x.id, y.id as yid from g x join g y on x.id <> y.id and x.parent = y.parent
--- v0147: non-equi, self join
select x.id, y.w from g x join g y on x.w = y.w and x.id < y.id
--- v0148: cross join
select u.code, v.code as other from u cross join u v where u.b is null
--- v0149: cross join
select u.a + v.a as x from u cross join u v where u.a < v.a
--- v0150: cross join
select u.n, v.b from u cross join u v 
--- v0151: cross join
select u.n, v.b from u cross join u v where u.a < v.a
--- v0152: cross join
select u.code, v.code as other from u cross join u v 
--- v0153: cross join
select u.code, v.code as other from u cross join u v where u.a < v.a
--- v0154: cross join
select u.a + v.a as x from u cross join u v where u.b is null
--- v0155: cross join
select u.n, v.b from u cross join u v where u.b is null
--- v0156: cross join
select u.a + v.a as x from u cross join u v 
--- v0157: cross join, empty table
select u.code, e.id from u left join e on true  group by u.code, e.id
--- v0158: cross join, empty table
select u.code, e.id from u cross join e where u.a > 0 group by u.code, e.id
--- v0159: cross join, empty table
select count(*) as n from u left join e on true where u.a > 0 group by u.code, e.id
--- v0160: cross join, empty table
select count(*) as n from u cross join e  group by u.code, e.id
--- v0161: cross join, empty table
select u.code, e.id from u full join e on e.a = u.a  group by u.code, e.id
--- v0162: cross join, empty table
select count(*) as n from u left join e on e.a = u.a where u.a > 0 group by u.code, e.id
--- v0163: cross join, empty table
select count(*) as n from u full join e on e.a = u.a where u.a > 0 group by u.code, e.id
--- v0164: cross join, empty table
select u.code, e.id from u left join e on e.a = u.a  group by u.code, e.id
--- v0165: cross join, empty table
select u.code, e.id from u cross join e  group by u.code, e.id
--- v0166: left join
select r.c, s.n from r left join s on s.a = r.a and s.c = r.c where s.id is null
--- v0167: left join
select r.c, s.n from r left join s on s.r_id = r.id and s.o where s.n is not null or r.o
--- v0168: left join
select r.id, coalesce(s.n, 0) as n from r left join s on s.r_id = r.id and r.o where s.id is null
--- v0169: left join
select r.a, s.d from r left join s on s.a is not distinct from r.a and s.o 
--- v0170: left join
select r.id, s.id as sid from r left join s on s.a = r.a and s.c = r.c where s.n is not null or r.o
--- v0171: left join
select r.a, s.d from r left join s on s.r_id = r.id and r.o where s.n is not null or r.o
--- v0172: left join
select r.id, s.id as sid from r left join s on s.a = r.a and s.c = r.c where s.id is null
--- v0173: left join
select r.id, s.id as sid from r left join s on s.r_id = r.id and r.o where s.id is null
--- v0174: left join
select r.a, s.d from r left join s on s.r_id = r.id and s.o where r.b > 0
--- v0175: left join, non-equi
select r.id, s.id as sid from r left join s on r.b < s.a
--- v0176: left join, non-equi
select r.id, s.id as sid from r left join s on s.r_id = r.id or s.a = r.b
--- v0177: left join, non-equi
select r.id, s.id as sid from r left join s on r.d > s.d
--- v0178: left join, non-equi
select r.id, s.id as sid from r left join s on false
--- v0179: left join, non-equi
select r.id, s.id as sid from r left join s on r.o
--- v0180: left join, non-equi
select r.id, s.id as sid from r left join s on s.a <> r.a and s.c = r.c
--- v0181: right join
select s.a, r.d from r right join s on s.a = r.a and r.o where r.id is null
--- v0182: right join
select r.c, s.n from r right join s on s.r_id = r.id where r.id is null
--- v0183: right join
select r.id, s.id as sid from r right join s on s.a = r.a and r.o where s.o
--- v0184: right join
select s.a, r.d from r right join s on s.c = r.c where r.id is null
--- v0185: right join
select r.id, s.id as sid from r right join s on s.c = r.c where r.id is null
--- v0186: right join
select r.id, s.id as sid from r right join s on s.r_id = r.id and s.n > 1 
--- v0187: right join
select s.a, r.d from r right join s on s.r_id = r.id 
--- v0188: right join
select r.c, s.n from r right join s on s.a = r.a and r.o 
--- v0189: right join
select r.c, s.n from r right join s on s.r_id = r.id 
--- v0190: full join
select coalesce(r.a, s.a) as a from r full join s on s.r_id = r.id and s.a = r.a where r.id is null or s.id is null
--- v0191: full join
select r.id, s.id as sid from r full join s on s.r_id = r.id where coalesce(r.o, s.o)
--- v0192: full join
select coalesce(r.a, s.a) as a from r full join s on s.r_id = r.id where r.id is null or s.id is null
--- v0193: full join
select coalesce(r.a, s.a) as a from r full join s on s.c = r.c and s.a = r.a where coalesce(r.o, s.o)
--- v0194: full join
select r.a, s.a as sa from r full join s on s.c = r.c and s.a = r.a where r.id is null or s.id is null
--- v0195: full join
select r.c, s.n from r full join s on s.r_id = r.id where r.id is null or s.id is null
--- v0196: full join
select r.a, s.a as sa from r full join s on s.a = r.a where r.id is null or s.id is null
--- v0197: full join
select r.a, s.a as sa from r full join s on s.r_id = r.id where r.id is null or s.id is null
--- v0198: full join
select r.c, s.n from r full join s on s.r_id = r.id where coalesce(r.o, s.o)
--- v0199: full join, subselects
select x.a, y.a as ya, x.n, y.m from (select a, sum(b) as n from r group by a) x full join (select a, min(n) as m from s where true group by a) y on x.a = y.a
--- v0200: full join, subselects
select x.a, y.a as ya, x.n, y.m from (select a, max(id) as n from r group by a) x full join (select a, count(*) as m from s where true group by a) y on x.a = y.a
--- v0201: full join, subselects
select x.a, y.a as ya, x.n, y.m from (select a, count(*) as n from r group by a) x full join (select a, min(n) as m from s where n > 1 group by a) y on x.a = y.a
--- v0202: full join, subselects
select x.a, y.a as ya, x.n, y.m from (select a, max(id) as n from r group by a) x full join (select a, min(n) as m from s where o group by a) y on x.a = y.a
--- v0203: full join, subselects
select x.a, y.a as ya, x.n, y.m from (select a, count(*) as n from r group by a) x full join (select a, min(n) as m from s where true group by a) y on x.a = y.a
--- v0204: full join, subselects
select x.a, y.a as ya, x.n, y.m from (select a, count(*) as n from r group by a) x full join (select a, count(*) as m from s where n > 1 group by a) y on x.a = y.a
--- v0205: full join, subselects
select x.a, y.a as ya, x.n, y.m from (select a, count(*) as n from r group by a) x full join (select a, min(n) as m from s where o group by a) y on x.a = y.a
--- v0206: full join, subselects
select x.a, y.a as ya, x.n, y.m from (select a, sum(b) as n from r group by a) x full join (select a, min(n) as m from s where o group by a) y on x.a = y.a
--- v0207: full join, subselects
select x.a, y.a as ya, x.n, y.m from (select a, max(id) as n from r group by a) x full join (select a, min(n) as m from s where true group by a) y on x.a = y.a
--- v0208: nested, outer joins
select r.id, s.id as sid, t.k2 from r left join s on s.r_id = r.id join t on t.k1 = r.a
--- v0209: nested, outer joins
select r.id, s.id as sid, t.k2 from r left join (s left join t on t.a = s.a and t.k2 < 5) on s.r_id = r.id
--- v0210: nested, outer joins
select r.id, s.id as sid, t.k2 from r left join s on s.r_id = r.id left join t on t.k1 = coalesce(s.a, r.a)
--- v0211: nested, outer joins
select r.id, s.id as sid, t.k2 from r left join s on s.r_id = r.id full join t on t.k1 = s.a and t.k2 < 4
--- v0212: nested, outer joins
select r.id, s.id as sid, t.k2 from r left join s on s.r_id = r.id left join t on t.k1 = s.a
--- v0213: nested, outer joins
select r.id, s.id as sid, t.k2 from r left join (s full join t on t.a = s.a and t.k2 < 4) on s.r_id = r.id
--- v0214: nested, outer joins
select r.id, s.id as sid, t.k2 from r left join (s join t on t.a = s.a) on s.r_id = r.id
--- v0215: group by, outer joins
select r.c, count(*) as n, count(s.id) as m, avg(s.n) as x from r right join s on s.r_id = r.id group by 1
--- v0216: group by, outer joins
select r.a, count(*) as n, count(s.id) as m, max(s.n) as x from r full join s on s.r_id = r.id group by 1
--- v0217: group by, outer joins
select s.o, count(*) as n, count(s.id) as m, avg(s.n) as x from r left join s on s.r_id = r.id group by 1
--- v0218: group by, outer joins
select r.a, count(*) as n, count(s.id) as m, max(s.n) as x from r right join s on s.r_id = r.id group by 1
--- v0219: group by, outer joins
select r.c, count(*) as n, count(s.id) as m, string_agg(s.c, ',' order by s.c) as x from r right join s on s.r_id = r.id group by 1
--- v0220: group by, outer joins
select s.o, count(*) as n, count(s.id) as m, avg(s.n) as x from r full join s on s.r_id = r.id group by 1
--- v0221: group by, outer joins
select r.a, count(*) as n, count(s.id) as m, string_agg(s.c, ',' order by s.c) as x from r full join s on s.r_id = r.id group by 1
--- v0222: group by, outer joins
select r.a, count(*) as n, count(s.id) as m, avg(s.n) as x from r right join s on s.r_id = r.id group by 1
--- v0223: group by, outer joins
select r.a, count(*) as n, count(s.id) as m, avg(s.n) as x from r left join s on s.r_id = r.id group by 1
--- v0224: lateral
select r.id, x.* from r inner join lateral (select s.id as sid, s.n from s where s.a = r.a order by s.n desc nulls last, s.id limit 1) x on true
--- v0225: lateral
select r.id, x.* from r inner join lateral (select s.id as sid, s.n from s where s.a = r.a order by s.n, s.id limit 1 offset 1) x on true
--- v0226: lateral
select r.id, x.* from r inner join lateral (select s.id as sid, s.n from s where s.a = r.a order by s.id desc limit 2) x on true
--- v0227: lateral
select r.id, x.* from r left join lateral (select s.id as sid, s.n from s where s.a = r.a order by s.n, s.id limit 1 offset 1) x on true
--- v0228: lateral
select r.id, x.* from r left join lateral (select s.id as sid, s.n from s where s.a = r.a order by s.id desc limit 2) x on true
--- v0229: lateral
select r.id, x.* from r left join lateral (select s.id as sid, s.n from s where s.a = r.a order by s.n desc nulls last, s.id limit 1) x on true
--- v0230: aggregate, lateral
select r.id, x.* from r left join lateral (select max(s.n) as n from s where s.r_id = r.id) x on true
--- v0231: aggregate, lateral
select r.id, x.* from r left join lateral (select string_agg(s.c, '|' order by s.c) as n from s where s.r_id = r.id) x on true
--- v0232: aggregate, lateral
select r.id, x.* from r left join lateral (select count(*) as n from s where s.a = r.a and s.id <> r.id) x on true
--- v0233: aggregate, lateral
select r.id, x.* from r left join lateral (select count(*) as n from s where s.a = r.a) x on true
--- v0234: aggregate, lateral
select r.id, x.* from r left join lateral (select max(s.n) as n from s where s.a > r.a) x on true
--- v0235: aggregate, lateral
select r.id, x.* from r left join lateral (select sum(s.n) as n, min(s.d) as d from s where s.r_id = r.id) x on true
--- v0236: aggregate, lateral
select r.id, x.* from r left join lateral (select string_agg(s.c, '|' order by s.c) as n from s where s.a = r.a and s.id <> r.id) x on true
--- v0237: aggregate, lateral
select r.id, x.* from r left join lateral (select count(*) as n from s where s.a > r.a) x on true
--- v0238: aggregate, lateral
select r.id, x.* from r left join lateral (select max(s.n) as n from s where s.a = r.a and s.id <> r.id) x on true
--- v0239: lateral, unnest
select r.id, x.* from r , unnest(r.v) as x (e)
--- v0240: lateral, unnest
select r.id, x.* from r left join unnest(r.v) with ordinality as x (e, i) on x.e > 1
--- v0241: lateral, unnest
select r.id, x.* from r left join unnest(r.v) as x (e) on true
--- v0242: lateral, unnest
select r.id, x.* from r , jsonb_array_elements(case jsonb_typeof(r.j) when 'array' then r.j else '[]' end) as x (e)
--- v0243: lateral, unnest
select r.id, x.* from r , jsonb_each_text(case jsonb_typeof(r.j) when 'object' then r.j else '{}' end) as x (k, e)
--- v0244: lateral, unnest
select r.id, x.* from r , generate_series(1, r.a) as x (e)
--- v0245: lateral, unnest
select r.id, x.* from r left join generate_series(r.a, r.b) as x (e) on true
--- v0246: lateral, unnest
select r.id, x.* from r , regexp_split_to_table(r.c, ' ') as x (e)
--- v0247: lateral, unnest
select r.id, x.* from r , unnest(r.v) with ordinality as x (e, i)
--- v0248: group by, unnest
select x.e, count(*) as n, bool_or(r.o) as y from r, generate_series(0, r.a) as x (e) group by x.e
--- v0249: group by, unnest
select x.e, count(*) as n, max(r.n) as y from r, unnest(r.v) as x (e) group by x.e
--- v0250: group by, unnest
select x.e, count(*) as n, array_agg(r.id order by r.id) as y from r, unnest(r.v) as x (e) group by x.e
--- v0251: group by, unnest
select x.e, count(*) as n, sum(r.b) as y from r, unnest(r.v) as x (e) group by x.e
--- v0252: group by, unnest
select x.e, count(*) as n, array_agg(r.id order by r.id) as y from r, generate_series(0, r.a) as x (e) group by x.e
--- v0253: group by, unnest
select x.e, count(*) as n, sum(r.b) as y from r, generate_series(0, r.a) as x (e) group by x.e
--- v0254: group by, unnest
select x.e, count(*) as n, max(r.n) as y from r, generate_series(0, r.a) as x (e) group by x.e
--- v0255: group by, unnest
select x.e, count(*) as n, bool_or(r.o) as y from r, unnest(r.v) as x (e) group by x.e
--- v0256: unnest in select list
select id, unnest(v) as e from r
--- v0257: unnest in select list
select id, generate_series(1, a) as e from r
--- v0258: unnest in select list
select unnest(v) as e from r
--- v0259: unnest in select list
select distinct unnest(v) as e from r
--- v0260: in
select id , c from r where b in (select s.a + 1 from s where s.d = r.d)
--- v0261: in
select id , c from r where (a, c) in (select a, c from s)
--- v0262: in
select id , a from r where b in (select s.a + 1 from s where s.d = r.d)
--- v0263: in
select id , a from r where a in (select a from s union select k1 from t)
--- v0264: in
select id , c from r where a in (select a from s)
--- v0265: in
select id , c from r where a in (select max(a) from s)
--- v0266: in
select id , a from r where a in (select a from u where u.b = r.b)
--- v0267: in
select id , c from r where a in (select a from u where u.b = r.b)
--- v0268: in
select id , c from r where a in (select a from s union select k1 from t)
--- v0269: not in
select id , c from r where a not in (select b from u where u.a = r.b)
--- v0270: not in
select id , c from r where a not in (select a from e)
--- v0271: not in
select id , a from r where id not in (select r_id from s where o)
--- v0272: not in
select id , c from r where a not in (select a from s)
--- v0273: not in
select id , c from r where a not in (select a from u)
--- v0274: not in
select id , c from r where (a, c) not in (select a, c from s where o)
--- v0275: not in
select id , c from r where a not in (select a from s where a is not null)
--- v0276: not in
select id , a from r where not (a in (select k1 from t where f > 1))
--- v0277: not in
select id , c from r where a not in (select s.a from s where s.r_id = r.id)
--- v0278: exists
select id , c from r where r.o and exists (select 1 from r y where y.a = r.a and y.id <> r.id)
--- v0279: exists
select id , a from r where exists (select s.a from s where s.r_id = r.id group by s.a having count(*) > 1)
--- v0280: exists
select id , a from r where exists (select 1 from s join t on t.a = s.a where s.r_id = r.id)
--- v0281: exists
select id , c from r where exists (select 1 from s where s.r_id = r.id and exists (select 1 from t where t.k1 = s.a and t.c = r.c))
--- v0282: exists
select id , a from r where exists (select 1 from s where s.a is not distinct from r.a)
--- v0283: exists
select id , c from r where exists (select s.a from s where s.r_id = r.id group by s.a having count(*) > 1)
--- v0284: exists
select id , c from r where exists (select 1 from s where s.r_id = r.id)
--- v0285: exists
select id , a from r where r.o and exists (select 1 from r y where y.a = r.a and y.id <> r.id)
--- v0286: exists
select id , c from r where exists (select 1 from s where s.r_id = r.id) or r.b > 5
--- v0287: not exists
select id , c from r where not exists (select 1 from s where s.r_id = r.id and not exists (select 1 from t where t.k1 = s.a))
--- v0288: not exists
select id , a from r where not exists (select 1 from s where s.r_id = r.id)
--- v0289: not exists
select id , a from r where not exists (select 1 from s where s.a = r.a and s.o)
--- v0290: not exists
select id , c from r where not exists (select 1 from s where s.a <> r.a and s.r_id = r.id)
--- v0291: not exists
select id , a from r where not exists (select 1 from s where s.r_id = r.id) or a = 1
--- v0292: not exists
select id , a from r where not exists (select 1 from e)
--- v0293: not exists
select id , c from r where not exists (select 1 from s where s.r_id = r.id)
--- v0294: not exists
select id , a from r where exists (select 1 from s where s.r_id = r.id) and not exists (select 1 from t where t.a = r.a)
--- v0295: not exists
select id , c from r where not exists (select 1 from s where s.r_id = r.id) or a = 1
--- v0296: exists in select list
select id, case when exists (select 1 from t where t.a = r.a) then a else b end as x from r
--- v0297: exists in select list
select id, a = any (select t.k1 from t where t.c = r.c) as x from r
--- v0298: exists in select list
select id, exists (select 1 from s where s.r_id = r.id) as x from r
--- v0299: exists in select list
select id, a not in (select t.a from t where t.k1 = r.b) as x from r
--- v0300: exists in select list
select id, not exists (select 1 from s where s.a = r.a) as x from r
--- v0301: exists in select list
select id, a in (select s.a from s where s.o) as x from r
--- v0302: all, any
select id, a from r where n > any (select n from u)
--- v0303: all, any
select id, a from r where a <> any (select k1 from t where t.c = r.c)
--- v0304: all, any
select id, a from r where a = any (select a from s where o)
--- v0305: all, any
select id, a from r where a <> all (select a from u)
--- v0306: all, any
select id, a from r where a > all (select a from s where s.c = r.c)
--- v0307: all, any
select id, a from r where b <= all (select s.a from s where s.r_id = r.id)
--- v0308: all, any
select id, a from r where a < any (select s.a from s where s.r_id <> r.id and s.o)
--- v0309: all, any
select id, a from r where a >= all (select a from e)
--- v0310: scalar subquery
select id, (select count(*) from s) as x from r 
--- v0311: scalar subquery
select id, n / nullif((select sum(n) from r y), 0) as x from r where a >= (select avg(a) from r)
--- v0312: scalar subquery
select id, (select count(*) from s) as x from r where b > (select count(*) from e)
--- v0313: scalar subquery
select id, (select avg(a) from e) as x from r 
--- v0314: scalar subquery
select id, (select max(n) from s) as x from r where n = (select max(n) from s where o)
--- v0315: scalar subquery
select id, (select avg(a) from e) as x from r where b > (select count(*) from e)
--- v0316: scalar subquery
select id, a - (select min(a) from s) as x from r where n = (select max(n) from s where o)
--- v0317: scalar subquery
select id, (select c from s order by id limit 1) as x from r where b > (select count(*) from e)
--- v0318: scalar subquery
select id, (select c from s order by id limit 1) as x from r where a >= (select avg(a) from r)
--- v0319: correlated subquery
select id, (select count(*) from t where t.k1 = r.a and t.k2 < (select avg(b) from r y where y.a = r.a)) as x from r
--- v0320: correlated subquery
select id, (select s.c from s where s.r_id = r.id order by s.n nulls first, s.id limit 1) as x from r
--- v0321: correlated subquery
select id, (select sum(s.n) from s where s.a > r.a) as x from r
--- v0322: correlated subquery
select id, (select max(s.n) from s where s.a = r.a) as x from r
--- v0323: correlated subquery
select id, (select string_agg(s.c, ',' order by s.c) from s where s.r_id = r.id) as x from r
--- v0324: correlated subquery
select id, (select array_agg(s.id order by s.id) from s where s.a = r.a) as x from r
--- v0325: correlated subquery
select id, (select count(*) from s where s.r_id = r.id) as x from r
--- v0326: correlated subquery
select id, array(select s.id from s where s.a = r.a order by s.id) as x from r
--- v0327: correlated subquery, where
select id, a, b from r where n = (select max(n) from r y where y.c = r.c)
--- v0328: correlated subquery, where
select id, a, b from r where (select count(*) from s where s.r_id = r.id) = 0
--- v0329: correlated subquery, where
select id, a, b from r where b < (select sum(s.a) from s where s.r_id = r.id)
--- v0330: correlated subquery, where
select id, a, b from r where id = (select min(id) from r y where y.a is not distinct from r.a)
--- v0331: correlated subquery, where
select id, a, b from r where b > (select avg(b) from r y where y.a = r.a)
--- v0332: correlated subquery, where
select id, a, b from r where 2 <= (select count(*) from s where s.a = r.a)
--- v0333: count, group by
select length(c) as x, count(*) as cnt  from r  group by 1 having count(*) > 1
--- v0334: count, group by
select j, count(*) as cnt  from r  group by 1 having count(*) > 1
--- v0335: count, group by
select a, count(*) as cnt  from r where b is not null group by 1 having count(*) > 1
--- v0336: count, group by
select n, count(*) as cnt  from r  group by 1 
--- v0337: count, group by
select a % 2 as x, count(*) as cnt , count(*) filter (where o) as m from r where b is not null group by 1 
--- v0338: count, group by
select d, count(*) as cnt  from r where b is not null group by 1 having count(*) > 1
--- v0339: count, group by
select o, count(*) as cnt , count(*) filter (where o) as m from r  group by 1 having count(*) > 1
--- v0340: count, group by
select j, count(*) as cnt , count(b) as m from r where b is not null group by 1 
--- v0341: count, group by
select a % 2 as x, count(*) as cnt  from r where b is not null group by 1 
--- v0342: group by, two keys
select a, d, count(*) as cnt, min(id) as x from r group by 1, 2
--- v0343: group by, two keys
select a, c, count(*) as cnt, min(id) as x from r group by 1, 2
--- v0344: group by, two keys
select a, o, count(*) as cnt, min(id) as x from r group by 1, 2
--- v0345: group by, two keys
select a, c, count(*) as cnt, avg(n) as x from r group by 1, 2
--- v0346: group by, two keys
select a, d, count(*) as cnt, avg(n) as x from r group by 1, 2
--- v0347: group by, two keys
select a, c, count(*) as cnt, sum(b) as x from r group by 1, 2
--- v0348: group by, two keys
select a, d, count(*) as cnt, sum(b) as x from r group by 1, 2
--- v0349: group by, two keys
select a, o, count(*) as cnt, sum(b) as x from r group by 1, 2
--- v0350: group by, two keys
select a, o, count(*) as cnt, avg(n) as x from r group by 1, 2
--- v0351: group by, sum
select a, avg(f) as x from r group by 1
--- v0352: group by, sum
select a, sum(case when o then b else 0 end) as x from r group by 1
--- v0353: group by, sum
select o, sum(n) as x from r group by 1
--- v0354: group by, sum
select c, avg(f) as x from r group by 1
--- v0355: group by, sum
select a, sum(ts - timestamp '2024-01-01') as x from r group by 1
--- v0356: group by, sum
select c, sum(b) filter (where a > 1) as x from r group by 1
--- v0357: group by, sum
select o, sum(ts - timestamp '2024-01-01') as x from r group by 1
--- v0358: group by, sum
select c, sum(b) as x from r group by 1
--- v0359: group by, sum
select c, sum(b) as x, avg(b) as y, count(b) as z from r group by 1
--- v0360: group by, max, min
select a, min(ts) as x, max(ts) as y from r group by 1
--- v0361: group by, max, min
select c, min(v) as x from r group by 1
--- v0362: group by, max, min
select o, min(v) as x from r group by 1
--- v0363: group by, max, min
select o, max(b) filter (where o) as x from r group by 1
--- v0364: group by, max, min
select a, min(v) as x from r group by 1
--- v0365: group by, max, min
select c, min(ts) as x, max(ts) as y from r group by 1
--- v0366: group by, max, min
select a, min(b) as x from r group by 1
--- v0367: group by, max, min
select o, min(ts) as x, max(ts) as y from r group by 1
--- v0368: group by, max, min
select a, max(d) as x, min(d) as y from r group by 1
--- v0369: bool, group by
select a, bit_and(b) as x, bit_or(b) as y from r group by 1
--- v0370: bool, group by
select d, bool_and(o) as x from r group by 1
--- v0371: bool, group by
select c, bool_or(o) as x from r group by 1
--- v0372: bool, group by
select c, bool_or(a = b) as x from r group by 1
--- v0373: bool, group by
select a, bool_and(o) as x from r group by 1
--- v0374: bool, group by
select a, bool_or(a = b) as x from r group by 1
--- v0375: bool, group by
select a, bool_or(o) as x from r group by 1
--- v0376: bool, group by
select c, every(b > 0) as x from r group by 1
--- v0377: bool, group by
select d, bool_or(a = b) as x from r group by 1
--- v0378: group by, string_agg
select o, string_agg(c, '-' order by id desc) as x from r group by 1
--- v0379: group by, string_agg
select a, string_agg(c || id, ',' order by b nulls first, id) filter (where b > 0) as x from r group by 1
--- v0380: group by, string_agg
select a, string_agg(distinct c, ',' order by c) as x from r group by 1
--- v0381: group by, string_agg
select o, string_agg(c || id, ',' order by b nulls first, id) filter (where b > 0) as x from r group by 1
--- v0382: group by, string_agg
select d, string_agg(c, '-' order by id desc) as x from r group by 1
--- v0383: group by, string_agg
select a, string_agg(c, ',' order by c) as x from r group by 1
--- v0384: group by, string_agg
select d, string_agg(c || id, ',' order by b nulls first, id) filter (where b > 0) as x from r group by 1
--- v0385: group by, string_agg
select d, string_agg(distinct c, ',' order by c) as x from r group by 1
--- v0386: group by, string_agg
select o, string_agg(distinct c, ',' order by c) as x from r group by 1
--- v0387: array_agg, group by
select a, array_agg(id order by id) as x from r group by 1
--- v0388: array_agg, group by
select o, array_agg(distinct b order by b) as x from r group by 1
--- v0389: array_agg, group by
select o, array_agg(b order by b nulls first) as x from r group by 1
--- v0390: array_agg, group by
select c, array_agg(b order by b nulls first) as x from r group by 1
--- v0391: array_agg, group by
select a, jsonb_agg(b order by b) as x from r group by 1
--- v0392: array_agg, group by
select a, array_agg(c order by id) filter (where o) as x from r group by 1
--- v0393: array_agg, group by
select c, array_agg(id order by id) as x from r group by 1
--- v0394: array_agg, group by
select o, jsonb_agg(j order by id) as x from r group by 1
--- v0395: array_agg, group by
select c, jsonb_agg(j order by id) as x from r group by 1
--- v0396: count distinct, group by
select o, count(distinct c), sum(distinct b) as x from r group by 1
--- v0397: count distinct, group by
select c, count(distinct b) as x from r group by 1
--- v0398: count distinct, group by
select c, count(distinct b) filter (where o) as x, count(b) as y from r group by 1
--- v0399: count distinct, group by
select a, count(distinct b) filter (where o) as x, count(b) as y from r group by 1
--- v0400: count distinct, group by
select o, count(distinct (b, c)) as x from r group by 1
--- v0401: count distinct, group by
select a, count(distinct (b, c)) as x from r group by 1
--- v0402: count distinct, group by
select a, count(distinct f) as x from r group by 1
--- v0403: count distinct, group by
select a, avg(distinct b) as x from r group by 1
--- v0404: count distinct, group by
select a, count(distinct j) as x from r group by 1
--- v0405: group by, percentile
select c, percentile_disc(0.9) within group (order by c) as x from r group by 1
--- v0406: group by, percentile
select o, rank(2) within group (order by b) as x from r group by 1
--- v0407: group by, percentile
select c, percentile_cont(array[0.25, 0.75]) within group (order by f) as x from r group by 1
--- v0408: group by, percentile
select a, percentile_cont(array[0.25, 0.75]) within group (order by f) as x from r group by 1
--- v0409: group by, percentile
select o, percentile_disc(0.9) within group (order by c) as x from r group by 1
--- v0410: group by, percentile
select a, percentile_disc(0.9) within group (order by c) as x from r group by 1
--- v0411: group by, percentile
select c, percentile_disc(0.5) within group (order by b) as x from r group by 1
--- v0412: group by, percentile
select o, percentile_cont(0.25) within group (order by b) as x from r group by 1
--- v0413: group by, percentile
select a, percentile_disc(0.5) within group (order by b) as x from r group by 1
--- v0414: group by, variance
select o, stddev_samp(b) filter (where o) as x from r group by 1
--- v0415: group by, variance
select a, var_pop(b) as x from r group by 1
--- v0416: group by, variance
select c, stddev(n) as x from r group by 1
--- v0417: group by, variance
select c, stddev_pop(f) as x from r group by 1
--- v0418: group by, variance
select o, var_pop(b) as x from r group by 1
--- v0419: group by, variance
select a, covar_pop(b, f) as x from r group by 1
--- v0420: group by, variance
select c, var_samp(n) as x, count(n) as y from r group by 1
--- v0421: group by, variance
select o, stddev_pop(f) as x from r group by 1
--- v0422: group by, variance
select a, var_samp(n) as x, count(n) as y from r group by 1
--- v0423: custom aggregate, group by
select c, public.product(n) as x from r group by 1
--- v0424: custom aggregate, group by
select o, public.product(b) filter (where b > 0) as x from r group by 1
--- v0425: custom aggregate, group by
select o, public.product(distinct b) as x from r group by 1
--- v0426: custom aggregate, group by
select a, public.product(b) as x from r group by 1
--- v0427: custom aggregate, group by
select a, public.product(n) as x from r group by 1
--- v0428: custom aggregate, group by
select o, public.concatenation(c order by c) as x from r group by 1
--- v0429: custom aggregate, group by
select o, public.product(b) as x from r group by 1
--- v0430: custom aggregate, group by
select o, public.product(n) as x from r group by 1
--- v0431: custom aggregate, group by
select a, public.product(b) filter (where b > 0) as x from r group by 1
--- v0432: group by, having
select a, max(n) as x from r group by a having bool_or(o)
--- v0433: group by, having
select a, sum(b) as x from r group by a having a in (select a from u)
--- v0434: group by, having
select a, sum(b) as x from r group by a having sum(b) is null
--- v0435: group by, having
select a, sum(b) as x from r group by a having count(*) > (select count(*) from u)
--- v0436: group by, having
select a, sum(b) as x from r group by a having count(distinct c) > 1
--- v0437: group by, having
select a, max(n) as x from r group by a having max(n) = 1
--- v0438: group by, having
select a, count(*) as x from r group by a having count(*) > 2
--- v0439: group by, having
select a, max(n) as x from r group by a having sum(b) is null
--- v0440: group by, having
select a, max(n) as x from r group by a having avg(b) > 2
--- v0441: group by, having without aggregate in list
select a from r group by a, c, o having max(id) > 50
--- v0442: group by, having without aggregate in list
select a, o from r group by a, c, o having sum(b) > 3
--- v0443: group by, having without aggregate in list
select c from r group by a, c, o having max(id) > 50
--- v0444: group by, having without aggregate in list
select a from r group by a, c, o having count(*) >= 1
--- v0445: group by, having without aggregate in list
select a, o from r group by a, c, o having max(id) > 50
--- v0446: group by, having without aggregate in list
select c from r group by a, c, o having sum(b) > 3
--- v0447: group by, having without aggregate in list
select a from r group by a, c, o having sum(b) > 3
--- v0448: group by, having without aggregate in list
select a, o from r group by a, c, o having count(*) >= 1
--- v0449: group by, having without aggregate in list
select c from r group by a, c, o having count(*) >= 1
--- v0450: scalar aggregate
select percentile_disc(0.5) within group (order by b) as x from (select * from r where a = 1) z having count(*) > 10
--- v0451: scalar aggregate
select array_agg(a order by id) as x from (select * from r where false) z having count(*) > 10
--- v0452: scalar aggregate
select string_agg(c, ',' order by c, id) as x from r 
--- v0453: scalar aggregate
select public.product(b) as x from (select * from r where a = 1) z having count(*) > 10
--- v0454: scalar aggregate
select sum(b) as x from (select * from r where a = 1) z having count(*) > 10
--- v0455: scalar aggregate
select sum(f) as x from (select * from r where false) z having count(*) > 10
--- v0456: scalar aggregate
select count(*) as x from (select * from r where false) z 
--- v0457: scalar aggregate
select bool_and(o) as x from (select * from r where a = 1) z having count(*) > 10
--- v0458: scalar aggregate
select percentile_disc(0.5) within group (order by b) as x from (select * from r where a = 1) z 
--- v0459: empty table, scalar aggregate
select max(a) as x from e having count(*) > 0
--- v0460: empty table, scalar aggregate
select count(*) as x, sum(a) as y from e having count(*) > 0
--- v0461: empty table, scalar aggregate
select count(*) as x, sum(a) as y from e where a > 1
--- v0462: empty table, scalar aggregate
select coalesce(sum(a), 0) as x from e having count(*) > 0
--- v0463: empty table, scalar aggregate
select max(a) as x from e 
--- v0464: empty table, scalar aggregate
select array_agg(a order by a) as x from e having count(*) > 0
--- v0465: empty table, scalar aggregate
select array_agg(a order by a) as x from e 
--- v0466: empty table, scalar aggregate
select max(a) as x from e where a > 1
--- v0467: empty table, scalar aggregate
select array_agg(a order by a) as x from e where a > 1
--- v0468: group by, join
select r.a, s.c, count(distinct s.a) as x from r join s on s.r_id = r.id group by r.c, r.a, s.o, s.c
--- v0469: group by, join
select r.a, string_agg(s.c, ',' order by s.c, s.id) as x from r join s on s.r_id = r.id group by r.c, r.a, s.o, s.c
--- v0470: group by, join
select r.a, s.c, sum(s.n) as x from r join s on s.a = r.a group by r.c, r.a, s.o, s.c
--- v0471: group by, join
select r.a, sum(r.b * s.a) as x from r join s on s.a = r.a group by r.c, r.a, s.o, s.c
--- v0472: group by, join
select r.c, count(distinct s.a) as x from r join s on s.a = r.a group by r.c, r.a, s.o, s.c
--- v0473: group by, join
select r.c, max(s.n) as x from r join s on s.r_id = r.id group by r.c, r.a, s.o, s.c
--- v0474: group by, join
select r.a, avg(s.n) as x, min(r.b) as y from r join s on s.r_id = r.id group by r.c, r.a, s.o, s.c
--- v0475: group by, join
select s.o, avg(s.n) as x, min(r.b) as y from r join s on s.a = r.a group by r.c, r.a, s.o, s.c
--- v0476: group by, join
select s.o, avg(s.n) as x, min(r.b) as y from r join s on s.r_id = r.id group by r.c, r.a, s.o, s.c
--- v0477: group by primary key
select r.id, r.c, r.n, sum(s.n) as x from r left join s on s.r_id = r.id group by r.id having count(s.id) > 0
--- v0478: group by primary key
select r.id, r.c, r.n, count(s.id) as x from r left join s on s.r_id = r.id group by r.id 
--- v0479: group by primary key
select r.id, r.c, r.n, sum(s.n) as x from r left join s on s.r_id = r.id group by r.id 
--- v0480: group by primary key
select r.id, r.c, r.n, count(s.id) as x from r left join s on s.r_id = r.id group by r.id having count(s.id) > 0
--- v0481: group by primary key
select r.id, r.c, r.n, max(s.d) as x from r left join s on s.r_id = r.id group by r.id 
--- v0482: group by primary key
select r.id, r.c, r.n, max(s.d) as x from r left join s on s.r_id = r.id group by r.id having count(s.id) > 0
--- v0483: grouping sets
select a, o as y, count(*) as cnt, sum(b) as x from r group by cube (a, 2)
--- v0484: grouping sets
select a, o as y, count(*) as cnt, count(distinct b) as x from r group by grouping sets ((a), (2))
--- v0485: grouping sets
select a, c as y, count(*) as cnt, grouping(a) as x from r group by grouping sets ((a), (2))
--- v0486: grouping sets
select a, c as y, count(*) as cnt, count(distinct b) as x from r group by grouping sets ((a), (2))
--- v0487: grouping sets
select a, c as y, count(*) as cnt, count(distinct b) as x from r group by grouping sets ((a, 2), (a), ())
--- v0488: grouping sets
select a, c as y, count(*) as cnt, grouping(a) as x from r group by grouping sets ((a, 2), (a, 2), ())
--- v0489: grouping sets
select a, o as y, count(*) as cnt, max(n) as x from r group by rollup (a, 2)
--- v0490: grouping sets
select a, c as y, count(*) as cnt, max(n) as x from r group by cube (a, 2)
--- v0491: grouping sets
select a, c as y, count(*) as cnt, max(n) as x from r group by rollup (a, 2)
--- v0492: nested aggregate
select m as y, count(*) as x , max(m) as z from (select a, count(*) as n, max(b) as m from r group by a) q group by 1
--- v0493: nested aggregate
select n as y, count(*) as x  from (select a, count(*) as n, sum(b) as m from r group by a) q group by 1
--- v0494: nested aggregate
select n as y, count(*) as x , sum(n) as z from (select a, count(*) as n, max(b) as m from r group by a) q group by 1
--- v0495: nested aggregate
select n as y, count(*) as x , max(m) as z from (select a, count(*) as n, max(b) as m from r group by a) q group by 1
--- v0496: nested aggregate
select m as y, count(*) as x , sum(n) as z from (select a, count(*) as n, max(b) as m from r group by a) q group by 1
--- v0497: nested aggregate
select m as y, count(*) as x , sum(n) as z from (select a, count(*) as n, sum(b) as m from r group by a) q group by 1
--- v0498: nested aggregate
select m as y, count(*) as x , max(m) as z from (select a, count(*) as n, sum(b) as m from r group by a) q group by 1
--- v0499: nested aggregate
select m as y, count(*) as x  from (select a, count(*) as n, sum(b) as m from r group by a) q group by 1
--- v0500: nested aggregate
select m as y, count(*) as x  from (select a, count(*) as n, max(b) as m from r group by a) q group by 1
--- v0501: nested aggregate, scalar
select avg(n) as x from (select c, count(*) as n from r group by a, c, o, d) q
--- v0502: nested aggregate, scalar
select max(n) as x from (select a, o, sum(b) as n from r group by a, c, o) q
--- v0503: nested aggregate, scalar
select avg(n) as x from (select c, sum(b) as n from r group by a, c, o) q
--- v0504: nested aggregate, scalar
select avg(n) as x from (select a, sum(b) as n from r group by a, c, o) q
--- v0505: nested aggregate, scalar
select avg(n) as x from (select a, sum(b) as n from r group by a, c, o, d) q
--- v0506: nested aggregate, scalar
select max(n) as x from (select c, count(*) as n from r group by a, c, o) q
--- v0507: nested aggregate, scalar
select max(n) as x from (select c, sum(b) as n from r group by a, c, o) q
--- v0508: nested aggregate, scalar
select sum(n) - max(n) as x from (select c, count(*) as n from r group by a, c, o, d) q
--- v0509: nested aggregate, scalar
select sum(n) - max(n) as x from (select a, count(*) as n from r group by a, c, o) q
--- v0510: distinct
select distinct j from r where o
--- v0511: distinct
select distinct j from r 
--- v0512: distinct
select distinct v from r where o
--- v0513: distinct
select distinct c from r 
--- v0514: distinct
select distinct upper(c) as x from r 
--- v0515: distinct
select distinct n from r where o
--- v0516: distinct
select distinct f, a from r 
--- v0517: distinct
select distinct a from r where o
--- v0518: distinct
select distinct a, b from r where b > 0
--- v0519: distinct, join
select distinct s.a, r.o from r join s on s.r_id = r.id
--- v0520: distinct, join
select distinct r.a, s.c from r join s on s.a = r.a
--- v0521: distinct, join
select distinct r.c from r left join s on s.r_id = r.id
--- v0522: distinct, join
select distinct r.c from r join s on s.a = r.a
--- v0523: distinct, join
select distinct r.a, s.c from r join s on s.r_id = r.id
--- v0524: distinct, join
select distinct r.a, s.c from r left join s on s.a = r.a
--- v0525: distinct, join
select distinct r.c from r join s on s.r_id = r.id
--- v0526: distinct, join
select distinct s.a, r.o from r join s on s.a = r.a
--- v0527: distinct, join
select distinct s.a, r.o from r left join s on s.a = r.a
--- v0528: distinct, group by
select distinct a % 2 as x, count(*) as y from r group by a
--- v0529: distinct, group by
select distinct count(*) as x from r group by a
--- v0530: distinct, group by
select distinct max(b) as x, count(*) as y from r group by a
--- v0531: distinct on
select distinct on (c) c, id, b from r order by c, id
--- v0532: distinct on
select distinct on (a) a from r order by a
--- v0533: distinct on
select distinct on (a + b) a, b, id from r order by a + b, id
--- v0534: distinct on
select distinct on (c) id, n from r where b is not null order by c desc, id desc
--- v0535: distinct on
select distinct on (a, o) r.* from r order by a, o, b desc nulls last, id
--- v0536: distinct on
select distinct on (a) a, id, n from (select * from r where o) z order by a, id
--- v0537: distinct on
select distinct on (a) a, id, b, c from (select * from r where o) z order by a, b nulls first, c, id desc
--- v0538: distinct on
select distinct on (a) a, id, n from (select * from r where o) z order by a, b nulls first, c, id desc
--- v0539: distinct on
select distinct on (a) a, id, b, c from r order by a, n desc, id
--- v0540: distinct on
select distinct on (a) a, id, n from (select * from r where o) z order by a, d desc nulls last, id
--- v0541: distinct on
select distinct on (a) a, id, n from (select * from r where o) z order by a, n desc, id
--- v0542: distinct on
select distinct on (a) a, id, b, c from (select * from r where o) z order by a, d desc nulls last, id
--- v0543: distinct on
select distinct on (a) a, id, n from r order by a, id
--- v0544: distinct on
select distinct on (a) a, id, n from r order by a, n desc, id
--- v0545: distinct on, join
select distinct on (r.id) r.id, s.id as sid, s.n from r join s on s.a = r.a order by r.id, s.d desc, s.id desc
--- v0546: distinct on, join
select distinct on (r.id) r.id, s.id as sid, s.n from r left join s on s.a = r.a order by r.id, s.d desc, s.id desc
--- v0547: distinct on, join
select distinct on (r.id) r.id, s.id as sid, s.n from r join s on s.a = r.a order by r.id, s.n, s.id
--- v0548: distinct on, join
select distinct on (r.id) r.id, s.id as sid, s.n from r join s on s.r_id = r.id order by r.id, s.d desc, s.id desc
--- v0549: distinct on, join
select distinct on (r.id) r.id, s.id as sid, s.n from r left join s on s.a = r.a order by r.id, s.n, s.id
--- v0550: distinct on, join
select distinct on (r.id) r.id, s.id as sid, s.n from r join s on s.r_id = r.id order by r.id, s.n, s.id
--- v0551: distinct on, join
select distinct on (r.id) r.id, s.id as sid, s.n from r left join s on s.r_id = r.id order by r.id, s.n, s.id
--- v0552: distinct on, join
select distinct on (r.id) r.id, s.id as sid, s.n from r left join s on s.r_id = r.id order by r.id, s.d desc, s.id desc
--- v0553: union all
select a, c from r union all select a, c from r where o
--- v0554: union all
select a, c from r union all select a, c from s
--- v0555: union all
select a from r union all select a from r where o
--- v0556: union all
select a, c from r union all select a, c from t
--- v0557: union all
select a, c from r union all select a, c from e
--- v0558: union all
select c from r where b > 0 union all select c from t
--- v0559: union all
select a from r union all select a from e
--- v0560: union all
select a from r union all select a from t
--- v0561: union all
select c from r where b > 0 union all select c from e
--- v0562: set operations
select a from r where b > 0 except select a from t where k2 < 6
--- v0563: set operations
select a from r  union select a from t
--- v0564: set operations
select a from r  union all select k1 from t
--- v0565: set operations
select a from r where b > 0 except select k1 from t
--- v0566: set operations
select a from r  except select a from t where k2 < 6
--- v0567: set operations
select a from r  except all select k1 from t
--- v0568: set operations
select a from r where b > 0 intersect all select k1 from t where k2 < 6
--- v0569: set operations
select a from r  union select a from t where k2 < 6
--- v0570: set operations
select a from r where b > 0 except all select k1 from t
--- v0571: set operations, several columns
select a, c from r where o intersect select a, c from e
--- v0572: set operations, several columns
select a, c from r where o union select a, c from e
--- v0573: set operations, several columns
select a, c from r  union select a, c from e
--- v0574: set operations, several columns
select a, c from r where o except select a, c from t
--- v0575: set operations, several columns
select a, c from r  intersect all select a, c from s
--- v0576: set operations, several columns
select a, c from r  intersect select a, c from s
--- v0577: set operations, several columns
select a, c from r  except select a, c from s
--- v0578: set operations, several columns
select a, c from r  except select a, c from e
--- v0579: set operations, several columns
select a, c from r where o intersect select a, c from t
--- v0580: nested, set operations
select a from r except (select a from s intersect select a from t)
--- v0581: nested, set operations
select a from r except all (select a from u union all select b from u)
--- v0582: nested, set operations
select a from r union (select a from s except all select k1 from t)
--- v0583: nested, set operations
select a from r union all (select a from s order by a nulls last limit 3)
--- v0584: nested, set operations
select a from r union all (select a from s intersect select a from t)
--- v0585: nested, set operations
select a from r union (select a from s intersect select a from t)
--- v0586: nested, set operations
select a from r except all (select a from s intersect select a from t)
--- v0587: nested, set operations
select a from r union all (select a from u union all select b from u)
--- v0588: nested, set operations
select a from r except all (select a from s except all select k1 from t)
--- v0589: group by, set operations
select a, count(*) as n from (select a from r union all select a from s) q group by a
--- v0590: group by, set operations
select a, count(*) as n from (select a from r union select a from s) q group by a
--- v0591: group by, set operations
select a, count(*) as n from (select a from r except all select a from s) q group by a
--- v0592: numerics, set operations
select n from r except all select n from u
--- v0593: numerics, set operations
select n from r union select n from s
--- v0594: numerics, set operations
select n from r intersect select n from s
--- v0595: numerics, set operations
select n from r intersect select n from u
--- v0596: numerics, set operations
select n from r intersect all select n from u
--- v0597: numerics, set operations
select n from r except select n from s
--- v0598: numerics, set operations
select n from r except select n from u
--- v0599: numerics, set operations
select n from r union select n from u
--- v0600: numerics, set operations
select n from r except all select n from s
--- v0601: cte
with q as  (select a, max(b) as n from r group by a) select q.* from q where n >= (select avg(n) from q)
--- v0602: cte
with q as  (select a, sum(b) as n from r group by a) select sum(n) as n from q
--- v0603: cte
with q as materialized (select a, max(b) as n from r group by a) select q.a, q.n, s.id from q join s on s.a = q.a
--- v0604: cte
with q as  (select a, count(*) as n from r group by a) select a from q where n > 1 union all select a from q where a > 1
--- v0605: cte
with q as not materialized (select a, max(b) as n from r group by a) select x.a, y.a as ya from q x join q y on x.n = y.n
--- v0606: cte
with q as not materialized (select a, max(b) as n from r group by a) select q.* from q where n >= (select avg(n) from q)
--- v0607: cte
with q as materialized (select a, max(b) as n from r group by a) select q.* from q where n >= (select avg(n) from q)
--- v0608: cte
with q as not materialized (select a, max(b) as n from r group by a) select sum(n) as n from q
--- v0609: cte
with q as materialized (select a, max(b) as n from r group by a) select a from q where n > 1 union all select a from q where a > 1
--- v0610: cte, several
with x as (select id, a, b from r where o), y as (select a, count(*) as n from x group by a), z as (select x.id, x.b as n from x where a in (select a from y where n > 1)) select z.*, u.code from z left join u on u.a = z.n
--- v0611: cte, several
with x as (select id, a, b from r where o), y as (select a, count(*) as n from x group by a), z as (select x.id, x.b as n from x where a in (select a from y where n > 1)) select n, count(*) as cnt from z group by n
--- v0612: cte, several
with x as (select id, a, b from r where o), y as (select a, count(*) as n from x group by a), z as (select x.id, y.n from x join y on x.a = y.a) select z.*, u.code from z left join u on u.a = z.n
--- v0613: cte, several
with x as (select id, a, b from r where o), y as (select a, count(*) as n from x group by a), z as (select x.id, y.n from x join y on x.a = y.a) select n, count(*) as cnt from z group by n
--- v0614: cte, several
with x as (select id, a, b from r where o), y as (select a, count(*) as n from x group by a), z as (select x.id, y.n from x join y on x.a = y.a) select * from z
--- v0615: cte, several
with x as (select id, a, b from r where o), y as (select a, count(*) as n from x group by a), z as (select x.id, x.b as n from x where a in (select a from y where n > 1)) select * from z
--- v0616: recursive cte
with recursive q (id, root, depth) as (select id, id, 0 from g where parent is null union all select g.id, q.root, q.depth + 1 from g join q on g.parent = q.id where q.depth < 20) select q.*, r.c from q left join r on r.id = q.id
--- v0617: recursive cte
with recursive q (id, root, depth) as (select id, id, 0 from g where parent is null union all select g.id, q.root, q.depth + 1 from g join q on g.parent = q.id where q.depth < 20) select * from q
--- v0618: recursive cte
with recursive q (id, root, depth) as (select id, id, 0 from g where parent is null union all select g.id, q.root, q.depth + 1 from g join q on g.parent = q.id where q.depth < 20) select root, count(*) as n, max(depth) as depth from q group by root
--- v0619: circles, recursive cte
with recursive q (id, up) as (select id, parent from g union select q.id, g.parent from q join g on g.id = q.up) select id from q where up = id
--- v0620: circles, recursive cte
with recursive q (id, up) as (select id, parent from g union select q.id, g.parent from q join g on g.id = q.up) select * from q
--- v0621: circles, recursive cte
with recursive q (id, up) as (select id, parent from g union select q.id, g.parent from q join g on g.id = q.up) select up, count(*) as n from q group by up
--- v0622: circles, recursive cte
with recursive q (id, up) as (select id, parent from g union select q.id, g.parent from q join g on g.id = q.up) select g.w, count(distinct q.id) as n from q join g on g.id = q.up group by g.w
--- v0623: cycle clause, recursive cte
with recursive q (id, depth) as (select id, 0 from g where parent is null union all select g.id, q.depth + 1 from g join q on g.parent = q.id) cycle id set looped using path select id, depth, looped from q
--- v0624: cycle clause, recursive cte
with recursive q (id, depth) as (select id, 0 from g where w = 0 union all select g.id, q.depth + 1 from g join q on g.parent = q.id) cycle id set looped using path select id, count(*) as n from q group by id
--- v0625: cycle clause, recursive cte
with recursive q (id, depth) as (select id, 0 from g where parent is null union all select g.id, q.depth + 1 from g join q on g.parent = q.id) cycle id set looped using path select id, count(*) as n from q group by id
--- v0626: cycle clause, recursive cte
with recursive q (id, depth) as (select id, 0 from g where w = 0 union all select g.id, q.depth + 1 from g join q on g.parent = q.id) cycle id set looped using path select id, depth, looped from q
--- v0627: numbers, recursive cte
with recursive q (i) as (select min(a) from r union all select i + 1 from q where i < (select count(*) from r)) select q.i, count(t.k2) as n from q left join t on t.k1 = q.i group by q.i
--- v0628: numbers, recursive cte
with recursive q (i) as (select min(a) from r union all select i + 1 from q where i < (select count(*) from u)) select q.i, count(t.k2) as n from q left join t on t.k1 = q.i group by q.i
--- v0629: numbers, recursive cte
with recursive q (i) as (select min(a) from r union all select i + 1 from q where i < (select max(a) from u)) select q.i, count(t.k2) as n from q left join t on t.k1 = q.i group by q.i
--- v0630: numbers, recursive cte
with recursive q (i) as (select min(a) from r union all select i + 1 from q where i < (select max(a) from s)) select q.i, count(t.k2) as n from q left join t on t.k1 = q.i group by q.i
--- v0631: numbers, recursive cte
with recursive q (i) as (select 0 from r union all select i + 1 from q where i < (select max(a) from u)) select q.i, count(t.k2) as n from q left join t on t.k1 = q.i group by q.i
--- v0632: numbers, recursive cte
with recursive q (i) as (select min(a) from r union all select i + 1 from q where i < (select max(a) from r)) select q.i, count(t.k2) as n from q left join t on t.k1 = q.i group by q.i
--- v0633: numbers, recursive cte
with recursive q (i) as (select min(a) from r union all select i + 1 from q where i < (select count(*) from s)) select q.i, count(t.k2) as n from q left join t on t.k1 = q.i group by q.i
--- v0634: numbers, recursive cte
with recursive q (i) as (select 0 from r union all select i + 1 from q where i < (select count(*) from r)) select q.i, count(t.k2) as n from q left join t on t.k1 = q.i group by q.i
--- v0635: numbers, recursive cte
with recursive q (i) as (select 0 from r union all select i + 1 from q where i < (select max(a) from r)) select q.i, count(t.k2) as n from q left join t on t.k1 = q.i group by q.i
--- v0636: row_number, window
select id, a, percent_rank() over (partition by o order by b, id) as x from r
--- v0637: row_number, window
select id, c, cume_dist() over (partition by c, o order by b, id) as x from r
--- v0638: row_number, window
select id, a, dense_rank() over (partition by o order by b, id) as x from r
--- v0639: row_number, window
select id, c, rank() over (partition by a order by b, id) as x from r
--- v0640: row_number, window
select id, a, row_number() over (partition by a order by b, id) as x from r
--- v0641: row_number, window
select id, c, ntile(3) over (partition by c, o order by n desc nulls last, id) as x from r
--- v0642: row_number, window
select id, a, cume_dist() over (partition by a order by b, id) as x from r
--- v0643: row_number, window
select id, c, cume_dist() over (partition by o order by n desc nulls last, id) as x from r
--- v0644: row_number, window
select id, c, dense_rank() over (partition by o order by n desc nulls last, id) as x from r
--- v0645: peers, window
select id, count(*) over (partition by o order by d nulls first) as x from r
--- v0646: peers, window
select id, sum(b) over (partition by a order by d nulls first) as x from r
--- v0647: peers, window
select id, max(n) over (partition by o order by b) as x from r
--- v0648: peers, window
select id, dense_rank() over (partition by o order by b) as x from r
--- v0649: peers, window
select id, count(*) over (partition by a order by b) as x from r
--- v0650: peers, window
select id, cume_dist() over (partition by o order by d nulls first) as x from r
--- v0651: peers, window
select id, max(n) over (partition by a order by d nulls first) as x from r
--- v0652: peers, window
select id, count(*) over (partition by a order by d nulls first) as x from r
--- v0653: peers, window
select id, sum(b) over (partition by o order by b) as x from r
--- v0654: no order, window
select a, count(*) over (partition by c) as x from r where b > 0
--- v0655: no order, window
select a, bool_or(o) over (partition by a, o) as x from r 
--- v0656: no order, window
select id, a, avg(n) over (partition by a) as x from r 
--- v0657: no order, window
select a, sum(b) over (partition by a) as x from r where b > 0
--- v0658: no order, window
select id, a, avg(n) over (partition by a, o) as x from r where b > 0
--- v0659: no order, window
select a, count(*) over (partition by a) as x from r 
--- v0660: no order, window
select a, avg(n) over (partition by c) as x from r where b > 0
--- v0661: no order, window
select a, min(d) over (partition by c) as x from r where b > 0
--- v0662: no order, window
select a, avg(n) over (partition by c) as x from r 
--- v0663: whole table, window
select id, row_number() over (order by b, id) as x from r
--- v0664: whole table, window
select id, count(*) over () as x from r
--- v0665: whole table, window
select id, sum(b) over (order by id) as x from r
--- v0666: whole table, window
select id, n / nullif(sum(n) over (), 0) as x from r
--- v0667: whole table, window
select id, ntile(4) over (order by id desc) as x from r
--- v0668: whole table, window
select id, lag(b) over (order by id) as x from r
--- v0669: lag, window
select id, nth_value(b, 2) over (partition by a order by id) as x from r
--- v0670: lag, window
select id, lag(b, 2, 0) over (partition by a order by b, id) as x from r
--- v0671: lag, window
select id, nth_value(b, 2) over (partition by o order by id) as x from r
--- v0672: lag, window
select id, nth_value(b, 2) over (partition by o order by b, id) as x from r
--- v0673: lag, window
select id, first_value(c) over (partition by a order by b, id) as x from r
--- v0674: lag, window
select id, nth_value(b, 2) over (partition by a order by b, id) as x from r
--- v0675: lag, window
select id, first_value(c) over (partition by o order by id) as x from r
--- v0676: lag, window
select id, first_value(c) over (partition by o order by b, id) as x from r
--- v0677: lag, window
select id, last_value(b) over (partition by o order by id) as x from r
--- v0678: frames, window
select id, array_agg(id) over (partition by o order by id groups between 1 preceding and current row) as x from r
--- v0679: frames, window
select id, count(*) over (partition by o order by id range between 5 preceding and 5 following) as x from r
--- v0680: frames, window
select id, avg(b) over (partition by a order by id rows between unbounded preceding and current row) as x from r
--- v0681: frames, window
select id, count(*) over (partition by a order by id rows between current row and unbounded following) as x from r
--- v0682: frames, window
select id, last_value(id) over (partition by a order by id rows between unbounded preceding and current row) as x from r
--- v0683: frames, window
select id, max(b) over (partition by a order by id rows between current row and unbounded following) as x from r
--- v0684: frames, window
select id, count(*) over (partition by a order by id groups between 1 preceding and current row) as x from r
--- v0685: frames, window
select id, array_agg(id) over (partition by o order by id range between 5 preceding and 5 following) as x from r
--- v0686: frames, window
select id, count(*) over (partition by o order by id rows between 2 preceding and 1 preceding) as x from r
--- v0687: range with ties, window
select id, sum(b) over (partition by o order by a range between 1 preceding and 1 following) as x from r
--- v0688: range with ties, window
select id, sum(b) over (partition by o order by a nulls first, b groups current row) as x from r
--- v0689: range with ties, window
select id, sum(b) over (partition by o order by d range between interval '1 month' preceding and current row) as x from r
--- v0690: range with ties, window
select id, count(*) over (partition by o order by d range between interval '1 month' preceding and current row) as x from r
--- v0691: range with ties, window
select id, max(n) over (partition by o order by a groups between 1 preceding and 1 following) as x from r
--- v0692: range with ties, window
select id, max(n) over (partition by o order by d range between interval '1 month' preceding and current row) as x from r
--- v0693: range with ties, window
select id, count(*) over (partition by o order by a groups between 1 preceding and 1 following) as x from r
--- v0694: range with ties, window
select id, count(*) over (partition by o order by a range between 1 preceding and 1 following) as x from r
--- v0695: range with ties, window
select id, count(*) over (partition by o order by a nulls first, b groups current row) as x from r
--- v0696: two partitions, window
select id, rank() over (partition by a order by b) as x, count(*) over (partition by c) as y from r
--- v0697: two partitions, window
select id, sum(b) over w as x, max(b) over w as y from r window w as (partition by o order by id) union all select 0, 0, 0 from r
--- v0698: two partitions, window
select id, sum(b) over (partition by a) as x, sum(b) over (partition by a, o) as y from r
--- v0699: top-N per group, window
select * from (select id, a, b, row_number() over (partition by o order by b desc nulls last, id) as rn from r) q where rn <= 1
--- v0700: top-N per group, window
select * from (select id, a, b, row_number() over (partition by o order by b desc nulls last, id) as rn from r) q where rn <= 3
--- v0701: top-N per group, window
select * from (select id, a, b, row_number() over (partition by a order by n, id) as rn from r) q where rn <= 3
--- v0702: top-N per group, window
select * from (select id, a, b, row_number() over (partition by o order by n, id) as rn from r) q where rn <= 3
--- v0703: top-N per group, window
select * from (select id, a, b, row_number() over (partition by a order by b desc nulls last, id) as rn from r) q where rn <= 1
--- v0704: top-N per group, window
select * from (select id, a, b, row_number() over (partition by o order by n, id) as rn from r) q where rn <= 1
--- v0705: top-N per group, window
select * from (select id, a, b, row_number() over (partition by a order by n, id) as rn from r) q where rn <= 1
--- v0706: top-N per group, window
select * from (select id, a, b, row_number() over (partition by a order by b desc nulls last, id) as rn from r) q where rn <= 3
--- v0707: group by, window
select a, sum(b) as x, sum(count(*)) over () as rk from r group by 1
--- v0708: group by, window
select o, sum(b) as x, sum(count(*)) over () as rk from r group by 1
--- v0709: group by, window
select o, sum(b) as x, sum(b)::numeric / nullif(sum(sum(b)) over (), 0) as rk from r group by 1
--- v0710: group by, window
select a, sum(b) as x, sum(b)::numeric / nullif(sum(sum(b)) over (), 0) as rk from r group by 1
--- v0711: group by, window
select a, sum(b) as x, rank() over (order by sum(b) desc nulls last) as rk from r group by 1
--- v0712: group by, window
select o, sum(b) as x, rank() over (order by sum(b) desc nulls last) as rk from r group by 1
--- v0713: join, window
select r.id, s.id as sid, row_number() over (partition by s.a order by r.id, s.id) as x from r join s on s.r_id = r.id
--- v0714: join, window
select r.id, s.id as sid, rank() over (partition by r.id order by s.n nulls first) as x from r left join s on s.r_id = r.id
--- v0715: join, window
select r.id, s.id as sid, row_number() over (partition by s.a order by r.id, s.id) as x from r left join s on s.r_id = r.id
--- v0716: join, window
select r.id, s.id as sid, sum(s.n) over (partition by r.a) as x from r left join s on s.r_id = r.id
--- v0717: join, window
select r.id, s.id as sid, sum(s.n) over (partition by r.a) as x from r join s on s.r_id = r.id
--- v0718: join, window
select r.id, s.id as sid, rank() over (partition by r.id order by s.n nulls first) as x from r join s on s.r_id = r.id
--- v0719: limit
select r.* from r order by n desc, id limit 7 offset 2
--- v0720: limit
select id, c, n from r order by a nulls first, id limit 1
--- v0721: limit
select id, a from r order by n desc, id limit 7 offset 2
--- v0722: limit
select id, c, n from r order by a nulls first, id limit 7 offset 2
--- v0723: limit
select id, a from r order by c, b desc, id limit 7 offset 2
--- v0724: limit
select id, a from r order by c, b desc, id limit 3
--- v0725: limit
select r.* from r order by c, b desc, id limit 1
--- v0726: limit
select id, c, n from r order by n desc, id limit 3
--- v0727: limit
select id, c, n from r order by id limit 1
--- v0728: limit, with ties
select id, a from r order by a fetch first 4 rows with ties
--- v0729: limit, with ties
select id, a from r order by a fetch first 2 rows with ties
--- v0730: limit, with ties
select id, a from r order by d fetch first 2 rows with ties
--- v0731: limit, with ties
select id, a from r order by b desc nulls last fetch first 2 rows with ties
--- v0732: limit, with ties
select id, a from r order by d fetch first 4 rows with ties
--- v0733: limit, with ties
select id, a from r order by b desc nulls last fetch first 4 rows with ties
--- v0734: group by, limit
select a as x, count(*) as n from r group by 1 order by n desc, 1 nulls last limit 3
--- v0735: group by, limit
select a as x, count(*) as n from r group by 1 order by n desc, 1 nulls last limit 1
--- v0736: group by, limit
select c as x, count(*) as n from r group by 1 order by n desc, 1 nulls last limit 3
--- v0737: group by, limit
select c as x, count(*) as n from r group by 1 order by n desc, 1 nulls last limit 1
--- v0738: join, limit
select r.id, s.id as sid, s.n from r join s on s.a = r.a order by r.id, s.id limit 5
--- v0739: join, limit
select r.id, s.id as sid, s.n from r join s on s.r_id = r.id order by s.n desc nulls last, r.id, s.id limit 3 offset 3
--- v0740: join, limit
select r.id, s.id as sid, s.n from r join s on s.a = r.a order by s.n desc nulls last, r.id, s.id limit 5
--- v0741: join, limit
select r.id, s.id as sid, s.n from r join s on s.r_id = r.id order by s.n desc nulls last, r.id, s.id limit 5
--- v0742: join, limit
select r.id, s.id as sid, s.n from r join s on s.a = r.a order by r.id, s.id limit 3 offset 3
--- v0743: join, limit
select r.id, s.id as sid, s.n from r join s on s.r_id = r.id order by r.id, s.id limit 3 offset 3
--- v0744: join, limit
select r.id, s.id as sid, s.n from r join s on s.r_id = r.id order by r.id, s.id limit 5
--- v0745: join, limit
select r.id, s.id as sid, s.n from r join s on s.a = r.a order by s.n desc nulls last, r.id, s.id limit 3 offset 3
--- v0746: offset
select id from r where o order by id offset 1
--- v0747: offset
select id from r where o order by id offset 3
--- v0748: offset
select id from r where o order by b nulls first, id desc offset 1
--- v0749: offset
select id from r where a > 0 order by b nulls first, id desc offset 3
--- v0750: offset
select id from r where a > 0 order by b nulls first, id desc offset 1
--- v0751: offset
select id from r where a > 0 order by id offset 3
--- v0752: offset
select id from r where o order by b nulls first, id desc offset 3
--- v0753: offset
select id from r where a > 0 order by id offset 1
--- v0754: limit in derived table
select sum(b) as x from (select * from r order by a, id limit 4) q
--- v0755: limit in derived table
select sum(b) as x from (select * from r order by id limit 4) q
--- v0756: limit in derived table
select max(c) as x from (select * from r order by a, id limit 4) q
--- v0757: limit in derived table
select count(*) as x from (select * from r order by a, id limit 10) q
--- v0758: limit in derived table
select sum(b) as x from (select * from r order by a, id limit 10) q
--- v0759: limit in derived table
select max(c) as x from (select * from r order by id limit 4) q
--- v0760: limit in derived table
select count(*) as x from (select * from r order by id limit 10) q
--- v0761: limit in derived table
select sum(b) as x from (select * from r order by id limit 10) q
--- v0762: limit in derived table
select max(c) as x from (select * from r order by id limit 10) q
--- v0763: values
select w.label, sum(r.b) as n from (values (0, 'zero'), (1, 'one'), (2, 'two'), (null, 'none')) as w (a, label) join r on r.a is not distinct from w.a group by w.label
--- v0764: values
select w.label, sum(r.b) as n from (values (0, 'zero'), (1, 'one'), (2, 'two'), (null, 'none')) as w (a, label) join r on r.a = w.a group by w.label
--- v0765: values
select w.label, sum(r.b) as n from (values (0, 'zero'), (1, 'one'), (2, 'two'), (null, 'none')) as w (a, label) left join r on r.a = w.a group by w.label
--- v0766: values
select w.label, count(r.id) as n from (values (0, 'zero'), (1, 'one'), (2, 'two'), (null, 'none')) as w (a, label) left join r on r.a = w.a group by w.label
--- v0767: values
select w.label, sum(r.b) as n from (values (0, 'zero'), (1, 'one'), (2, 'two'), (null, 'none')) as w (a, label) left join r on r.a is not distinct from w.a group by w.label
--- v0768: values
select w.label, count(r.id) as n from (values (0, 'zero'), (1, 'one'), (2, 'two'), (null, 'none')) as w (a, label) join r on r.a = w.a group by w.label
--- v0769: values
select w.label, count(r.id) as n from (values (0, 'zero'), (1, 'one'), (2, 'two'), (null, 'none')) as w (a, label) left join r on r.a is not distinct from w.a group by w.label
--- v0770: values
select w.label, count(r.id) as n from (values (0, 'zero'), (1, 'one'), (2, 'two'), (null, 'none')) as w (a, label) join r on r.a is not distinct from w.a group by w.label
--- v0771: no table, values
select i, count(*) as n from (values (1), (1), (null)) as q (i) group by i
--- v0772: no table, values
values (1, 'a'), (2, null), (2, null)
--- v0773: no table, values
select 1 as one, 'x' as x
--- v0774: no table, values
select * from generate_series(1, 3) as q (i)
--- v0775: derived table
select q.x, q.cnt from (select distinct a as x, b as cnt from r) q where q.x in (select a from u)
--- v0776: derived table
select q.x, q.cnt from (select a as x, b as cnt from r where o) q where q.x is not null
--- v0777: derived table
select q.x, q.cnt from (select a as x, id as cnt from s order by id limit 5) q where q.cnt > 1
--- v0778: derived table
select q.x, q.cnt + 1 as y from (select a as x, count(*) as cnt from r group by a) q where q.x is not null
--- v0779: derived table
select q.x, q.cnt + 1 as y from (select a as x, b as cnt from r where o) q where q.x is not null
--- v0780: derived table
select q.x, q.cnt + 1 as y from (select distinct a as x, b as cnt from r) q where q.x is not null
--- v0781: derived table
select q.x, q.cnt + 1 as y from (select distinct a as x, b as cnt from r) q where q.x in (select a from u)
--- v0782: derived table
select q.x, q.cnt from (select a as x, id as cnt from s order by id limit 5) q where q.x is not null
--- v0783: derived table
select q.x, q.cnt + 1 as y from (select a as x, count(*) as cnt from r group by a) q where q.x in (select a from u)
--- v0784: derived table, join
select x.a, x.n, y.m from (select a, count(*) as n from r group by a) x left join (select a, max(n) as m from s group by a) y on x.a = y.a and x.n > 1
--- v0785: derived table, join
select x.a, x.n, y.m from (select a, count(*) as n from r group by a) x join (select a, count(distinct c) as m from s group by a) y on x.a = y.a
--- v0786: derived table, join
select x.a, x.n, y.m from (select a, count(*) as n from r group by a) x join (select a, max(n) as m from s group by a) y on x.n = y.a
--- v0787: derived table, join
select x.a, x.n, y.m from (select a, count(*) as n from r group by a) x left join (select a, count(distinct c) as m from s group by a) y on x.a = y.a and x.n > 1
--- v0788: derived table, join
select x.a, x.n, y.m from (select a, count(*) as n from r group by a) x left join (select a, max(n) as m from s group by a) y on x.n = y.a
--- v0789: derived table, join
select x.a, x.n, y.m from (select a, count(*) as n from r group by a) x join (select a, count(distinct c) as m from s group by a) y on x.n = y.a
--- v0790: derived table, join
select x.a, x.n, y.m from (select a, count(*) as n from r group by a) x left join (select a, sum(n) as m from s group by a) y on x.a = y.a and x.n > 1
--- v0791: derived table, join
select x.a, x.n, y.m from (select a, count(*) as n from r group by a) x join (select a, count(distinct c) as m from s group by a) y on x.a = y.a and x.n > 1
--- v0792: derived table, join
select x.a, x.n, y.m from (select a, count(*) as n from r group by a) x join (select a, sum(n) as m from s group by a) y on x.a = y.a and x.n > 1
--- v0793: now
select id, d < now() as past from r where coalesce(ts, 'infinity') > now()
--- v0794: now
select id, ts from r where ts > now() - interval '100 years'
--- v0795: now
select id, a from r where coalesce(ts, 'infinity') > now()
--- v0796: now
select id, d < now() as past from r where d < current_date
--- v0797: now
select id, ts from r where d < current_date
--- v0798: now
select id, ts from r where ts < now()
--- v0799: now
select id, d < now() as past from r where ts < now()
--- v0800: now
select id, ts from r where coalesce(ts, 'infinity') > now()
--- v0801: now
select id, a from r where d < current_date
--- v0802: tables with composite keys
select k1, count(*) as x from t group by 1
--- v0803: tables with composite keys
select k1, sum(f) as x from t group by 1
--- v0804: tables with composite keys
select k1, max(k2) as x from t group by 1
--- v0805: tables with composite keys
select a, string_agg(c, ',' order by k1, k2) as x from t group by 1
--- v0806: tables with text keys
select u.code, count(r.id) as x from u left join r on r.c = u.code and r.a = u.a group by u.code
--- v0807: tables with text keys
select u.code, max(r.d) as x from u left join r on r.c = u.code group by u.code
--- v0808: tables with text keys
select u.code, count(r.id) as x from u left join r on r.c = u.code group by u.code
--- v0809: tables with text keys
select u.code, max(r.d) as x from u left join r on r.c = u.code and r.a = u.a group by u.code
--- v0810: tables with text keys
select u.code, sum(r.n) as x from u left join r on r.c = u.code and r.a = u.a group by u.code
--- v0811: tables with text keys
select u.code, sum(r.n) as x from u left join r on r.a = u.a group by u.code
--- v0812: tables with text keys
select u.code, sum(r.n) as x from u left join r on r.c = u.code group by u.code
--- v0813: tables with text keys
select u.code, count(r.id) as x from u left join r on r.a = u.a group by u.code
--- v0814: tables with text keys
select u.code, max(r.d) as x from u left join r on r.a = u.a group by u.code
--- v0815: case, set-returning
select id, case when a > (select avg(a) from r) then 'above' when exists (select 1 from s where s.r_id = r.id) then c else null end as x from r where o
--- v0816: case, set-returning
select id, case when a > (select avg(a) from r) then 'above' when exists (select 1 from s where s.r_id = r.id) then 'known' else null end as x from r 
--- v0817: case, set-returning
select id, case when a > (select avg(a) from r) then 'above' when exists (select 1 from s where s.r_id = r.id) then c else null end as x from r 
--- v0818: case, set-returning
select id, case when a > (select avg(a) from r) then 'above' when exists (select 1 from s where s.r_id = r.id) then 'known' else null end as x from r where o
--- v0819: system functions
select id, int4range(least(a, b), greatest(a, b)) as x from r
--- v0820: system functions
select id, width_bucket(b, 0, 10, 5) as x from r
--- v0821: system functions
select id, format('%s-%s', a, c) as x from r
--- v0822: system functions
select id, |/ abs(b)::float8 as x from r
--- v0823: system functions
select id, lpad(c, 5, '*') as x from r
--- v0824: system functions
select id, concat_ws('/', a, b, c) as x from r
--- v0825: system functions
select id, encode(convert_to(c, 'UTF8'), 'hex') as x from r
--- v0826: system functions
select id, num_nulls(a, b, c) as x from r
--- v0827: system functions
select id, reverse(c) as x from r
--- v0828: array_agg, count, filter, group by, having
select x1.b as c1, count(x1.c) as c2, jsonb_agg(x1.d order by x1.d) filter (where x1.n is not null) as c3 from r x1 group by x1.b having count(*) < 4
--- v0829: count, derived table, filter, full join, group by, having, min, scalar aggregate, sum, where
select count(x2.c1) filter (where x2.c4 > 1) as c1 from (select x1.b as c1, sum(x1.n) filter (where x1.a between 0 and 3) as c2, min(x1.code) as c3, count(*) as c4 from u x1 group by x1.b having count(*) > 1) x2 full join (select x3.a as c1, x3.c as c2, count(x3.id) as c3 from e x3 where x3.c = 'a' group by x3.a, x3.c) x4 on x2.c1 = x4.c3 and x2.c4 = x4.c3 where x4.c2 > 'a'
--- v0830: array_agg, count, derived table, distinct on, filter, full join, group by, having, left join, min, projection, scalar aggregate, sum, views on views, where
select distinct on (x6.c3) x6.c3 as c1, x6.c2 as c2 from (select x3.c as c1, x3.a as c2 from v0828 x1 left join s x2 on x1.c1 = x2.id left join t x3 on x2.r_id = x3.k2 and x2.a = x3.k2 where x1.c3 ? 't') x4 left join (select x5.c1 as c1, x5.c1 as c2, x5.c1 as c3, x5.c1 as c4 from v0829 x5 where x5.c1 <> 2) x6 on x4.c2 = x6.c4 and x4.c2 = x6.c4 order by x6.c3, x4.c1, x4.c2, x6.c1, x6.c2, x6.c3, x6.c4
--- v0831: in, left join, projection, where
select x1.a as c1, -x2.n as c2 from t x1 left join r x2 on x1.f = x2.f where x2.id in (select x3.a from u x3 where true and x3.n < 10)
--- v0832: projection, where
select x1.d as c1, to_jsonb(x1.a is null) as c2 from s x1 where (x1.n is not null or x1.r_id > 1)
--- v0833: count, group by, min
select x1.j as c1, count(x1.b) as c2, min(x1.f) as c3 from r x1 group by x1.j
--- v0834: count, max, scalar aggregate, sum
select count(*) as c1, sum(x1.a) as c2, max(x1.id) as c3 from e x1
--- v0835: count, cte, derived table, group by, in, inner join, left join, limit, min, non-equi, projection, self join, union, views on views, where
select x9.c1 as c1, x9.c1 as c2 from (select x4.c1 as c1 from (select * from (with q as (select x3.id as c1, x2.c2 as c2 from u x1 left join v0831 x2 on x1.b = x2.c1 and x1.b = x2.c1 and x2.c2 is not null join s x3 on x1.a = x3.id) select x.c1 as c1, y.c2 as c2 from q x join q y on x.c1 = y.c1) q order by c1 nulls first, c2 nulls first limit 4) x4 where x4.c1 is null union select case when x8.c2 is null then 0 else 1 end as c1 from (select case when x5.k2 is null then array[1, 2] end as c1, case when x6.c2 is null then date '2024-01-31' end as c2, (x5.c is null) as c3, x7.n as c4 from t x5 join v0833 x6 on x5.k1 = x6.c2 join u x7 on x5.k1 = x7.b and coalesce(x7.b, 0) % 2 = 0 where (x7.a > 1 or x5.f > 0)) x8) x9 where (x9.c1 is null or x9.c1 between 0 and 3)
--- v0836: count, cte, derived table, distinct in aggregate, group by, in, inner join, left join, limit, min, non-equi, projection, self join, string_agg, union, views on views, where
select x6.c1 as c1, x6.c1 as c2, x4.c4 as c3, x6.c2 as c4 from (select x3.c4 as c1, x3.c2 as c2, x3.c2 as c3, x3.c1 as c4 from (select x1.k1 as c1, count(*) as c2, count(*) as c3, count(*) as c4 from t x1 join v0835 x2 on x1.k2 = x2.c1 and x1.k1 = x2.c2 and coalesce(x2.c2, 0) % 2 = 0 group by x1.k1) x3 where x3.c4 is not null and x3.c3 is not null) x4 left join (select x5.a as c1, string_agg(distinct x5.c, ',' order by x5.c) as c2 from t x5 where x5.f is distinct from 1.5 group by x5.a) x6 on x4.c3 = x6.c1 and x4.c4 = x6.c1
--- v0837: limit, projection, where
select * from (select x1.d as c1, x1.d as c2 from s x1 where x1.n >= 1) q order by c1 desc, c2 nulls first limit 5
--- v0838: derived table, distinct, inner join, left join, non-equi, projection, where
select x6.c as c1, x6.a as c2, x6.a as c3 from (select left(x1.code, 2) as c1, case when x1.n is null then date '2024-01-31' end as c2, x1.a as c3, x1.a as c4 from u x1) x2 left join (select distinct x4.k1 as c1, x3.code as c2 from u x3 join t x4 on x3.code = x4.c) x5 on x2.c4 = x5.c1 join s x6 on x2.c4 = x6.r_id and x6.id between 0 and 3 where coalesce(x2.c3, 0) % 2 = 0
--- v0839: projection, where
select x1.c as c1, x1.a as c2, abs(x1.id) as c3 from r x1 where (x1.f is distinct from 1.5 or x1.c > 'a')
--- v0840: projection, where
select x1.d as c1, coalesce(x1.a, x1.id) as c2 from s x1 where x1.c like '%o%'
--- v0841: limit, projection, union all, views on views, where
select case when x1.c2 is null then 'a' else 'b' end as c1, case when x1.c2 is null then 0 else 1 end as c2 from v0837 x1 union all select x2.c as c1, x2.r_id as c2 from s x2 where x2.o is not true
--- v0842: projection, where
select x1.a as c1, x1.j as c2, x1.a as c3, x1.o as c4 from r x1 where (x1.id in (1, 2, 3) or x1.d is null)
--- v0843: derived table, distinct, distinct on, inner join, left join
select distinct on (x4.c) x4.c as c1, x4.a as c2 from u x1 join (select distinct x2.c as c1 from s x2) x3 on x1.code = x3.c1 left join t x4 on x3.c1 = x4.c and x3.c1 = x4.c order by x4.c, x1.code, x3.c1, x4.k1, x4.k2
--- v0844: inner join, non-equi, projection, where
select x2.d as c1, x2.a as c2, x2.id as c3, x2.o as c4 from s x1 join r x2 on x1.id = x2.b and x1.c is not null where x1.r_id in (1, 2, 3) and x2.d >= date '2024-02-01'
--- v0845: projection
select case when x1.a is null then date '2024-01-31' end as c1, x1.k1 as c2, upper(x1.c) as c3, x1.k1 as c4 from t x1
--- v0846: bool, having, inner join, projection, scalar aggregate, views on views, where
select bool_or(x1.o) as c1 from r x1 join v0840 x2 on x1.b = x2.c2 and x1.a = x2.c2 having count(*) % 2 = 0
--- v0847: intersect all, limit
select * from (select x1.o as c1, x1.c as c2 from s x1 intersect all select (x2.code is null) as c1, x2.code as c2 from u x2) q order by c1, c2 nulls first limit 5 offset 2
--- v0848: array_agg, count, cte, derived table, distinct, distinct on, full join, left join, max, scalar aggregate, self join, sum, views on views
select distinct on (x6.c1) x6.c1 as c1, x6.c1 as c2, x6.c1 as c3 from (select distinct x5.c1 as c1 from (with q as (select count(x1.c2) as c1, jsonb_agg(x1.c3 order by x1.c3) as c2, count(*) as c3 from v0834 x1) select x.c1 as c1, y.c3 as c2 from q x join q y on x.c1 = y.c1) x2 left join (select distinct x3.id as c1, x4.o as c2 from r x3 full join r x4 on x3.id = x4.a) x5 on x2.c2 = x5.c1) x6 order by x6.c1, x6.c1
--- v0849: derived table, distinct, filter, group by, projection, sum, where
select distinct x3.c1 as c1, x3.c2 as c2 from (select x2.c2 as c1, to_jsonb(x2.c1 is null) as c2 from (select x1.k1 as c1, sum(x1.f) filter (where x1.a in (1, 2, 3)) as c2 from t x1 group by x1.k1) x2 where x2.c2 is distinct from 1.5) x3
--- v0850: union
select x1.d as c1 from r x1 union select case when x2.id is null then date '2024-01-31' end as c1 from e x2 where x2.c > 'a'
--- v0851: array_agg, count, derived table, distinct, distinct on, filter, full join, group by, having, left join, min, projection, right join, scalar aggregate, sum, views on views, where
select distinct x4.c1 as c1, x1.a as c2 from s x1 right join (select x3.c2 as c1, case when x3.c1 is null then 0 else 0.5 end::float8 as c2, coalesce(x3.c2, 'none') as c3, x3.c3 as c4 from (select x2.c1 as c1, case when x2.c1 is null then 'a' else 'b' end as c2, count(x2.c1) filter (where x2.c2 <> 2) as c3 from v0830 x2 group by x2.c1, case when x2.c1 is null then 'a' else 'b' end) x3) x4 on x1.c = x4.c3
--- v0852: count, derived table, except all, group by, inner join, left join, max, non-equi, scalar aggregate, sum, views on views
select nullif(x4.a, x4.k2) as c1, max(x4.k2) as c2 from (select x1.id as c1 from s x1 where x1.o is not true except all select x2.b as c1 from u x2 where x2.b is not null) x3 left join t x4 on x3.c1 = x4.k1 and x4.f is distinct from 1.5 join v0834 x5 on x4.a = x5.c1 group by nullif(x4.a, x4.k2)
--- v0853: derived table, group by, having, projection, sum, where
select x2.c1 as c1, case when x2.c2 is null then date '2024-01-31' end as c2, x2.c2 as c3, x2.c1 as c4 from (select x1.n as c1, sum(x1.f) as c2 from r x1 group by x1.n having count(*) > 1) x2 where x2.c1 >= 1
--- v0854: count, derived table, group by, projection, var_pop
select x2.c1 as c1, var_pop(x2.c2) as c2, count(*) as c3 from (select x1.c as c1, x1.n as c2, x1.d as c3 from s x1) x2 group by x2.c1
--- v0855: projection, where
select x1.o as c1, x1.a as c2 from s x1 where x1.d >= date '2024-02-01'
--- v0856: derived table, exists, full join, in, intersect, left join, projection, right join, where, window
select x5.c2 as c1, x14.a as c2, x13.c3 as c3, max(x13.c3) over (partition by x5.c2) as c4 from (select x3.c2 as c1, x3.c2 as c2 from (select (x1.o and x1.o) as c1, coalesce(x1.c, 'none') as c2 from s x1 where x1.id in (select x2.b from r x2 where true)) x3 where exists (select 1 from t x4 where x4.c = x3.c2 and x4.f is distinct from 1.5 and x4.a between 0 and 3)) x5 left join (select x12.v || 9 as c1, x12.d as c2, x11.c2 as c3 from (select x6.d as c1, to_jsonb(x6.a is null) as c2 from s x6 where exists (select 1 from u x7 where x7.a = x6.id)) x8 full join (select x9.id as c1, x9.id as c2 from s x9 where x9.n = 2.5 intersect select x10.id as c1, x10.a as c2 from s x10 where x10.n is not null) x11 on case when x8.c1 is null then 0 else 1 end = x11.c2 left join r x12 on x11.c2 = x12.a where x12.id is null) x13 on case when x5.c2 is null then 0 else 1 end = x13.c3 right join s x14 on x13.c3 = x14.r_id and x13.c3 = x14.r_id
--- v0857: projection
select x1.c as c1, to_jsonb(x1.c is null) as c2, x1.o as c3 from s x1
--- v0858: distinct
select distinct x1.k1 as c1 from t x1
--- v0859: count, filter, group by, max
select x1.id as c1, x1.c as c2, count(x1.o) as c3, max(x1.d) as c4, min(x1.d) filter (where x1.c > 'a') as c5 from s x1 group by x1.id, x1.c
--- v0860: bool, derived table, full join, group by, inner join, left join, min, non-equi, projection, sum, where, window
select x6.c1 as c1, min(x2.c3) as c2, bool_and(x6.c1) as c3, sum(x2.c4) as c4 from (select x1.v as c1, x1.c as c2, x1.a as c3, max(x1.a) over (partition by x1.v) as c4 from r x1) x2 left join (select x3.o as c1, x4.code as c2 from s x3 full join u x4 on x3.n = x4.n join t x5 on x4.a = x5.k2 and x3.c = 'a') x6 on x2.c2 = x6.c2 and x2.c2 = x6.c2 where x6.c2 like '%o%' group by x6.c1
--- v0861: derived table, distinct, having, left join, projection, scalar aggregate, sum, where
select sum(x4.c1) as c1, sum(x2.c2) as c2 from (select distinct x1.a as c1, x1.f as c2 from r x1) x2 left join (select x3.n as c1, x3.a as c2 from s x3 where x3.c like '%o%' and x3.o is not true) x4 on x2.c1 = x4.c2 and x2.c1 = x4.c2 having count(*) < 4
--- v0862: projection, scalar aggregate, sum, views on views, where
select sum(x1.c2) as c1 from v0840 x1 where x1.c1 < now()
--- v0863: count, group by, not in, where
select abs(x1.id) as c1, x1.a as c2, count(x1.c) as c3 from e x1 where x1.id not in (select x2.a from u x2 where true) group by abs(x1.id), x1.a
--- v0864: projection, where
select (x1.f is null) as c1, x1.k2 as c2, x1.c as c3, (x1.c is null) as c4 from t x1 where (x1.k2 > 1 or coalesce(x1.k1, 0) % 2 = 0)
--- v0865: count, derived table, distinct in aggregate, group by, intersect all
select x1.n as c1 from s x1 where x1.id is not null intersect all select case when x3.c3 is null then 1.0 else 2.5 end as c1 from (select x2.c as c1, x2.a as c2, count(x2.c) as c3, count(*) as c4 from s x2 group by x2.c, x2.a) x3
--- v0866: derived table, group by, inner join, intersect all, max, projection, where
select x6.c1 as c1, x6.c1 as c2, x6.c2 as c3, x6.c2 as c4 from (select x5.c4 as c1, x3.c1 as c2, max(x3.c2) as c3 from (select x1.d as c1, x1.d as c2 from s x1 intersect all select case when x2.id is null then date '2024-01-31' end as c1, case when x2.c is null then date '2024-01-31' end as c2 from e x2) x3 join (select x4.b as c1, x4.n + x4.n as c2, x4.b as c3, x4.o as c4 from r x4) x5 on case when x3.c1 is null then 0 else 1 end = x5.c3 group by x5.c4, x3.c1) x6 where x6.c2 is null
--- v0867: derived table, exists, max, scalar aggregate, where, window
select x3.c1 as c1, x3.c1 as c2, case when x3.c1 is null then 0 else 1 end as c3, max(case when x3.c1 is null then 0 else 1 end) over (partition by x3.c1) as c4 from (select max(x1.f) as c1 from t x1 where exists (select 1 from s x2 where x2.a = x1.a)) x3
--- v0868: derived table, distinct on, full join, in, inner join, left join, non-equi, projection, where
select distinct on (x4.c4) x4.c4 as c1, x4.c1 as c2 from (select x1.f as c1, x1.c as c2, coalesce(x1.c, 'none') as c3, x1.f as c4 from r x1 left join e x2 on x1.a = x2.a where x1.b in (select x3.a from t x3 where true)) x4 left join (select x6.n as c1, coalesce(x6.j, '{}') as c2, x6.c as c3 from r x5 full join r x6 on x5.b = x6.a and x5.n = x6.n join u x7 on x6.b = x7.b where x6.f is distinct from 1.5) x8 on x4.c3 = x8.c3 and x4.c4 is distinct from 1.5 order by x4.c4, x4.c1, x4.c2, x4.c3, x4.c4, x8.c1, x8.c2, x8.c3
--- v0869: projection
select x1.c as c1, left(x1.c, 2) as c2, case when x1.id is null then 0 else 0.5 end::float8 as c3, x1.id as c4 from e x1
--- v0870: derived table, inner join, projection, where
select x3.c2 as c1, case when x3.c2 is null then 0 else 0.5 end::float8 as c2, case when x3.c2 is null then 0 else 1 end as c3, x3.c2 as c4 from (select -x2.n as c1, x1.n as c2 from s x1 join r x2 on x1.r_id = x2.id) x3 where x3.c1 = 2.5 and x3.c2 < 10
--- v0871: projection, where
select x1.b as c1, case when x1.a > 1 then x1.b else 0 end as c2, x1.code as c3, x1.a as c4 from u x1 where x1.b is not null
--- v0872: bool, derived table, having, inner join, intersect all, left join, limit, projection, scalar aggregate, views on views, where, window
select bool_or(x4.c3) as c1, bool_or(x4.c3) as c2 from (select x1.c as c1, x1.d as c2, x1.o as c3 from s x1 left join (select x2.j as c1, x2.id as c2, x2.a as c3, max(x2.a) over (partition by x2.j) as c4 from r x2) x3 on x1.a = x3.c2 where (x3.c3 is not null or x3.c4 between 0 and 3)) x4 join v0847 x5 on x4.c1 = x5.c2 where x4.c3 having count(*) % 2 = 0
--- v0873: distinct
select distinct x1.a as c1 from e x1
--- v0874: avg, bool, derived table, distinct on, full join, having, inner join, max, projection, scalar aggregate, where, window
select x4.c1 as c1, x4.c2 as c2, x6.c1 as c3, rank() over (partition by x4.c1 order by x4.c1, x4.c2, x6.c1, x6.c2, x6.c3, x6.c4) as c4 from (select distinct on (x3.n) x3.n as c1, x3.a as c2 from (select avg(x1.a) as c1, bool_or(x1.o) as c2, min(x1.d) as c3 from s x1 having count(*) % 2 = 0) x2 join r x3 on x2.c1 = x3.n order by x3.n, x2.c1, x2.c2, x2.c3, x3.id) x4 full join (select x5.a as c1, x5.d + 1 as c2, coalesce(x5.c, 'none') as c3, x5.a as c4 from s x5 where length(x5.c) < 4) x6 on x4.c2 = x6.c4
--- v0875: derived table, inner join, projection, where
select x3.c1 as c1, x3.c2 as c2, x3.c3 as c3 from (select x2.id as c1, x2.c as c2, -x1.n as c3 from u x1 join r x2 on x1.a = x2.b and x1.a = x2.b) x3 where x3.c1 is not null
--- v0876: left join, projection
select x2.k1 as c1, x1.k1 as c2, coalesce(x2.f, 0) as c3, case when x2.a is null then 1.0 else 2.5 end as c4 from t x1 left join t x2 on x1.c = x2.c and x1.k1 = x2.k1
--- v0877: projection, right join, where
select coalesce(x2.v, '{}') as c1, x2.id as c2 from t x1 right join r x2 on x1.a = x2.b where coalesce(x2.id, 0) % 2 = 0
--- v0878: derived table, exists, filter, group by, inner join, projection, sum, var_pop, where
select x3.c2 as c1, x3.c1 as c2, x5.c3 as c3 from (select x1.d as c1, x1.d as c2 from r x1 where exists (select 1 from s x2 where x2.a = x1.a and x2.o)) x3 join (select x4.c as c1, sum(x4.a) as c2, var_pop(x4.a) filter (where x4.c = 'a') as c3 from e x4 group by x4.c) x5 on case when x3.c2 is null then 0 else 1 end = case when x5.c3 is null then 0 else 1 end where x3.c2 >= date '2024-02-01'
--- v0879: full join, projection, where
select case when x1.a is null then array[1, 2] end as c1, upper(x1.c) as c2, left(x1.c, 2) as c3 from s x1 full join e x2 on x1.r_id = x2.a where x1.id is not null and x1.id > 1
--- v0880: derived table, intersect all, projection, where
select case when x2.c1 is null then date '2024-01-31' end as c1 from (select x1.c as c1, x1.a as c2, x1.o as c3 from s x1 where x1.c = 'a' and x1.c like '%o%') x2 where x2.c3 is null intersect all select x3.d as c1 from s x3
--- v0881: avg, count, filter, group by, not exists, where
select x1.a as c1, count(*) filter (where x1.d < now()) as c2, avg(x1.id) as c3 from s x1 where not exists (select 1 from s x2 where x2.r_id = x1.id) group by x1.a
--- v0882: projection, where
select x1.b as c1, x1.id as c2, x1.a as c3 from r x1 where x1.id in (1, 2, 3)
--- v0883: derived table, projection, right join, where
select x3.c || '/' || x3.c as c1, x2.c1 as c2, to_jsonb(x2.c2 is null) as c3, case when x3.id is null then 0 else 0.5 end::float8 as c4 from (select x1.n * 2 as c1, x1.n as c2, x1.n as c3 from u x1 where x1.code like '%o%') x2 right join e x3 on case when x2.c2 is null then 0 else 1 end = x3.a where (x3.c = 'a' or x3.c like '%o%')
--- v0884: window
select x1.a as c1, x1.o as c2, x1.b as c3, max(x1.b) over (partition by x1.a) as c4 from r x1
--- v0885: array_agg, count, cte, filter, group by, having, self join, views on views
with q as (select x1.c3 as c1, count(x1.c3) as c2 from v0828 x1 group by x1.c3) select x.c1 as c1, y.c2 as c2 from q x join q y on x.c1 = y.c1
--- v0886: distinct, inner join, non-equi
select distinct x2.d as c1 from s x1 join s x2 on x1.r_id = x2.a and x1.r_id is not null
--- v0887: exists, projection, where
select x1.r_id as c1, to_jsonb(x1.d is null) as c2, x1.n * 2 as c3 from s x1 where exists (select 1 from u x2 where x2.a = x1.a)
--- v0888: derived table, distinct, projection, where
select distinct x3.c2 as c1, x3.c2 as c2 from (select x2.c2 as c1, x2.c2 as c2, case when x2.c2 is null then 'a' else 'b' end as c3 from (select x1.o as c1, x1.a as c2, x1.d as c3 from s x1 where (x1.n >= 1 or x1.r_id is null)) x2 where x2.c1) x3
--- v0889: count, filter, scalar aggregate, sum
select sum(x1.a) filter (where 1 = any (x1.v)) as c1, count(x1.b) as c2 from r x1
--- v0890: count, group by, string_agg
select upper(x1.c) as c1, x1.k1 as c2, string_agg(x1.c, ',' order by x1.c) as c3, count(*) as c4 from t x1 group by upper(x1.c), x1.k1
--- v0891: derived table, distinct on, in, inner join, left join, non-equi, projection, union all, where, window
select distinct on (x9.c2) x9.c2 as c1, x5.c1 as c2, x5.c3 as c3 from (select x3.c1 as c1, x3.c2 + 1 as c2, x3.c1 as c3, x3.c2 as c4 from (select abs(x1.f) as c1, case when x1.k1 is null then date '2024-01-31' end as c2 from t x1 left join u x2 on x1.k2 = x2.a) x3 where case when x3.c1 is null then 0 else 1 end in (select x4.a from r x4 where true)) x5 join (select x7.c4 as c1, x7.c1 as c2 from (select x6.a as c1, x6.id as c2, x6.a as c3, sum(x6.a) over (partition by x6.a order by x6.id) as c4 from e x6) x7 union all select case when x8.id is null then 1.0 else 2.5 end as c1, x8.a as c2 from e x8) x9 on case when x5.c1 is null then 0 else 1 end = x9.c2 and x9.c1 = 2.5 order by x9.c2, x5.c1, x5.c2, x5.c3, x5.c4, x9.c1, x9.c2
--- v0892: derived table, except, exists, full join, inner join, projection, where, window
select x1.o as c1, (x1.o and x7.c2) as c2, x1.j as c3, x1.f as c4 from r x1 join (select x3.c2 as c1, x3.c1 as c2, case when x3.c1 is null then 0 else 1 end as c3, count(*) over (partition by x3.c2) as c4 from (select (x2.c is null) as c1, x2.c as c2, case when x2.a is null then 1.0 else 2.5 end as c3 from e x2 where x2.c > 'a') x3 full join (select (x4.id is null) as c1 from e x4 except select x5.o as c1 from r x5) x6 on case when x3.c2 is null then 0 else 1 end = case when x6.c1 is null then 0 else 1 end) x7 on x1.b = x7.c4 and x1.b = x7.c4 where exists (select 1 from t x8 where x8.a = x1.b)
--- v0893: avg, bool, cte, derived table, distinct on, full join, having, inner join, max, projection, scalar aggregate, self join, views on views, where, window
with q as (select x1.c3 as c1, x1.c2 as c2, x1.c3 as c3, sum(x1.c3) over (partition by x1.c3 order by x1.c1, x1.c2, x1.c3, x1.c4 rows between 1 preceding and current row) as c4 from v0874 x1) select x.c1 as c1, y.c4 as c2 from q x join q y on x.c1 = y.c1
--- v0894: filter, group by, min, string_agg
select x1.b as c1, x1.n as c2, min(x1.a) as c3, string_agg(x1.code, ',' order by x1.code) as c4, string_agg(x1.code, ',' order by x1.code) filter (where x1.n >= 1) as c5 from u x1 group by x1.b, x1.n
--- v0895: count, derived table, filter, group by, inner join, max, non-equi, projection, sum, where
select x5.c2 as c1, x5.c3 as c2, case when x5.c2 is null then 1.0 else 2.5 end as c3, to_jsonb(x5.c4 is null) as c4 from (select x4.c1 as c1, count(x4.c1) as c2, max(x4.c1) as c3, sum(x4.c1) filter (where x4.c2 in (1, 2, 3)) as c4 from (select x2.f as c1, count(*) as c2 from s x1 join t x2 on x1.id = x2.k1 and x1.id = x2.a and x1.d is null join u x3 on x1.r_id = x3.b group by x2.f) x4 group by x4.c1) x5 where x5.c1 is distinct from 1.5 and x5.c4 > 0
--- v0896: derived table, distinct, full join, non-equi, projection, right join, views on views, where
select case when x4.c1 is null then 0 else 1 end as c1, x4.c2 as c2, x4.c2 + 1 as c3 from (select x2.d as c1, x2.d as c2 from r x1 right join s x2 on x1.id = x2.r_id and x2.id in (1, 2, 3) full join v0873 x3 on x1.b = x3.c1) x4 where x4.c2 is null
--- v0897: avg, group by, sum
select x1.f as c1, avg(x1.a) as c2, avg(x1.a) as c3, sum(x1.a) as c4 from t x1 group by x1.f
--- v0898: projection, where
select x1.k2 as c1, x1.c as c2, x1.k1 as c3 from t x1 where x1.k1 is null
--- v0899: projection, where
select x1.b as c1, x1.d as c2, x1.f * 2 as c3 from r x1 where x1.n >= 1
--- v0900: bool, count, group by, min
select x1.d as c1, count(x1.id) as c2, min(x1.n) as c3, bool_or(x1.o) as c4 from s x1 group by x1.d
--- v0901: left join, projection, where
select x1.a as c1, coalesce(x1.o, false) as c2, to_jsonb(x1.n is null) as c3 from s x1 left join t x2 on x1.c = x2.c and x1.a = x2.k1 where coalesce(x1.r_id, 0) % 2 = 0
--- v0902: window
select x1.c as c1, x1.d as c2, x1.r_id as c3, max(x1.r_id) over (partition by x1.c) as c4 from s x1
--- v0903: cte, derived table, projection, right join, self join, where
with q as (select x2.c1 as c1, x2.c1 as c2 from (select x1.a as c1, case when x1.id is null then array[1, 2] end as c2 from e x1) x2 right join (select nullif(x3.id, x3.id) as c1, not x3.o as c2, x3.n as c3, x3.a as c4 from s x3 where (x3.d < now() or x3.o is not true)) x4 on x2.c1 = x4.c1 and x2.c1 = x4.c1 where (not x4.c2 or 1 = any (x2.c2))) select x.c1 as c1, y.c2 as c2 from q x join q y on x.c1 = y.c1
--- v0904: array_agg, count, derived table, filter, group by, inner join, max, min, non-equi, projection, views on views, where
select x4.c2 as c1, x4.c1 as c2, jsonb_agg(x4.c1 order by x4.c1) as c3 from (select x3.c1 as c1, jsonb_build_array(x1.c1) as c2, x3.c5 as c3 from v0833 x1 join u x2 on x1.c2 = x2.b and x1.c1 @> '{"k": 1}' join v0859 x3 on x2.b = x3.c3 and x1.c2 is null where x3.c3 is not null) x4 group by x4.c2, x4.c1
--- v0905: count, filter, group by
select x1.a as c1, count(*) as c2, count(*) filter (where x1.a is not null) as c3 from t x1 group by x1.a
--- v0906: derived table, distinct in aggregate, full join, group by, max, projection, where
select x4.c1 as c1, upper(x4.c2) as c2, x2.c1 as c3, x2.c2 as c4 from (select x1.o as c1, max(x1.d) as c2 from s x1 group by x1.o) x2 full join (select x3.n as c1, x3.c as c2, x3.o as c3 from r x3 where (1 = any (x3.v) or x3.j is not null)) x4 on case when x2.c2 is null then 0 else 1 end = case when x4.c3 is null then 0 else 1 end where x4.c3 is null
--- v0907: window
select x1.o as c1, x1.v as c2, x1.a as c3, rank() over (partition by x1.o order by x1.id) as c4 from r x1
--- v0908: derived table, in, intersect, limit, projection, where
select case when x2.c4 is null then 'a' else 'b' end as c1, x2.c4 as c2 from (select * from (select x1.a as c1, coalesce(x1.a, x1.a) as c2, x1.r_id as c3, x1.a as c4 from s x1) q order by c1 desc, c2 nulls first, c3 desc, c4 nulls first limit 3) x2 where coalesce(x2.c3, 0) % 2 = 0 intersect select x5.c2 as c1, case when x5.c2 is null then 0 else 1 end as c2 from (select round(x3.n, 1) as c1, x3.c as c2 from s x3 where x3.id in (select x4.b from u x4 where true and x4.b <> 2)) x5
--- v0909: bool, derived table, distinct, having, inner join, intersect all, left join, limit, projection, scalar aggregate, views on views, where, window
select x5.c1 as c1, not x5.c1 as c2, case when x3.c1 is null then array[1, 2] end as c3, case when x3.c1 is null then 0 else 0.5 end::float8 as c4 from (select (x1.code is null) as c1 from u x1 where x1.b is not null intersect all select x2.o as c1 from r x2) x3 join (select distinct x4.c1 as c1 from v0872 x4) x5 on case when x3.c1 is null then 0 else 1 end = case when x5.c1 is null then 0 else 1 end where not x3.c1
--- v0910: array_agg, count, derived table, group by, inner join, min, projection, where
select x3.c1 as c1, x3.c2 as c2, jsonb_agg(x3.c1 order by x3.c1) as c3, count(*) as c4, min(x3.c2) as c5 from (select left(x1.c, 2) as c1, x2.id as c2 from s x1 join r x2 on x1.id = x2.id where (x2.c is not null or x2.j ? 't')) x3 group by x3.c1, x3.c2
--- v0911: derived table, distinct, filter, full join, left join, max, non-equi, projection, right join, scalar aggregate, views on views, where
select x5.c1 as c1, x5.c1 as c2, x5.c2 as c3, case when x5.c2 is null then array[1, 2] end as c4 from (select max(x2.k1) filter (where x2.f is distinct from 1.5) as c1 from v0896 x1 left join t x2 on x1.c1 = x2.a and x1.c3 is null) x3 left join (select distinct x4.a as c1, x4.k2 as c2 from t x4) x5 on x3.c1 = x5.c2 where coalesce(x5.c2, 0) % 2 = 0
--- v0912: full join, projection
select x1.a as c1, x2.v as c2, x2.b as c3, x2.f as c4 from t x1 full join r x2 on x1.k2 = x2.b
--- v0913: projection
select x1.a as c1, x1.a as c2, x1.a as c3 from e x1
--- v0914: group by, having, limit, max
select * from (select coalesce(x1.a, x1.id) as c1, max(x1.a) as c2 from r x1 group by coalesce(x1.a, x1.id) having count(*) % 2 = 0) q order by c1 desc, c2 nulls first limit 2
--- v0915: count, filter, group by, min, where
select x1.code as c1, min(x1.code) filter (where x1.a in (1, 2, 3)) as c2, count(*) as c3 from u x1 where (x1.n is not null or x1.n < 10) group by x1.code
--- v0916: count, filter, group by, min, projection, views on views, where
select x1.c1 as c1, x1.c3 as c2, x1.c1 as c3 from v0915 x1
--- v0917: count, cte, derived table, distinct in aggregate, distinct on, exists, filter, full join, group by, inner join, left join, max, non-equi, projection, right join, self join, where
select x9.c1 as c1, (x4.c1 and x4.c1) as c2, case when x9.c2 is null then date '2024-01-31' end as c3 from (select distinct on (x3.c3) x3.c3 as c1, x3.c3 as c2 from (select date_trunc('month', x2.d)::date as c1, x1.b as c2, x2.o as c3, x1.n as c4 from r x1 left join s x2 on x1.c = x2.c and x1.b = x2.id where x1.j @> '{"k": 1}' and length(x2.c) < 4) x3 order by x3.c3, x3.c1, x3.c2, x3.c3, x3.c4) x4 full join (select x7.c || '/' || x8.c as c1, max(x6.c1) as c2, count(x8.id) filter (where x8.n >= 1) as c3 from (with q as (select coalesce(x5.v, '{}') as c1, x5.a as c2, coalesce(x5.f, 0) as c3, x5.a as c4 from r x5 where 1 = any (x5.v)) select x.c1 as c1, y.c4 as c2 from q x join q y on x.c1 = y.c1) x6 right join r x7 on x6.c2 = x7.id and x6.c2 = x7.id join s x8 on x6.c2 = x8.r_id and x7.c = x8.c and coalesce(x7.b, 0) % 2 = 0 where x7.o and x8.id <> 2 group by x7.c || '/' || x8.c) x9 on case when x4.c2 is null then 0 else 1 end = x9.c3 where exists (select 1 from t x10 where x10.c = x9.c1)
--- v0918: derived table, distinct in aggregate, distinct on, group by, inner join, left join, max, min, non-equi, projection, where
select distinct on (x4.c2) x4.c2 as c1, x6.c1 as c2 from (select x1.c as c1, x2.id as c2, x3.r_id as c3, x2.n as c4 from s x1 join r x2 on x1.r_id = x2.id and x1.id is not null left join s x3 on x2.c = x3.c and x1.d = x3.d where x2.b <> 2) x4 join (select upper(x5.c) as c1, min(x5.c) as c2, max(x5.d) as c3 from s x5 group by upper(x5.c)) x6 on x4.c1 = x6.c1 order by x4.c2, x4.c1, x4.c2, x4.c3, x4.c4, x6.c1, x6.c2, x6.c3
--- v0919: array_agg, bool, derived table, group by, inner join, max, non-equi, projection, where
select x3.c as c1, x3.f as c2 from (select x1.j as c1, x1.n as c2, bool_or(x1.o) as c3, jsonb_agg(x1.id order by x1.id) as c4, min(x1.d) as c5 from r x1 where x1.d is null and x1.d is null group by x1.j, x1.n) x2 join r x3 on x2.c2 = x3.n and x2.c5 = x3.d and x2.c3 is null where x3.n < 10
--- v0920: except all
select x1.a as c1 from e x1 except all select x2.id as c1 from s x2
--- v0921: bool, derived table, distinct, having, inner join, intersect all, left join, limit, projection, scalar aggregate, views on views, where, window
select x1.b as c1, x1.n * 2 as c2 from r x1 join v0909 x2 on x1.f = x2.c4 where not x2.c1
--- v0922: distinct on
select distinct on (x1.d) x1.d as c1, x1.c as c2, x1.a as c3 from r x1 order by x1.d, x1.id
--- v0923: derived table, projection, where
select nullif(x2.c3, x2.c3) as c1, x2.c2 as c2 from (select left(x1.c, 2) as c1, left(x1.c, 2) as c2, x1.id as c3, x1.c as c4 from r x1 where x1.o) x2
--- v0924: distinct in aggregate, filter, group by, having, inner join, min, right join
select coalesce(x3.code, 'none') as c1, coalesce(x2.c, 'none') as c2, min(x1.c) filter (where x3.b <> 2) as c3, min(distinct x3.a) as c4 from r x1 right join s x2 on x1.id = x2.a join u x3 on x2.r_id = x3.b and x2.a = x3.a group by coalesce(x3.code, 'none'), coalesce(x2.c, 'none') having count(*) % 2 = 0
--- v0925: count, group by, having, non-equi, not exists, right join, where
select x1.b as c1, x1.code as c2, count(x1.n) as c3, count(x1.a) as c4 from u x1 right join e x2 on x1.code = x2.c and x1.b = x2.a and x1.a > 1 where not exists (select 1 from s x3 where x3.r_id = x2.id) group by x1.b, x1.code having count(*) < 4
--- v0926: derived table, distinct in aggregate, inner join, intersect all, max, min, scalar aggregate
select (x3.c2 is null) as c1, case when x3.c2 is null then 0 else 1 end as c2 from (select min(x2.code) as c1, max(x1.v) as c2 from r x1 join u x2 on x1.b = x2.a and x1.n = x2.n) x3 intersect all select (x4.f is null) as c1, x4.a as c2 from t x4
--- v0927: count, derived table, distinct in aggregate, filter, group by, inner join, not exists, projection, where
select coalesce(x1.j, '{}') as c1, x1.v as c2 from r x1 join (select x3.c3 as c1, x3.c2 as c2, x3.c1 as c3, x3.c2 as c4 from (select x2.id as c1, left(x2.c, 2) as c2, count(distinct x2.a) filter (where x2.a is not null) as c3 from e x2 group by x2.id, left(x2.c, 2)) x3) x4 on x1.a = x4.c3 and x1.c = x4.c4 where not exists (select 1 from s x5 where x5.a = x1.id and x5.a is not null)
--- v0928: inner join, left join, projection, where
select x3.a as c1, case when x2.b > 1 then x1.a else 0 end as c2 from s x1 left join r x2 on x1.a = x2.id join r x3 on x1.a = x3.b where x2.d is null
--- v0929: intersect
select case when x1.a is null then 1.0 else 2.5 end as c1, (x1.f is null) as c2 from t x1 where x1.f > 0 intersect select case when x2.k2 is null then 1.0 else 2.5 end as c1, (x2.k2 is null) as c2 from t x2
--- v0930: derived table, exists, full join, inner join, non-equi, projection, views on views, where
select x8.c4 as c1, x8.c2 as c2, x8.c4 as c3 from (select x2.o as c1, x1.k1 as c2 from t x1 join r x2 on x1.k2 = x2.b and x1.c = x2.c where exists (select 1 from s x3 where x3.a = x2.a and x3.d < now())) x4 join (select x7.a as c1, x6.c4 as c2, case when x6.c2 is null then 0 else 0.5 end::float8 as c3, not x6.c4 as c4 from u x5 join v0844 x6 on x5.a = x6.c2 and x5.a = x6.c3 full join u x7 on x5.b = x7.b and x6.c3 = x7.a) x8 on x4.c2 = x8.c1
--- v0931: left join, non-equi, projection, right join
select coalesce(x3.j, '{}') as c1, (x3.o and x2.o) as c2, x2.n as c3 from t x1 right join s x2 on x1.k1 = x2.r_id and x1.a = x2.r_id and x1.a between 0 and 3 left join r x3 on x2.a = x3.id
--- v0932: derived table, distinct, inner join, left join, window
select distinct x4.c4 as c1, x4.c4 as c2 from (select x2.v as c1, x3.c as c2, x1.id as c3, rank() over (partition by x2.v order by x1.id, x2.id, x3.id) as c4 from r x1 left join r x2 on x1.b = x2.b join r x3 on x2.b = x3.b) x4
--- v0933: inner join, left join, projection, where
select x3.id as c1, x1.c || '/' || x1.c as c2, x1.n as c3, x1.v as c4 from r x1 join s x2 on x1.id = x2.a left join r x3 on x2.d = x3.d where x3.d is null and coalesce(x3.b, 0) % 2 = 0
--- v0934: derived table, projection, scalar aggregate, var_pop, where
select case when x2.c1 is null then array[1, 2] end as c1, x2.c1 + x2.c1 as c2, x2.c1 as c3, x2.c1 as c4 from (select var_pop(x1.a) as c1 from u x1 where x1.b is null) x2 where x2.c1 < 10
--- v0935: cte, full join, intersect all, limit, projection, self join, views on views
with q as (select * from (select x1.n as c1 from r x1 intersect all select case when x2.c1 is null then 1.0 else 2.5 end as c1 from v0912 x2) q order by c1 limit 5 offset 2) select x.c1 as c1, y.c1 as c2 from q x join q y on x.c1 = y.c1
--- v0936: count, derived table, inner join, intersect, projection, scalar aggregate, sum, views on views, where
select x2.c2 as c1 from (select sum(x1.c1) as c1, count(x1.c2) as c2 from v0929 x1 where x1.c1 >= 1 and not x1.c2) x2 intersect select x5.c2 as c1 from (select x4.a as c1, case when x4.b > 1 then x3.id else 0 end as c2, (x3.o and x3.o) as c3 from r x3 join u x4 on x3.id = x4.a where x3.id between 0 and 3) x5 where x5.c2 between 0 and 3
--- v0937: cte, distinct on, full join, group by, in, self join, var_pop, views on views, where
with q as (select x1.id as c1, var_pop(x1.a) as c2 from e x1 full join v0922 x2 on x1.c = x2.c2 where x2.c3 in (select x3.a from r x3 where true) group by x1.id) select x.c1 as c1, y.c2 as c2 from q x join q y on x.c1 = y.c1
--- v0938: left join, projection, where
select x1.f as c1, x2.n as c2, x2.n as c3 from r x1 left join s x2 on x1.a = x2.id and x1.b = x2.id where x2.r_id is not null
--- v0939: projection, where
select x1.c as c1, x1.k2 as c2, x1.k1 as c3 from t x1 where x1.k1 is null
--- v0940: count, distinct in aggregate, filter, group by, having, sum, where
select x1.n as c1, sum(x1.n) filter (where x1.n is not null) as c2, count(distinct x1.b) as c3 from u x1 where x1.b in (1, 2, 3) group by x1.n having count(*) > 1
--- v0941: projection
select x1.id as c1, x1.r_id as c2, x1.o as c3, x1.d as c4 from s x1
--- v0942: count, cte, derived table, exists, full join, group by, having, inner join, left join, projection, right join, self join, views on views, where, window
select x11.a as c1, count(*) as c2 from (select case when x1.id > 1 then x1.a else 0 end as c1, x1.c as c2, x1.b as c3, x1.d as c4 from r x1 where exists (select 1 from u x2 where x2.n = x1.n and x2.b is not null)) x3 right join (select coalesce(x9.c, 'none') as c1, x8.c2 + x8.c2 as c2 from (select case when x5.code is null then array[1, 2] end as c1, x4.a as c2 from u x4 join u x5 on x4.a = x5.a and x4.b = x5.a where x5.b > 1) x6 left join (with q as (select x7.c1 as c1, x7.c2 as c2, case when x7.c3 is null then 0 else 1 end as c3, sum(case when x7.c3 is null then 0 else 1 end) over (partition by x7.c1 order by x7.c1, x7.c2, x7.c3 rows unbounded preceding) as c4 from v0879 x7) select x.c1 as c1, y.c4 as c2 from q x join q y on x.c1 = y.c1) x8 on x6.c2 = case when x8.c1 is null then 0 else 1 end left join t x9 on x6.c2 = x9.k2) x10 on x3.c2 = x10.c1 full join u x11 on x10.c1 = x11.code group by x11.a having count(*) % 2 = 0
--- v0943: projection, where
select x1.n as c1, x1.d as c2, x1.n as c3, x1.a as c4 from r x1 where x1.j @> '{"k": 1}'
--- v0944: array_agg, count, derived table, distinct on, filter, group by, inner join, left join, max, min, non-equi, projection, views on views, where
select x2.c1 as c1, (x1.c2 is null) as c2, jsonb_build_array(x1.c1) as c3, x1.c3 as c4 from v0904 x1 left join v0922 x2 on x1.c2 = x2.c3 and x1.c2 = x2.c3 and x1.c2 is not null
--- v0945: cte, derived table, projection, right join, self join, window
select x1.o as c1, x3.c1 as c2, x1.a as c3, rank() over (partition by x1.o order by x1.id, x3.c1, x3.c2) as c4 from s x1 right join (with q as (select x2.k1 as c1, x2.c as c2, x2.k1 as c3, coalesce(x2.c, 'none') as c4 from t x2) select x.c1 as c1, y.c4 as c2 from q x join q y on x.c1 = y.c1) x3 on x1.r_id = x3.c1
--- v0946: left join, limit, not in, projection, views on views, where, window
select * from (select abs(x3.k2) as c1, x1.a as c2, x1.c as c3 from s x1 left join v0884 x2 on x1.id = x2.c4 left join t x3 on x1.r_id = x3.k1 where x3.a not in (select x4.r_id from s x4 where true)) q order by c1 desc, c2 desc, c3 limit 6 offset 2
--- v0947: derived table, full join, group by, inner join, limit, min, not in, projection, sum, where
select * from (select upper(x4.c) as c1, coalesce(x4.c, 'none') as c2, sum(x4.f) as c3, min(x4.a) as c4 from (select x1.id as c1, coalesce(x2.c, 'none') as c2 from r x1 full join t x2 on x1.id = x2.a where (x1.j is not null or x1.c like '%o%')) x3 join t x4 on x3.c1 = x4.k1 where x4.k2 not in (select x5.k2 from t x5 where true) group by upper(x4.c), coalesce(x4.c, 'none')) q order by c1 nulls first, c2 desc, c3 desc, c4 desc limit 6
--- v0948: correlated subquery, projection, where
select case when x1.c is null then date '2024-01-31' end as c1, case when x1.c is null then date '2024-01-31' end as c2 from t x1 where x1.k2 > (select min(x2.id) from s x2 where x2.c = x1.c)
--- v0949: distinct
select distinct x1.b as c1, x1.id as c2 from r x1
--- v0950: cte, derived table, exists, left join, projection, self join, where
select x6.c4 as c1, x6.c3 as c2, (x6.c1 is null) as c3, case when x6.c3 is null then array[1, 2] end as c4 from (select x3.c4 as c1, x5.c2 as c2, x3.c1 as c3, case when x3.c1 is null then 'a' else 'b' end as c4 from (select coalesce(x1.f, 0) as c1, x1.o as c2, x1.o as c3, x1.n as c4 from r x1 where exists (select 1 from t x2 where x2.a = x1.a and x2.f > 0)) x3 left join (with q as (select x4.o as c1, x4.v as c2, x4.n as c3 from r x4 where x4.d >= date '2024-02-01') select x.c1 as c1, y.c3 as c2 from q x join q y on x.c1 = y.c1) x5 on x3.c4 = x5.c2 and x3.c4 = x5.c2 where x5.c1) x6 where x6.c4 ~ '^[a-f]'
--- v0951: count, cte, derived table, exists, full join, group by, having, inner join, left join, projection, right join, self join, views on views, where, window
select x1.c2 as c1, x1.c2 as c2 from v0942 x1 where exists (select 1 from s x2 where x2.r_id = x1.c1 and x2.a <> 2)
--- v0952: derived table, projection, where
select x2.c1 as c1, x2.c1 as c2, to_jsonb(x2.c1 is null) as c3, x2.c1 as c4 from (select x1.b as c1, x1.d + 1 as c2 from r x1) x2 where x2.c1 between 0 and 3
--- v0953: avg, derived table, distinct, distinct in aggregate, except all, group by, in, left join, projection, views on views, where
select case when x3.c1 is null then 'a' else 'b' end as c1, case when x3.c3 is null then date '2024-01-31' end as c2 from (select x1.a as c1, x1.a as c2, x1.n as c3 from u x1 where x1.a in (select x2.a from r x2 where true and x2.o is null)) x3 where x3.c1 <> 2 except all select x6.c1 as c1, case when x6.c1 is null then date '2024-01-31' end as c2 from (select x5.code as c1, x4.c1 as c2, avg(distinct x4.c1) as c3 from v0858 x4 left join u x5 on x4.c1 = x5.b and x4.c1 = x5.a where x4.c1 is not null group by x5.code, x4.c1) x6
--- v0954: derived table, distinct, exists, limit, projection, right join, where
select x3.c1 as c1, case when x3.c1 is null then array[1, 2] end as c2, (x3.c1 is null) as c3, x3.c1 as c4 from (select * from (select distinct x1.c as c1 from s x1 right join e x2 on x1.a = x2.id) q order by c1 nulls first limit 6 offset 2) x3 where exists (select 1 from u x4 where x4.code = x3.c1 and x4.n < 10)
--- v0955: derived table, distinct on, full join, in, left join, projection, where
select x7.c2 as c1, case when x7.c1 is null then date '2024-01-31' end as c2, x7.c1 as c3 from (select x6.n as c1, x6.f * 2 as c2 from (select x1.d as c1, x1.c as c2, x1.a as c3 from s x1) x2 left join (select distinct on (x3.a) x3.a as c1, x4.k1 as c2 from s x3 left join t x4 on x3.r_id = x4.k2 order by x3.a, x3.id, x4.k1, x4.k2) x5 on x2.c3 = x5.c2 full join r x6 on x5.c1 = x6.a) x7 where case when x7.c2 is null then 0 else 1 end in (select x8.a from r x8 where true and 1 = any (x8.v))
--- v0956: derived table, except all, group by, projection, var_pop, where
select x4.c3 as c1, x4.c3 as c2 from (select case when x3.c1 is null then 'a' else 'b' end as c1, x3.c1 as c2, var_pop(x3.c1) as c3 from (select x1.id as c1 from e x1 except all select x2.a as c1 from r x2 where x2.o is null) x3 group by case when x3.c1 is null then 'a' else 'b' end, x3.c1) x4 where x4.c2 in (1, 2, 3) and x4.c2 is null
--- v0957: count, filter, group by, where
select x1.n as c1, x1.o as c2, count(*) filter (where x1.d >= date '2024-02-01') as c3, count(x1.r_id) as c4 from s x1 where length(x1.c) < 4 group by x1.n, x1.o
--- v0958: count, filter, group by, having, where
select x1.a as c1, count(*) filter (where x1.b in (1, 2, 3)) as c2 from u x1 where x1.n = 2.5 group by x1.a having count(*) % 2 = 0
--- v0959: derived table, full join, inner join, left join, projection, where
select x6.n + x6.n as c1, x6.c as c2, x3.c3 as c3, x5.c1 as c4 from (select x2.a as c1, date_trunc('month', x1.d)::date as c2, upper(x1.c) as c3, x2.f as c4 from s x1 left join t x2 on x1.a = x2.k1 where x1.r_id in (1, 2, 3)) x3 join (select x4.k2 as c1, x4.f as c2, x4.k1 as c3, x4.c as c4 from t x4 where x4.k1 between 0 and 3) x5 on x3.c1 = x5.c3 and x3.c4 = x5.c2 full join r x6 on x5.c4 = x6.c
--- v0960: count, group by, right join, string_agg, sum, where
select left(x1.code, 2) as c1, x1.n as c2, sum(x1.n) as c3, count(x1.code) as c4, string_agg(x1.code, ',' order by x1.code) as c5 from u x1 right join u x2 on x1.b = x2.b where x2.n < 10 group by left(x1.code, 2), x1.n
--- v0961: derived table, except, except all, having, inner join, max, scalar aggregate, sum
select case when x3.c1 is null then 'a' else 'b' end as c1, x3.c1 as c2 from (select case when x1.n is null then date '2024-01-31' end as c1, x1.b as c2 from u x1 except all select case when x2.a is null then date '2024-01-31' end as c1, x2.a as c2 from u x2 where coalesce(x2.b, 0) % 2 = 0) x3 except select case when x6.c2 is null then 'a' else 'b' end as c1, case when x6.c2 is null then date '2024-01-31' end as c2 from (select max(x4.v) as c1, sum(x5.a) as c2 from r x4 join r x5 on x4.id = x5.id having count(*) > 1) x6 where 1 = any (x6.c1)
--- v0962: except
select x1.d as c1 from r x1 where x1.a between 0 and 3 except select case when x2.a is null then date '2024-01-31' end as c1 from t x2
--- v0963: window
select x1.j as c1, x1.a as c2, x1.b as c3, count(*) over (partition by x1.j) as c4 from r x1
--- v0964: derived table, distinct on, left join, projection
select distinct on (x3.c2) x3.c2 as c1, x4.a as c2 from (select x2.id as c1, case when x2.a > 1 then x2.id else 0 end as c2, abs(x1.f) as c3 from r x1 left join s x2 on x1.id = x2.r_id and x1.b = x2.r_id) x3 left join r x4 on x3.c1 = x4.b and x3.c1 = x4.a order by x3.c2, x3.c1, x3.c2, x3.c3, x4.id
--- v0965: inner join, projection
select round(x2.n, 1) as c1, x1.n + x2.n as c2, x2.v as c3 from s x1 join r x2 on x1.id = x2.b
--- v0966: count, group by, min, var_pop, where
select x1.a + x1.id as c1, x1.a as c2, min(x1.c) as c3, count(*) as c4, var_pop(x1.a) as c5 from e x1 where x1.c > 'a' and x1.id in (1, 2, 3) group by x1.a + x1.id, x1.a
--- v0967: avg, bool, cte, derived table, distinct on, full join, having, inner join, max, non-equi, projection, scalar aggregate, self join, views on views, where, window
select x1.c as c1, x2.c2 as c2, x1.c as c3, x1.id as c4 from e x1 join v0893 x2 on x1.id = x2.c1 and x1.c ~ '^[a-f]' where x2.c1 between 0 and 3 and x1.a <> 2
--- v0968: array_agg, bool, count, derived table, distinct in aggregate, full join, group by, inner join, left join, max, non-equi, not exists, projection, scalar aggregate, views on views, where
select x8.c2 as c1, x12.c3 as c2 from (select abs(x7.f) as c1, x7.c as c2 from (select count(x1.a) as c1, max(x1.d) as c2, count(x1.n) as c3 from r x1 join v0919 x2 on x1.c = x2.c1 where (not x1.o or x1.j is not null)) x3 join (select x4.a as c1, x4.b as c2 from r x4 join u x5 on x4.n = x5.n where x4.d >= date '2024-02-01') x6 on x3.c1 = x6.c2 and x3.c1 = x6.c2 left join t x7 on x3.c3 = x7.k1 and x7.k1 is null where (x7.k2 <> 2 or coalesce(x7.a, 0) % 2 = 0)) x8 full join (select coalesce(x10.a, x9.k1) as c1, x10.id as c2, x10.n as c3 from t x9 full join s x10 on x9.a = x10.r_id and x9.k2 = x10.r_id join u x11 on x9.k1 = x11.a and x10.c like '%o%') x12 on case when x8.c2 is null then 0 else 1 end = x12.c1 where not exists (select 1 from r x13 where x13.f = x8.c1)
--- v0969: count, distinct in aggregate, group by, left join, var_pop
select x1.d as c1, x1.f as c2, var_pop(x1.n) as c3, count(*) as c4, count(distinct x1.j) as c5 from r x1 left join e x2 on x1.b = x2.a group by x1.d, x1.f
--- v0970: projection, where
select case when x1.r_id is null then 0 else 0.5 end::float8 as c1, x1.a as c2 from s x1 where x1.a > 1
--- v0971: inner join, non-equi, projection
select x1.j as c1, x1.j as c2 from r x1 join e x2 on x1.id = x2.id and x2.a is null
--- v0972: derived table, distinct in aggregate, full join, group by, min, projection, where
select x3.c3 % 3 as c1, coalesce(x3.c3, x3.c3) as c2, min(distinct x3.c3) as c3 from (select date_trunc('month', x2.d)::date as c1, x2.j as c2, x2.id + x2.id as c3 from u x1 full join r x2 on x1.a = x2.b where x1.b between 0 and 3 and 1 = any (x2.v)) x3 group by x3.c3 % 3, coalesce(x3.c3, x3.c3)
--- v0973: left join, projection
select x1.b as c1, x1.b as c2, case when x2.id is null then date '2024-01-31' end as c3, x2.id % 3 as c4 from u x1 left join e x2 on x1.code = x2.c
--- v0974: projection, where
select x1.o as c1, x1.n as c2, date_trunc('month', x1.d)::date as c3, x1.o as c4 from s x1 where x1.n >= 1
--- v0975: count, derived table, max, non-equi, projection, right join, scalar aggregate, where
select x3.c1 as c1, x3.c1 as c2, x3.c2 as c3 from (select max(x2.d) as c1, count(*) as c2 from t x1 right join s x2 on x1.k2 = x2.a and coalesce(x1.a, 0) % 2 = 0) x3 where x3.c2 is not null
--- v0976: distinct on, inner join
select distinct on (x2.a) x2.a as c1, x2.o as c2 from s x1 join s x2 on x1.id = x2.r_id order by x2.a, x1.id, x2.id
--- v0977: array_agg, count, derived table, filter, group by, in, min, where
select x3.c3 as c1, min(x3.c2) as c2, jsonb_agg(x3.c3 order by x3.c3) filter (where x3.c1 in (1, 2, 3)) as c3, min(x3.c1) as c4 from (select x1.b as c1, min(x1.code) as c2, count(x1.a) as c3 from u x1 where x1.b in (select x2.b from u x2 where true) group by x1.b) x3 group by x3.c3
--- v0978: array_agg, avg, derived table, filter, full join, group by, inner join, non-equi, var_pop
select x3.c || '/' || x3.c as c1, x3.f as c2, avg(x3.b) as c3 from (select x1.d as c1, var_pop(x1.id) as c2, jsonb_agg(x1.id order by x1.id) filter (where x1.r_id <> 2) as c3 from s x1 group by x1.d) x2 join r x3 on x2.c2 = x3.n and x2.c2 = x3.n and x2.c3 ? 't' full join u x4 on x3.a = x4.a group by x3.c || '/' || x3.c, x3.f
--- v0979: count, derived table, exists, group by, inner join, non-equi, projection, right join, where, window
select x5.c || '/' || x2.c2 as c1, x5.d as c2 from (select x1.b as c1, x1.code as c2, x1.a as c3, lag(x1.a) over (partition by x1.b order by x1.code) as c4 from u x1) x2 join (select x3.id as c1, x3.f as c2, count(*) as c3 from r x3 group by x3.id, x3.f) x4 on x2.c4 = x4.c1 and x4.c1 > 1 right join r x5 on x2.c4 = x5.b and x4.c1 = x5.b where exists (select 1 from t x6 where x6.k2 = x2.c3 and coalesce(x6.k1, 0) % 2 = 0)
--- v0980: having, scalar aggregate, sum
select sum(x1.f) as c1 from r x1 having count(*) < 4
--- v0981: inner join, non-equi, projection, views on views, where
select x2.d + 1 as c1, x2.o as c2 from v0971 x1 join s x2 on case when x1.c1 is null then 0 else 1 end = x2.r_id where x2.c is not null and x1.c2 is not null
--- v0982: array_agg, max, scalar aggregate
select max(x1.k2) as c1, jsonb_agg(x1.f order by x1.f) as c2 from t x1
--- v0983: non-equi, not exists, projection, right join, where
select x1.r_id as c1, x2.a as c2 from s x1 right join t x2 on x1.a = x2.k2 and x1.id <> 2 where not exists (select 1 from u x3 where x3.b = x1.id and x3.n is not null)
--- v0984: count, distinct in aggregate, filter, group by, inner join, max, not in, where
select x1.d as c1, max(distinct x1.f) as c2, count(x1.a) filter (where x1.b in (1, 2, 3)) as c3 from r x1 join u x2 on x1.id = x2.b and x1.a = x2.a where x2.b not in (select x3.a from r x3 where true) group by x1.d
--- v0985: inner join, left join, projection
select x3.c as c1, x1.code as c2, x2.a as c3 from u x1 left join e x2 on x1.b = x2.id join s x3 on x2.id = x3.a
--- v0986: projection, where
select x1.c as c1, case when x1.a is null then date '2024-01-31' end as c2, x1.id as c3, x1.id as c4 from e x1 where x1.c like '%o%' and x1.c like '%o%'
--- v0987: full join, limit, not exists, projection, where
select * from (select x1.n as c1, x1.a as c2, x2.k1 as c3 from u x1 full join t x2 on x1.a = x2.a where not exists (select 1 from s x3 where x3.id = x2.a)) q order by c1 desc, c2, c3 desc limit 2 offset 2
--- v0988: projection, where
select x1.a as c1, x1.a % 3 as c2, x1.a as c3 from e x1 where x1.c = 'a' and x1.c like '%o%'
--- v0989: left join, limit, window
select * from (select x2.a as c1, x1.f as c2, x1.a as c3, count(*) over (partition by x2.a) as c4 from t x1 left join e x2 on x1.a = x2.a) q order by c1 desc, c2 desc, c3 nulls first, c4 limit 4
--- v0990: count, derived table, distinct in aggregate, filter, group by, having, inner join, left join, max, right join, where
select x1.k1 as c1, nullif(x1.a, x5.a) as c2, count(*) filter (where x1.k1 in (1, 2, 3)) as c3 from t x1 right join (select left(x3.code, 2) as c1, nullif(x3.a, x3.b) as c2, min(x2.d) as c3 from s x2 left join u x3 on x2.id = x3.a group by left(x3.code, 2), nullif(x3.a, x3.b) having count(*) % 2 = 0) x4 on x1.k2 = x4.c2 and x1.a = x4.c2 join u x5 on x4.c2 = x5.a and x4.c1 = x5.code where x5.b is not null group by x1.k1, nullif(x1.a, x5.a)
--- v0991: bool, count, derived table, distinct on, filter, group by, in, inner join, left join, not in, projection, where
select x11.c2 as c1, x4.c1 as c2, date_trunc('month', x11.c1)::date as c3 from (select distinct on (x3.c2) x3.c2 as c1, x3.c1 as c2, x3.c1 as c3 from (select x1.code as c1, x1.code as c2 from u x1 where x1.b in (select x2.b from r x2 where true and x2.b in (1, 2, 3))) x3 order by x3.c2, x3.c1, x3.c2) x4 left join (select x6.c2 as c1, x6.c3 as c2, x6.c1 as c3 from (select x5.b as c1, case when x5.code is null then date '2024-01-31' end as c2, x5.b as c3 from u x5 where x5.b is not null) x6 join (select x7.o as c1, x8.r_id as c2, bool_and(x7.o) as c3, count(x7.id) filter (where coalesce(x8.r_id, 0) % 2 = 0) as c4 from s x7 join s x8 on x7.id = x8.r_id group by x7.o, x8.r_id) x9 on x6.c1 = x9.c2 where x9.c2 not in (select x10.a from u x10 where true)) x11 on case when x4.c2 is null then 0 else 1 end = x11.c2 and case when x4.c1 is null then 0 else 1 end = x11.c2
--- v0992: avg, derived table, distinct, group by, min
select distinct x2.c1 as c1, x2.c3 as c2 from (select x1.n as c1, min(x1.c) as c2, avg(x1.a) as c3 from r x1 group by x1.n) x2
--- v0993: count, group by, min, var_pop, views on views, where, window
select x1.c2 as c1, x1.c1 as c2, x1.c1 as c3, max(x1.c1) over (partition by x1.c2) as c4 from v0966 x1
--- v0994: array_agg, derived table, group by, max, min, projection, where
select x2.c2 as c1, max(x2.c2) as c2, min(x2.c2) as c3, jsonb_agg(x2.c3 order by x2.c3) as c4 from (select x1.a as c1, x1.f as c2, x1.k1 as c3, x1.k1 % 3 as c4 from t x1) x2 where x2.c4 is not null group by x2.c2
--- v0995: left join, scalar aggregate, string_agg, where
select string_agg(x2.c, ',' order by x2.c) as c1 from e x1 left join t x2 on x1.a = x2.k1 where (coalesce(x2.k2, 0) % 2 = 0 or x1.c > 'a')
--- v0996: derived table, except, projection, where
select x1.a as c1, case when x1.code is null then date '2024-01-31' end as c2 from u x1 where x1.n is not null except select x3.c1 as c1, case when x3.c4 is null then date '2024-01-31' end as c2 from (select case when x2.id > 1 then x2.id else 0 end as c1, to_jsonb(x2.id is null) as c2, (x2.id is null) as c3, to_jsonb(x2.id is null) as c4 from e x2 where x2.id > 1 and length(x2.c) < 4) x3 where x3.c2 is not null
--- v0997: count, filter, group by, left join, min, projection, sum, views on views, where
select x1.id as c1, count(*) as c2, sum(x1.b) as c3, min(x2.c1) as c4 from r x1 left join v0916 x2 on x1.a = x2.c2 where coalesce(x2.c2, 0) % 2 = 0 group by x1.id
--- v0998: projection, where
select case when x1.n is null then array[1, 2] end as c1, x1.code as c2, x1.n as c3 from u x1 where x1.b between 0 and 3
--- v0999: window
select x1.n as c1, x1.c as c2, x1.a as c3, row_number() over (partition by x1.n order by x1.id) as c4 from s x1
--- v1000: avg, count, derived table, filter, group by, having, string_agg, sum
select x2.c3 as c1, string_agg(x2.c2, ',' order by x2.c2) as c2, count(*) as c3, sum(x2.c1) as c4 from (select x1.id as c1, x1.c as c2, avg(x1.a) filter (where x1.c = 'a') as c3 from e x1 group by x1.id, x1.c having count(*) < 4) x2 group by x2.c3
--- v1001: limit, projection
select * from (select * from (select x1.o as c1, x1.j as c2, x1.f as c3 from r x1) q order by c1 nulls first, c2 desc, c3 desc limit 4 offset 2) q order by c1 desc, c2 desc, c3 desc limit 4
--- v1002: bool, count, derived table, distinct in aggregate, group by, projection, where, window
select case when x3.c3 is null then date '2024-01-31' end as c1, x3.c4 as c2 from (select x2.c4 as c1, x2.c2 as c2, x2.c5 as c3, count(*) over (partition by x2.c4) as c4 from (select x1.id as c1, x1.j as c2, count(x1.b) as c3, bool_and(x1.o) as c4, count(distinct x1.d) as c5 from r x1 group by x1.id, x1.j) x2) x3 where x3.c4 is not null
--- v1003: derived table, exists, full join, group by, having, inner join, projection, right join, string_agg, where, window
select x11.c1 as c1, x11.c3 as c2, x7.c1 as c3, count(*) over (partition by x11.c1) as c4 from (select x5.b + x4.c4 as c1, string_agg(x4.c1, ',' order by x4.c1) as c2 from (select x3.code as c1, x3.code as c2, x1.c as c3, x2.b as c4 from t x1 join u x2 on x1.k1 = x2.a right join u x3 on x2.b = x3.b where x3.code ~ '^[a-f]' and x2.a in (1, 2, 3)) x4 full join u x5 on x4.c2 = x5.code where exists (select 1 from r x6 where x6.n = x5.n and x6.o is not true and x6.a <> 2) group by x5.b + x4.c4 having count(*) > 1) x7 right join (select x10.c3 as c1, x10.c4 as c2, x10.c3 as c3 from (select x8.a + x8.b as c1, (x9.b is null) as c2, x8.code as c3, case when x8.b is null then date '2024-01-31' end as c4 from u x8 join u x9 on x8.a = x9.a and x8.n = x9.n where x8.b between 0 and 3) x10) x11 on x7.c2 = x11.c3
--- v1004: bool, group by, min, where
select x1.r_id as c1, min(x1.c) as c2, bool_and(x1.o) as c3, min(x1.c) as c4 from s x1 where x1.n < 10 group by x1.r_id
--- v1005: left join, not exists, projection, where
select coalesce(x2.j, '{}') as c1, x2.v as c2, x2.f as c3 from s x1 left join r x2 on x1.id = x2.b where not exists (select 1 from u x3 where x3.a = x2.a)
--- v1006: projection, where
select x1.o as c1, x1.id as c2 from s x1 where x1.a > 1
--- v1007: array_agg, avg, count, derived table, group by, having, inner join, left join, min, not exists, projection, views on views, where
select x3.c3 as c1, x1.c1 as c2, count(*) as c3 from v1005 x1 join (select x2.b as c1, avg(x2.b) as c2, jsonb_agg(x2.b order by x2.b) as c3, min(x2.n) as c4 from u x2 where x2.code ~ '^[a-f]' group by x2.b having count(*) < 4) x3 on case when x1.c3 is null then 0 else 1 end = x3.c1 where (x3.c1 <> 2 or x3.c1 > 1) group by x3.c3, x1.c1
--- v1008: distinct on, left join
select distinct on (x2.k2) x2.k2 as c1, x1.b as c2, x2.a as c3 from u x1 left join t x2 on x1.b = x2.a order by x2.k2, x1.code, x2.k1, x2.k2
--- v1009: bool, count, derived table, distinct on, filter, projection, scalar aggregate
select distinct on (x3.c3) x3.c3 as c1, x3.c2 as c2, x3.c1 as c3 from (select count(*) as c1, bool_and(x2.c2) as c2, count(x2.c1) filter (where x2.c1 is not null) as c3 from (select coalesce(x1.j, '{}') as c1, x1.o as c2, jsonb_build_array(x1.j) as c3, coalesce(x1.f, 0) as c4 from r x1) x2) x3 order by x3.c3, x3.c1, x3.c2, x3.c3
--- v1010: array_agg, count, derived table, distinct in aggregate, distinct on, filter, full join, group by, having, inner join, left join, min, non-equi, projection, scalar aggregate, sum, var_pop, views on views, where, window
select count(x4.c2) as c1, var_pop(x6.c1) as c2, var_pop(distinct x4.c2) as c3 from (select x2.c as c1, x2.id as c2 from v0971 x1 join s x2 on case when x1.c1 is null then 0 else 1 end = x2.a join v0830 x3 on x2.a = x3.c1 where x2.c ~ '^[a-f]' and x1.c1 ? 't') x4 join (select x5.n as c1, x5.id as c2, x5.a as c3, rank() over (partition by x5.n order by x5.id) as c4 from s x5) x6 on x4.c2 = x6.c2
--- v1011: exists, limit, projection, where
select * from (select x1.f as c1, case when x1.k1 is null then date '2024-01-31' end as c2 from t x1 where exists (select 1 from r x2 where x2.b = x1.a and x2.f is distinct from 1.5)) q order by c1, c2 desc limit 6 offset 2
--- v1012: cte, left join, projection, self join, where
with q as (select greatest(x1.d, x1.d) as c1, x1.a as c2 from s x1 left join e x2 on x1.c = x2.c where x2.a between 0 and 3 and x1.o is null) select x.c1 as c1, y.c2 as c2 from q x join q y on x.c1 = y.c1
--- v1013: projection
select coalesce(x1.o, false) as c1, x1.id as c2, x1.id as c3 from s x1
--- v1014: inner join, non-equi, projection, where
select x2.n as c1, x1.a as c2 from s x1 join s x2 on x1.n = x2.n and x1.o is null where x2.n is not null
--- v1015: intersect
select (x1.k1 is null) as c1 from t x1 intersect select x2.o as c1 from r x2 where x2.id in (1, 2, 3)
--- v1016: derived table, intersect, projection, where
select case when x2.c1 is null then 0 else 1 end as c1 from (select upper(x1.c) as c1, x1.o as c2, (x1.o and x1.o) as c3 from r x1 where (not x1.o or x1.a is null)) x2 intersect select x4.c1 as c1 from (select x3.id as c1, case when x3.a is null then 0 else 0.5 end::float8 as c2, x3.c as c3 from e x3 where x3.a > 1) x4 where x4.c2 > 0
--- v1017: array_agg, count, derived table, distinct in aggregate, distinct on, group by, inner join, non-equi
select x1.d as c1, x1.a as c2, count(distinct x1.j) as c3, jsonb_agg(x3.c3 order by x3.c3) as c4 from r x1 join (select distinct on (x2.k1) x2.k1 as c1, x2.k1 as c2, x2.a as c3 from t x2 order by x2.k1, x2.k1, x2.k2) x3 on x1.id = x3.c2 join s x4 on x1.id = x4.r_id and x1.f is distinct from 1.5 group by x1.d, x1.a
--- v1018: derived table, projection, where
select x2.c1 as c1, x2.c2 as c2, x2.c2 as c3, x2.c2 as c4 from (select x1.c as c1, x1.c as c2 from e x1 where x1.id between 0 and 3) x2 where x2.c1 = 'a'
--- v1019: distinct on
select distinct on (x1.r_id) x1.r_id as c1, x1.o as c2 from s x1 order by x1.r_id, x1.id
--- v1020: projection
select x1.f as c1, x1.v as c2, x1.o as c3 from r x1
--- v1021: projection
select case when x1.k2 is null then 1.0 else 2.5 end as c1, x1.k2 as c2 from t x1
--- v1022: cte, derived table, full join, inner join, limit, projection, right join, self join, where, window
select (x2.c2 and x2.c2) as c1, abs(x6.c2) as c2 from (select * from (with q as (select coalesce(x1.j, '{}') as c1, x1.v as c2, x1.o as c3 from r x1 where x1.f > 0) select x.c1 as c1, y.c3 as c2 from q x join q y on x.c1 = y.c1) q order by c1 nulls first, c2 desc limit 5) x2 full join (select * from (select x3.k1 as c1, x3.f as c2, x5.a as c3, max(x5.a) over (partition by x3.k1) as c4 from t x3 join t x4 on x3.f = x4.f right join e x5 on x4.k2 = x5.id) q order by c1 desc, c2 nulls first, c3, c4 limit 4) x6 on case when x2.c2 is null then 0 else 1 end = x6.c4
--- v1023: left join, projection
select case when x1.b is null then 0 else 0.5 end::float8 as c1, x1.code as c2, x1.b as c3 from u x1 left join u x2 on x1.a = x2.a
--- v1024: projection, where
select x1.c as c1, x1.c as c2, x1.id as c3 from e x1 where x1.c > 'a'
--- v1025: projection
select coalesce(x1.code, 'none') as c1, x1.b as c2 from u x1
--- v1026: array_agg, derived table, distinct in aggregate, distinct on, except, full join, group by, inner join, left join, limit, max, non-equi, not exists, projection, scalar aggregate, views on views, where
select x7.c1 as c1, x15.c3 as c2, x15.c1 as c3 from (select jsonb_agg(x6.k1 order by x6.k1) as c1 from (select x1.r_id as c1 from s x1 where x1.r_id <> 2 except select x2.a as c1 from e x2) x3 left join (select * from (select x4.r_id as c1, x4.id as c2 from s x4 where (x4.a > 1 or x4.o is not true)) q order by c1 nulls first, c2 desc limit 4) x5 on x3.c1 = x5.c2 and x3.c1 = x5.c2 join t x6 on x5.c1 = x6.k2 and x3.c1 in (1, 2, 3)) x7 join (select (x9.c1 is null) as c1, x13.c1 as c2, x13.c1 as c3 from (select x8.f as c1, x8.k2 as c2 from t x8 where x8.k1 is not null) x9 join (select distinct on (x12.c4) x12.c4 as c1, x11.r_id as c2 from u x10 left join s x11 on x10.b = x11.r_id full join v0906 x12 on x11.d = x12.c4 order by x12.c4, x10.code, x11.id, x12.c1, x12.c2, x12.c3, x12.c4) x13 on x9.c2 = x13.c2 where not exists (select 1 from s x14 where x14.id = x9.c2)) x15 on case when x7.c1 is null then 0 else 1 end = case when x15.c3 is null then 0 else 1 end
--- v1027: projection
select x1.code || '/' || x1.code as c1, to_jsonb(x1.n is null) as c2, x1.b as c3, upper(x1.code) as c4 from u x1
--- v1028: projection, where
select case when x1.k1 is null then date '2024-01-31' end as c1, x1.k2 as c2 from t x1 where x1.f > 0
--- v1029: left join, non-equi, projection
select x2.f * 2 as c1, coalesce(x1.v, '{}') as c2, x2.c || '/' || x2.c as c3 from r x1 left join r x2 on x1.c = x2.c and x2.d >= date '2024-02-01'
--- v1030: window
select x1.c as c1, x1.o as c2, x1.id as c3, lag(x1.id) over (partition by x1.c order by x1.id) as c4 from s x1
--- v1031: count, derived table, distinct, filter, group by, inner join, left join, min, non-equi, projection, scalar aggregate, sum, var_pop, views on views, where
select x7.c1 as c1, x7.c2 as c2, x7.c2 as c3 from (select min(x1.n) as c1, count(*) as c2, sum(x1.id) as c3 from r x1 join u x2 on x1.a = x2.a and x1.n = x2.n join v0849 x3 on x1.f = x3.c1 and x3.c1 is distinct from 1.5) x4 left join (select x6.n as c1, var_pop(x6.id) as c2 from s x5 join s x6 on x5.id = x6.id group by x6.n) x7 on x4.c3 = x7.c1
--- v1032: derived table, inner join, not exists, projection, scalar aggregate, sum, union all, views on views, where
select sum(x7.c1) as c1 from (select coalesce(x1.j, '{}') as c1, x1.a as c2 from r x1 where not exists (select 1 from u x2 where x2.b = x1.id)) x3 join (select x4.d as c1 from r x4 where x4.d is null union all select x5.d as c1 from r x5) x6 on x3.c2 = case when x6.c1 is null then 0 else 1 end join v0875 x7 on x3.c2 = x7.c1
--- v1033: inner join, projection, right join
select x2.k2 as c1, x2.c as c2, x2.k2 as c3 from r x1 join t x2 on x1.id = x2.k2 right join r x3 on x1.id = x3.id and x2.a = x3.a
--- v1034: group by, having, max, projection, views on views, where
select x1.c3 as c1, max(x1.c4) as c2 from v0869 x1 where x1.c2 = 'a' group by x1.c3 having count(*) < 4
--- v1035: cte, projection, self join
with q as (select x1.c as c1, (x1.k2 is null) as c2, case when x1.k1 > 1 then x1.k2 else 0 end as c3, x1.c as c4 from t x1) select x.c1 as c1, y.c4 as c2 from q x join q y on x.c1 = y.c1
--- v1036: array_agg, derived table, filter, full join, group by, inner join, left join, max, min, non-equi, not exists, projection, sum, views on views, where
select x4.c4 as c1, x10.v as c2, x10.o as c3, coalesce(x10.v, '{}') as c4 from (select x2.c4 as c1, x2.c2 as c2, x2.c2 * 2 as c3, x2.c3 as c4 from (select x1.c as c1, x1.f as c2, max(x1.k1) as c3, min(x1.c) as c4, sum(x1.k2) as c5 from t x1 where (x1.f > 0 or x1.f > 0) group by x1.c, x1.f) x2 where not exists (select 1 from t x3 where x3.c = x2.c4)) x4 full join (select x8.c1 as c1, jsonb_agg(x6.c1 order by x6.c1) as c2 from (select (x5.c3 is null) as c1, case when x5.c2 is null then array[1, 2] end as c2, x5.c2 as c3 from v1024 x5) x6 join (select x7.a as c1, x7.a % 3 as c2, sum(x7.b) as c3, max(x7.b) filter (where x7.code > 'a') as c4 from u x7 group by x7.a, x7.a % 3) x8 on case when x6.c2 is null then 0 else 1 end = x8.c2 and case when x6.c1 is null then 0 else 1 end = x8.c1 and 1 = any (x6.c2) group by x8.c1) x9 on x4.c4 = x9.c1 left join r x10 on x4.c2 = x10.f
--- v1037: cte, intersect all, self join
with q as (with q as (select x1.r_id as c1, x1.d as c2 from s x1 where x1.r_id is not null intersect all select x2.a as c1, x2.d as c2 from r x2) select x.c1 as c1, y.c2 as c2 from q x join q y on x.c1 = y.c1) select x.c1 as c1, y.c2 as c2 from q x join q y on x.c1 = y.c1
--- v1038: avg, count, derived table, distinct, filter, full join, group by, inner join, left join, limit, max, non-equi, projection, right join, scalar aggregate, string_agg, sum, var_pop, views on views, where
select var_pop(x3.c2) as c1, count(*) as c2, string_agg(x7.c2, ',' order by x7.c2) as c3 from (select * from (select x2.n as c1, sum(x1.r_id) as c2, count(*) as c3 from s x1 join s x2 on x1.n = x2.n group by x2.n) q order by c1 nulls first, c2 desc, c3 nulls first limit 3) x3 join (select x6.r_id as c1, left(x5.c, 2) as c2, count(x4.c4) as c3, count(x5.b) filter (where x5.j is not null) as c4, avg(x5.n) as c5 from v0911 x4 join r x5 on x4.c2 = x5.id and x4.c2 = x5.id full join s x6 on x5.d = x6.d where x5.d is null group by x6.r_id, left(x5.c, 2)) x7 on x3.c1 = x7.c5 and x3.c1 is not null
--- v1039: cte, group by, having, self join, sum
with q as (select coalesce(x1.code, 'none') as c1, sum(x1.b) as c2 from u x1 group by coalesce(x1.code, 'none') having count(*) > 1) select x.c1 as c1, y.c2 as c2 from q x join q y on x.c1 = y.c1
--- v1040: cte, self join, window
with q as (select x1.k2 as c1, x1.c as c2, x1.k1 as c3, row_number() over (partition by x1.k2 order by x1.k1, x1.k2) as c4 from t x1) select x.c1 as c1, y.c4 as c2 from q x join q y on x.c1 = y.c1
--- v1041: group by, max
select x1.d as c1, max(x1.b) as c2 from r x1 group by x1.d
--- v1042: derived table, distinct on, projection, where
select distinct on (x2.c2) x2.c2 as c1, x2.c2 as c2, x2.c3 as c3 from (select x1.c as c1, x1.k1 as c2, x1.f as c3 from t x1 where (x1.k2 > 1 or x1.k1 is null)) x2 order by x2.c2, x2.c1, x2.c2, x2.c3
--- v1043: distinct
select distinct x1.id as c1 from s x1
--- v1044: avg, count, derived table, group by, left join, projection
select x1.a as c1, x3.c4 as c2, nullif(x3.c3, x1.id) as c3, case when x1.n is null then 0 else 0.5 end::float8 as c4 from s x1 left join (select x2.n as c1, left(x2.c, 2) as c2, count(*) as c3, avg(x2.r_id) as c4 from s x2 group by x2.n, left(x2.c, 2)) x3 on x1.id = x3.c3
--- v1045: except
select x1.c as c1 from r x1 except select x2.c as c1 from t x2 where x2.a between 0 and 3
--- v1046: derived table, exists, group by, inner join, max, non-equi, projection, right join, where
select x1.a as c1, x1.a as c2, x1.a as c3 from u x1 right join (select left(x2.c, 2) as c1, max(x2.v) as c2 from r x2 join r x3 on x2.b = x3.id where exists (select 1 from t x4 where x4.c = x2.c and x4.f is distinct from 1.5) group by left(x2.c, 2)) x5 on x1.code = x5.c1 and 1 = any (x5.c2) where (x5.c1 like '%o%' or x1.a is null)
--- v1047: derived table, full join, projection, where
select x3.n as c1, x3.r_id as c2 from (select to_jsonb(x1.id is null) as c1, x1.r_id as c2, x1.c as c3, x1.n * 2 as c4 from s x1 where x1.d is null) x2 full join s x3 on x2.c2 = x3.r_id
--- v1048: cte, full join, projection, self join, where
with q as (select x2.a as c1, left(x1.c, 2) as c2, x1.v as c3 from r x1 full join u x2 on x1.n = x2.n where x1.id <> 2) select x.c1 as c1, y.c3 as c2 from q x join q y on x.c1 = y.c1
--- v1049: non-equi, not exists, projection, right join, where
select -x3.n as c1, x1.k2 as c2, x3.r_id as c3, -x3.n as c4 from t x1 right join e x2 on x1.a = x2.a right join s x3 on x1.k1 = x3.id and x3.r_id in (1, 2, 3) where not exists (select 1 from r x4 where x4.a = x3.id and x4.a between 0 and 3)
--- v1050: projection, where
select x1.v || 9 as c1, x1.d as c2, x1.c as c3, x1.d as c4 from r x1 where x1.n < 10 and x1.id in (1, 2, 3)
--- v1051: avg, having, scalar aggregate, where
select avg(x1.a) as c1 from r x1 where x1.n is not null having count(*) < 4
--- v1052: derived table, distinct in aggregate, full join, group by, intersect, min, projection, string_agg, views on views, where
select x3.c1 as c1, string_agg(x3.c2, ',' order by x3.c2) as c2, min(x3.c2) as c3 from (select x1.c1 as c1, case when x1.c1 is null then 'a' else 'b' end as c2 from v0972 x1 intersect select x2.a as c1, x2.c as c2 from r x2) x3 where x3.c2 > 'a' and x3.c2 is not null group by x3.c1
--- v1053: cte, derived table, distinct, exists, group by, having, inner join, left join, limit, min, non-equi, not exists, projection, self join, sum, views on views, where, window
select x4.c1 as c1, x13.c2 as c2, x13.c3 as c3, count(*) over (partition by x4.c1) as c4 from (select case when x3.c2 is null then array[1, 2] end as c1, x3.c2 as c2, x3.c1 as c3 from (select distinct x1.b as c1, x1.code as c2 from u x1 left join v1039 x2 on x1.n = x2.c2) x3) x4 join (select x12.c2 as c1, min(x12.c1) as c2, min(x12.c2) as c3 from (select * from (select x6.a as c1, x5.c || '/' || x7.code as c2, x6.id as c3 from e x5 left join s x6 on x5.a = x6.id and x5.a = x6.a left join u x7 on x5.a = x7.b where exists (select 1 from r x8 where x8.d = x6.d and cardinality(x8.v) > 1)) q order by c1 nulls first, c2 nulls first, c3 desc limit 4) x9 left join (select x10.a as c1, x10.r_id as c2, x10.a as c3, case when x10.c is null then 0 else 0.5 end::float8 as c4 from s x10 where not exists (select 1 from s x11 where x11.a = x10.id)) x12 on x9.c3 = x12.c1 and x9.c1 in (1, 2, 3) group by x12.c2) x13 on x4.c3 = x13.c2 and x4.c3 = x13.c2 and x4.c3 is null
--- v1054: count, scalar aggregate, string_agg
select string_agg(x1.code, ',' order by x1.code) as c1, count(x1.code) as c2 from u x1
--- v1055: distinct in aggregate, group by, string_agg, sum
select x1.id as c1, x1.n as c2, string_agg(distinct x1.c, ',' order by x1.c) as c3, sum(x1.n) as c4, string_agg(x1.c, ',' order by x1.c) as c5 from r x1 group by x1.id, x1.n
--- v1056: projection
select x1.n * 2 as c1, x1.code as c2 from u x1
--- v1057: derived table, left join, non-equi, not exists, projection, where, window
select x5.c1 as c1, x5.c3 as c2, x2.c2 as c3, count(*) over (partition by x5.c1) as c4 from (select x1.o as c1, x1.b as c2, greatest(x1.d, x1.d) as c3 from r x1 where x1.n is not null) x2 left join (select case when x3.id is null then array[1, 2] end as c1, case when x3.n is null then array[1, 2] end as c2, x3.r_id as c3, x3.n + x3.n as c4 from s x3 where not exists (select 1 from u x4 where x4.b = x3.r_id)) x5 on x2.c2 = x5.c3 and x5.c4 is not null
--- chain1: views on views, where
select id, a, b, c, n from r where b is not null or a > 0
--- chain2: join, views on views
select x.id, x.a, x.b, s.n as sn, s.id as s_id from chain1 x join s on s.r_id = x.id
--- chain3: group by, views on views
select a, count(*) as rows, sum(b) as sum_b, sum(sn) as sum_sn from chain2 group by a
--- chain4: left join, views on views
select x.a, x.rows, x.sum_b, t.k1, t.k2, t.f from chain3 x left join t on t.a = x.a
--- chain5: group by, max, min, views on views
select k1, max(rows) as rows, min(f) as least_f, count(*) as times from chain4 group by k1
--- chain6: union all, views on views
select k1, rows from chain5 union all select id, a from chain1
--- chain7: distinct, views on views
select distinct k1, rows from chain6
--- chain8: exists, views on views
select k1, rows from chain7 where exists (select 1 from u where u.a = chain7.rows)
--- chain9: views on views, window
select k1, rows, rank() over (partition by rows order by k1) as rk from chain8
--- chain10: limit, views on views
select k1, rows, rk from chain9 order by k1, rows, rk limit 5
--- chain11: self join, views on views
select x.rows, y.k1, y.rk from chain10 x join chain10 y on x.rows = y.rows and x.k1 is distinct from y.k1
