-- Up to where the records of a topic are in these tables. The committed offsets lie on Kafka: they do not go back when the tables do, because
-- a backup of them was restored, or none.
create table ingest_position (
  topic       text not null,
  partition   integer not null,
  next_offset bigint not null,
  primary key (topic, partition)
);
