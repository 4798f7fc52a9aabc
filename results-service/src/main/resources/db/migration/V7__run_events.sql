-- What happened to the runs, in order, but their steps.

create table run_event (
  -- Rises in the order of the commits (see RunStore): who has read up to one has missed none before it.
  id     bigint generated always as identity primary key,
  run_id bigint not null references run on delete cascade,
  -- Of the record that told it, topic-partition@offset: one that comes again is known.
  place  text not null,
  at     timestamptz not null,
  type   text not null,
  text   text not null,
  body   json not null,
  unique (run_id, place)
);
create index run_event_run on run_event (run_id, id);
