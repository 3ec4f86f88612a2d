--- chain1: views on views, where
select id, a, b, c, n from r where b is not null or a > 0
--- chain2: views on views, join
select x.id, x.a, x.b, s.n as sn, s.id as s_id from chain1 x join s on s.r_id = x.id
--- chain3: views on views, group by
select a, count(*) as rows, sum(b) as sum_b, sum(sn) as sum_sn from chain2 group by a
--- chain4: views on views, left join
select x.a, x.rows, x.sum_b, t.k1, t.k2, t.f from chain3 x left join t on t.a = x.a
--- chain5: views on views, group by, min, max
select k1, max(rows) as rows, min(f) as least_f, count(*) as times from chain4 group by k1
--- chain6: views on views, union all
select k1, rows from chain5 union all select id, a from chain1
--- chain7: views on views, distinct
select distinct k1, rows from chain6
--- chain8: views on views, exists
select k1, rows from chain7 where exists (select 1 from u where u.a = chain7.rows)
--- chain9: views on views, window
select k1, rows, rank() over (partition by rows order by k1) as rk from chain8
--- chain10: views on views, limit
select k1, rows, rk from chain9 order by k1, rows, rk limit 5
--- chain11: views on views, self join
select x.rows, y.k1, y.rk from chain10 x join chain10 y on x.rows = y.rows and x.k1 is distinct from y.k1
