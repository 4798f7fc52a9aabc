-- What the augmenter noted of the data that a run is trained on.
alter table run
  add column data_notes json;
