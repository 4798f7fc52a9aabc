-- What is known of the runs. Filled from Kafka alone: the tables can be emptied and filled again from the topics.
-- Columns of JSON are json, not jsonb: they are only shown, and so keep the order of their fields.

create table run (
  -- Stands for the run in the large tables; its name, up to 100 bytes, would double their size.
  id               bigint generated always as identity primary key,
  run              text not null unique,
  experiment       text,
  variant          text,
  seed             bigint,
  state            text not null
                   check (state in ('QUEUED', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED', 'REJECTED')),
  -- How far the state has come; only a larger one replaces it (see RunStore).
  progress         smallint not null,
  reason           text,
  failed_at_step   bigint,
  request          json,
  -- Whether the request is the trainer's, with every default filled in, and not only the user's.
  request_resolved boolean not null default false,
  epochs           integer,
  trainer          text,
  device           text,
  delivery         integer not null default 0,
  steps_per_epoch  integer,
  samples          json,
  validation_part  text,
  layers           json,
  parameters       bigint,
  resumed_at_step  bigint,
  -- The earliest time at which anything happened to the run; runs are listed by it.
  created_at       timestamptz not null,
  queued_at        timestamptz,
  started_at       timestamptz,
  ended_at         timestamptz,
  epochs_done      integer not null default 0,
  steps_done       bigint not null default 0,
  seconds          double precision,
  model_path       text,
  model_bytes      bigint,
  model_sha256     text
);
create index run_newest on run (created_at desc, run desc);
create index run_experiment on run (experiment, variant);

create table step (
  run_id bigint not null references run on delete cascade,
  step   bigint not null,
  epoch  integer not null,
  -- null: not finite
  loss   double precision,
  primary key (run_id, step)
);

create table epoch (
  run_id             bigint not null references run on delete cascade,
  epoch              integer not null,
  step               bigint not null,
  at                 timestamptz not null,
  seconds            double precision,
  samples_per_second double precision,
  data_wait_seconds  double precision,
  metrics            json not null,
  primary key (run_id, epoch)
);

create table evaluation (
  run_id     bigint primary key references run on delete cascade,
  at         timestamptz not null,
  samples    integer,
  metrics    json not null,
  baseline   json,
  confusion  json,
  prediction json
);

create table rejection (
  run_id   bigint not null references run on delete cascade,
  at       timestamptz not null,
  -- Of field and reason: two refusals of one moment are two.
  digest   text not null,
  field    text,
  reason   text not null,
  conflict boolean not null,
  primary key (run_id, at, digest)
);
