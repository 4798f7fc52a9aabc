-- Searches: sweeps whose combinations are trials, of which those that look bad are stopped early. A plan has either seeds or a search.
alter table adaptive
  alter column seeds drop not null,
  -- The search as it was asked for, every default filled in: JSON.
  add column search text,
  -- What the swept fields of each trial are: a list in JSON.
  add column trials text;

-- Whether the run is a trial of a search. Trials are ranked by the search and not compared: the best of many was also lucky.
alter table run
  add column trial boolean not null default false;
