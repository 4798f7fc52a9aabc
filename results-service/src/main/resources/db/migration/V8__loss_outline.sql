-- What a curve of many steps needs of a full block of losses: of every 32 of its steps how many are known, how many finite, their mean, and
-- the least and the largest with their places and epochs; 36 bytes each, as LossSpan has them. A full block without a row here, written
-- before this table was, is read itself.
create table loss_outline (
  run_id bigint not null references run on delete cascade,
  block  bigint not null,
  spans  bytea not null,
  primary key (run_id, block)
);
alter table loss_outline alter column spans set storage main;
