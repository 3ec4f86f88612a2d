-- What people and followers read.
create function highwater.position() returns bigint
language sql stable as $$
  select coalesce(max(position), 0) from highwater.entry
$$;
comment on function highwater.position() is 'The settled position: everything up to it can be read.';

create function highwater.position_at(at timestamptz) returns bigint
language sql stable as $$
  select coalesce(
    (select min(position) - 1 from highwater.entry e where e.at > position_at.at),
    highwater.position())
$$;
comment on function highwater.position_at(timestamptz) is
  'The last position before anything that was committed after this time.';

-- The position that the views of the schemas *_as_of show.
create function highwater.as_of() returns bigint
language sql stable as $$
  select coalesce(nullif(current_setting('highwater.as_of', true), '')::bigint, highwater.position())
$$;

create view highwater.marks as
  select 'capture' as follower, lsn::text as mark, at from highwater.capture;
