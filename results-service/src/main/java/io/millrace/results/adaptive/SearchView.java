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
 * The search of an experiment, and how far it has come.
 *
 * @param base of the ids of its runs
 * @param variants the names of the trials, in their order
 * @param values of the trials' swept fields, by the fields' paths
 * @param search as it was asked for, every default filled in
 * @param state what the last look came to; null before the first
 * @param endedAt null while it is open
 * @param endReason likewise
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

  /** What decides. */
  public SearchPlan plan() {
    return new SearchPlan(search);
  }

  @Override
  public double maxHours() {
    return search.maxHours();
  }

  /** The search's metric on the test part, which no trial was ranked by. */
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
  public String told() {
    return state == null ? "" : told(state);
  }

  private String told(SearchPlan.State state) {
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

  /** How far it has come, in a sentence or two. */
  public String sentence() {
    if (state == null) {
      return endedAt == null
          ? "The search begins"
          : "The search ended (" + endReason + ") before it began";
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
            endedAt == null ? "are" : "were",
            search.finalists().seeds(),
            variants.get(best),
            figures(best));
  }

  private String searching() {
    String begin = endedAt == null ? "The search goes on" : "The search ended (" + endReason + ")";
    String best =
        best().map(i -> ". Best until now is " + variants.get(i) + ": " + figures(i)).orElse("");
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
    return state.trials().get(trial).told(search.metric());
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
  public Uni<Look> look(Mutiny.QueryProducer session, boolean mayAsk) {
    return KnownTrials.of(session, this)
        .map(
            known -> {
              SearchPlan.State now = plan().state(known, mayAsk);
              var wanted = new ArrayList<Function<Sweep, TrainingRequest>>();
              now.next().stream()
                  .filter(step -> !known.hasEndedByItself(step))
                  .forEach(step -> wanted.add(sweep -> sweep.trial(step.trial(), step.rung())));
              now.nextFinalists()
                  .forEach(one -> wanted.add(sweep -> sweep.finalistRequest(one.trial(), one.n())));
              return new Look(now, told(now), now.finished(), List.copyOf(wanted));
            });
  }
}
