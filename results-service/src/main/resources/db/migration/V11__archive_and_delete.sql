-- What users have put away. An archived run is hidden from lists and comparisons until it is restored.
alter table run
  add column archived boolean not null default false,
  -- The broker's time of the event that said so last: an older one that comes later changes nothing.
  add column archived_at timestamptz;

create index run_archived on run (experiment) where archived;

-- The runs that were deleted. Their events may still be on the topics, or on their way: what was published before this time is of
-- the deleted run, and only a request that came after it makes a run of that id again.
create table deleted_run (
  run text primary key,
  -- The broker's time of the event.
  at  timestamptz not null
);
