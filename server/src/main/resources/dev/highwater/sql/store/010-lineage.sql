-- The timeline of the source's WAL that the mark counts on: a promoted standby goes on under another.
alter table highwater.capture add column timeline int;

-- Where the node's own role is no superuser: what it makes roles for, it may become.
grant reader, highwater_as_of, highwater_view to current_user;
