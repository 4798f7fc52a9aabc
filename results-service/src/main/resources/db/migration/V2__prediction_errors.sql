-- A comparison of thousands of runs shows these of each, and reads no prediction, whose values are up to 10,000.
alter table evaluation
  add column rmse double precision
    generated always as (cast(prediction ->> 'rmse' as double precision)) stored,
  add column mae double precision
    generated always as (cast(prediction ->> 'mae' as double precision)) stored,
  add column baseline_rmse double precision
    generated always as (cast(prediction ->> 'baseline_rmse' as double precision)) stored,
  add column baseline_mae double precision
    generated always as (cast(prediction ->> 'baseline_mae' as double precision)) stored;
