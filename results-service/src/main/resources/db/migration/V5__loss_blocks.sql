-- The losses of 960 consecutive steps in a row, those from 960 * block on: 8 bytes a loss, where a row a step took 90 with its index.
create table loss_block (
  run_id bigint not null references run on delete cascade,
  block  bigint not null,
  -- A float8 a step, up to the last known one; NaN: not finite.
  losses bytea not null,
  -- An int4 a step; the least int4 stands for a step that is not known. Of equal ones little remains in a full block: PostgreSQL compresses
  -- what would not fit.
  epochs bytea not null,
  primary key (run_id, block)
)
-- A full block's 7,680 bytes of losses and its epochs fill a page: nothing is fetched from elsewhere.
with (toast_tuple_target = 8160);
-- Losses do not compress.
alter table loss_block alter column losses set storage main;

insert into loss_block (run_id, block, losses, epochs)
select b.run_id, b.block,
       string_agg(float8send(coalesce(s.loss, 'NaN')), cast('' as bytea) order by g.step),
       string_agg(int4send(coalesce(s.epoch, -2147483648)), cast('' as bytea) order by g.step)
from (select run_id, step / 960 as block, max(step) as last from step group by run_id, step / 960) as b
cross join lateral generate_series(b.block * 960, b.last) as g(step)
left join step as s on s.run_id = b.run_id and s.step = g.step
group by b.run_id, b.block;

drop table step;
