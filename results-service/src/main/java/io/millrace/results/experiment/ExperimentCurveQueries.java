package io.millrace.results.experiment;

import io.millrace.contracts.Check;
import io.millrace.results.curve.CurveAxis;
import io.millrace.results.experiment.ExperimentCurves.VariantBand;
import io.millrace.results.query.Calculation;
import io.millrace.results.query.Cells;
import io.millrace.results.query.RecentAnswers;
import io.millrace.results.query.UnknownException;
import io.millrace.results.run.Archived;
import io.millrace.results.run.KnownMetrics;
import io.millrace.results.sampling.Band;
import io.millrace.results.sampling.Excerpt;
import io.millrace.results.store.LossSeries;
import io.millrace.results.store.LossSpan;
import io.millrace.results.store.LossStore;
import io.millrace.results.store.Sessions;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.hibernate.reactive.mutiny.Mutiny;

/**
 * Queries on the curves of an experiment's variants. The amount of data that is read is bounded.
 */
@ApplicationScoped
public class ExperimentCurveQueries {
  /** The maximum number of runs that are read, newest first. */
  private static final int MAX_RUNS = 1_000;

  /** The maximum number of steps that are read, newest runs first; at least one run is read. */
  private static final long MAX_STEPS = 10_000_000;

  /** Up to this many steps, every step is read; of more, means of {@value LossSpan#STEPS} steps. */
  private static final long EXACT_STEPS = 200_000;

  /** The maximum number of steps in memory, unless a single run has more: 12 MB of blocks. */
  private static final long BATCH_STEPS = 1_000_000;

  /** Trials of a search are shown until the experiment has runs to compare. */
  private static final String SHOWN =
      """
      (cast(:archived as boolean) is null or archived = :archived)
                    and (not trial or not exists (select from run as compared
                                                  where compared.experiment = :experiment
                                                    and not compared.trial))\
      """;

  /** The newest runs to read. */
  private static final String RUNS =
      """
      select id, variant, epochs_done, steps_done, started_at
      from run
      where experiment = :experiment and (cast(:variant as text) is null or variant = :variant)
                    and <shown>
      order by created_at desc, run desc
      """
          .replace("<shown>", SHOWN);

  /**
   * Statistics over some epochs of the runs, by variant. PostgreSQL computes them, so that few rows
   * are transferred.
   */
  private static final String SPREADS =
      """
      select variant, x, count(value), avg(value), stddev_samp(value), min(value), max(value)
      from (select r.variant, cast(e.%s as double precision) as x,
                   cast(e.metrics ->> :metric as double precision) as value,
                   e.metrics -> :metric is not null as is_measured
            from (select id, variant
                  from run
                  where experiment = :experiment
                    and (cast(:variant as text) is null or variant = :variant)
                    and <shown>
                  order by created_at desc, run desc
                  limit :limit) as r
            cross join (select generate_series(0, :last, :stride) as epoch union select :last) as g
            join epoch e on e.run_id = r.id and e.epoch = g.epoch) as v
      where is_measured and x >= :from and x < :to
      group by variant, x
      order by variant, x
      """
          .replace("<shown>", SHOWN);

  /** Some epochs of the runs, each in seconds since the run's start. */
  private static final String TIMES =
      """
      select r.id, extract(epoch from e.at - r.started_at),
             cast(e.metrics ->> :metric as double precision)
      from (select id, started_at
            from run
            where experiment = :experiment
              and (cast(:variant as text) is null or variant = :variant)
                    and <shown>
            order by created_at desc, run desc
            limit :limit) as r
      cross join (select generate_series(0, :last, :stride) as epoch union select :last) as g
      join epoch e on e.run_id = r.id and e.epoch = g.epoch
      order by r.id, e.epoch
      """
          .replace("<shown>", SHOWN);

  private final LossStore losses;
  private final RecentAnswers recent;

  ExperimentCurveQueries(LossStore losses, RecentAnswers recent) {
    this.losses = losses;
    this.recent = recent;
  }

  /**
   * The parameters of a query.
   *
   * @param variant the only variant; null means all
   * @param excerpt the range of x
   * @param archived how archived runs are treated
   */
  public record Question(
      String experiment,
      String metric,
      CurveAxis x,
      String variant,
      Excerpt excerpt,
      Archived archived) {

    /** The distance between the epochs that are read, so that there are at most {@code points}. */
    private int stride(int epochs) {
      return Math.max(1, (epochs + excerpt.points() - 1) / excerpt.points());
    }
  }

  private record Course(long id, String variant, int epochs, long steps) {}

  /**
   * The variants' curves.
   *
   * @return fails with {@link UnknownException} if the experiment does not exist
   */
  public Uni<ExperimentCurves> curves(Question question) {
    return recent.to(
        question,
        () ->
            runs(question)
                .call(() -> KnownMetrics.ofEpochs(question.experiment()).check(question.metric()))
                .chain(runs -> curves(question, runs)));
  }

  private Uni<ExperimentCurves> curves(Question question, List<Course> found) {
    List<Course> runs = found.subList(0, Math.min(found.size(), MAX_RUNS));
    boolean truncated = found.size() > MAX_RUNS;
    if (question.x() == CurveAxis.STEP && question.metric().equals("loss")) {
      List<Course> read = within(MAX_STEPS, runs);
      return stepBands(question, read)
          .map(bands -> view(question, read, bands, truncated || read.size() < runs.size()));
    }
    int epochs = runs.stream().mapToInt(Course::epochs).max().orElse(0);
    Uni<Map<String, Band.Points>> bands =
        epochs == 0
            ? Uni.createFrom().item(Map.of())
            : question.x() == CurveAxis.TIME
                ? timeBands(question, runs, epochs)
                : epochBands(question, epochs);
    return bands.map(points -> view(question, runs, points, truncated));
  }

  private static List<Course> within(long steps, List<Course> runs) {
    long sum = 0;
    var within = new ArrayList<Course>();
    for (Course run : runs) {
      sum += run.steps();
      if (sum > steps && !within.isEmpty()) {
        break;
      }
      within.add(run);
    }
    return within;
  }

  private static ExperimentCurves view(
      Question question, List<Course> runs, Map<String, Band.Points> bands, boolean truncated) {
    var counts = new LinkedHashMap<String, Integer>();
    for (int i = runs.size() - 1; i >= 0; i--) {
      counts.merge(runs.get(i).variant(), 1, Integer::sum);
    }
    return new ExperimentCurves(
        question.experiment(),
        question.metric(),
        question.x(),
        counts.keySet().stream()
            .filter(bands::containsKey)
            .map(
                variant ->
                    VariantBand.of(
                        variant,
                        counts.get(variant),
                        bands.get(variant),
                        question.excerpt().smooth()))
            .toList(),
        truncated ? true : null);
  }

  /** Mean losses of equally many steps. Only one batch of runs is in memory at a time. */
  private Uni<Map<String, Band.Points>> stepBands(Question question, List<Course> runs) {
    long most = runs.stream().mapToLong(Course::steps).max().orElse(0);
    long from = (long) question.excerpt().from();
    long to = (long) Math.min(most, question.excerpt().to());
    long steps =
        runs.stream().mapToLong(run -> Math.max(0, Math.min(run.steps(), to) - from)).sum();
    boolean outlined = steps > EXACT_STEPS;
    // Whole spans up to the end of the longest run.
    long end = to < most ? to : (to + LossSpan.STEPS - 1) / LossSpan.STEPS * LossSpan.STEPS;
    var range = new LossStore.Range(from, from, end, false);
    double[] grid =
        Band.steps(from, to, question.excerpt().points(), outlined ? LossSpan.STEPS : 1);
    var bands = new LinkedHashMap<String, Band>();
    return Multi.createFrom()
        .iterable(batches(runs))
        .onItem()
        .transformToUniAndConcatenate(
            batch -> {
              List<Long> ids = batch.stream().map(Course::id).toList();
              return outlined
                  ? added(
                      bands,
                      grid,
                      batch,
                      losses.outlines(ids, range),
                      spans -> Means.of(spans, to - 1))
                  : added(bands, grid, batch, losses.read(ids, from, to), Means::of);
            })
        .collect()
        .last()
        .map(last -> points(bands));
  }

  /**
   * Means of losses.
   *
   * @param steps the last step of each mean
   * @param counts the number of finite losses
   */
  private record Means(double[] steps, double[] losses, int[] counts) {
    static Means of(LossSeries series) {
      var counts = new int[series.size()];
      Arrays.fill(counts, 1);
      return new Means(
          LongStream.of(series.steps()).asDoubleStream().toArray(), series.losses(), counts);
    }

    /** The means of spans. The last span may end after the last step. */
    static Means of(List<LossSpan> spans, long last) {
      return new Means(
          spans.stream().mapToDouble(span -> Math.min(last, span.last())).toArray(),
          spans.stream().mapToDouble(LossSpan::mean).toArray(),
          spans.stream().mapToInt(LossSpan::finite).toArray());
    }
  }

  private static <T> Uni<Integer> added(
      Map<String, Band> bands,
      double[] grid,
      List<Course> batch,
      Uni<Map<Long, T>> read,
      Function<T, Means> meansOf) {
    return read.chain(found -> Calculation.of(() -> addMeans(bands, grid, batch, found, meansOf)));
  }

  private static <T> int addMeans(
      Map<String, Band> bands,
      double[] grid,
      List<Course> batch,
      Map<Long, T> found,
      Function<T, Means> meansOf) {
    for (Course run : batch) {
      T of = found.get(run.id());
      if (of != null) {
        Means means = meansOf.apply(of);
        bands
            .computeIfAbsent(run.variant(), name -> new Band(grid))
            .addMeans(means.steps(), means.losses(), means.counts());
      }
    }
    return batch.size();
  }

  /** Batches of runs with a limited number of steps, each with at least one run. */
  private static List<List<Course>> batches(List<Course> runs) {
    var batches = new ArrayList<List<Course>>();
    long sum = Long.MAX_VALUE;
    for (Course run : runs) {
      if (sum > BATCH_STEPS - run.steps()) {
        batches.add(new ArrayList<>());
        sum = 0;
      }
      batches.get(batches.size() - 1).add(run);
      sum += run.steps();
    }
    return batches;
  }

  private static Map<String, Band.Points> points(Map<String, Band> bands) {
    var points = new LinkedHashMap<String, Band.Points>();
    bands.forEach((variant, band) -> points.put(variant, band.points()));
    return points;
  }

  private static Uni<Map<String, Band.Points>> epochBands(Question question, int epochs) {
    String sql = SPREADS.formatted(question.x().json());
    return rows(
            sql,
            question,
            epochs,
            query ->
                query
                    .setParameter("from", question.excerpt().from())
                    .setParameter("to", question.excerpt().to()))
        .map(
            rows ->
                rows.stream()
                    .collect(
                        Collectors.groupingBy(
                            row -> (String) row[0],
                            Collectors.collectingAndThen(
                                Collectors.toList(), ExperimentCurveQueries::points))));
  }

  private static Band.Points points(List<Object[]> rows) {
    return new Band.Points(
        column(rows, 1),
        rows.stream().mapToInt(row -> Cells.integer(row[2])).toArray(),
        column(rows, 3),
        column(rows, 4),
        column(rows, 5),
        column(rows, 6));
  }

  private static double[] column(List<Object[]> rows, int cell) {
    return rows.stream().mapToDouble(row -> Cells.finite(row[cell])).toArray();
  }

  /** Runs end their epochs at different times, so values are interpolated linearly between them. */
  private static Uni<Map<String, Band.Points>> timeBands(
      Question question, List<Course> runs, int epochs) {
    return rows(TIMES, question, epochs, query -> query)
        .chain(rows -> Calculation.of(() -> lines(question, runs, epochs, rows)));
  }

  private static Map<String, Band.Points> lines(
      Question question, List<Course> runs, int epochs, List<Object[]> rows) {
    double end = rows.stream().mapToDouble(row -> Cells.finite(row[1])).max().orElse(0);
    double from = question.excerpt().from();
    double to = Math.min(end, question.excerpt().to());
    double[] grid = Band.grid(from, to, Math.min(question.excerpt().points(), epochs));
    Map<Long, List<Object[]>> byRun =
        rows.stream().collect(Collectors.groupingBy(row -> ((Number) row[0]).longValue()));
    var bands = new LinkedHashMap<String, Band>();
    for (Course run : runs) {
      List<Object[]> own = byRun.getOrDefault(run.id(), List.of());
      bands
          .computeIfAbsent(run.variant(), name -> new Band(grid))
          .addLines(column(own, 1), column(own, 2));
    }
    return points(bands);
  }

  private static Uni<List<Object[]>> rows(
      String sql,
      Question question,
      int epochs,
      UnaryOperator<Mutiny.SelectionQuery<Object[]>> more) {
    return Sessions.with(
        session ->
            more.apply(
                    session
                        .createNativeQuery(sql, Object[].class)
                        .setParameter("experiment", question.experiment())
                        .setParameter("variant", question.variant())
                        .setParameter("archived", question.archived().flag())
                        .setParameter("metric", question.metric())
                        .setParameter("limit", MAX_RUNS)
                        .setParameter("last", epochs - 1)
                        .setParameter("stride", question.stride(epochs)))
                .getResultList());
  }

  private static Uni<List<Course>> runs(Question question) {
    return Sessions.with(
            session ->
                session
                    .createNativeQuery(RUNS, Object[].class)
                    .setParameter("experiment", question.experiment())
                    .setParameter("variant", question.variant())
                    .setParameter("archived", question.archived().flag())
                    .setMaxResults(MAX_RUNS + 1)
                    .getResultList())
        .map(
            rows -> {
              if (rows.isEmpty()) {
                throw new UnknownException(
                    "experiment "
                        + Check.quote(question.experiment())
                        + " has no runs"
                        + (question.variant() == null
                            ? ""
                            : " of variant " + Check.quote(question.variant())));
              }
              return rows.stream()
                  .map(
                      row ->
                          new Course(
                              ((Number) row[0]).longValue(),
                              (String) row[1],
                              Cells.integer(row[2]),
                              ((Number) row[3]).longValue()))
                  .toList();
            });
  }
}
