-- Sweeps whose seeds run until it is decided. What is wanted follows from the runs' numbers; a row says that somebody is to look.
create table adaptive (
  -- Of the ids of its runs.
  base         text primary key,
  experiment   text not null,
  -- The sweep as it was asked for, with its base as "run": JSON.
  request      text not null,
  -- The variants' names in their order: a list in JSON.
  variants     text not null,
  -- The seeds as they were asked for, every default filled in: JSON.
  seeds        text not null,
  -- Who submitted it; null where nobody was asked.
  owner        text,
  -- The time of its record, by the broker's clock.
  requested_at timestamptz not null,
  -- When somebody looked last; null: nobody yet.
  looked_at    timestamptz,
  -- What the last look came to: JSON.
  outcome      text,
  -- Null while it is open.
  ended_at     timestamptz,
  end_reason   text
);
create index adaptive_open on adaptive (looked_at nulls first) where ended_at is null;
create index adaptive_experiment on adaptive (experiment);
