package io.millrace.results.curve;

import io.millrace.contracts.Check;
import io.millrace.results.query.Calculation;
import io.millrace.results.query.Cells;
import io.millrace.results.query.UnknownException;
import io.millrace.results.run.Archived;
import io.millrace.results.run.RunQueries;
import io.millrace.results.sampling.Excerpt;
import io.millrace.results.sampling.RunTime;
import io.millrace.results.store.Epoch;
import io.millrace.results.store.FreshContext;
import io.millrace.results.store.LossStore;
import io.millrace.results.store.Run;
import io.millrace.results.store.Sessions;
import io.millrace.results.tensorboard.RunArchive;
import io.millrace.results.tensorboard.RunScalars;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Queries for exports to TensorBoard. */
@ApplicationScoped
public class ScalarQueries {
  /** The maximum number of runs in an archive. */
  public static final int MAX_RUNS = 200;

  /** The maximum number of steps of a run if all are requested. */
  public static final int ALL_POINTS = LossStore.MAX_STEPS;

  private static final String RUNS =
      """
      select r.run
      from Run r
      where r.experiment = :experiment and r.startedAt is not null and r.state <> 'REJECTED'
        and (cast(:archived as boolean) is null or r.archived = :archived)
      order by r.createdAt desc, r.run desc
      """;

  private final RunCurves curves;
  private final FreshContext contexts;

  ScalarQueries(RunCurves curves, FreshContext contexts) {
    this.curves = curves;
    this.contexts = contexts;
  }

  /**
   * An experiment's runs as a zip archive.
   *
   * @param pieces the content, made while it is read, one run at a time
   * @param truncated whether the experiment has more runs
   */
  public record Archive(Multi<byte[]> pieces, boolean truncated) {}

  /**
   * A run's scalars.
   *
   * @param points the maximum number of steps, 3..{@value LossStore#MAX_STEPS}, selected as for a
   *     curve
   * @return fails with {@link UnknownException} if the run does not exist
   */
  public Uni<RunScalars> ofRun(String name, int points) {
    return RunQueries.ofRun(
        name,
        run ->
            Epoch.<Epoch>list("runId = ?1 order by epoch", run.id)
                .chain(epochs -> scalars(run, epochs, points)));
  }

  /**
   * An experiment's newest started runs, at most {@value #MAX_RUNS}: a folder for each run in a
   * folder for its variant. Only one run's steps are in memory at a time.
   *
   * @param points the maximum number of steps of each run
   * @return fails with {@link UnknownException} if no run of the experiment has started
   */
  public Uni<Archive> ofExperiment(String experiment, int points, Archived archived) {
    return Sessions.with(
            session ->
                session
                    .createSelectionQuery(RUNS, String.class)
                    .setParameter("experiment", experiment)
                    .setParameter("archived", archived.flag())
                    .setMaxResults(MAX_RUNS + 1)
                    .getResultList())
        .map(
            runs -> {
              if (runs.isEmpty()) {
                throw new UnknownException(
                    "no run of experiment " + Check.quote(experiment) + " has started");
              }
              return archive(runs, points);
            });
  }

  private Archive archive(List<String> runs, int points) {
    var archive = new RunArchive();
    Multi<byte[]> pieces =
        Multi.createFrom()
            .iterable(runs)
            .select()
            .first(MAX_RUNS)
            .onItem()
            .transformToUniAndConcatenate(run -> contexts.call(() -> piece(archive, run, points)));
    Multi<byte[]> end = Uni.createFrom().item(archive::end).toMulti();
    return new Archive(
        Multi.createBy().concatenating().streams(pieces, end), runs.size() > MAX_RUNS);
  }

  /** The files of a run; empty if it was deleted in the meantime. */
  private Uni<byte[]> piece(RunArchive archive, String run, int points) {
    return ofRun(run, points)
        .chain(scalars -> Calculation.of(() -> archive.add(scalars)))
        .onFailure(UnknownException.class)
        .recoverWithNull();
  }

  private Uni<RunScalars> scalars(Run run, List<Epoch> epochs, int points) {
    Instant start = run.startedAt == null ? run.createdAt : run.startedAt;
    double begin = seconds(start);
    var course =
        new RunCurves.Course(run.id, run.run, run.variant, run.seed, run.startedAt, run.stepsDone);
    var excerpt = new Excerpt(points, null, 0, Double.POSITIVE_INFINITY);
    return curves.read(
        course,
        excerpt,
        0,
        Long.MAX_VALUE,
        lossPoints ->
            new RunScalars(
                run.run,
                run.variant,
                begin,
                epochs.stream().map(ScalarQueries::epoch).toList(),
                steps(lossPoints, lossPoints.excerpt(excerpt).places(), begin, time(begin, epochs)),
                lossPoints.isCut(run.stepsDone)));
  }

  /** The wall times of steps, which are unknown before the first epoch ends. */
  private static RunTime time(double begin, List<Epoch> epochs) {
    if (epochs.isEmpty()) {
      return new RunTime(new double[] {0}, new double[] {0});
    }
    return new RunTime(
        epochs.stream().mapToDouble(epoch -> epoch.step).toArray(),
        epochs.stream().mapToDouble(epoch -> seconds(epoch.at) - begin).toArray());
  }

  private static RunScalars.Steps steps(
      LossPoints lossPoints, int[] places, double begin, RunTime time) {
    long[] steps = Arrays.stream(places).mapToLong(place -> lossPoints.steps()[place]).toArray();
    double[] losses =
        Arrays.stream(places).mapToDouble(place -> lossPoints.losses()[place]).toArray();
    double[] at = Arrays.stream(time.at(steps)).map(seconds -> begin + seconds).toArray();
    return new RunScalars.Steps(steps, at, losses);
  }

  private static RunScalars.Epoch epoch(Epoch epoch) {
    Map<String, Double> scalars = new LinkedHashMap<>();
    epoch.metrics.forEach((name, value) -> scalars.put(RunScalars.tag(name), Cells.finite(value)));
    return new RunScalars.Epoch(epoch.epoch, epoch.step, seconds(epoch.at), scalars);
  }

  private static double seconds(Instant time) {
    return time.getEpochSecond() + time.getNano() / 1e9;
  }
}
