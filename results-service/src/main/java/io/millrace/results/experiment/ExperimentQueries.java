package io.millrace.results.experiment;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.Suggestion;
import io.millrace.results.adaptive.PlanView;
import io.millrace.results.adaptive.SearchView;
import io.millrace.results.query.Calculation;
import io.millrace.results.query.Cells;
import io.millrace.results.query.RecentAnswers;
import io.millrace.results.query.UnknownException;
import io.millrace.results.run.Archived;
import io.millrace.results.run.KnownMetrics;
import io.millrace.results.run.RunQueries;
import io.millrace.results.statistics.Contest;
import io.millrace.results.statistics.Direction;
import io.millrace.results.store.ExperimentNotes;
import io.millrace.results.store.Sessions;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hibernate.reactive.mutiny.Mutiny;

/** Compares the variants of an experiment. */
@ApplicationScoped
public class ExperimentQueries {
  /** The maximum number of runs that are compared. */
  private static final int MAX_RUNS = 5_000;

  /**
   * The runs of an experiment that are compared, newest first, without their large columns. Trials
   * of a search are not compared: the best of many was also lucky.
   */
  private static final String RUNS =
      """
      select r.id, r.variant, r.seconds, e.metrics, v.baseline,
             new io.millrace.results.experiment.ExperimentView$Replicate(
                 r.run, r.seed, r.state, r.reason, v.metrics)
      from Run r
      left join Epoch e on e.runId = r.id and e.epoch = r.epochsDone - 1
      left join Evaluation v on v.runId = r.id
      where r.experiment = :experiment and r.state <> 'REJECTED' and not r.trial
        and (cast(:archived as boolean) is null or r.archived = :archived)
      order by r.createdAt desc, r.run desc
      """;

  /** Numbers of runs: all, archived, and rejected among those that count. */
  private static final String TALLY =
      """
      select count(*), count(*) filter (where archived),
             count(*) filter (where state = 'REJECTED'
               and (cast(:archived as boolean) is null or archived = :archived))
      from run
      where experiment = :experiment
      """;

  /** The metric of an experiment: the first one in its first request. */
  private static final String METRIC =
      """
      select coalesce('test_' || first_metric, 'test_loss')
      from run
      where experiment = :experiment and request is not null and state <> 'REJECTED'
        and (cast(:archived as boolean) is null or archived = :archived)
      order by created_at, run
      limit 1
      """;

  /**
   * Per completed run: the experiment's metric, the best epoch by val_loss, that val_loss, the mean
   * speed of its epochs, and the errors of its predictions.
   */
  private static final String NUMBERS =
      """
      select r.id, j.value, e.value, l.value, s.value, v.rmse, v.mae, v.baseline_rmse,
             v.baseline_mae, v.prediction is not null
      from (select id
            from run
            where experiment = :experiment and state = 'COMPLETED' and not trial
              and (cast(:archived as boolean) is null or archived = :archived)
            order by created_at desc, run desc
            limit :limit) as r
      left join run_metric j on j.run_id = r.id and j.name = :metric
      left join run_metric e on e.run_id = r.id and e.name = 'best_epoch'
      left join run_metric l on l.run_id = r.id and l.name = 'best_val_loss'
      left join run_metric s on s.run_id = r.id and s.name = 'samples_per_second'
      left join evaluation v on v.run_id = r.id
      """;

  private final RecentAnswers recent;

  ExperimentQueries(RecentAnswers recent) {
    this.recent = recent;
  }

  private record ViewQuestion(
      String experiment, String baseline, String metric, Archived archived) {}

  /**
   * Compares the variants of an experiment.
   *
   * @param baseline the variant that the others are compared with; null: see {@link Contest}
   * @param metric the metric to compare by; null: the first metric of the request, on the test part
   * @param archived how archived runs are treated
   * @return fails with {@link UnknownException} if the experiment does not exist
   */
  public Uni<ExperimentView> compare(
      String experiment, String baseline, String metric, Archived archived) {
    return recent
        .to(
            new ViewQuestion(experiment, baseline, metric, archived),
            () ->
                Sessions.with(session -> compare(session, experiment, baseline, metric, archived))
                    .chain(VariantChanges::of))
        .chain(
            view ->
                Sessions.with(session -> ExperimentNotes.of(session, experiment)).map(view::noted));
  }

  private static Uni<ExperimentView> compare(
      Mutiny.Session session,
      String experiment,
      String baseline,
      String requested,
      Archived archived) {
    Uni<Void> checked =
        requested == null
            ? Uni.createFrom().voidItem()
            : KnownMetrics.ofExperiment(experiment).check(requested);
    return checked
        .chain(() -> PlanView.of(session, experiment))
        .chain(
            plan ->
                compare(session, new Selection(experiment, baseline, requested, archived), plan));
  }

  /**
   * The metric that an experiment's variants are compared by.
   *
   * @param requested the requested metric; null means the plan's, or the first of the requests
   * @param plan null if there is none
   */
  static Uni<String> judge(
      Mutiny.Session session,
      String experiment,
      String requested,
      PlanView plan,
      Archived archived) {
    String named = requested == null ? Selection.metric(plan) : requested;
    return named != null
        ? Uni.createFrom().item(named)
        : Uni.createFrom()
            .deferred(
                () ->
                    session
                        .createNativeQuery(METRIC, String.class)
                        .setParameter("experiment", experiment)
                        .setParameter("archived", archived.flag())
                        .getSingleResultOrNull())
            .map(found -> found == null ? "test_loss" : found);
  }

  private static Uni<ExperimentView> compare(
      Mutiny.Session session, Selection requested, PlanView plan) {
    String experiment = requested.experiment();
    Archived archived = requested.archived();
    Uni<String> judge = judge(session, experiment, requested.metric(), plan, archived);
    // Reads the runs first, so that each of them has its metric in the second query.
    return session
        .createSelectionQuery(RUNS, Object[].class)
        .setParameter("experiment", experiment)
        .setParameter("archived", archived.flag())
        .setMaxResults(MAX_RUNS + 1)
        .getResultList()
        .chain(
            runs ->
                judge.chain(
                    metric ->
                        session
                            .createNativeQuery(NUMBERS, Object[].class)
                            .setParameter("experiment", experiment)
                            .setParameter("metric", metric)
                            .setParameter("limit", MAX_RUNS)
                            .setParameter("archived", archived.flag())
                            .getResultList()
                            .chain(
                                numbers ->
                                    rejected(
                                            session,
                                            experiment,
                                            archived,
                                            runs.isEmpty() && !(plan instanceof SearchView))
                                        .chain(
                                            rejected ->
                                                Calculation.of(
                                                    () ->
                                                        view(
                                                            requested,
                                                            metric,
                                                            plan,
                                                            tables(runs, numbers),
                                                            runs.size() > MAX_RUNS,
                                                            rejected))))));
  }

  /**
   * The number of rejected requests of an experiment.
   *
   * @param empty whether the experiment has no other runs that count
   * @return fails with {@link UnknownException} if the experiment has no runs that count
   */
  static Uni<Integer> rejected(
      Mutiny.Session session, String experiment, Archived archived, boolean empty) {
    return session
        .createNativeQuery(TALLY, Object[].class)
        .setParameter("experiment", experiment)
        .setParameter("archived", archived.flag())
        .getSingleResult()
        .map(
            row -> {
              int rejected = Cells.integer(row[2]);
              if (empty && rejected == 0) {
                throw unknown(experiment, Cells.integer(row[0]), Cells.integer(row[1]), archived);
              }
              return rejected;
            });
  }

  private static UnknownException unknown(
      String experiment, int all, int hidden, Archived archived) {
    String name = Check.quote(experiment);
    if (all == 0) {
      return new UnknownException("experiment " + name + " does not exist");
    }
    return new UnknownException(
        archived == Archived.ONLY && hidden == 0
            ? "experiment " + name + " has no archived runs"
            : "all runs of experiment "
                + name
                + " are archived; add archived=true to include them");
  }

  private static ExperimentView view(
      Selection requested,
      String metric,
      PlanView plan,
      Map<String, VariantTable> variants,
      boolean truncated,
      int rejected) {
    String baseline = requested.baseline();
    if (baseline != null && !variants.containsKey(baseline)) {
      throw new InvalidMessageException(
          "baseline",
          Check.quote(baseline)
              + " is not a variant of this experiment; give one of "
              + Check.cut(String.join(", ", variants.keySet()))
              + Suggestion.of(baseline, variants.keySet()).orElse(""));
    }
    SearchView search = plan instanceof SearchView one ? one : null;
    if (variants.isEmpty()) {
      return new ExperimentView(
          requested.experiment(),
          Selection.answer(null, plan),
          metric,
          Direction.isHigherBetter(metric),
          null,
          List.of(),
          ExperimentView.Adaptive.of(plan),
          SearchTable.of(search),
          null,
          rejected == 0 ? null : rejected,
          null);
    }
    List<Contest.Entrant> entrants =
        variants.values().stream().map(variant -> variant.entrant(metric)).toList();
    Contest contest = requested.contest(plan, metric, entrants);
    return new ExperimentView(
        requested.experiment(),
        Selection.answer(contest, plan),
        metric,
        Direction.isHigherBetter(metric),
        contest.baseline(),
        variants.values().stream().map(variant -> variant.view(contest)).toList(),
        ExperimentView.Adaptive.of(plan),
        SearchTable.of(search),
        truncated ? true : null,
        rejected == 0 ? null : rejected,
        null);
  }

  /** The tables of the variants, in the order of their first runs. */
  private static Map<String, VariantTable> tables(List<Object[]> runs, List<Object[]> numbers) {
    var byRun = new HashMap<Long, Object[]>();
    numbers.forEach(row -> byRun.put(((Number) row[0]).longValue(), row));
    Map<String, VariantTable> variants = new LinkedHashMap<>();
    for (int i = Math.min(runs.size(), MAX_RUNS) - 1; i >= 0; i--) {
      Object[] row = runs.get(i);
      variants
          .computeIfAbsent((String) row[1], VariantTable::new)
          .add(
              new VariantTable.Outcome(
                  (ExperimentView.Replicate) row[5],
                  Cells.number(row[2]),
                  RunQueries.json(row[3]),
                  RunQueries.json(row[4]),
                  numbers(byRun.get((Long) row[0]))));
    }
    return variants;
  }

  private static VariantTable.Numbers numbers(Object[] row) {
    if (row == null) {
      return VariantTable.Numbers.NONE;
    }
    var prediction = new LinkedHashMap<String, Object>();
    if ((Boolean) row[9]) {
      prediction.put("rmse", row[5]);
      prediction.put("mae", row[6]);
      prediction.put("baseline_rmse", row[7]);
      prediction.put("baseline_mae", row[8]);
    }
    return new VariantTable.Numbers(
        Cells.number(row[1]),
        Cells.number(row[2]),
        Cells.number(row[3]),
        Cells.number(row[4]),
        prediction);
  }
}
