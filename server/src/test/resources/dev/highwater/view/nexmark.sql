--- q0: projection
select auction, bidder, price, date_time, extra from bid
--- q1: projection
select auction, bidder, 0.908 * price as price, date_time, extra from bid
--- q2: where
select auction, price from bid where auction % 3 = 0
--- q3: join
select p.name, p.city, p.state, a.id
from auction a join person p on a.seller = p.id
where a.category = 10 and (p.state = 'OR' or p.state = 'ID' or p.state = 'CA')
--- q4: join, max, avg, nested aggregate
select q.category, avg(q.final)
from (
  select max(b.price) as final, a.category
  from auction a, bid b
  where a.id = b.auction and b.date_time between a.date_time and a.expires
  group by a.id, a.category) q
group by q.category
--- q5: lateral, group by, max, nested aggregate
with counts as (
  select b.auction, w.starttime, count(*) as num
  from bid b
  cross join lateral generate_series(
    date_bin('2 s', b.date_time, timestamp '2000-01-01') - interval '8 s',
    date_bin('2 s', b.date_time, timestamp '2000-01-01'), interval '2 s') as w (starttime)
  group by b.auction, w.starttime)
select c.auction, c.num, c.starttime
from counts c
join (select max(num) as maxn, starttime from counts group by starttime) m
  on c.starttime = m.starttime and c.num >= m.maxn
--- q6: window, join, distinct on
select seller, avg(final) over (
    partition by seller order by date_time, id rows between 10 preceding and current row) as avg_final, id
from (
  select distinct on (a.id, a.seller) a.id, a.seller, b.price as final, b.date_time
  from auction a join bid b on a.id = b.auction
  where b.date_time between a.date_time and a.expires
  order by a.id, a.seller, b.price desc, b.date_time, b.id) q
--- q7: join, max, group by
select b.auction, b.price, b.bidder, b.date_time, b.extra
from bid b
join (
  select max(price) as maxprice, date_bin('10 s', date_time, timestamp '2000-01-01') as starttime
  from bid group by 2) m
  on b.price = m.maxprice and b.date_time >= m.starttime and b.date_time < m.starttime + interval '10 s'
--- q8: join, group by
select p.id, p.name, p.starttime
from (
  select id, name, date_bin('10 s', date_time, timestamp '2000-01-01') as starttime
  from person group by id, name, 3) p
join (
  select seller, date_bin('10 s', date_time, timestamp '2000-01-01') as starttime
  from auction group by seller, 2) a
  on p.id = a.seller and p.starttime = a.starttime
--- q9: window, join, top-N per group
select id, item_name, description, initial_bid, reserve, date_time, expires, seller, category, extra, auction, bidder,
  price, bid_date_time, bid_extra
from (
  select a.*, b.auction, b.bidder, b.price, b.date_time as bid_date_time, b.extra as bid_extra,
    row_number() over (partition by a.id order by b.price desc, b.date_time asc, b.id) as rownum
  from auction a, bid b
  where a.id = b.auction and b.date_time between a.date_time and a.expires) q
where rownum <= 1
--- q11: window, group by, nested aggregate
select bidder, count(*) as bid_count, min(date_time) as starttime, max(date_time) + interval '10 s' as endtime
from (
  select bidder, date_time, sum(fresh) over (partition by bidder order by date_time, id) as session
  from (
    select id, bidder, date_time,
      case when date_time - lag(date_time) over (partition by bidder order by date_time, id) <= interval '10 s'
        then 0 else 1 end as fresh
    from bid) marked) numbered
group by bidder, session
--- q13: join
select b.auction, b.bidder, b.price, b.date_time, s.value
from bid b join side_input s on b.auction % 10 = s.key
--- q14: projection, case, where
select auction, bidder, 0.908 * price as price,
  case when extract(hour from date_time) between 8 and 18 then 'day'
    when extract(hour from date_time) <= 6 or extract(hour from date_time) >= 20 then 'night'
    else 'other' end as bid_time_type,
  date_time, extra, length(extra) - length(replace(extra, 'c', '')) as c_counts
from bid
where 0.908 * price > 1000 and 0.908 * price < 1000000
--- q15: group by, filter, count distinct
select to_char(date_time, 'YYYY-MM-DD') as day, count(*) as total_bids,
  count(*) filter (where price < 10000) as rank1_bids,
  count(*) filter (where price >= 10000 and price < 1000000) as rank2_bids,
  count(*) filter (where price >= 1000000) as rank3_bids,
  count(distinct bidder) as total_bidders,
  count(distinct bidder) filter (where price < 10000) as rank1_bidders,
  count(distinct bidder) filter (where price >= 10000 and price < 1000000) as rank2_bidders,
  count(distinct bidder) filter (where price >= 1000000) as rank3_bidders,
  count(distinct auction) as total_auctions
from bid
group by to_char(date_time, 'YYYY-MM-DD')
--- q16: group by, filter, count distinct, max
select channel, to_char(date_time, 'YYYY-MM-DD') as day, max(to_char(date_time, 'HH24:MI')) as minute,
  count(*) as total_bids, count(*) filter (where price < 10000) as rank1_bids,
  count(distinct bidder) as total_bidders,
  count(distinct auction) filter (where price >= 1000000) as rank3_auctions
from bid
group by channel, to_char(date_time, 'YYYY-MM-DD')
--- q17: group by, filter, min, max, avg
select auction, to_char(date_time, 'YYYY-MM-DD') as day, count(*) as total_bids,
  count(*) filter (where price < 10000) as rank1_bids, min(price) as min_price, max(price) as max_price,
  avg(price) as avg_price, sum(price) as sum_price
from bid
group by auction, to_char(date_time, 'YYYY-MM-DD')
--- q18: window, top-N per group
select auction, bidder, price, channel, url, date_time, extra
from (
  select *, row_number() over (partition by bidder, auction order by date_time desc, id desc) as rank_number
  from bid) q
where rank_number <= 1
--- q19: window, top-N per group
select *
from (select *, row_number() over (partition by auction order by price desc, id) as rank_number from bid) q
where rank_number <= 10
--- q20: join
select b.auction, b.bidder, b.price, b.channel, b.url, b.date_time as bid_date_time, b.extra as bid_extra,
  a.item_name, a.description, a.initial_bid, a.reserve, a.date_time as auction_date_time, a.expires, a.seller,
  a.category, a.extra as auction_extra
from bid b join auction a on b.auction = a.id
where a.category = 10
--- q21: case, regex, where
select auction, bidder, price, channel,
  case when lower(channel) = 'apple' then '0' when lower(channel) = 'google' then '1'
    when lower(channel) = 'facebook' then '2' when lower(channel) = 'baidu' then '3'
    else (regexp_match(url, '(&|^)channel_id=([^&]*)'))[2] end as channel_id
from bid
where (regexp_match(url, '(&|^)channel_id=([^&]*)'))[2] is not null
  or lower(channel) in ('apple', 'google', 'facebook', 'baidu')
--- q22: projection
select auction, bidder, price, channel, split_part(url, '/', 4) as dir1, split_part(url, '/', 5) as dir2,
  split_part(url, '/', 6) as dir3
from bid
