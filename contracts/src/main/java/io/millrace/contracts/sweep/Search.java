package io.millrace.contracts.sweep;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.EnumNames;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * A search among the values of a sweep with a small budget. Trials with bad results are stopped
 * early, and the best are run again with several seeds.
 *
 * @param strategy which trials are stopped, and when
 * @param metric the epoch metric that ranks trials; default {@code val_loss}
 * @param trials the number of combinations to try, 2..500; a grid has all combinations, hyperband
 *     the trials of its brackets
 * @param maxEpochs the epochs of a trial that is never stopped, 1..10,000
 * @param reductionFactor at each rung, one of this many trials continues, to this many times the
 *     epochs, 2..10; default 3; null if the strategy stops no trial
 * @param finalists the best trials, which are run again
 * @param concurrency the most runs that wait or train at the same time, 1..100; default 10
 * @param maxHours the hours after which no further runs are requested, 0.1..720; default 168
 * @param seed the seed of the draws; default 0
 */
public record Search(
    Strategy strategy,
    String metric,
    Integer trials,
    Integer maxEpochs,
    Integer reductionFactor,
    Finalists finalists,
    Integer concurrency,
    Double maxHours,
    Long seed) {

  /** The most trials of a search. */
  public static final int MAX_TRIALS = 500;

  private static final int MAX_EPOCHS = 10_000;
  private static final int MAX_FACTOR = 10;
  private static final int FACTOR = 3;
  private static final int MAX_CONCURRENCY = 100;
  private static final int CONCURRENCY = 10;
  private static final double WEEK = 168;

  /** Which trials are stopped, and when. */
  public enum Strategy {
    /** All trials compete rung by rung (Jamieson and Talwalkar, 2016). */
    SUCCESSIVE_HALVING,
    /**
     * Several brackets, from many trials that are stopped early to a few that are never stopped
     * (Li, 2018).
     */
    HYPERBAND,
    /** Asynchronous successive halving: no rung waits for all its trials (Li and others, 2020). */
    ASHA,
    /** Randomly drawn trials, all trained to the end. */
    RANDOM,
    /** Every combination, trained to the end. */
    GRID;

    /** The name in a message. */
    @JsonValue
    public String json() {
      return EnumNames.json(this);
    }

    @JsonCreator
    static Strategy parse(String text) {
      if ("bayesian".equals(text)) {
        throw new InvalidMessageException(
            "",
            "'bayesian' is not supported, because no maintained Java library exists; give asha,"
                + " hyperband or successive_halving, which also need few epochs, or random");
      }
      return EnumNames.parse(Strategy.class, text);
    }

    /** Whether trials are stopped before the end. */
    public boolean stops() {
      return this != RANDOM && this != GRID;
    }
  }

  /**
   * The best trials, which are run again from the start with other seeds. Only the new runs are
   * compared, because the best of many trials was also lucky.
   *
   * @param count 1..20, at most the number of trials; default 3, or {@code trials} if that is less
   * @param seeds the seeds of each finalist, 2..50; default 3
   */
  public record Finalists(Integer count, Integer seeds) {
    private static final int MAX_COUNT = 20;
    private static final int COUNT = 3;
    private static final int SEEDS = 3;

    public Finalists {
      if (count != null) {
        Check.range("count", count, 1, MAX_COUNT);
      }
      seeds = Check.range("seeds", Check.orElse(seeds, SEEDS), 2, AdaptiveSeeds.MAX_SEEDS);
    }

    private Finalists of(int trials) {
      return new Finalists(
          count == null
              ? Math.min(COUNT, trials)
              : Check.range("count", count, 1, Math.min(MAX_COUNT, trials)),
          seeds);
    }
  }

  public Search {
    Check.required("strategy", strategy);
    metric = Check.orElse(metric, "val_loss");
    maxEpochs = Check.range("max_epochs", maxEpochs, 1, MAX_EPOCHS);
    if (strategy.stops()) {
      reductionFactor =
          Check.range("reduction_factor", Check.orElse(reductionFactor, FACTOR), 2, MAX_FACTOR);
      if (maxEpochs < reductionFactor) {
        throw new InvalidMessageException(
            "max_epochs",
            maxEpochs
                + " is too small to stop trials early with a reduction_factor of "
                + reductionFactor
                + "; give at least "
                + reductionFactor
                + ", or the strategy random");
      }
    } else if (reductionFactor != null) {
      throw new InvalidMessageException(
          "reduction_factor",
          "cannot be combined with " + strategy.json() + ", which stops no trial; leave it out");
    }
    if (trials != null) {
      Check.range("trials", trials, 2, MAX_TRIALS);
    }
    if (strategy == Strategy.HYPERBAND) {
      trials = ofHyperband(trials, maxEpochs, reductionFactor);
    } else if (strategy != Strategy.GRID) {
      Check.required("trials", trials);
    }
    if (strategy.stops() && trials < reductionFactor) {
      throw new InvalidMessageException(
          "trials",
          trials
              + " cannot be reduced by a reduction_factor of "
              + reductionFactor
              + "; give at least "
              + reductionFactor);
    }
    finalists = Check.orElse(finalists, new Finalists(null, null));
    if (trials != null) {
      finalists = fitting(finalists, trials);
    }
    concurrency =
        Check.range("concurrency", Check.orElse(concurrency, CONCURRENCY), 1, MAX_CONCURRENCY);
    maxHours = Check.range("max_hours", Check.orElse(maxHours, WEEK), 0.1, 720.0);
    seed = Check.orElse(seed, 0L);
  }

  private static Finalists fitting(Finalists finalists, int trials) {
    try {
      return finalists.of(trials);
    } catch (InvalidMessageException e) {
      throw e.within("finalists");
    }
  }

  private static int ofHyperband(Integer trials, int maxEpochs, int factor) {
    long all = 0;
    for (int steps = Bracket.steps(maxEpochs, factor); steps >= 0; steps--) {
      all += ofBracket(steps, maxEpochs, factor);
    }
    if (all > MAX_TRIALS) {
      throw new InvalidMessageException(
          "max_epochs",
          maxEpochs
              + " with a reduction_factor of "
              + factor
              + " makes "
              + all
              + " trials, but a search has at most "
              + MAX_TRIALS
              + "; give fewer epochs or a larger reduction_factor");
    }
    if (trials != null && trials != all) {
      throw new InvalidMessageException(
          "trials",
          trials
              + " does not match the "
              + all
              + " trials of hyperband with this max_epochs and reduction_factor; leave it out");
    }
    return (int) all;
  }

  /** The trials of a hyperband bracket with this many steps. All brackets cost about the same. */
  private static long ofBracket(int steps, int maxEpochs, int factor) {
    long brackets = Bracket.steps(maxEpochs, factor) + 1L;
    long power = Bracket.power(factor, steps);
    return (brackets * power + steps) / (steps + 1); // Rounded up.
  }

  /** The brackets in the order of their trials. A grid's are known once the sweep is read. */
  public List<Bracket> brackets() {
    if (!strategy.stops()) {
      return List.of(Bracket.flat(trials, maxEpochs));
    }
    int most = Bracket.steps(maxEpochs, reductionFactor);
    if (strategy != Strategy.HYPERBAND) {
      int steps = Math.min(most, Bracket.steps(trials, reductionFactor));
      return List.of(Bracket.halving(0, trials, maxEpochs, reductionFactor, steps));
    }
    var brackets = new ArrayList<Bracket>();
    int first = 0;
    for (int steps = most; steps >= 0; steps--) {
      int size = (int) ofBracket(steps, maxEpochs, reductionFactor);
      brackets.add(Bracket.halving(first, size, maxEpochs, reductionFactor, steps));
      first += size;
    }
    return List.copyOf(brackets);
  }

  /** The bracket that a trial belongs to. */
  public Bracket bracketOf(int trial) {
    return brackets().stream().filter(bracket -> bracket.has(trial)).findFirst().orElseThrow();
  }

  /** The most runs that it starts. */
  int runs() {
    return trials + finalists.count() * finalists.seeds();
  }

  /** A copy with the trials of a grid. */
  Search ofGrid(int combinations) {
    if (trials != null && trials != combinations) {
      throw new InvalidMessageException(
          "trials",
          trials
              + " does not match the "
              + combinations
              + " combinations of the grid, which tries all; leave it out");
    }
    return new Search(
        strategy,
        metric,
        Check.range("trials", combinations, 2, MAX_TRIALS),
        maxEpochs,
        reductionFactor,
        finalists,
        concurrency,
        maxHours,
        seed);
  }

  /** Refuses a metric that not every trial has. */
  void checkMetric(Collection<String> metrics) {
    if (!metrics.contains(metric)) {
      throw new InvalidMessageException(
          "metric",
          Check.quote(metric)
              + " is not a metric of every trial's epochs; give one of "
              + String.join(", ", metrics));
    }
  }

  /** Whether a validation metric ranks the trials. */
  boolean validates() {
    return metric.startsWith("val_");
  }
}
