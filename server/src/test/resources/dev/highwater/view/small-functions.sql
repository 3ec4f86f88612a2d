create aggregate public.product(numeric) (sfunc = numeric_mul, stype = numeric, initcond = '1');
create aggregate public.concatenation(text) (sfunc = textcat, stype = text, initcond = '');
create function public.twice(x int) returns int language sql immutable as 'select x * 2';
