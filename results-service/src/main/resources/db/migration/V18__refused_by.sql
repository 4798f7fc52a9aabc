-- Who refused a request: the desk, or the trainer that took it from the queue; null of earlier versions, which did not tell.
alter table rejection add column refused_by text check (refused_by in ('desk', 'trainer'));
