-- One number of a run a row: by them lists are sorted and narrowed down, and experiments compared, without reading epochs or JSON.
-- Names: of the latest epoch as Keras has them (val_loss), of the evaluation on the test part with test_ before them (test_acc), of the run
-- itself seconds, samples_per_second, best_epoch, best_val_loss. See RunStore, which writes them.
create table run_metric (
  run_id bigint not null references run on delete cascade,
  name   text not null,
  value  double precision not null,
  primary key (run_id, name)
);
create index run_metric_value on run_metric (name, value, run_id);

alter table run
  -- No request had any before.
  add column tags varchar[] not null default '{}',
  -- By which an experiment is judged unless another is asked for.
  add column first_metric text generated always as (request -> 'metrics' ->> 0) stored;

create index run_tags on run using gin (tags);

-- What the list's sparklines and the best epoch are read from, without JSON.
alter table epoch
  add column loss double precision
    generated always as (cast(metrics ->> 'loss' as double precision)) stored,
  add column val_loss double precision
    generated always as (cast(metrics ->> 'val_loss' as double precision)) stored;

insert into run_metric (run_id, name, value)
select distinct on (r.id, m.name) r.id, m.name, m.value
from run r
cross join lateral (
  select l.key as name, cast(l.value as double precision) as value
  from (select metrics from epoch where run_id = r.id order by epoch desc limit 1) as e
  cross join lateral json_each_text(e.metrics) as l
  union all
  select 'test_' || l.key, cast(l.value as double precision)
  from evaluation as v
  cross join lateral json_each_text(v.metrics) as l
  where v.run_id = r.id
  union all
  select 'seconds', r.seconds
  union all
  select 'samples_per_second', avg(samples_per_second) from epoch where run_id = r.id
  union all
  select 'best_val_loss', min(val_loss) from epoch where run_id = r.id
  union all
  (select 'best_epoch', epoch from epoch where run_id = r.id and val_loss is not null order by val_loss, epoch limit 1)
) as m
where m.value is not null and length(m.name) <= 100
order by r.id, m.name;
