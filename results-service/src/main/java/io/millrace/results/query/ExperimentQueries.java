package io.millrace.results.query;

import io.millrace.contracts.Check;
import io.millrace.results.query.ExperimentPage.ExperimentSummary;
import io.millrace.results.store.RunState;
import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What is asked of experiments. */
@ApplicationScoped
public class ExperimentQueries {
  /** The most runs that are compared. */
  private static final int MAX_RUNS = 5_000;

  /**
   * One row per experiment. The states are counted in an object, since an experiment's row must
   * stay one.
   */
  private static final String EXPERIMENTS =
      """
      select experiment, newest_at, runs, variants, queued, running, completed, failed, cancelled,
             rejected
      from (select experiment,
                   max(created_at) as newest_at,
                   count(*) as runs,
                   count(distinct variant) as variants,
                   count(*) filter (where state = 'QUEUED') as queued,
                   count(*) filter (where state = 'RUNNING') as running,
                   count(*) filter (where state = 'COMPLETED') as completed,
                   count(*) filter (where state = 'FAILED') as failed,
                   count(*) filter (where state = 'CANCELLED') as cancelled,
                   count(*) filter (where state = 'REJECTED') as rejected
            from run
            where experiment is not null
            group by experiment) as e
      """;

  private static final String AFTER =
      " where newest_at < :at or newest_at = :at and experiment < :experiment";

  private static final String NEWEST_FIRST = " order by newest_at desc, experiment desc";

  /** The runs of an experiment, newest first, without their large columns. */
  private static final String RUNS =
      """
      select r.id, r.variant, r.seconds, e.metrics, v.baseline,
             new io.millrace.results.query.ExperimentView$Replicate(
                 r.run, r.seed, r.state, r.reason, v.metrics)
      from Run r
      left join Epoch e on e.runId = r.id and e.epoch = r.epochsDone - 1
      left join Evaluation v on v.runId = r.id
      where r.experiment = :experiment
      order by r.createdAt desc, r.run desc
      """;

  /**
   * Per completed run: its best epoch by val_loss, that val_loss, the mean of its epochs' speeds,
   * and the errors of its prediction.
   */
  private static final String NUMBERS =
      """
      select r.id, c.best_epoch, c.best_val_loss, c.samples_per_second,
             v.rmse, v.mae, v.baseline_rmse, v.baseline_mae
      from (select id
            from run
            where experiment = :experiment and state = 'COMPLETED'
            order by created_at desc, run desc
            limit :limit) as r
      cross join lateral (
        select (array_agg(e.epoch order by cast(e.metrics ->> 'val_loss' as double precision), e.epoch)
                filter (where e.metrics ->> 'val_loss' is not null))[1] as best_epoch,
               min(cast(e.metrics ->> 'val_loss' as double precision)) as best_val_loss,
               avg(e.samples_per_second) as samples_per_second
        from epoch e
        where e.run_id = r.id) as c
      left join evaluation v on v.run_id = r.id
      """;

  /** Experiments, newest first. */
  public Uni<ExperimentPage> list(int limit, String cursor) {
    Cursor after = cursor == null ? null : Cursor.decode(cursor);
    String sql = EXPERIMENTS + (after == null ? "" : AFTER) + NEWEST_FIRST;
    return Panache.withSession(
            () ->
                Panache.getSession()
                    .chain(
                        session -> {
                          var query = session.createNativeQuery(sql, Object[].class);
                          if (after != null) {
                            query.setParameter("at", after.at());
                            query.setParameter("experiment", after.name());
                          }
                          return query.setMaxResults(limit + 1).getResultList();
                        }))
        .map(found -> page(found.stream().map(ExperimentQueries::summary).toList(), limit));
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
        row[1] instanceof OffsetDateTime time ? time.toInstant() : (Instant) row[1]);
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
   * An experiment's variants side by side.
   *
   * @return fails with {@link UnknownException}
   */
  public Uni<ExperimentView> compare(String experiment) {
    return Panache.withSession(
        () ->
            Panache.getSession()
                .chain(
                    session ->
                        session
                            .createSelectionQuery(RUNS, Object[].class)
                            .setParameter("experiment", experiment)
                            .setMaxResults(MAX_RUNS + 1)
                            .getResultList()
                            .chain(
                                runs ->
                                    session
                                        .createNativeQuery(NUMBERS, Object[].class)
                                        .setParameter("experiment", experiment)
                                        .setParameter("limit", MAX_RUNS)
                                        .getResultList()
                                        .map(numbers -> view(experiment, runs, numbers)))));
  }

  private static ExperimentView view(
      String experiment, List<Object[]> runs, List<Object[]> numbers) {
    if (runs.isEmpty()) {
      throw new UnknownException("no experiment " + Check.quote(experiment) + " is known");
    }
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
                  number(row[2]),
                  RunQueries.json(row[3]),
                  RunQueries.json(row[4]),
                  numbers(byRun.get((Long) row[0]))));
    }
    return new ExperimentView(
        experiment,
        variants.values().stream().map(VariantTable::view).toList(),
        runs.size() > MAX_RUNS ? true : null);
  }

  private static VariantTable.Numbers numbers(Object[] row) {
    if (row == null) {
      return VariantTable.Numbers.NONE;
    }
    var prediction = new LinkedHashMap<String, Object>();
    prediction.put("rmse", row[4]);
    prediction.put("mae", row[5]);
    prediction.put("baseline_rmse", row[6]);
    prediction.put("baseline_mae", row[7]);
    return new VariantTable.Numbers(number(row[1]), number(row[2]), number(row[3]), prediction);
  }

  private static Double number(Object value) {
    return value == null ? null : ((Number) value).doubleValue();
  }
}
