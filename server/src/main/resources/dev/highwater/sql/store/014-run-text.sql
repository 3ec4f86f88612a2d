-- Where changes share a row, `body` begins with a line that has the pieces around their values, and a unit separator
-- between two of them; of each change follow the values, a unit separator before each, or all of its text. Rows that
-- were written before hold whole texts alone.

-- The changes of a row, in their order, each as it would stand in a row of its own.
create function highwater.change_texts(body text) returns setof text
language sql immutable strict parallel safe set search_path = pg_catalog, pg_temp as $$
  with lines as materialized (select line, n from string_to_table(body, e'\n') with ordinality as l(line, n)),
  head as materialized (select string_to_array(line, e'\x1f') as pieces from lines where n = 1)
  select case when line like e'\x1f%'
    then (select string_agg(p || coalesce(v, ''), '' order by i)
          from unnest((select pieces from head), (string_to_array(line, e'\x1f'))[2:]) with ordinality as t(p, v, i))
    else line end
  from lines where n > 1 or strpos(line, e'\x1f') = 0 order by n
$$;

-- Nothing makes random bytes smaller.
alter table highwater.change alter column salt set storage external;
