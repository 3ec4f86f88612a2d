create table r (
  id int primary key, a int, b int, c text, n numeric, f float8, o boolean, d date, ts timestamp, j jsonb, v int[]);
create table s (id int primary key, r_id int, a int, c text, n numeric(10,2), d date, o boolean);
create table t (k1 int, k2 int, a int, c text, f float8, primary key (k1, k2));
create table u (code text primary key, a int not null, b int, n numeric);
create table e (id int primary key, a int, c text);
create table g (id int primary key, parent int, w int not null);
