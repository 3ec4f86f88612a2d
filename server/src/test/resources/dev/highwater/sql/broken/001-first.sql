-- Several statements, one with dollar quotes, one with what JDBC would take for an escape.
create table item (id int primary key, note text not null default '{d}');
create function item_count() returns bigint language plpgsql as $$
begin
    return (select count(*) from item where note <> '?;');
end
$$;
