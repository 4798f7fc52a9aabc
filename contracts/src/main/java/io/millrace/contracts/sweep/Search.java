package io.millrace.contracts.sweep;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.field.Default;
import io.millrace.contracts.field.Describe;
import io.millrace.contracts.field.FieldRules;
import io.millrace.contracts.field.Range;
import io.millrace.contracts.field.Required;
import io.millrace.contracts.json.EnumNames;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * A search with a small budget among the values of a sweep. Except with {@code random} and {@code
 * grid}, trials with bad results are stopped early, and the best are run again with several seeds.
 */
public record Search(
    @Describe("Which trials are stopped, and when.") @Required Strategy strategy,
    @Describe(
            "The metric that ranks trials by its value in the last epoch of a rung: `loss`,"
                + " `val_loss`, or a metric that every trial has, with or without `val_`.")
        @Default("val_loss")
        String metric,
    @Describe(
            "The number of combinations, drawn as with `sweep.draws`; at least"
                + " `reduction_factor` where trials are stopped. Leave it out for `grid`, which"
                + " tries all combinations, and for `hyperband`, whose brackets determine it;"
                + " otherwise it is required.")
        @Range(min = Search.MIN_TRIALS, max = Search.MAX_TRIALS)
        Integer trials,
    @Describe(
            "The epochs of a trial that is never stopped, at least `reduction_factor` where trials"
                + " are stopped.")
        @Range(min = 1, max = 10_000)
        @Required
        Integer maxEpochs,
    @Describe(
            "One in this many trials continues to the next rung, which has this many"
                + " times the epochs. Not allowed with `random` and `grid`.")
        @Range(min = 2, max = 10)
        @Default("3")
        Integer reductionFactor,
    @Describe("The best trials, which are run again with other seeds; see below.")
        Finalists finalists,
    @Describe("The most runs that are queued or training at the same time.")
        @Range(min = 1, max = 100)
        @Default("10")
        Integer concurrency,
    @Describe("The hours after which no further runs are requested.")
        @Range(min = AdaptiveSeeds.MIN_HOURS, max = AdaptiveSeeds.MAX_HOURS)
        @Default("168")
        Double maxHours,
    @Describe("The seed of the draws.") @Default("0") Long seed) {

  /** The fewest trials of a search. */
  static final int MIN_TRIALS = 2;

  /** The most trials of a search. */
  public static final int MAX_TRIALS = 500;

  private static final FieldRules RULES = FieldRules.of(Search.class);

  /** Which trials are stopped, and when. */
  public enum Strategy {
    /** All trials compete rung by rung (Jamieson and Talwalkar, 2016). */
    SUCCESSIVE_HALVING,
    /**
     * Several brackets, from many trials that are stopped early to a few that are never stopped (Li
     * and others, 2018).
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
   * compared, because the best of many trials is usually also lucky.
   */
  public record Finalists(
      @Describe(
              "The number of finalists, at most `trials`. Default: 3, or `trials` if that is less.")
          @Range(min = 1, max = Finalists.MAX_COUNT)
          Integer count,
      @Describe("The seeds of each finalist.")
          @Range(min = AdaptiveSeeds.MIN_SEEDS, max = AdaptiveSeeds.MAX_SEEDS)
          @Default("3")
          Integer seeds) {
    private static final int MAX_COUNT = 20;
    private static final int COUNT = 3;
    private static final FieldRules RULES = FieldRules.of(Finalists.class);

    public Finalists {
      count = RULES.check("count", count);
      seeds = RULES.check("seeds", seeds);
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
    RULES.check("strategy", strategy);
    metric = RULES.check("metric", metric);
    RULES.check("max_epochs", maxEpochs);
    if (strategy.stops()) {
      reductionFactor = RULES.check("reduction_factor", reductionFactor);
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
    RULES.check("trials", trials);
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
    concurrency = RULES.check("concurrency", concurrency);
    maxHours = RULES.check("max_hours", maxHours);
    seed = RULES.check("seed", seed);
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

  /**
   * The brackets in the order of their trials; for a grid without {@code trials} only after {@link
   * #ofGrid}.
   */
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
        RULES.<Integer>check("trials", combinations),
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
