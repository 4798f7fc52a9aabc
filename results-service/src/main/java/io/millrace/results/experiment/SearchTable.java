package io.millrace.results.experiment;

import io.millrace.contracts.sweep.Bracket;
import io.millrace.contracts.sweep.Search;
import io.millrace.results.adaptive.SearchView;
import io.millrace.results.statistics.Direction;
import io.millrace.results.statistics.SearchPlan;
import io.millrace.results.statistics.SearchPlan.Status;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The search of an experiment. */
@Schema(
    description =
        "The search of an experiment: its trials, and which were stopped when and why. Absent if"
            + " the experiment is not a search. Trials are not compared; only the additional runs"
            + " of the finalists are.")
public record SearchTable(
    @Schema(description = "Which trials are stopped, and when.") Search.Strategy strategy,
    @Schema(description = "The metric that ranks trials.", examples = "val_loss") String metric,
    @Schema(description = "Whether higher values are better.") boolean higherIsBetter,
    @Schema(description = "The epochs of a trial that is never stopped.") int maxEpochs,
    @Schema(
            description =
                "One of this many trials continues at each rung; absent if none is stopped.")
        Integer reductionFactor,
    @Schema(description = "Whether the search may start more runs.") boolean open,
    @Schema(
            description =
                "Why it starts no more runs: finished, max_hours have passed, or who cancelled"
                    + " the experiment.")
        String endReason,
    @Schema(description = "Total epochs of all trials so far.") int epochsSpent,
    @Schema(description = "Total epochs of all trials if none were stopped.") long epochsInFull,
    @Schema(
            description =
                "The variants that run again with other seeds, in the order of the search's"
                    + " ranking; absent while trials are running.")
        List<String> finalists,
    @Schema(description = "Number of other seeds of each finalist.") int seeds,
    @Schema(description = "The trials, in order.") List<Trial> trials) {

  /** A trial of a search. */
  @Schema(description = "A trial of a search.")
  public record Trial(
      @Schema(description = "The number of the trial, counted from 0.") int trial,
      @Schema(description = "The id of its run; absent before the trial starts.") String run,
      @Schema(description = "The variant: a name made of the trial's values.") String variant,
      @Schema(description = "The values of the swept fields, by path.") Map<String, Object> values,
      @Schema(description = "The bracket of hyperband, counted from 0.") Integer bracket,
      @Schema(
              description =
                  "The rung that the trial has reached, counted from 0; absent before it starts.")
          Integer rung,
      @Schema(description = "The epochs of that rung, counted from the start of the trial.")
          int epochs,
      Status status,
      @Schema(description = "The metric at the end of the highest rung that has one.") Double value,
      @Schema(
              description = "Why the trial was stopped; absent if it continues or has finished.",
              examples = "stopped after 3 epochs: 14th of 27 by val_loss, the best 9 went on")
          String stopped) {}

  /** The table of a search; null if the experiment is not a search. */
  static SearchTable of(SearchView view) {
    if (view == null) {
      return null;
    }
    Search search = view.search();
    SearchPlan.State state = view.state();
    List<Integer> finalists = state == null ? null : state.finalists();
    return new SearchTable(
        search.strategy(),
        search.metric(),
        Direction.isHigherBetter(search.metric()),
        search.maxEpochs(),
        search.reductionFactor(),
        view.endedAt() == null,
        view.endReason(),
        state == null ? 0 : state.epochsSpent(),
        view.plan().epochsInFull(),
        finalists == null ? null : finalists.stream().map(view.variants()::get).toList(),
        search.finalists().seeds(),
        IntStream.range(0, search.trials()).mapToObj(trial -> trial(view, trial)).toList());
  }

  private static Trial trial(SearchView view, int trial) {
    SearchPlan.Trial found =
        view.state() == null
            ? new SearchPlan.Trial(-1, 0, Status.WAITING, null, 0, null)
            : view.state().trials().get(trial);
    boolean hasBegun = found.rung() >= 0;
    boolean isOpen = found.status() != Status.STOPPED && found.status() != Status.FINISHED;
    boolean isLeft = isOpen && view.endedAt() != null;
    return new Trial(
        trial,
        hasBegun ? view.run(trial) : null,
        view.variants().get(trial),
        view.values().get(trial),
        bracket(view.search(), trial),
        hasBegun ? found.rung() : null,
        found.epochs(),
        isLeft ? Status.STOPPED : found.status(),
        found.value(),
        isLeft ? "stopped because the search ended: " + view.endReason() : found.stopped());
  }

  private static Integer bracket(Search search, int trial) {
    List<Bracket> brackets = search.brackets();
    return brackets.size() == 1 ? null : brackets.indexOf(search.bracketOf(trial));
  }
}
