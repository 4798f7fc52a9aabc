-- The highest version of a claim that is known of the run: what a trainer tells under a lower one, it tells after another
-- trainer has taken the run over, and it does not count.
alter table run
  add column claim integer not null default 0;
