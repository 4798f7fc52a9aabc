-- What the desk has accepted. A run of before has no place.
alter table run
  -- Of the record that asked for the run, or for its latest extension: <cluster>/<topic>-<partition>@<offset>. A record that comes again is
  -- known by it.
  add column place text,
  -- The time of that record, by the broker's clock.
  add column requested_at timestamptz,
  -- Whether an extension of the run, which has ended, waits for a trainer.
  add column extending boolean not null default false,
  -- Who submitted it over HTTP; null where nobody was asked, or it came over Kafka.
  add column owner text,
  add column priority smallint not null default 0,
  -- Of the data that it is trained on.
  add column dataset_fingerprint text;

-- How many runs of an owner wait.
create index run_owner_queued on run (owner) where state = 'QUEUED';
-- How many runs wait, or are trained.
create index run_in_work on run (state) where state in ('QUEUED', 'RUNNING') or extending;
