package io.millrace.results.experiment;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.Suggestion;
import io.millrace.contracts.json.Messages;
import io.millrace.results.adaptive.AdaptiveView;
import io.millrace.results.adaptive.PlanView;
import io.millrace.results.adaptive.SearchView;
import io.millrace.results.experiment.ExperimentPage.ExperimentSummary;
import io.millrace.results.query.Calculation;
import io.millrace.results.query.Cells;
import io.millrace.results.query.Cursor;
import io.millrace.results.query.RecentAnswers;
import io.millrace.results.query.UnknownException;
import io.millrace.results.run.Archived;
import io.millrace.results.run.KnownMetrics;
import io.millrace.results.run.RunQueries;
import io.millrace.results.sampling.Significant;
import io.millrace.results.statistics.Contest;
import io.millrace.results.statistics.Direction;
import io.millrace.results.statistics.Sample;
import io.millrace.results.store.ExperimentNotes;
import io.millrace.results.store.RunState;
import io.millrace.results.store.Sessions;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.hibernate.reactive.mutiny.Mutiny;

/** Queries on experiments. */
@ApplicationScoped
public class ExperimentQueries {
  /** The maximum number of runs that are compared. */
  private static final int MAX_RUNS = 5_000;

  /** One row per experiment. The states are counted in a JSON object to keep it one row. */
  private static final String EXPERIMENTS =
      """
      select experiment, newest_at, runs, variants, queued, running, completed, failed, cancelled,
             rejected
      from (select experiment,
                   max(created_at) as newest_at,
                   count(*) as runs,
                   count(distinct variant) filter (where state <> 'REJECTED') as variants,
                   count(*) filter (where state = 'QUEUED') as queued,
                   count(*) filter (where state = 'RUNNING') as running,
                   count(*) filter (where state = 'COMPLETED') as completed,
                   count(*) filter (where state = 'FAILED') as failed,
                   count(*) filter (where state = 'CANCELLED') as cancelled,
                   count(*) filter (where state = 'REJECTED') as rejected
            from run
            where experiment is not null and (cast(:archived as boolean) is null or archived = :archived)
            group by experiment) as e
      """;

  private static final String AFTER =
      " where newest_at < :at or newest_at = :at and experiment < :experiment";

  private static final String NEWEST_FIRST = " order by newest_at desc, experiment desc";

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

  /**
   * The variants of experiments in the order of their first runs, with statistics over the
   * completed runs: the experiment's metric, the test loss, and the metric of the naive baseline.
   */
  private static final String ENTRANTS =
      """
      select e.experiment, e.metric, r.variant, count(m.value), avg(m.value), stddev_samp(m.value),
             count(l.value), avg(l.value), stddev_samp(l.value),
             avg(case when json_typeof(v.baseline -> 'metrics' -> e.named) = 'number'
                 then cast(v.baseline -> 'metrics' ->> e.named as double precision) end)
      from (select n.experiment, j.metric,
                   case when left(j.metric, 5) = 'test_' then substr(j.metric, 6) end as named
            from json_to_recordset(cast(cast(:experiments as text) as json))
                 as n(experiment text, metric text)
            left join lateral (
              select first_metric
              from run
              where experiment = n.experiment and request is not null and state <> 'REJECTED'
                and (cast(:archived as boolean) is null or archived = :archived)
              order by created_at, run
              limit 1) as f on true
            cross join lateral (
              select coalesce(n.metric, 'test_' || f.first_metric, 'test_loss') as metric) as j) as e
      join run r on r.experiment = e.experiment and r.state <> 'REJECTED' and not r.trial
        and (cast(:archived as boolean) is null or r.archived = :archived)
      left join run_metric m on m.run_id = r.id and m.name = e.metric and r.state = 'COMPLETED'
      left join run_metric l on l.run_id = r.id and l.name = 'test_loss' and r.state = 'COMPLETED'
      left join evaluation v on v.run_id = r.id and r.state = 'COMPLETED'
      group by e.experiment, e.metric, r.variant
      order by e.experiment, min(r.created_at), min(r.run)
      """;

  /**
   * The losses of variants over at most {@code SPARKS} epochs: means of a few of the newest runs,
   * so that the list stays cheap with many runs.
   */
  private static final String SPARKLINES =
      """
      select b.experiment, avg(coalesce(e.val_loss, e.loss))
      from json_to_recordset(cast(cast(:variants as text) as json))
           as b(experiment text, variant text)
      cross join lateral (
        select array_agg(id) as ids, max(epochs_done) as epochs
        from (select id, epochs_done
              from run
              where experiment = b.experiment and variant = b.variant and epochs_done > 0
                and not trial
                and (cast(:archived as boolean) is null or archived = :archived)
              order by created_at desc, run desc
              limit 5) as newest) as r
      cross join lateral (
        select distinct k * (r.epochs - 1) / :last as epoch
        from generate_series(0, :last) as k) as g
      join epoch e on e.run_id = any(r.ids) and e.epoch = g.epoch
      group by b.experiment, g.epoch
      order by b.experiment, g.epoch
      """;

  private static final int SPARKS = 40;

  private final RecentAnswers recent;

  ExperimentQueries(RecentAnswers recent) {
    this.recent = recent;
  }

  private record PageQuestion(int limit, String cursor, Archived archived) {}

  private record ViewQuestion(
      String experiment, String baseline, String metric, Archived archived) {}

  /**
   * A page of experiments, newest first.
   *
   * @param archived how archived runs are treated; an experiment without any other runs is left out
   */
  public Uni<ExperimentPage> list(int limit, String cursor, Archived archived) {
    Cursor after = cursor == null ? null : Cursor.atTime(cursor);
    return recent.to(
        new PageQuestion(limit, cursor, archived),
        () ->
            Sessions.with(session -> page(session, limit, after, archived))
                .map(found -> page(found, limit)));
  }

  private static Uni<List<ExperimentSummary>> page(
      Mutiny.Session session, int limit, Cursor after, Archived archived) {
    String sql = EXPERIMENTS + (after == null ? "" : AFTER) + NEWEST_FIRST;
    var query =
        session.createNativeQuery(sql, Object[].class).setParameter("archived", archived.flag());
    if (after != null) {
      query.setParameter("at", after.key());
      query.setParameter("experiment", after.name());
    }
    return query
        .setMaxResults(limit + 1)
        .getResultList()
        .map(rows -> rows.stream().map(ExperimentQueries::summary).toList())
        .chain(
            found ->
                PlanView.of(session, found.stream().map(ExperimentSummary::experiment).toList())
                    .chain(plans -> withAnswers(session, found, plans, archived)));
  }

  /** Adds the answers. */
  private static Uni<List<ExperimentSummary>> withAnswers(
      Mutiny.Session session,
      List<ExperimentSummary> found,
      Map<String, PlanView> plans,
      Archived archived) {
    return contests(session, found, plans, archived)
        .chain(
            contests ->
                sparklines(session, contests, archived)
                    .map(
                        lines ->
                            found.stream()
                                .map(
                                    one ->
                                        one.with(
                                            contests.get(one.experiment()),
                                            answer(
                                                contests.get(one.experiment()),
                                                plans.get(one.experiment())),
                                            lines.get(one.experiment())))
                                .toList()));
  }

  private record Judged(String experiment, String metric) {}

  private static Uni<Map<String, Contest>> contests(
      Mutiny.Session session,
      List<ExperimentSummary> experiments,
      Map<String, PlanView> plans,
      Archived archived) {
    return session
        .createNativeQuery(ENTRANTS, Object[].class)
        .setParameter(
            "experiments",
            json(
                experiments.stream()
                    .map(ExperimentSummary::experiment)
                    .map(name -> new Judged(name, metric(plans.get(name))))
                    .toList()))
        .setParameter("archived", archived.flag())
        .getResultList()
        .chain(
            rows ->
                Calculation.of(
                    () ->
                        rows.stream()
                            .collect(
                                Collectors.groupingBy(
                                    row -> (String) row[0],
                                    Collectors.collectingAndThen(
                                        Collectors.toList(),
                                        entrants -> contest(entrants, plans, archived))))));
  }

  /** The metric of a plan; null without a plan. */
  private static String metric(PlanView plan) {
    return plan == null ? null : plan.judge();
  }

  private static Contest contest(
      List<Object[]> rows, Map<String, PlanView> plans, Archived archived) {
    String experiment = (String) rows.get(0)[0];
    return new Selection(experiment, null, null, archived)
        .contest(
            plans.get(experiment),
            (String) rows.get(0)[1],
            rows.stream().map(ExperimentQueries::entrant).toList());
  }

  private static Contest.Entrant entrant(Object[] row) {
    return new Contest.Entrant(
        (String) row[2], sample(row, 3), sample(row, 6), Cells.number(row[9]));
  }

  /** Reads count, mean and deviation from consecutive columns; null if the count is 0. */
  private static Sample sample(Object[] row, int column) {
    int n = Cells.integer(row[column]);
    return n == 0
        ? null
        : new Sample(n, Cells.finite(row[column + 1]), Cells.finite(row[column + 2]));
  }

  private record Shown(String experiment, String variant) {}

  private static Uni<Map<String, List<Number>>> sparklines(
      Mutiny.Session session, Map<String, Contest> contests, Archived archived) {
    List<Shown> shown =
        contests.entrySet().stream()
            .map(entry -> new Shown(entry.getKey(), entry.getValue().bestOrFirst()))
            .toList();
    return session
        .createNativeQuery(SPARKLINES, Object[].class)
        .setParameter("variants", json(shown))
        .setParameter("last", SPARKS - 1)
        .setParameter("archived", archived.flag())
        .getResultList()
        .map(
            rows ->
                rows.stream()
                    .collect(
                        Collectors.groupingBy(
                            row -> (String) row[0],
                            Collectors.mapping(
                                row -> Significant.number(Cells.finite(row[1])),
                                Collectors.toList()))));
  }

  private static String json(Object document) {
    return new String(Messages.write(document), StandardCharsets.UTF_8);
  }

  private static ExperimentSummary summary(Object[] row) {
    var states = new LinkedHashMap<String, Integer>();
    RunState[] all = RunState.values();
    for (int i = 0; i < all.length; i++) {
      int count = ((Number) row[4 + i]).intValue();
      if (count > 0) {
        states.put(all[i].name(), count);
      }
    }
    return new ExperimentSummary(
        (String) row[0],
        ((Number) row[3]).intValue(),
        ((Number) row[2]).intValue(),
        states,
        Cells.time(row[1]),
        null,
        null,
        null,
        null);
  }

  private static ExperimentPage page(List<ExperimentSummary> found, int limit) {
    if (found.size() <= limit) {
      return new ExperimentPage(found, null);
    }
    ExperimentSummary last = found.get(limit - 1);
    return new ExperimentPage(
        found.subList(0, limit), new Cursor(last.newestAt(), last.experiment()).encode());
  }

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

  private record Selection(String experiment, String baseline, String metric, Archived archived) {
    /** Whether the plan decides the same comparison as requested. */
    boolean isAnsweredBy(AdaptiveView plan) {
      return plan.state() != null
          && archived != Archived.ONLY
          && (metric == null || metric.equals(plan.seeds().metric()))
          && (baseline == null || baseline.equals(plan.seeds().baseline()));
    }

    /**
     * The contest between the variants; every comparison of variants uses it.
     *
     * @param plan the plan of the experiment; null if it has none
     * @param judge the metric: the requested one, the plan's, or the first of the requests
     */
    Contest contest(PlanView plan, String judge, List<Contest.Entrant> entrants) {
      return plan instanceof AdaptiveView seeds && isAnsweredBy(seeds)
          ? Contest.of(seeds.plan(), seeds.state(), entrants)
          : Contest.of(judge, baseline(plan, entrants), entrants);
    }

    /** The requested baseline or the plan's; null means the default. */
    private String baseline(PlanView plan, List<Contest.Entrant> entrants) {
      boolean planned =
          baseline == null
              && plan != null
              && entrants.stream().anyMatch(one -> one.variant().equals(plan.baseline()));
      return planned ? plan.baseline() : baseline;
    }
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
    String named = requested == null ? metric(plan) : requested;
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
          answer(null, plan),
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
        answer(contest, plan),
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

  /**
   * The answer of the contest, or the progress of a search that has nothing to compare yet.
   *
   * @param contest null if no runs are compared
   * @param plan null if there is none
   */
  private static String answer(Contest contest, PlanView plan) {
    boolean measured = contest != null && contest.isMeasured();
    if (plan instanceof SearchView search && !measured) {
      return search.sentence();
    }
    return contest == null ? null : contest.answer();
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
