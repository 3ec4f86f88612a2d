-- What Highwater adds to a source: this schema, a publication, a slot and event triggers.
create publication highwater;

-- Tables that a person unpublished; they are not published by themselves again.
create table highwater.unpublished (source_oid oid primary key);
