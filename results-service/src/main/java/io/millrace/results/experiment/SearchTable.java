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
        "The search of an experiment: its trials, and who was stopped when and why. Absent where it"
            + " is none. Trials are not compared; only the finalists' further runs are.")
public record SearchTable(
    @Schema(description = "Who is stopped, and when.") Search.Strategy strategy,
    @Schema(description = "By which trials are ranked.", examples = "val_loss") String metric,
    @Schema(description = "Whether more of it is better.") boolean higherIsBetter,
    @Schema(description = "The epochs of a trial that is never stopped.") int maxEpochs,
    @Schema(description = "One trial of so many goes on; absent where none is stopped.")
        Integer reductionFactor,
    @Schema(description = "Whether it may ask for more runs.") boolean open,
    @Schema(description = "Why it asks for no more: finished, the time limit, cancelled by whom.")
        String endReason,
    @Schema(description = "The epochs that all trials have trained.") int epochsSpent,
    @Schema(description = "The epochs that all trials would train if none were stopped.")
        long epochsInFull,
    @Schema(
            description =
                "The variants that are run again with other seeds, the best of the search first;"
                    + " absent while trials go on.")
        List<String> finalists,
    @Schema(description = "How many other seeds each finalist gets.") int seeds,
    @Schema(description = "In their order.") List<Trial> trials) {

  /** A trial. */
  @Schema(description = "A trial of a search.")
  public record Trial(
      @Schema(description = "Counted from 0.") int trial,
      @Schema(description = "Its run's id; absent before it begins.") String run,
      @Schema(description = "Its values in a name.") String variant,
      @Schema(description = "What its swept fields are, by their paths.")
          Map<String, Object> values,
      @Schema(description = "Of hyperband, counted from 0.") Integer bracket,
      @Schema(
              description =
                  "The rung that it has come to, counted from 0; absent before it begins.")
          Integer rung,
      @Schema(description = "The epochs of that rung, counted from its start.") int epochs,
      Status status,
      @Schema(description = "The metric at the end of the highest rung where it has one.")
          Double value,
      @Schema(
              description = "Why it goes no further; absent where it does, or has come to the end.",
              examples = "stopped after 3 epochs: 14th of 27 by val_loss, the best 9 went on")
          String stopped) {}

  /** Null where the experiment is no search. */
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
