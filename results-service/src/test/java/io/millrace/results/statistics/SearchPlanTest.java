package io.millrace.results.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.contracts.json.Messages;
import io.millrace.contracts.sweep.Search;
import io.millrace.contracts.sweep.Search.Strategy;
import io.millrace.results.statistics.SearchPlan.Outcome;
import io.millrace.results.statistics.SearchPlan.Replicate;
import io.millrace.results.statistics.SearchPlan.State;
import io.millrace.results.statistics.SearchPlan.Status;
import io.millrace.results.statistics.SearchPlan.Step;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which trials of a search continue, which are stopped, and how many epochs they cost. */
class SearchPlanTest {

  @Test
  void aTrialReportsItsValueWithFourDigits() {
    var trial = new SearchPlan.Trial(2, 9, Status.FINISHED, 0.61234567, 9, null);
    assertThat(trial.figure("val_loss")).isEqualTo("val_loss 0.6123 after 9 epochs");
  }

  /** Trial 0 is the best, trial 26 the worst: 27 x 1 + 9 x 2 + 3 x 6 + 1 x 18 = 81 epochs. */
  @Test
  void successiveHalvingPromotesTheBestThirdOfEachRung() {
    var plan = plan(Strategy.SUCCESSIVE_HALVING, 27, 27, 100);
    var runs = new PlayedRuns(plan, (trial, rung) -> 1 + trial / 100.0 - rung / 10.0);

    State end = runs.toTheEnd(new Random(1));

    assertThat(runs.askedOn(0)).isEqualTo(range(0, 27));
    assertThat(runs.askedOn(1)).isEqualTo(range(0, 9));
    assertThat(runs.askedOn(2)).isEqualTo(range(0, 3));
    assertThat(runs.askedOn(3)).isEqualTo(range(0, 1));
    assertThat(end.epochsSpent()).isEqualTo(27 + 9 * 2 + 3 * 6 + 18);
    assertThat(plan.epochsInFull()).isEqualTo(27 * 27);
    assertThat(end.trials().get(13).stopped())
        .isEqualTo("stopped after 1 epoch: 14th of 27 by val_loss, the best 9 went on");
    assertThat(end.trials().get(8).stopped())
        .isEqualTo("stopped after 3 epochs: 9th of 9 by val_loss, the best 3 went on");
    assertThat(end.trials().get(2).stopped())
        .isEqualTo("stopped after 9 epochs: 3rd of 3 by val_loss, the best went on");
    assertThat(end.trials().get(0).status()).isEqualTo(Status.FINISHED);
    assertThat(end.trials().get(0).stopped()).isNull();
    assertThat(end.finalists()).containsExactly(0, 1, 2);
    assertThat(runs.finalists.keySet())
        .containsExactlyInAnyOrder(
            new Replicate(0, 1),
            new Replicate(1, 1),
            new Replicate(2, 1),
            new Replicate(0, 2),
            new Replicate(1, 2),
            new Replicate(2, 2));
    assertThat(end.finished()).isTrue();
  }

  @Test
  void aHigherAccuracyIsBetterAndTheFirstOfEqualTrialsGoesOn() {
    var search = new Search(Strategy.SUCCESSIVE_HALVING, "val_acc", 9, 9, 3, null, 100, null, null);
    var runs = new PlayedRuns(new SearchPlan(search), (trial, rung) -> trial < 4 ? 0.5 : 0.8);

    runs.toTheEnd(new Random(1));

    assertThat(runs.askedOn(1)).containsExactly(4, 5, 6);
    assertThat(runs.askedOn(2)).containsExactly(4);
  }

  /** By hand for 9 epochs: brackets of 9, 5 and 3 trials, which begin with 1, 3 and 9 epochs. */
  @Test
  void hyperbandRacesEachBracketSeparately() {
    var plan = plan(Strategy.HYPERBAND, null, 9, 100);
    var runs = new PlayedRuns(plan, (trial, rung) -> trial);

    State end = runs.toTheEnd(new Random(1));

    assertThat(end.trials()).hasSize(17);
    assertThat(runs.askedOn(0)).isEqualTo(range(0, 17));
    assertThat(runs.askedOn(1)).containsExactly(0, 1, 2, 9);
    assertThat(runs.askedOn(2)).containsExactly(0);
    // 9 x 1 + 3 x 2 + 1 x 6, 5 x 3 + 1 x 6, 3 x 9
    assertThat(end.epochsSpent()).isEqualTo(21 + 21 + 27);
    assertThat(end.finalists()).containsExactly(0, 9, 14);
    assertThat(end.trials().get(13).stopped())
        .isEqualTo("stopped after 3 epochs: 5th of 5 by val_loss, the best went on");
  }

  @ParameterizedTest
  @EnumSource(names = {"RANDOM", "GRID"})
  void noTrialOfARandomOrGridSearchIsStopped(Strategy strategy) {
    var runs = new PlayedRuns(plan(strategy, 5, 4, 2), (trial, rung) -> (trial + 3) % 5);

    State end = runs.toTheEnd(new Random(1));

    assertThat(end.epochsSpent()).isEqualTo(5 * 4);
    assertThat(end.trials()).extracting(SearchPlan.Trial::status).containsOnly(Status.FINISHED);
    assertThat(end.finalists()).containsExactly(2, 3, 4);
  }

  /**
   * One run at a time, and later trials are better. The order is worked out by hand with Algorithm
   * 2 of Li and others (2020).
   */
  @Test
  void ashaPromotesATrialAsSoonAsItIsInTheBestThirdOfItsRung() {
    var plan = plan(Strategy.ASHA, 9, 9, 1);
    var runs = new PlayedRuns(plan, (trial, rung) -> 1 - trial / 10.0);

    State end = runs.toTheEnd(new Random(1));

    assertThat(runs.order)
        .containsExactly(
            new Step(0, 0),
            new Step(1, 0),
            new Step(2, 0),
            new Step(2, 1),
            new Step(3, 0), // One of 4 continues: the best one, which is now trial 3.
            new Step(3, 1),
            new Step(4, 0),
            new Step(4, 1),
            new Step(4, 2), // The best of 3 on rung 1.
            new Step(5, 0),
            new Step(5, 1),
            new Step(5, 2),
            new Step(6, 0),
            new Step(6, 1),
            new Step(6, 2),
            new Step(7, 0),
            new Step(7, 1),
            new Step(7, 2),
            new Step(8, 0),
            new Step(8, 1),
            new Step(8, 2));
    assertThat(end.finalists()).containsExactly(8, 7, 6);
    assertThat(end.trials().get(1).stopped())
        .isEqualTo("stopped after 1 epoch: 8th of 9 by val_loss, 7 went on");
    assertThat(end.trials().get(3).stopped())
        .isEqualTo("stopped after 3 epochs: 6th of 7 by val_loss, 5 went on");
  }

  @ParameterizedTest
  @EnumSource
  void failedRunsRankLastAndDoNotStallTheSearch(Strategy strategy) {
    var plan = plan(strategy, strategy == Strategy.HYPERBAND ? null : 27, 9, 4);
    // Trials 0 to 2 are the best, but trial 0 fails at once and trial 1 fails on rung 1.
    var runs =
        new PlayedRuns(
            plan, (trial, rung) -> trial == 0 || trial == 1 && rung > 0 ? Double.NaN : trial);

    State end = runs.toTheEnd(new Random(5));

    assertThat(end.finished()).isTrue();
    assertThat(end.finalists().get(0)).isEqualTo(strategy.stops() ? 2 : 1);
    assertThat(end.finalists()).doesNotContain(0);
    assertThat(end.trials().get(0).status()).isEqualTo(Status.STOPPED);
    assertThat(end.trials().get(0).stopped()).endsWith(": its run failed");
    if (strategy.stops()) {
      assertThat(end.trials().get(1).stopped()).isEqualTo("stopped at 3 epochs: its run failed");
      assertThat(runs.askedOn(1)).doesNotContain(0);
    }

    var none = new PlayedRuns(plan, (trial, rung) -> Double.NaN);
    State nothing = none.toTheEnd(new Random(5));
    assertThat(nothing.finished()).isTrue();
    assertThat(nothing.finalists()).isEmpty();
    assertThat(none.finalists).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = "ASHA", mode = EnumSource.Mode.EXCLUDE)
  void theOrderAndTimingOfRunEndsDoNotChangeDecisions(Strategy strategy) {
    var plan = plan(strategy, strategy == Strategy.HYPERBAND ? null : 27, 27, 5);
    ToDoubleBiFunction<Integer, Integer> values =
        (trial, rung) -> {
          double value = new Random(31 * trial + rung).nextGaussian();
          return value > 1.5 ? Double.NaN : value;
        };
    State first = new PlayedRuns(plan, values).toTheEnd(new Random(0));

    for (int seed = 1; seed <= 25; seed++) {
      var runs = new PlayedRuns(plan, values);
      runs.looks = 0.3;
      State end = runs.toTheEnd(new Random(seed));
      assertThat(end.trials()).isEqualTo(first.trials());
      assertThat(end.finalists()).isEqualTo(first.finalists());
      assertThat(end.epochsSpent()).isEqualTo(first.epochsSpent());
      assertThat(runs.most).isEqualTo(5);
    }
  }

  /** At any moment, the runs and their end times alone determine the earlier decisions. */
  @ParameterizedTest
  @EnumSource
  void aServiceKilledAtAnyMomentRequestsNothingTwice(Strategy strategy) {
    var plan = plan(strategy, strategy == Strategy.HYPERBAND ? null : 30, 27, 4);
    for (int seed = 0; seed < 6; seed++) {
      var noise = new HashMap<Step, Double>();
      var random = new Random(seed);
      var runs =
          new PlayedRuns(
              plan,
              (trial, rung) ->
                  noise.computeIfAbsent(new Step(trial, rung), step -> random.nextGaussian()));
      var choices = new Random(seed);
      while (!runs.look().finished()) {
        // The service ends after it requests runs: the next look requests nothing twice.
        State again = plan.state(runs, true);
        assertThat(again.next()).isEmpty();
        assertThat(again.nextFinalists()).isEmpty();
        assertThat(again.asked()).hasSameElementsAs(runs.order);
        assertThat(Messages.read(Messages.write(again), State.class)).isEqualTo(again);
        runs.end(choices);
      }
      assertThat(runs.order).doesNotHaveDuplicates();
      assertThat(runs.most).isEqualTo(4);
    }
  }

  /** A changed end time changes the decisions, but the requested steps still count. */
  @Test
  void ashaKeepsItsRequestedStepsWhenAnEndTimeChanges() {
    var plan = plan(Strategy.ASHA, 9, 9, 3);
    var runs = new PlayedRuns(plan, (trial, rung) -> trial);
    runs.look();
    runs.ended(new Step(0, 0), 0.5, 10);
    runs.ended(new Step(1, 0), 0.4, 20);
    runs.ended(new Step(2, 0), 0.3, 30);
    runs.look();
    assertThat(runs.order)
        .containsExactly(
            new Step(0, 0),
            new Step(1, 0),
            new Step(2, 0),
            new Step(3, 0),
            new Step(4, 0),
            new Step(2, 1));

    // By its new end time, trial 3 is among the first three to end, and is the best of them.
    runs.ended(new Step(3, 0), 0.1, 15);
    State now = runs.look();

    assertThat(now.asked()).contains(new Step(2, 1), new Step(4, 0));
    assertThat(runs.open()).isLessThanOrEqualTo(3);
    assertThat(runs.toTheEnd(new Random(1)).finished()).isTrue();
    assertThat(runs.order).doesNotHaveDuplicates();
  }

  @Test
  void aSearchThatMayNotRequestRunsRequestsNone() {
    var plan = plan(Strategy.SUCCESSIVE_HALVING, 9, 9, 4);
    var runs = new PlayedRuns(plan, (trial, rung) -> trial);

    State late = plan.state(runs, false);

    assertThat(late.next()).isEmpty();
    assertThat(late.trials()).extracting(SearchPlan.Trial::status).containsOnly(Status.WAITING);
  }

  private static SearchPlan plan(Strategy strategy, Integer trials, int epochs, int concurrency) {
    return new SearchPlan(
        new Search(
            strategy,
            null,
            trials,
            epochs,
            null,
            new Search.Finalists(3, 2),
            concurrency,
            null,
            null));
  }

  private static List<Integer> range(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }

  /** Runs whose values and order of ends a test defines. */
  private static final class PlayedRuns implements SearchPlan.Results {
    private final SearchPlan plan;
    private final ToDoubleBiFunction<Integer, Integer> values;
    private final Map<Step, Outcome> trials = new LinkedHashMap<>();
    private final Map<Replicate, Outcome> finalists = new LinkedHashMap<>();
    private final List<Step> order = new ArrayList<>();
    private int clock;
    private int most;

    /** The probability of a look after a run ends. */
    private double looks = 1;

    PlayedRuns(SearchPlan plan, ToDoubleBiFunction<Integer, Integer> values) {
      this.plan = plan;
      this.values = values;
    }

    State look() {
      State state = plan.state(this, true);
      for (Step step : state.next()) {
        trials.put(step, Outcome.OPEN);
        order.add(step);
      }
      state.nextFinalists().forEach(one -> finalists.put(one, Outcome.OPEN));
      most = Math.max(most, open());
      return state;
    }

    int open() {
      return (int)
          (trials.values().stream().filter(one -> !one.hasEnded()).count()
              + finalists.values().stream().filter(one -> !one.hasEnded()).count());
    }

    State toTheEnd(Random random) {
      State state = look();
      while (!state.finished()) {
        end(random);
        if (open() == 0 || random.nextDouble() < looks) {
          state = look();
        }
      }
      return state;
    }

    /** Ends one of the open runs. */
    void end(Random random) {
      List<Step> open =
          trials.entrySet().stream()
              .filter(entry -> !entry.getValue().hasEnded())
              .map(Map.Entry::getKey)
              .toList();
      if (!open.isEmpty()) {
        Step step = open.get(random.nextInt(open.size()));
        ended(step, values.applyAsDouble(step.trial(), step.rung()), clock++);
        return;
      }
      List<Replicate> further =
          finalists.entrySet().stream()
              .filter(entry -> !entry.getValue().hasEnded())
              .map(Map.Entry::getKey)
              .toList();
      finalists.put(
          further.get(random.nextInt(further.size())),
          new Outcome(true, null, "its run failed", Instant.EPOCH));
    }

    void ended(Step step, double value, int at) {
      boolean failed = Double.isNaN(value);
      trials.put(
          step,
          new Outcome(
              true,
              failed ? null : value,
              failed ? "its run failed" : null,
              Instant.ofEpochSecond(at)));
    }

    List<Integer> askedOn(int rung) {
      return order.stream().filter(step -> step.rung() == rung).map(Step::trial).sorted().toList();
    }

    @Override
    public Outcome trial(int trial, int rung) {
      return trials.get(new Step(trial, rung));
    }

    @Override
    public Outcome finalist(int trial, int n) {
      return finalists.get(new Replicate(trial, n));
    }

    @Override
    public int epochs(int trial) {
      var epochs = plan.search().bracketOf(trial).epochs();
      return IntStream.range(0, epochs.size())
          .filter(rung -> trials.getOrDefault(new Step(trial, rung), Outcome.OPEN).hasEnded())
          .map(epochs::get)
          .max()
          .orElse(0);
    }
  }
}
