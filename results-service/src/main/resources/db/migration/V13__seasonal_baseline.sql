-- What was one season before, scored on the test part; null where no season was given.
alter table evaluation
  add column seasonal_baseline json;
