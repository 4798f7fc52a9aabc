package io.millrace.results.store;

/** The statements that archive, restore, delete or annotate a run. */
final class HousekeepingWriter {
  /** Archives only a run that has ended, and not one that has resumed since. */
  static final String ARCHIVED =
      """
      update run as r set
        archived = e.archived,
        archived_at = e.at
      from json_to_record(cast(cast(:document as text) as json))
           as e(run text, at timestamptz, archived boolean)
      where r.run = e.run
        and (r.archived_at is null or r.archived_at < e.at)
        and (not e.archived or r.state not in ('QUEUED', 'RUNNING') and not r.extending)
      """;

  /**
   * A run that was requested with the same id after the deletion is another one and stays. The
   * experiment's note is deleted with its last run.
   */
  static final String DELETED =
      """
      with e as materialized (
        select *
        from json_to_record(cast(cast(:document as text) as json)) as e(run text, at timestamptz)),
      recorded as (
        insert into deleted_run as d (run, at)
        select e.run, e.at
        from e
        on conflict (run) do update set at = greatest(d.at, excluded.at)),
      forgotten as (
        delete from experiment_note as n
        using e
        join run as r on r.run = e.run
        where n.experiment = r.experiment
          and coalesce(greatest(r.queued_at, r.requested_at) <= e.at, true)
          and not exists (select from run as o where o.experiment = r.experiment and o.id <> r.id))
      delete from run as r
      using e
      where r.run = e.run and coalesce(greatest(r.queued_at, r.requested_at) <= e.at, true)
      """;

  /** A null field stays unchanged. An empty note deletes the note. */
  static final String NOTED =
      """
      update run as r set
        note = case when e.note is null then r.note else nullif(e.note, '') end,
        tags = case when e.tags is null then r.tags
                    else array(select json_array_elements_text(e.tags)) end,
        tags_edited = r.tags_edited or e.tags is not null
      from json_to_record(cast(cast(:document as text) as json))
           as e(run text, note text, tags json)
      where r.run = e.run
      """;

  /** Restores archived runs that train again, because they were extended or requested again. */
  static final String SHOWN_AGAIN =
      """
      update run set archived = false
      where archived
        and (state in ('QUEUED', 'RUNNING') or extending)
        and run in (select json_array_elements_text(cast(cast(:document as text) as json)))
      """;

  private HousekeepingWriter() {}
}
