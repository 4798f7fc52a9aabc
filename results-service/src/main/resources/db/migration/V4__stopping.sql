-- What a completed run's callbacks did: whether one ended it before its last epoch, and which epoch was the best by the one that
-- counts. Null where there was none.
alter table run
  add column stopped_early boolean,
  add column best_epoch integer;
