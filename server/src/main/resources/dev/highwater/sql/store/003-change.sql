-- The changes of each entry, as the JSON text that was hashed. A leaf's hash stands here only where
-- the text was withheld or erased.
create table highwater.change (
  position bigint not null,
  ordinal int not null,
  relation int not null,
  body text,
  salt bytea,
  leaf bytea,
  primary key (position, ordinal),
  check ((body is null) = (leaf is not null))
);
