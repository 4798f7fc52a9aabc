-- What users write of runs and experiments, as it was written: Markdown, which the server never turns into HTML.
alter table run
  add column note text,
  -- Whether a user has changed the tags: events, which tell those of the request, then leave them alone.
  add column tags_edited boolean not null default false;

-- An experiment is no row of its own: it is there as long as one of its runs is, and so is its note.
create table experiment_note (
  experiment text primary key,
  note       text not null
);
