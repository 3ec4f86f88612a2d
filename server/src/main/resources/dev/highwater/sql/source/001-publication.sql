-- What Highwater adds to a source: this schema, a publication, a slot and event triggers.
create publication highwater;

-- Tables that a person unpublished; they are not published by themselves again.
create table highwater.unpublished (source_oid oid primary key);

-- Patterns of the tables that are published by themselves, later ones too: `*` stands for anything.
create table highwater.wanted (
  pattern text primary key,
  excluded boolean not null
);

-- Which partitions hold the rows of a published partitioned table, so that DDL tells which came and went.
create table highwater.leaf (leaf oid primary key, root oid not null);
create index leaf_root on highwater.leaf (root);

-- Anyone may write a logical message; ours begin with this, which nobody else can read.
create table highwater.secret (
  only_row boolean primary key default true check (only_row),
  text text not null default replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '')
);
insert into highwater.secret default values;
