package io.millrace.results.store;

import io.millrace.contracts.json.Messages;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.hibernate.reactive.mutiny.Mutiny;

/**
 * Writes rows: one transaction per batch, with one statement per table and one per turn of a run.
 * The rows of a statement are passed as one JSON document, so that the text and the parameters of
 * the statement do not depend on their number.
 *
 * <p>The claim is the fence: rows with a lower claim than the run's change nothing, and rows with a
 * higher claim reopen a run that had ended. Rows without a claim are not fenced.
 *
 * <p>Writing the same rows again, or rows of different runs in another order, results in the same
 * tables.
 */
@ApplicationScoped
public class RunStore {

  /**
   * Queues a run, or an extension of a run that has ended. The new request replaces one that was
   * rejected before.
   */
  private static final String QUEUED =
      """
      insert into run as r (run, experiment, variant, seed, state, progress, request, tags, epochs,
                            created_at, queued_at, requested_at, place, owner, priority, trial)
      select e.run, e.request ->> 'experiment', e.request ->> 'variant',
             cast(e.request ->> 'seed' as bigint), 'QUEUED', 1, e.request,
             array(select json_array_elements_text(coalesce(e.request -> 'tags', '[]'))),
             cast(e.request ->> 'epochs' as integer), e.at, e.at, e.at, e.place, e.owner,
             coalesce(cast(e.request ->> 'priority' as smallint), 0),
             exists (select from adaptive as a
                     where a.base = substring(e.run from '^(.+)-[0-9]+$') and a.search is not null)
      from json_to_recordset(cast(cast(:document as text) as json))
           as e(run text, at timestamptz, request json, place text, owner text)
      order by e.run
      on conflict (run) do update set
        state = case when <fresh> then 'QUEUED' else r.state end,
        reason = case when <fresh> then null else r.reason end,
        ended_at = case when <fresh> then null else r.ended_at end,
        progress = case when <fresh> then 1 else r.progress end,
        extending = case when <fresh> then false
                         when excluded.request ->> 'extend' = 'true' and r.progress = 4
                              and (r.requested_at is null or r.requested_at < excluded.requested_at) then true
                         else r.extending end,
        experiment = case when <fresh> or r.request is null then excluded.experiment else r.experiment end,
        variant = case when <fresh> or r.request is null then excluded.variant else r.variant end,
        seed = case when <fresh> or r.request is null then excluded.seed else r.seed end,
        epochs = case when <fresh> or r.request is null then excluded.epochs else r.epochs end,
        tags = case when r.tags_edited then r.tags
                    when <fresh> or r.request is null then excluded.tags
                    else r.tags end,
        request = case when <fresh> or r.request is null then excluded.request else r.request end,
        created_at = least(r.created_at, excluded.created_at),
        queued_at = case when <fresh> then excluded.queued_at else least(r.queued_at, excluded.queued_at) end,
        owner = case when <fresh> or r.owner is null then excluded.owner else r.owner end,
        place = case when <newer> then excluded.place else r.place end,
        priority = case when <newer> then excluded.priority else r.priority end,
        trial = r.trial or excluded.trial,
        requested_at = greatest(r.requested_at, excluded.requested_at)
      """
          .replace(
              "<fresh>",
              "(r.progress < 1 or r.state = 'REJECTED' and r.ended_at <= excluded.requested_at)")
          .replace(
              "<newer>", "(r.requested_at is null or r.requested_at <= excluded.requested_at)");

  /** Cancels a run that no trainer has started. */
  private static final String WITHDRAWN =
      """
      insert into run as r (run, state, progress, reason, created_at, ended_at)
      select e.run, 'CANCELLED', 4, e.reason, e.at, e.at
      from json_to_record(cast(cast(:document as text) as json))
           as e(run text, at timestamptz, reason text)
      on conflict (run) do update set
        state = case when r.state = 'QUEUED' then 'CANCELLED' else r.state end,
        progress = case when r.state = 'QUEUED' then 4 else r.progress end,
        reason = case when r.state = 'QUEUED' then excluded.reason else r.reason end,
        ended_at = case when r.state = 'QUEUED' then excluded.ended_at else r.ended_at end,
        extending = false
      where r.state = 'QUEUED' or r.extending
      """;

  private static final String STARTED =
      """
      insert into run as r (run, experiment, variant, seed, state, progress, request,
                            tags, request_resolved, epochs, trainer, delivery, device, steps_per_epoch,
                            samples, validation_part, layers, parameters, resumed_at_step,
                            dataset_fingerprint, data_notes, created_at, started_at, claim)
      select e.run, e.request ->> 'experiment', e.request ->> 'variant',
             cast(e.request ->> 'seed' as bigint), 'RUNNING', 3, e.request,
             array(select json_array_elements_text(coalesce(e.request -> 'tags', '[]'))), true,
             cast(e.request ->> 'epochs' as integer), e.trainer, coalesce(e.delivery, 1), e.device,
             e.steps_per_epoch, e.samples, e.validation_part, e.layers, e.parameters,
             e.resumed_at_step, e.dataset_fingerprint, e.data_notes, e.at, e.at, coalesce(e.claim, 0)
      from json_to_record(cast(cast(:document as text) as json))
           as e(run text, claim integer, at timestamptz, request json, trainer text, delivery integer, device text,
                steps_per_epoch integer, samples json, validation_part text, layers json,
                parameters bigint, resumed_at_step bigint, dataset_fingerprint text, data_notes json)
      on conflict (run) do update set
        state = case when r.progress < 3 or excluded.claim > r.claim then 'RUNNING' else r.state end,
        reason = case when r.progress < 3 or excluded.claim > r.claim then null else r.reason end,
        ended_at = case when r.progress < 3 or excluded.claim > r.claim then null else r.ended_at end,
        progress = case when r.progress < 3 or excluded.claim > r.claim then 3 else r.progress end,
        failed_at_step = case when r.progress < 3 or excluded.claim > r.claim then null else r.failed_at_step end,
        experiment = excluded.experiment,
        variant = excluded.variant,
        seed = excluded.seed,
        request = excluded.request,
        tags = case when r.tags_edited then r.tags else excluded.tags end,
        request_resolved = true,
        epochs = excluded.epochs,
        trainer = case when excluded.claim > r.claim or excluded.delivery >= r.delivery then excluded.trainer
                  else r.trainer end,
        device = case when excluded.claim > r.claim or excluded.delivery >= r.delivery then excluded.device
                 else r.device end,
        resumed_at_step = case when excluded.claim > r.claim or excluded.delivery >= r.delivery then excluded.resumed_at_step
                          else r.resumed_at_step end,
        delivery = case when excluded.claim > r.claim then excluded.delivery
                   else greatest(r.delivery, excluded.delivery) end,
        steps_per_epoch = excluded.steps_per_epoch,
        samples = excluded.samples,
        validation_part = excluded.validation_part,
        layers = excluded.layers,
        parameters = excluded.parameters,
        dataset_fingerprint = coalesce(excluded.dataset_fingerprint, r.dataset_fingerprint),
        data_notes = excluded.data_notes,
        extending = r.extending and excluded.claim <= r.claim,
        created_at = least(r.created_at, excluded.created_at),
        started_at = least(r.started_at, excluded.started_at),
        claim = greatest(r.claim, excluded.claim)
      where excluded.claim = 0 or excluded.claim >= r.claim
      """;

  private static final String ENDED =
      """
      insert into run as r (run, experiment, variant, request, state, progress, reason, failed_at_step,
                            epochs_done, steps_done, seconds, model_path, model_bytes, model_sha256,
                            stopped_early, best_epoch, created_at, ended_at, claim)
      select e.run, e.experiment, e.variant, e.request, e.state, e.progress, e.reason, e.failed_at_step, coalesce(e.epochs, 0),
             coalesce(e.steps, 0), e.seconds, e.model, e.model_bytes, e.model_sha256, e.stopped_early,
             e.best_epoch, e.at, e.at, coalesce(e.claim, 0)
      from json_to_record(cast(cast(:document as text) as json))
           as e(run text, claim integer, at timestamptz, state text, progress smallint, reason text,
                failed_at_step bigint, epochs integer, steps bigint, seconds double precision,
                model text, model_bytes bigint, model_sha256 text, stopped_early boolean,
                best_epoch integer, request json, experiment text, variant text)
      on conflict (run) do update set
        experiment = case when excluded.state = 'REJECTED' then coalesce(excluded.experiment, r.experiment)
                     else r.experiment end,
        variant = case when excluded.state = 'REJECTED' then coalesce(excluded.variant, r.variant) else r.variant end,
        request = case when excluded.state = 'REJECTED' then coalesce(excluded.request, r.request) else r.request end,
        request_resolved = r.request_resolved and excluded.state <> 'REJECTED',
        state = excluded.state,
        progress = excluded.progress,
        reason = excluded.reason,
        failed_at_step = excluded.failed_at_step,
        epochs_done = greatest(r.epochs_done, excluded.epochs_done),
        steps_done = greatest(r.steps_done, excluded.steps_done),
        seconds = coalesce(excluded.seconds, r.seconds),
        model_path = coalesce(excluded.model_path, r.model_path),
        model_bytes = coalesce(excluded.model_bytes, r.model_bytes),
        model_sha256 = coalesce(excluded.model_sha256, r.model_sha256),
        stopped_early = coalesce(excluded.stopped_early, r.stopped_early),
        best_epoch = coalesce(excluded.best_epoch, r.best_epoch),
        created_at = least(r.created_at, excluded.created_at),
        ended_at = excluded.ended_at,
        extending = r.extending and excluded.claim <= r.claim,
        claim = greatest(r.claim, excluded.claim)
      where (excluded.claim = 0 or excluded.claim >= r.claim)
        -- A rejection from before the accepted request does not count.
        and not (excluded.state = 'REJECTED' and excluded.claim = 0
                 and coalesce(excluded.ended_at <= r.requested_at, false))
        and (r.progress < excluded.progress
             or excluded.claim > r.claim
             or r.state = 'REJECTED' and r.progress = excluded.progress
                and r.ended_at < excluded.ended_at)
      """;

  private static final String PROGRESS =
      """
      insert into run as r (run, state, progress, epochs_done, steps_done, created_at, claim)
      select e.run, 'RUNNING', 3, e.epochs_done, e.steps_done, e.at, coalesce(e.claim, 0)
      from json_to_recordset(cast(cast(:document as text) as json))
           as e(run text, claim integer, at timestamptz, epochs_done integer, steps_done bigint)
      order by e.run
      on conflict (run) do update set
        state = case when r.progress < 3 or excluded.claim > r.claim then 'RUNNING' else r.state end,
        reason = case when r.progress < 3 or excluded.claim > r.claim then null else r.reason end,
        ended_at = case when r.progress < 3 or excluded.claim > r.claim then null else r.ended_at end,
        progress = case when r.progress < 3 or excluded.claim > r.claim then 3 else r.progress end,
        epochs_done = greatest(r.epochs_done, excluded.epochs_done),
        steps_done = greatest(r.steps_done, excluded.steps_done),
        created_at = least(r.created_at, excluded.created_at),
        claim = greatest(r.claim, excluded.claim)
      where excluded.claim = 0 or excluded.claim >= r.claim
      """;

  /** The current blocks that steps belong to. The rows of their runs are locked already. */
  private static final String BLOCKS =
      """
      select e.run, e.block, r.id, r.claim, b.losses, b.epochs
      from json_to_recordset(cast(cast(:document as text) as json)) as e(run text, block bigint)
      join run r on r.run = e.run
      left join loss_block b on b.run_id = r.id and b.block = e.block
      """;

  private static final String LOSSES =
      """
      with e as materialized (
        select *
        from json_to_recordset(cast(cast(:document as text) as json))
             as e(run_id bigint, block bigint, losses text, epochs text, outline text)),
      outlined as (
        insert into loss_outline (run_id, block, spans)
        select e.run_id, e.block, decode(e.outline, 'base64')
        from e
        where e.outline is not null
        on conflict (run_id, block) do update set spans = excluded.spans)
      insert into loss_block (run_id, block, losses, epochs)
      select e.run_id, e.block, decode(e.losses, 'base64'), decode(e.epochs, 'base64')
      from e
      order by e.run_id, e.block
      on conflict (run_id, block) do update set
        losses = excluded.losses,
        epochs = excluded.epochs
      """;

  private static final String EPOCHS =
      """
      insert into epoch as s (run_id, epoch, step, at, seconds, samples_per_second,
                              data_wait_seconds, metrics)
      select r.id, e.epoch, e.step, e.at, e.seconds, e.samples_per_second, e.data_wait_seconds,
             e.metrics
      from json_to_recordset(cast(cast(:document as text) as json))
           as e(run text, claim integer, at timestamptz, epoch integer, step bigint, seconds double precision,
                samples_per_second double precision, data_wait_seconds double precision,
                metrics json)
      join run r on r.run = e.run and (e.claim is null or e.claim >= r.claim)
      order by r.id, e.epoch
      on conflict (run_id, epoch) do update set
        step = excluded.step,
        at = excluded.at,
        seconds = excluded.seconds,
        samples_per_second = excluded.samples_per_second,
        data_wait_seconds = excluded.data_wait_seconds,
        metrics = excluded.metrics
      where s.at < excluded.at
      """;

  private static final String EVALUATIONS =
      """
      insert into evaluation as s (run_id, at, samples, metrics, baseline, confusion, prediction,
                                   seasonal_baseline, answers, answers_left_out)
      select r.id, e.at, e.samples, e.metrics, e.baseline, e.confusion, e.prediction,
             e.seasonal_baseline, decode(e.answers, 'base64'), e.answers_left_out
      from json_to_recordset(cast(cast(:document as text) as json))
           as e(run text, claim integer, at timestamptz, samples integer, metrics json, baseline json,
                confusion json, prediction json, seasonal_baseline json, answers text,
                answers_left_out text)
      join run r on r.run = e.run and (e.claim is null or e.claim >= r.claim)
      order by r.id
      on conflict (run_id) do update set
        at = excluded.at,
        samples = excluded.samples,
        metrics = excluded.metrics,
        baseline = excluded.baseline,
        confusion = excluded.confusion,
        prediction = excluded.prediction,
        seasonal_baseline = excluded.seasonal_baseline,
        answers = excluded.answers,
        answers_left_out = excluded.answers_left_out
      where s.at < excluded.at
      """;

  /**
   * The metrics of the runs in a batch, read from the tables, whose rows have passed the fence. The
   * length of a name is limited to fit the index.
   */
  static final String METRICS =
      """
      insert into run_metric as s (run_id, name, value)
      select distinct on (r.id, m.name) r.id, m.name, m.value
      from json_array_elements_text(cast(cast(:document as text) as json)) as e(run)
      join run r on r.run = e.run
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
        (select 'best_epoch', epoch
         from epoch
         where run_id = r.id and val_loss is not null
         order by val_loss, epoch
         limit 1)
      ) as m
      where m.value is not null and length(m.name) <= 100
      order by r.id, m.name
      on conflict (run_id, name) do update set
        value = excluded.value
      where s.value is distinct from excluded.value
      """;

  /** Deletes metrics that are no longer finite in the latest epoch or evaluation. */
  private static final String NOT_FINITE =
      """
      delete from run_metric as s
      using json_array_elements_text(cast(cast(:document as text) as json)) as e(run)
      join run r on r.run = e.run
      cross join lateral (
        select l.key as name
        from (select metrics from epoch where run_id = r.id order by epoch desc limit 1) as e
        cross join lateral json_each_text(e.metrics) as l
        where l.value is null
        union all
        select 'test_' || l.key
        from evaluation as v
        cross join lateral json_each_text(v.metrics) as l
        where v.run_id = r.id and l.value is null
      ) as m
      where s.run_id = r.id and s.name = m.name
      """;

  private static final String REJECTIONS =
      """
      insert into rejection (run_id, at, digest, field, reason, conflict, refused_by)
      select r.id, e.at, md5(coalesce(e.field, '') || ' ' || e.reason), e.field, e.reason,
             e.conflict, e.refused_by
      from json_to_recordset(cast(cast(:document as text) as json))
           as e(run text, at timestamptz, field text, reason text, conflict boolean,
                refused_by text)
      join run r on r.run = e.run
      order by r.id, e.at
      on conflict do nothing
      """;

  /**
   * Ends the wait of an extension that its trainer rejects. An extension that admission rejects was
   * never queued: if one is queued, it is another.
   */
  private static final String NOT_EXTENDED =
      """
      update run as r set extending = false
      from json_to_recordset(cast(cast(:document as text) as json))
           as e(run text, at timestamptz, field text, refused_by text)
      where r.run = e.run and r.extending and e.refused_by = 'trainer' and e.field = 'extend'
        and coalesce(e.at >= r.requested_at, true)
      """;

  /**
   * Held until the commit, and taken after every other lock. So the ids of log entries increase in
   * the order of the commits, and a reader that continues after an id misses nothing.
   */
  private static final String LOG_LOCK =
      "select cast(count(pg_advisory_xact_lock(7236830)) as integer)";

  private static final String LOG =
      """
      insert into run_event (run_id, place, at, type, text, body)
      select r.id, e.place, e.at, e.type, e.text, e.body
      from rows from (json_to_recordset(cast(cast(:document as text) as json))
                      as (run text, claim integer, place text, at timestamptz, type text, text text,
                          body json))
           with ordinality as e(run, claim, place, at, type, text, body, ordinal)
      join run r on r.run = e.run and (e.claim is null or e.claim >= r.claim)
      order by e.ordinal
      on conflict (run_id, place) do nothing
      """;

  /** Notifies {@link Changes}, in all services, once this transaction is committed. */
  private static final String NOTIFY =
      """
      select cast(count(pg_notify('millrace', r.run || ' ' || coalesce(r.experiment, '')))
                  as integer)
      from run r
      where r.run in (select json_array_elements_text(cast(cast(:document as text) as json)))
      """;

  private static final String IN_WORK =
      "select count(*) from run where state in ('QUEUED', 'RUNNING') or extending";

  /**
   * A surrogate pair, or an escape that PostgreSQL's text does not support (the group), or another
   * one.
   */
  private static final Pattern ESCAPE =
      Pattern.compile("(?i)\\\\ud[89ab]..\\\\ud[c-f]..|(\\\\u(?:0000|d[89a-f]..))|\\\\.");

  private final Mutiny.SessionFactory sessions;

  RunStore(Mutiny.SessionFactory sessions) {
    this.sessions = sessions;
  }

  /**
   * Writes the rows in one transaction. Has to be subscribed to on a Vert.x context of its own.
   *
   * @return how many rows were inserted or updated
   */
  public Uni<Integer> write(Rows rows) {
    return sessions.withStatelessTransaction(
        session -> {
          Uni<Integer> written = Uni.createFrom().item(0);
          for (Rows.Turn turn : rows.turns()) {
            written =
                turn instanceof Rows.Queued queued
                    ? then(written, session, QUEUED, List.of(queued))
                    : then(written, session, statement(turn), turn);
          }
          written = then(written, session, HousekeepingWriter.SHOWN_AGAIN, rows.reopened());
          written = then(written, session, PROGRESS, rows.progress());
          written = written.chain(before -> steps(session, rows.steps()).map(n -> before + n));
          written = then(written, session, EPOCHS, rows.epochs());
          written = then(written, session, EVALUATIONS, rows.evaluations());
          written = then(written, session, METRICS, rows.measured());
          written = then(written, session, NOT_FINITE, rows.measured());
          written = then(written, session, REJECTIONS, rows.rejections());
          written = then(written, session, NOT_EXTENDED, rows.rejections());
          if (!rows.log().isEmpty()) {
            written =
                written.call(
                    () -> session.createNativeQuery(LOG_LOCK, Integer.class).getSingleResult());
            written = then(written, session, LOG, rows.log());
          }
          return written.call(() -> notifyListeners(session, rows.runs()));
        });
  }

  /** Notifies listeners of changed runs once the transaction is committed. */
  private static Uni<Integer> notifyListeners(
      Mutiny.StatelessSession session, Collection<String> runs) {
    return session
        .createNativeQuery(NOTIFY, Integer.class)
        .setParameter("document", json(runs))
        .getSingleResult();
  }

  /**
   * Writes turns in the caller's transaction, and notifies listeners.
   *
   * @return how many runs were changed
   */
  public Uni<Integer> turn(Mutiny.StatelessSession session, List<? extends Rows.Turn> turns) {
    // First, because deleted runs have no experiment afterwards.
    Uni<Integer> written =
        notifyListeners(session, turns.stream().map(Rows.Turn::run).toList()).replaceWith(0);
    for (Rows.Turn turn : turns) {
      written = then(written, session, statement(turn), turn);
    }
    return written;
  }

  /**
   * Merges steps into their blocks. No other transaction writes a block between its read and its
   * write: {@link #PROGRESS} has locked the run's row, and a batch has progress for the run of
   * every step.
   */
  private static Uni<Integer> steps(Mutiny.StatelessSession session, List<Rows.Steps> steps) {
    var pieces = new LinkedHashMap<Place, List<Rows.Steps>>();
    for (Rows.Steps piece : steps) {
      for (long block = LossBlock.of(piece.firstStep());
          block <= LossBlock.of(piece.end() - 1);
          block++) {
        pieces
            .computeIfAbsent(new Place(piece.run(), block), place -> new ArrayList<>())
            .add(piece);
      }
    }
    if (pieces.isEmpty()) {
      return Uni.createFrom().item(0);
    }
    return session
        .createNativeQuery(BLOCKS, Object[].class)
        .setParameter("document", json(pieces.keySet()))
        .getResultList()
        .chain(
            found ->
                then(
                    Uni.createFrom().item(0),
                    session,
                    LOSSES,
                    found.stream().flatMap(row -> changed(row, pieces)).toList()));
  }

  /** The block of a row of {@link #BLOCKS} after its steps; empty if they change nothing. */
  private static Stream<WrittenBlock> changed(Object[] row, Map<Place, List<Rows.Steps>> pieces) {
    var place = new Place((String) row[0], ((Number) row[1]).longValue());
    long runId = ((Number) row[2]).longValue();
    int claim = ((Number) row[3]).intValue();
    LossBlock before =
        row[4] == null
            ? LossBlock.empty(runId, place.block())
            : new LossBlock(runId, place.block(), (byte[]) row[4], (byte[]) row[5]);
    LossBlock after =
        before.with(
            pieces.get(place).stream()
                .filter(piece -> piece.claim() == null || piece.claim() >= claim)
                .toList());
    return after == before ? Stream.empty() : Stream.of(WrittenBlock.of(after));
  }

  /**
   * A block to write.
   *
   * @param outline null unless the block is full; otherwise every event would rewrite it
   */
  private record WrittenBlock(
      long runId, long block, byte[] losses, byte[] epochs, byte[] outline) {

    static WrittenBlock of(LossBlock block) {
      return new WrittenBlock(
          block.runId(),
          block.block(),
          block.losses(),
          block.epochs(),
          block.length() == LossBlock.STEPS ? LossSpan.bytes(block) : null);
    }
  }

  /** A block of a run. */
  private record Place(String run, long block) {}

  private static String statement(Rows.Turn turn) {
    if (turn instanceof Rows.Withdrawn) {
      return WITHDRAWN;
    }
    if (turn instanceof Rows.Archived) {
      return HousekeepingWriter.ARCHIVED;
    }
    if (turn instanceof Rows.Deleted) {
      return HousekeepingWriter.DELETED;
    }
    if (turn instanceof Rows.Noted) {
      return HousekeepingWriter.NOTED;
    }
    return turn instanceof Rows.Started ? STARTED : ENDED;
  }

  /** The number of runs that are queued or training. */
  public Uni<Long> inWork() {
    return sessions.withStatelessSession(
        session -> session.createNativeQuery(IN_WORK, Long.class).getSingleResult());
  }

  /**
   * Queues runs, or extensions, in the caller's transaction.
   *
   * @return how many rows were inserted or updated
   */
  public Uni<Integer> queue(Mutiny.StatelessSession session, List<Rows.Queued> queued) {
    return then(Uni.createFrom().item(0), session, QUEUED, queued);
  }

  private static Uni<Integer> then(
      Uni<Integer> written, Mutiny.StatelessSession session, String statement, Object document) {
    if (document instanceof List<?> rows && rows.isEmpty()) {
      return written;
    }
    return written.chain(
        before ->
            session
                .createNativeQuery(statement)
                .setParameter("document", json(document))
                .executeUpdate()
                .map(rows -> before + rows));
  }

  /**
   * The rows as JSON. PostgreSQL's text supports all characters except NUL and unpaired surrogates,
   * which become U+FFFD.
   */
  private static String json(Object document) {
    String json = Messages.text(document);
    if (!json.contains("\\u")) {
      return json;
    }
    return ESCAPE.matcher(json).replaceAll(escape -> escape.group(1) == null ? "$0" : "\\\\ufffd");
  }
}
