package io.millrace.results.adaptive;

import io.millrace.contracts.json.Messages;
import io.millrace.contracts.sweep.Bracket;
import io.millrace.contracts.sweep.Search;
import io.millrace.contracts.sweep.Sweep;
import io.millrace.results.statistics.SearchPlan;
import io.millrace.results.statistics.SearchPlan.Outcome;
import io.millrace.results.statistics.SearchPlan.Step;
import io.millrace.results.store.RunState;
import io.smallrye.mutiny.Uni;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.hibernate.reactive.mutiny.Mutiny;

/**
 * The runs of a search that the database knows. A trial is one run, which is extended from rung to
 * rung. Its metric on a lower rung is that of the rung's last epoch.
 *
 * @param ledger the steps requested so far: an extension that is missing was cancelled
 * @param runs by id
 * @param ends of rungs, by run and number of epochs
 */
record KnownTrials(
    SearchView view,
    Set<Step> ledger,
    Map<String, KnownRun> runs,
    Map<String, Map<Integer, RungEnd>> ends)
    implements SearchPlan.Results {

  private static final String RUNS =
      """
      select r.run, r.state, r.extending, coalesce(r.epochs, 0), r.epochs_done, r.ended_at, m.value,
             exists (select from rejection as j
                     where j.run_id = r.id and j.field = 'extend' and j.at >= r.requested_at
                       and (j.refused_by = 'trainer' or j.refused_by is null and r.extending))
      from run as r
      left join run_metric as m on m.run_id = r.id and m.name = :metric
      where r.run in (select json_array_elements_text(cast(cast(:runs as text) as json)))
      """;

  private static final String ENDS =
      """
      select r.run, e.epoch + 1, cast(e.metrics ->> :metric as double precision), e.at
      from run as r
      join epoch as e on e.run_id = r.id
      where r.run in (select json_array_elements_text(cast(cast(:runs as text) as json)))
        and e.epoch + 1 in (select cast(json_array_elements_text(cast(cast(:epochs as text) as json))
                                        as integer))
      """;

  /**
   * A known run.
   *
   * @param extending whether an extension of it is queued
   * @param epochs that it has to train, or had to
   * @param last the metric of its last epoch; null if it has none or it is not finite
   * @param isRefused whether a trainer rejected the latest extension; an extension that admission
   *     rejects is another one, because it has admitted the latest
   */
  record KnownRun(
      RunState state,
      boolean extending,
      int epochs,
      int epochsDone,
      Instant endedAt,
      Double last,
      boolean isRefused) {

    private static KnownRun of(Object[] row) {
      return new KnownRun(
          RunState.valueOf((String) row[1]),
          (Boolean) row[2],
          ((Number) row[3]).intValue(),
          ((Number) row[4]).intValue(),
          time(row[5]),
          number(row[6]),
          (Boolean) row[7]);
    }

    /** Whether it is queued or training. */
    boolean isOpen() {
      return extending && !isRefused || state == RunState.QUEUED || state == RunState.RUNNING;
    }

    /** Whether a callback ended it; an extension would not change that. */
    boolean hasEndedByItself() {
      return state == RunState.COMPLETED && epochsDone < epochs;
    }

    private String problem(String metric) {
      return switch (state) {
        case FAILED -> "its run failed";
        case CANCELLED -> "its run was cancelled";
        case REJECTED -> "its request was rejected";
        case QUEUED, RUNNING, COMPLETED -> "its " + metric + " is not finite";
      };
    }

    private Instant endedOr(Instant other) {
      return endedAt == null ? other : endedAt;
    }
  }

  /** The last epoch of a rung; the value is null where it is not finite. */
  record RungEnd(Double value, Instant at) {}

  /** Reads the runs of a search, including those of its finalists once they are known. */
  static Uni<KnownTrials> of(Mutiny.QueryProducer session, SearchView view) {
    Search search = view.search();
    List<String> trials = IntStream.range(0, search.trials()).mapToObj(view::run).toList();
    Set<Step> ledger = view.state() == null ? Set.of() : new HashSet<>(view.state().asked());
    return runs(session, view, trials)
        .chain(
            runs ->
                ends(session, view, trials).map(ends -> new KnownTrials(view, ledger, runs, ends)))
        .chain(known -> known.withFinalists(session));
  }

  private Uni<KnownTrials> withFinalists(Mutiny.QueryProducer session) {
    List<Integer> finalists = view.plan().finalists(this);
    if (finalists == null || finalists.isEmpty()) {
      return Uni.createFrom().item(this);
    }
    var ids = new ArrayList<String>();
    for (int trial : finalists) {
      for (int n = 1; n <= view.search().finalists().seeds(); n++) {
        ids.add(Sweep.finalist(view.run(trial), n));
      }
    }
    return runs(session, view, ids)
        .map(
            found -> {
              var all = new HashMap<>(runs);
              all.putAll(found);
              return new KnownTrials(view, ledger, all, ends);
            });
  }

  private static Uni<Map<String, KnownRun>> runs(
      Mutiny.QueryProducer session, SearchView view, List<String> ids) {
    return session
        .createNativeQuery(RUNS, Object[].class)
        .setParameter("metric", view.search().metric())
        .setParameter("runs", Messages.text(ids))
        .getResultList()
        .map(
            rows -> {
              var runs = new HashMap<String, KnownRun>();
              rows.forEach(row -> runs.put((String) row[0], KnownRun.of(row)));
              return runs;
            });
  }

  private static Uni<Map<String, Map<Integer, RungEnd>>> ends(
      Mutiny.QueryProducer session, SearchView view, List<String> ids) {
    List<Integer> epochs =
        view.search().brackets().stream()
            .flatMap(bracket -> bracket.epochs().stream())
            .distinct()
            .toList();
    return session
        .createNativeQuery(ENDS, Object[].class)
        .setParameter("metric", view.search().metric())
        .setParameter("runs", Messages.text(ids))
        .setParameter("epochs", Messages.text(epochs))
        .getResultList()
        .map(
            rows -> {
              var ends = new HashMap<String, Map<Integer, RungEnd>>();
              for (Object[] row : rows) {
                ends.computeIfAbsent((String) row[0], run -> new HashMap<>())
                    .put(((Number) row[1]).intValue(), new RungEnd(number(row[2]), time(row[3])));
              }
              return ends;
            });
  }

  private static Double number(Object column) {
    return column == null ? null : (Double) ((Number) column).doubleValue();
  }

  private static Instant time(Object column) {
    return column instanceof OffsetDateTime time ? time.toInstant() : (Instant) column;
  }

  @Override
  public Outcome trial(int trial, int rung) {
    KnownRun run = runs.get(view.run(trial));
    Bracket bracket = view.search().bracketOf(trial);
    if (run == null || !wasAsked(run, bracket, new Step(trial, rung))) {
      return null;
    }
    int epochs = bracket.epochs().get(rung);
    RungEnd end = ends.getOrDefault(view.run(trial), Map.of()).get(epochs);
    boolean isPast = end != null && (run.epochs > epochs || run.extending);
    if (isPast || end != null && run.state == RunState.COMPLETED) {
      return ended(end.value, end.at);
    }
    if (run.isOpen()) {
      return Outcome.OPEN;
    }
    Instant at = run.endedOr(view.requestedAt());
    if (run.hasEndedByItself()) {
      return ended(run.last, at);
    }
    String problem =
        run.isRefused
            ? "its extension was rejected"
            : run.state == RunState.COMPLETED
                ? "its extension was cancelled"
                : run.problem(view.search().metric());
    return new Outcome(true, null, problem, at);
  }

  /**
   * Whether a step was requested. A queued extension leads to the next rung after the run's epochs.
   */
  private boolean wasAsked(KnownRun run, Bracket bracket, Step step) {
    int waiting = 0;
    while (waiting < bracket.rungs() && bracket.epochs().get(waiting) <= run.epochs) {
      waiting++;
    }
    return step.rung() == 0
        || step.rung() < waiting
        || run.extending && step.rung() == waiting
        || ledger.contains(step);
  }

  private Outcome ended(Double value, Instant at) {
    return new Outcome(
        true, value, value == null ? "its " + view.search().metric() + " is not finite" : null, at);
  }

  @Override
  public Outcome finalist(int trial, int n) {
    KnownRun run = runs.get(Sweep.finalist(view.run(trial), n));
    if (run == null) {
      return null;
    }
    return run.isOpen()
        ? Outcome.OPEN
        : new Outcome(true, run.last, null, run.endedOr(view.requestedAt()));
  }

  @Override
  public int epochs(int trial) {
    KnownRun run = runs.get(view.run(trial));
    return run == null ? 0 : run.epochsDone;
  }

  /** Whether a callback ended the trial before this rung: an extension would change nothing. */
  boolean hasEndedByItself(Step step) {
    KnownRun run = runs.get(view.run(step.trial()));
    return run != null && run.hasEndedByItself();
  }
}
