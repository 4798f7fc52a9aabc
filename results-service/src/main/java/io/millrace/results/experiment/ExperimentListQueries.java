package io.millrace.results.experiment;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.millrace.contracts.json.Messages;
import io.millrace.results.adaptive.PlanView;
import io.millrace.results.experiment.ExperimentPage.ExperimentSummary;
import io.millrace.results.query.Calculation;
import io.millrace.results.query.Cells;
import io.millrace.results.query.Cursor;
import io.millrace.results.query.RecentAnswers;
import io.millrace.results.run.Archived;
import io.millrace.results.sampling.Significant;
import io.millrace.results.statistics.Contest;
import io.millrace.results.statistics.Sample;
import io.millrace.results.store.RunState;
import io.millrace.results.store.Sessions;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.hibernate.reactive.mutiny.Mutiny;

/**
 * Lists experiments with their answers. Most experiments of a list have ended long ago, so their
 * answers are cached until one of their runs or their plan changes.
 */
@ApplicationScoped
public class ExperimentListQueries {
  /**
   * One row per experiment, counted by variant first: that needs no sorting. Its revision depends
   * on the version of every run's row: a change of any run changes it, because whatever changes the
   * numbers of a run also writes its row.
   */
  private static final String EXPERIMENTS =
      """
      select experiment, newest_at, runs, variants, queued, running, completed, failed, cancelled,
             rejected, revision
      from (select experiment, max(newest_at) as newest_at, sum(runs) as runs,
                   count(variant) filter (where runs > rejected) as variants,
                   sum(queued) as queued, sum(running) as running, sum(completed) as completed,
                   sum(failed) as failed, sum(cancelled) as cancelled, sum(rejected) as rejected,
                   cast(sum(revision) as bigint) as revision
            from (select experiment, variant,
                         max(created_at) as newest_at,
                         count(*) as runs,
                         count(*) filter (where state = 'QUEUED') as queued,
                         count(*) filter (where state = 'RUNNING') as running,
                         count(*) filter (where state = 'COMPLETED') as completed,
                         count(*) filter (where state = 'FAILED') as failed,
                         count(*) filter (where state = 'CANCELLED') as cancelled,
                         count(*) filter (where state = 'REJECTED') as rejected,
                         sum(hashint8(cast(cast(xmin as text) as bigint))) as revision
                  from run
                  where experiment is not null
                    and (cast(:archived as boolean) is null or archived = :archived)
                  group by experiment, variant) as v
            group by experiment) as e
      """;

  private static final String AFTER =
      " where newest_at < :at or newest_at = :at and experiment < :experiment";

  private static final String NEWEST_FIRST = " order by newest_at desc, experiment desc";

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

  /** The maximum number of cached answers: more than a page of 500, each with its plan. */
  private static final int MAX_ANSWERS = 1_000;

  private final RecentAnswers recent;
  private final Cache<Key, Answered> answers =
      Caffeine.newBuilder().maximumSize(MAX_ANSWERS).build();

  ExperimentListQueries(RecentAnswers recent) {
    this.recent = recent;
  }

  private record PageQuestion(int limit, String cursor, Archived archived) {}

  private record Key(String experiment, Archived archived) {}

  /** An experiment without its answer, and everything that its answer depends on. */
  private record Found(ExperimentSummary summary, long revision, PlanView plan) {
    String experiment() {
      return summary.experiment();
    }

    Found with(PlanView itsPlan) {
      return new Found(summary, revision, itsPlan);
    }
  }

  private record Answered(Found found, ExperimentSummary summary) {}

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

  private Uni<List<ExperimentSummary>> page(
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
        .map(rows -> rows.stream().map(ExperimentListQueries::found).toList())
        .chain(
            found ->
                PlanView.of(session, found.stream().map(Found::experiment).toList())
                    .map(
                        plans ->
                            found.stream()
                                .map(one -> one.with(plans.get(one.experiment())))
                                .toList()))
        .chain(found -> withAnswers(session, found, archived));
  }

  /** Adds the answers: the cached ones, and for the others new ones. */
  private Uni<List<ExperimentSummary>> withAnswers(
      Mutiny.Session session, List<Found> all, Archived archived) {
    var summaries = new HashMap<String, ExperimentSummary>();
    var changed = new LinkedHashMap<String, Found>();
    for (Found found : all) {
      Answered cached = answers.getIfPresent(new Key(found.experiment(), archived));
      if (cached != null && cached.found().equals(found)) {
        summaries.put(found.experiment(), cached.summary());
      } else {
        changed.put(found.experiment(), found);
      }
    }
    return answer(session, changed, archived)
        .map(
            answered -> {
              for (Answered one : answered) {
                answers.put(new Key(one.found().experiment(), archived), one);
                summaries.put(one.found().experiment(), one.summary());
              }
              return all.stream().map(found -> summaries.get(found.experiment())).toList();
            });
  }

  private static Uni<List<Answered>> answer(
      Mutiny.Session session, Map<String, Found> changed, Archived archived) {
    if (changed.isEmpty()) {
      return Uni.createFrom().item(List.of());
    }
    return contests(session, changed, archived)
        .chain(
            contests ->
                sparklines(session, contests, archived)
                    .map(
                        lines ->
                            changed.values().stream()
                                .map(
                                    found ->
                                        answered(
                                            found,
                                            contests.get(found.experiment()),
                                            lines.get(found.experiment())))
                                .toList()));
  }

  private static Answered answered(Found found, Contest contest, List<Number> sparkline) {
    return new Answered(
        found, found.summary().with(contest, Selection.answer(contest, found.plan()), sparkline));
  }

  private record Judged(String experiment, String metric) {}

  private static Uni<Map<String, Contest>> contests(
      Mutiny.Session session, Map<String, Found> experiments, Archived archived) {
    return session
        .createNativeQuery(ENTRANTS, Object[].class)
        .setParameter(
            "experiments",
            Messages.text(
                experiments.values().stream()
                    .map(one -> new Judged(one.experiment(), Selection.metric(one.plan())))
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
                                        entrants -> contest(entrants, experiments, archived))))));
  }

  private static Contest contest(
      List<Object[]> rows, Map<String, Found> experiments, Archived archived) {
    String experiment = (String) rows.get(0)[0];
    return new Selection(experiment, null, null, archived)
        .contest(
            experiments.get(experiment).plan(),
            (String) rows.get(0)[1],
            rows.stream().map(ExperimentListQueries::entrant).toList());
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
        .setParameter("variants", Messages.text(shown))
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

  private static Found found(Object[] row) {
    var states = new LinkedHashMap<String, Integer>();
    RunState[] all = RunState.values();
    for (int i = 0; i < all.length; i++) {
      int count = ((Number) row[4 + i]).intValue();
      if (count > 0) {
        states.put(all[i].name(), count);
      }
    }
    var summary =
        new ExperimentSummary(
            (String) row[0],
            ((Number) row[3]).intValue(),
            ((Number) row[2]).intValue(),
            states,
            Cells.time(row[1]),
            null,
            null,
            null,
            null);
    return new Found(summary, ((Number) row[4 + all.length]).longValue(), null);
  }

  private static ExperimentPage page(List<ExperimentSummary> found, int limit) {
    if (found.size() <= limit) {
      return new ExperimentPage(found, null);
    }
    ExperimentSummary last = found.get(limit - 1);
    return new ExperimentPage(
        found.subList(0, limit), new Cursor(last.newestAt(), last.experiment()).encode());
  }
}
