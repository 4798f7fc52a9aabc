package io.millrace.results.adaptive;

import io.millrace.contracts.Check;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.sweep.Search;
import io.millrace.contracts.sweep.Sweep;
import io.millrace.results.statistics.Direction;
import io.millrace.results.statistics.SearchPlan;
import io.millrace.results.statistics.SearchPlan.Status;
import io.millrace.results.store.PlanStore.Plan;
import io.smallrye.mutiny.Uni;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.hibernate.reactive.mutiny.Mutiny;

/**
 * The search of an experiment, and its progress.
 *
 * @param base the common prefix of its runs' ids
 * @param variants the names of the trials, in their order
 * @param values of the trials' swept fields, by the fields' paths
 * @param search as requested, with every default filled in
 * @param state the result of the last check; null before the first
 * @param endedAt null while it is open
 * @param endReason null while it is open
 */
public record SearchView(
    String base,
    List<String> variants,
    List<Map<String, Object>> values,
    Search search,
    Instant requestedAt,
    SearchPlan.State state,
    Instant endedAt,
    String endReason)
    implements PlanView {

  @SuppressWarnings("unchecked")
  static SearchView of(Plan plan) {
    return new SearchView(
        plan.base(),
        List.of(PlanView.read(plan.variants(), String[].class)),
        (List<Map<String, Object>>) PlanView.read(plan.trials(), List.class),
        PlanView.read(plan.search(), Search.class),
        plan.requestedAt(),
        plan.outcome() == null ? null : PlanView.read(plan.outcome(), SearchPlan.State.class),
        plan.endedAt(),
        plan.endReason());
  }

  /** The rules that decide. */
  public SearchPlan plan() {
    return new SearchPlan(search);
  }

  @Override
  public double maxHours() {
    return search.maxHours();
  }

  /** The search's metric on the test samples, by which no trial was ranked. */
  @Override
  public String judge() {
    return "test_" + search.metric().replaceFirst("^val_", "");
  }

  /** The finalist that the search ranked first. */
  @Override
  public String baseline() {
    return state == null || state.finalists() == null || state.finalists().isEmpty()
        ? null
        : variants.get(state.finalists().get(0));
  }

  @Override
  public String summary() {
    return state == null ? "" : summary(state);
  }

  private String summary(SearchPlan.State state) {
    return Check.count(count(state, Status.STOPPED), "trial")
        + " of "
        + search.trials()
        + " stopped, "
        + (state.finalists() == null
            ? "no finalists yet"
            : "finalists " + state.finalists().stream().map(variants::get).toList());
  }

  private static long count(SearchPlan.State state, Status status) {
    return state.trials().stream().filter(trial -> trial.status() == status).count();
  }

  /** The id of a trial's run. */
  public String run(int trial) {
    return base + "-" + trial;
  }

  /** The progress of the search, in a sentence or two. */
  public String sentence() {
    if (state == null) {
      return endedAt == null
          ? "The search is starting"
          : "The search ended (" + endReason + ") before it started";
    }
    return state.finalists() == null ? searching() : ofFinalists();
  }

  private String ofFinalists() {
    if (state.finalists().isEmpty()) {
      return "No trial of the search has a finite " + search.metric();
    }
    int best = state.finalists().get(0);
    return "%s of %s %s run again with %d other seeds each. The search itself ranks %s first: %s"
        .formatted(
            Check.count(state.finalists().size(), "finalist"),
            Check.count(search.trials(), "trial"),
            state.finalists().size() == 1
                ? endedAt == null ? "is" : "was"
                : endedAt == null ? "are" : "were",
            search.finalists().seeds(),
            variants.get(best),
            figures(best));
  }

  private String searching() {
    String begin =
        endedAt == null ? "The search is running" : "The search ended (" + endReason + ")";
    String best =
        best().map(i -> ". Best so far is " + variants.get(i) + ": " + figures(i)).orElse("");
    return "%s: %d of %s stopped, %d of %s spent%s"
        .formatted(
            begin,
            count(state, Status.STOPPED),
            Check.count(search.trials(), "trial"),
            state.epochsSpent(),
            Check.count(plan().epochsInFull(), "epoch"),
            best);
  }

  private String figures(int trial) {
    return state.trials().get(trial).figure(search.metric());
  }

  /** The trial with the best value at the most epochs. */
  private Optional<Integer> best() {
    Comparator<Integer> better = Comparator.comparing(i -> state.trials().get(i).value());
    if (Direction.isHigherBetter(search.metric())) {
      better = better.reversed();
    }
    return IntStream.range(0, variants.size())
        .boxed()
        .filter(i -> state.trials().get(i).value() != null)
        .min(
            Comparator.comparing((Integer i) -> -state.trials().get(i).valueEpochs())
                .thenComparing(better));
  }

  @Override
  public Uni<Look> look(Mutiny.QueryProducer session, boolean mayRequest) {
    return KnownTrials.of(session, this)
        .map(
            known -> {
              SearchPlan.State now = plan().state(known, mayRequest);
              var wanted = new ArrayList<Function<Sweep, TrainingRequest>>();
              now.next().stream()
                  .filter(step -> !known.hasEndedByItself(step))
                  .forEach(step -> wanted.add(sweep -> sweep.trial(step.trial(), step.rung())));
              now.nextFinalists()
                  .forEach(one -> wanted.add(sweep -> sweep.finalistRequest(one.trial(), one.n())));
              return new Look(now, summary(now), now.finished(), List.copyOf(wanted));
            });
  }
}
