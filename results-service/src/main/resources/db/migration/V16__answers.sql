-- What a classification's model said of each test sample, packed as SampleAnswers of contracts has it; null where it is not kept. Idle
-- until it is asked for: no query reads it beside the other columns.
alter table evaluation
  add column answers bytea,
  -- Why not, in words for the user; null where they are, of numbers, and of earlier trainers.
  add column answers_left_out text;
-- They are compressed already.
alter table evaluation alter column answers set storage external;
