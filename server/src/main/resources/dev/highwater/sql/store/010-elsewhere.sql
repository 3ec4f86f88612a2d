-- The timeline of the source's WAL that the mark counts on: a promoted standby goes on under another.
alter table highwater.capture add column timeline int;

-- Where the node's own role is no superuser: what it makes roles for, it may become.
grant reader, highwater_as_of, highwater_view to current_user;

-- Limits what temporary files a query may fill, where the node's role may: to others than superusers it
-- is granted (GRANT SET ON PARAMETER temp_file_limit), or left to the server's own limit.
create function highwater.limit_temp_files(size text, is_local boolean) returns void
language plpgsql as $$
begin
  if has_parameter_privilege('temp_file_limit', 'set') then
    perform set_config('temp_file_limit', size, is_local);
  end if;
end $$;
revoke execute on function highwater.limit_temp_files(text, boolean) from public;
