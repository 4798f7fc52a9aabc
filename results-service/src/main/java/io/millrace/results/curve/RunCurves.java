package io.millrace.results.curve;

import io.millrace.results.query.Calculation;
import io.millrace.results.query.Cells;
import io.millrace.results.query.RecentAnswers;
import io.millrace.results.query.UnknownException;
import io.millrace.results.run.KnownMetrics;
import io.millrace.results.sampling.Excerpt;
import io.millrace.results.sampling.Lttb;
import io.millrace.results.sampling.RunTime;
import io.millrace.results.sampling.Significant;
import io.millrace.results.sampling.Smoothing;
import io.millrace.results.store.Epoch;
import io.millrace.results.store.LossStore;
import io.millrace.results.store.Sessions;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Queries on the curves of single runs, down-sampled on worker threads. */
@ApplicationScoped
public class RunCurves {
  private static final String RUNS =
      """
      select new io.millrace.results.curve.RunCurves$Course(
                 r.id, r.run, r.variant, r.seed, r.startedAt, r.stepsDone)
      from Run r
      where r.run in :runs
      """;

  private static final String EPOCHS =
      """
      select epoch, step, at, cast(metrics ->> :metric as double precision),
             metrics -> :metric is not null
      from epoch
      where run_id = :run
      order by epoch
      """;

  private final LossStore losses;
  private final RecentAnswers recent;

  RunCurves(LossStore losses, RecentAnswers recent) {
    this.losses = losses;
    this.recent = recent;
  }

  /** The fields of a run that its curves need. */
  public record Course(
      Long id, String run, String variant, Long seed, Instant startedAt, Long steps) {}

  private record LossQuestion(String run, Excerpt excerpt) {}

  private record CurvesQuestion(List<String> runs, String metric, CurveAxis x, Excerpt excerpt) {}

  /**
   * A run's losses by step.
   *
   * @param excerpt the range of steps
   * @return fails with {@link UnknownException} if the run does not exist
   */
  public Uni<LossCurve> losses(String run, Excerpt excerpt) {
    return recent.to(
        new LossQuestion(run, excerpt),
        () ->
            courses(List.of(run))
                .chain(
                    courses ->
                        steps(
                            courses.get(0),
                            excerpt,
                            lossPoints -> lossCurve(run, lossPoints, excerpt))));
  }

  /** Reads steps from the first that smoothing needs to the end of the excerpt. */
  private <T> Uni<T> steps(Course course, Excerpt excerpt, Function<LossPoints, T> make) {
    long from = (long) excerpt.from();
    long to = excerpt.to() >= Long.MAX_VALUE ? Long.MAX_VALUE : (long) Math.ceil(excerpt.to());
    return read(course, excerpt, from, to, make);
  }

  /** Reads losses, or their outline, and makes something of them. */
  <T> Uni<T> read(
      Course course, Excerpt excerpt, long from, long to, Function<LossPoints, T> make) {
    Double smooth = excerpt.smooth();
    long reach = smooth == null ? from : 0;
    if (LossPoints.isOutlined(Math.min(to, course.steps()) - reach, excerpt.points())) {
      return losses
          .outlines(List.of(course.id()), new LossStore.Range(reach, from, to, true))
          .map(found -> found.getOrDefault(course.id(), List.of()))
          .chain(spans -> Calculation.of(() -> make.apply(LossPoints.of(spans, smooth))));
    }
    return losses
        .read(course.id(), reach, to)
        .chain(series -> Calculation.of(() -> make.apply(LossPoints.of(series, smooth))));
  }

  private static LossCurve lossCurve(String run, LossPoints lossPoints, Excerpt excerpt) {
    Excerpt.Shown shown = lossPoints.excerpt(excerpt);
    return new LossCurve(
        run,
        lossPoints.total(shown),
        Significant.column(shown.x()),
        Arrays.stream(shown.places()).mapToObj(place -> lossPoints.epochs()[place]).toList(),
        Significant.column(shown.y()),
        Significant.column(shown.smoothed()));
  }

  /**
   * A run's history by epoch.
   *
   * @param points the maximum number of epochs
   * @param smooth the weight of the smoothing; null means none
   * @return fails with {@link UnknownException} if the run does not exist
   */
  public Uni<HistoryCurve> history(String run, int points, Double smooth) {
    return courses(List.of(run))
        .chain(
            courses ->
                Sessions.with(
                    session -> Epoch.<Epoch>list("runId = ?1 order by epoch", courses.get(0).id())))
        .chain(epochs -> Calculation.of(() -> historyCurve(run, epochs, points, smooth)));
  }

  private static HistoryCurve historyCurve(
      String run, List<Epoch> epochs, int points, Double smooth) {
    var names = new LinkedHashSet<String>();
    epochs.forEach(epoch -> names.addAll(epoch.metrics.keySet()));
    Map<String, double[]> columns = new LinkedHashMap<>();
    names.forEach(
        name ->
            columns.put(
                name,
                epochs.stream()
                    .mapToDouble(epoch -> Cells.finite(epoch.metrics.get(name)))
                    .toArray()));
    int[] places = places(epochs, columns, points);
    Map<String, List<Number>> metrics = new LinkedHashMap<>();
    Map<String, List<Number>> smoothed = new LinkedHashMap<>();
    columns.forEach(
        (name, column) -> {
          metrics.put(name, at(places, column));
          if (smooth != null) {
            smoothed.put(name, at(places, Smoothing.ofWeight(smooth, column)));
          }
        });
    List<Epoch> shown = Arrays.stream(places).mapToObj(epochs::get).toList();
    return new HistoryCurve(
        run,
        epochs.size(),
        shown.stream().map(epoch -> epoch.epoch).toList(),
        shown.stream().map(epoch -> epoch.step).toList(),
        shown.stream().map(epoch -> epoch.at).toList(),
        metrics,
        smooth == null ? null : smoothed);
  }

  /**
   * The epochs that show the course of each metric; if there are too many metrics, of the first
   * ones.
   */
  private static int[] places(List<Epoch> epochs, Map<String, double[]> columns, int points) {
    if (epochs.size() <= points) {
      return IntStream.range(0, epochs.size()).toArray();
    }
    double[] x = epochs.stream().mapToDouble(epoch -> epoch.epoch).toArray();
    int share = Math.max(Lttb.MIN_POINTS, points / Math.max(1, columns.size()));
    var places = new TreeSet<Integer>();
    columns.values().stream()
        .limit(points / share)
        .forEach(y -> Arrays.stream(Lttb.places(x, y, share)).forEach(places::add));
    return places.stream().mapToInt(Integer::intValue).toArray();
  }

  /**
   * Curves of one metric for several runs.
   *
   * @param excerpt the range of x
   * @return fails with {@link UnknownException} if a run does not exist
   */
  public Uni<Curves> curves(List<String> runs, String metric, CurveAxis x, Excerpt excerpt) {
    Supplier<Uni<Curves>> make =
        () ->
            courses(runs)
                .call(() -> KnownMetrics.ofEpochs(runs).check(metric))
                .chain(
                    // One after another, so that only one run's steps are in memory.
                    courses ->
                        Multi.createFrom()
                            .iterable(courses)
                            .onItem()
                            .transformToUniAndConcatenate(
                                course -> curve(course, metric, x, excerpt))
                            .collect()
                            .asList())
                .map(curves -> new Curves(metric, x, curves));
    return recent.to(new CurvesQuestion(List.copyOf(runs), metric, x, excerpt), make);
  }

  private Uni<Curves.Curve> curve(Course course, String metric, CurveAxis x, Excerpt excerpt) {
    if (metric.equals("loss") && x == CurveAxis.STEP) {
      return steps(
          course, excerpt, lossPoints -> curve(course, lossPoints, lossPoints.excerpt(excerpt)));
    }
    return epochs(course, metric)
        .chain(
            epochs -> {
              if (metric.equals("loss") && x == CurveAxis.TIME) {
                return stepsByTime(course, epochs, excerpt);
              }
              List<EpochValue> measured = epochs.stream().filter(EpochValue::isMeasured).toList();
              double[] y = measured.stream().mapToDouble(EpochValue::value).toArray();
              Excerpt.Shown shown = excerpt.of(along(x, measured), y);
              return Uni.createFrom().item(curve(course, shown.total(), shown));
            });
  }

  private Uni<Curves.Curve> stepsByTime(Course course, List<EpochValue> epochs, Excerpt excerpt) {
    var time = new RunTime(along(CurveAxis.STEP, epochs), along(CurveAxis.TIME, epochs));
    if (time.isUnknown()) {
      return Uni.createFrom().item(curve(course, 0, excerpt.of(new double[0], new double[0])));
    }
    return read(
        course,
        excerpt,
        0,
        Long.MAX_VALUE,
        lossPoints ->
            curve(course, lossPoints, lossPoints.excerpt(excerpt, time.at(lossPoints.steps()))));
  }

  private static Curves.Curve curve(Course course, LossPoints lossPoints, Excerpt.Shown shown) {
    return curve(course, lossPoints.total(shown), shown);
  }

  private static Curves.Curve curve(Course course, int total, Excerpt.Shown shown) {
    return new Curves.Curve(
        course.run(),
        course.variant(),
        course.seed(),
        total,
        Significant.column(shown.x()),
        Significant.column(shown.y()),
        Significant.column(shown.smoothed()));
  }

  /**
   * The end of an epoch.
   *
   * @param seconds since the run's start
   * @param value NaN if not finite
   * @param isMeasured whether the epoch has the metric
   */
  private record EpochValue(
      int epoch, long step, double seconds, double value, boolean isMeasured) {}

  private static double[] along(CurveAxis x, List<EpochValue> epochs) {
    return epochs.stream()
        .mapToDouble(
            epoch ->
                switch (x) {
                  case STEP -> epoch.step();
                  case EPOCH -> epoch.epoch();
                  case TIME -> epoch.seconds();
                })
        .toArray();
  }

  private static Uni<List<EpochValue>> epochs(Course course, String metric) {
    return Sessions.with(
            session ->
                session
                    .createNativeQuery(EPOCHS, Object[].class)
                    .setParameter("run", course.id())
                    .setParameter("metric", metric)
                    .getResultList())
        .map(rows -> rows.stream().map(row -> epoch(course, row)).toList());
  }

  private static EpochValue epoch(Course course, Object[] row) {
    Instant at = Cells.time(row[2]);
    Instant start = course.startedAt() == null ? at : course.startedAt();
    return new EpochValue(
        ((Number) row[0]).intValue(),
        ((Number) row[1]).longValue(),
        Duration.between(start, at).toMillis() / 1e3,
        Cells.finite(row[3]),
        (Boolean) row[4]);
  }

  /** The runs in the order of the given names. */
  private static Uni<List<Course>> courses(List<String> runs) {
    return Sessions.with(
            session ->
                session
                    .createSelectionQuery(RUNS, Course.class)
                    .setParameter("runs", runs)
                    .getResultList())
        .map(
            found -> {
              Map<String, Course> byName =
                  found.stream().collect(Collectors.toMap(Course::run, Function.identity()));
              var courses = new ArrayList<Course>();
              for (String run : runs) {
                Course course = byName.get(run);
                if (course == null) {
                  throw UnknownException.ofRun(run);
                }
                courses.add(course);
              }
              return courses;
            });
  }

  private static List<Number> at(int[] places, double[] column) {
    return Significant.column(Arrays.stream(places).mapToDouble(place -> column[place]).toArray());
  }
}
