insert into item (id) values (1);
create function last_item() returns int language sql as $$ select max(id) from item; $$;
