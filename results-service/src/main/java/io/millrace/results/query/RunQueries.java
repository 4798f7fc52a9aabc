package io.millrace.results.query;

import io.millrace.contracts.Check;
import io.millrace.results.store.Epoch;
import io.millrace.results.store.Evaluation;
import io.millrace.results.store.Rejection;
import io.millrace.results.store.Run;
import io.millrace.results.store.RunState;
import io.millrace.results.store.Step;
import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** What is asked of single runs. */
@ApplicationScoped
public class RunQueries {
  private static final int MAX_REJECTIONS = 100;

  /** What lists show of a run, and when it became known. */
  private static final String SUMMARIES =
      """
      select new io.millrace.results.query.RunSummary(
                 r.run, r.experiment, r.variant, r.seed, r.state, r.reason, r.queuedAt, r.startedAt,
                 r.endedAt, r.epochsDone, r.epochs, r.stepsDone, r.stepsPerEpoch, r.seconds,
                 e.metrics, v.metrics),
             r.createdAt
      from Run r
      left join Epoch e on e.runId = r.id and e.epoch = r.epochsDone - 1
      left join Evaluation v on v.runId = r.id
      """;

  /** Runs, newest first. */
  public Uni<RunPage> list(RunFilter filter) {
    var conditions = new ArrayList<String>();
    var parameters = new HashMap<String, Object>();
    if (filter.experiment() != null) {
      conditions.add("r.experiment = :experiment");
      parameters.put("experiment", filter.experiment());
    }
    if (filter.variant() != null) {
      conditions.add("r.variant = :variant");
      parameters.put("variant", filter.variant());
    }
    if (filter.state() != null) {
      conditions.add("r.state = :state");
      parameters.put("state", filter.state());
    }
    if (filter.cursor() != null) {
      Cursor cursor = Cursor.decode(filter.cursor());
      conditions.add("(r.createdAt < :at or r.createdAt = :at and r.run < :run)");
      parameters.put("at", cursor.at());
      parameters.put("run", cursor.name());
    }
    String query =
        SUMMARIES
            + (conditions.isEmpty() ? "" : " where " + String.join(" and ", conditions))
            + " order by r.createdAt desc, r.run desc";
    return Panache.withSession(
            () ->
                Panache.getSession()
                    .chain(
                        session -> {
                          var selection = session.createSelectionQuery(query, Object[].class);
                          parameters.forEach(selection::setParameter);
                          return selection.setMaxResults(filter.limit() + 1).getResultList();
                        }))
        .map(found -> page(found, filter.limit()));
  }

  private static RunPage page(List<Object[]> found, int limit) {
    List<RunSummary> runs = found.stream().limit(limit).map(row -> (RunSummary) row[0]).toList();
    if (found.size() <= limit) {
      return new RunPage(runs, null);
    }
    Instant createdAt = (Instant) found.get(limit - 1)[1];
    return new RunPage(runs, new Cursor(createdAt, runs.get(limit - 1).run()).encode());
  }

  /** Of the runs of these names those that are known. */
  public Uni<List<RunSummary>> summaries(Collection<String> names) {
    return summaries("r.run in :names", Map.of("names", names), names.size());
  }

  /** An experiment's runs that a trainer has in work, the newest first, at most so many. */
  public Uni<List<RunSummary>> running(String experiment, int limit) {
    return summaries(
        "r.experiment = :experiment and r.state = :state",
        Map.of("experiment", experiment, "state", RunState.RUNNING),
        limit);
  }

  private static Uni<List<RunSummary>> summaries(
      String condition, Map<String, Object> parameters, int limit) {
    String query = SUMMARIES + " where " + condition + " order by r.createdAt desc, r.run desc";
    return Panache.withSession(
            () ->
                Panache.getSession()
                    .chain(
                        session -> {
                          var selection = session.createSelectionQuery(query, Object[].class);
                          parameters.forEach(selection::setParameter);
                          return selection.setMaxResults(limit).getResultList();
                        }))
        .map(rows -> rows.stream().map(row -> (RunSummary) row[0]).toList());
  }

  /**
   * All that is known of a run.
   *
   * @return fails with {@link UnknownException}
   */
  public Uni<RunView> run(String name) {
    return ofRun(
        name,
        run ->
            Epoch.<Epoch>find("runId = ?1 order by epoch desc", run.id)
                .page(0, 1)
                .firstResult()
                .chain(
                    epoch ->
                        Evaluation.<Evaluation>findById(run.id)
                            .chain(
                                evaluation ->
                                    Rejection.<Rejection>find(
                                            "runId = ?1 order by at desc, digest", run.id)
                                        .page(0, MAX_REJECTIONS)
                                        .list()
                                        .map(
                                            rejections ->
                                                view(run, epoch, evaluation, rejections)))));
  }

  private static RunView view(
      Run r, Epoch epoch, Evaluation evaluation, List<Rejection> rejections) {
    return new RunView(
        r.run,
        r.experiment,
        r.variant,
        r.seed,
        r.state,
        r.reason,
        r.failedAtStep,
        r.request,
        r.trainer,
        r.device,
        r.delivery == 0 ? null : r.delivery,
        r.resumedAtStep,
        r.queuedAt,
        r.startedAt,
        r.endedAt,
        r.epochsDone,
        r.epochs,
        r.stepsDone,
        r.stepsPerEpoch,
        r.samples,
        r.validationPart,
        layers(r.layers),
        r.parameters,
        epoch == null ? null : epoch.metrics,
        evaluation == null ? null : evaluation.metrics,
        evaluation == null ? null : evaluation.baseline,
        r.modelPath == null ? null : new RunView.Model(r.modelPath, r.modelBytes, r.modelSha256),
        r.seconds,
        rejections.stream()
            .sorted(Comparator.comparing(rejection -> rejection.at))
            .map(
                rejection ->
                    new RunView.Refusal(
                        rejection.at, rejection.field, rejection.reason, rejection.conflict))
            .toList());
  }

  /**
   * A run by epochs.
   *
   * @return fails with {@link UnknownException}
   */
  public Uni<History> history(String name) {
    return ofRun(
        name,
        run ->
            Epoch.<Epoch>list("runId = ?1 order by epoch", run.id)
                .map(
                    epochs ->
                        new History(run.run, epochs.stream().map(RunQueries::epoch).toList())));
  }

  private static History.EpochView epoch(Epoch e) {
    return new History.EpochView(
        e.epoch, e.step, e.at, e.seconds, e.samplesPerSecond, e.dataWaitSeconds, e.metrics);
  }

  /**
   * A run by steps.
   *
   * @param from the first step
   * @param limit the most steps
   * @return fails with {@link UnknownException}
   */
  public Uni<Losses> losses(String name, long from, int limit) {
    return ofRun(
        name,
        run ->
            Step.find("runId = ?1 and step >= ?2 order by step", run.id, from)
                .project(Losses.StepLoss.class)
                .range(0, limit)
                .list()
                .map(steps -> page(run.run, steps, limit)));
  }

  private static Losses page(String run, List<Losses.StepLoss> found, int limit) {
    return found.size() <= limit
        ? new Losses(run, found, null)
        : new Losses(run, found.subList(0, limit), found.get(limit).step());
  }

  /**
   * A run's evaluation.
   *
   * @return fails with {@link UnknownException}, also where the run has not been evaluated
   */
  public Uni<EvaluationView> evaluation(String name) {
    return ofRun(
        name,
        run ->
            Evaluation.<Evaluation>findById(run.id)
                .onItem()
                .ifNull()
                .failWith(
                    () ->
                        new UnknownException(
                            "the run "
                                + Check.quote(name)
                                + " has not been evaluated; it is "
                                + run.state))
                .map(
                    evaluation ->
                        new EvaluationView(
                            run.run,
                            evaluation.at,
                            evaluation.samples,
                            evaluation.metrics,
                            evaluation.baseline,
                            evaluation.confusion,
                            evaluation.prediction)));
  }

  private static <T> Uni<T> ofRun(String name, Function<Run, Uni<? extends T>> answer) {
    return Panache.withSession(
        () ->
            Run.<Run>find("run", name)
                .firstResult()
                .onItem()
                .ifNull()
                .failWith(() -> new UnknownException("no run " + Check.quote(name) + " is known"))
                .chain(answer));
  }

  private static List<Object> layers(Map<String, Object> json) {
    return json != null && json.get("layers") instanceof List<?> layers
        ? List.copyOf(layers)
        : null;
  }

  /** A column of JSON as a query's row holds it; null stays null. */
  @SuppressWarnings("unchecked")
  static Map<String, Object> json(Object column) {
    return (Map<String, Object>) column;
  }
}
