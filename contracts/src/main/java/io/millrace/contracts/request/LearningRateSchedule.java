package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.field.Default;
import io.millrace.contracts.field.Describe;
import io.millrace.contracts.field.FieldRules;
import io.millrace.contracts.field.Range;
import io.millrace.contracts.field.Required;
import io.millrace.contracts.field.Size;
import java.util.List;

/**
 * A learning rate that depends on the step, by Keras' name and with Keras' parameters and defaults.
 * A pure function: a run that resumes from a checkpoint has the same learning rates as without the
 * pause.
 *
 * @see <a href="https://keras.io/api/optimizers/learning_rate_schedules/">Keras' schedules</a>
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(LearningRateSchedule.ExponentialDecay.class),
  @JsonSubTypes.Type(LearningRateSchedule.InverseTimeDecay.class),
  @JsonSubTypes.Type(LearningRateSchedule.PolynomialDecay.class),
  @JsonSubTypes.Type(LearningRateSchedule.CosineDecay.class),
  @JsonSubTypes.Type(LearningRateSchedule.CosineDecayRestarts.class),
  @JsonSubTypes.Type(LearningRateSchedule.PiecewiseConstantDecay.class),
  @JsonSubTypes.Type(LearningRateSchedule.OneCycle.class),
  @JsonSubTypes.Type(LearningRateSchedule.RangeTest.class)
})
@JsonInclude(JsonInclude.Include.NON_NULL)
public sealed interface LearningRateSchedule {
  /** The most steps in a schedule. */
  int MAX_STEPS = 1_000_000_000;

  /**
   * The rate of a step.
   *
   * @param step counts from 0 over the whole run
   */
  double at(long step);

  /** {@code initial · decay_rate^(step / decay_steps)}. */
  @JsonTypeName("ExponentialDecay")
  record ExponentialDecay(
      @Describe("Learning rate at the start.") @Range(above = 0, max = LearningRate.MAX) @Required
          Double initialLearningRate,
      @Describe("Steps of one decay.") @Range(min = 1, max = MAX_STEPS) @Required
          Integer decaySteps,
      @Describe("Decay per decay_steps.") @Range(above = 0, max = 1_000) @Required Double decayRate,
      @Describe("Whether the exponent is rounded down, so that the learning rate falls in stairs.")
          @Default("false")
          Boolean staircase)
      implements LearningRateSchedule {
    private static final FieldRules RULES = FieldRules.of(ExponentialDecay.class);

    public ExponentialDecay {
      initialLearningRate = RULES.check("initial_learning_rate", initialLearningRate);
      decaySteps = RULES.check("decay_steps", decaySteps);
      decayRate = RULES.check("decay_rate", decayRate);
      staircase = RULES.check("staircase", staircase);
    }

    @Override
    public double at(long step) {
      return initialLearningRate * Math.pow(decayRate, decays(step, decaySteps, staircase));
    }
  }

  /** {@code initial / (1 + decay_rate · step / decay_steps)}. */
  @JsonTypeName("InverseTimeDecay")
  record InverseTimeDecay(
      @Describe("Learning rate at the start.") @Range(above = 0, max = LearningRate.MAX) @Required
          Double initialLearningRate,
      @Describe("Steps of one decay.") @Range(min = 1, max = MAX_STEPS) @Required
          Integer decaySteps,
      @Describe("Decay per decay_steps.") @Range(above = 0, max = 1_000) @Required Double decayRate,
      @Describe("Whether the fraction is rounded down, so that the learning rate falls in stairs.")
          @Default("false")
          Boolean staircase)
      implements LearningRateSchedule {
    private static final FieldRules RULES = FieldRules.of(InverseTimeDecay.class);

    public InverseTimeDecay {
      initialLearningRate = RULES.check("initial_learning_rate", initialLearningRate);
      decaySteps = RULES.check("decay_steps", decaySteps);
      decayRate = RULES.check("decay_rate", decayRate);
      staircase = RULES.check("staircase", staircase);
    }

    @Override
    public double at(long step) {
      return initialLearningRate / (1 + decayRate * decays(step, decaySteps, staircase));
    }
  }

  /**
   * {@code (initial - end) (1 - step / decay_steps)^power + end}; after {@code decay_steps} the
   * end, or, with {@code cycle}, once more over the next multiple of {@code decay_steps}.
   */
  @JsonTypeName("PolynomialDecay")
  record PolynomialDecay(
      @Describe("Learning rate at the start.") @Range(above = 0, max = LearningRate.MAX) @Required
          Double initialLearningRate,
      @Describe("Steps of one decay.") @Range(min = 1, max = MAX_STEPS) @Required
          Integer decaySteps,
      @Describe("Learning rate at the end.")
          @Range(min = 0, max = LearningRate.MAX)
          @Default("0.0001")
          Double endLearningRate,
      @Describe("Exponent of the decay.") @Range(above = 0, max = 100) @Default("1") Double power,
      @Describe("Whether the decay starts again after decay_steps.") @Default("false")
          Boolean cycle)
      implements LearningRateSchedule {
    private static final FieldRules RULES = FieldRules.of(PolynomialDecay.class);

    public PolynomialDecay {
      initialLearningRate = RULES.check("initial_learning_rate", initialLearningRate);
      decaySteps = RULES.check("decay_steps", decaySteps);
      endLearningRate = RULES.check("end_learning_rate", endLearningRate);
      power = RULES.check("power", power);
      cycle = RULES.check("cycle", cycle);
    }

    @Override
    public double at(long step) {
      double end = decaySteps;
      double now = Math.min(step, end);
      if (cycle) {
        end *= Math.max(1, Math.ceil(step / end));
        now = step;
      }
      return (initialLearningRate - endLearningRate) * Math.pow(1 - now / end, power)
          + endLearningRate;
    }
  }

  /**
   * Half a cosine (Loshchilov and Hutter 2016), after a linear warmup where a target is given: from
   * {@code initial} to {@code warmup_target} in {@code warmup_steps}, then down to {@code alpha}
   * times the target in {@code decay_steps}. Without a target down from {@code initial} at once.
   */
  @JsonTypeName("CosineDecay")
  record CosineDecay(
      @Describe("Learning rate at the start.") @Range(min = 0, max = LearningRate.MAX) @Required
          Double initialLearningRate,
      @Describe("Steps of the decay, without the warmup.")
          @Range(min = 1, max = MAX_STEPS)
          @Required
          Integer decaySteps,
      @Describe("Lowest learning rate as a share of the highest.")
          @Range(min = 0, max = 1)
          @Default("0")
          Double alpha,
      @Describe("Learning rate after the warmup. Default: no warmup.")
          @Range(above = 0, max = LearningRate.MAX)
          Double warmupTarget,
      @Describe("Steps of the warmup; needs a warmup_target.")
          @Range(min = 0, max = MAX_STEPS)
          @Default("0")
          Integer warmupSteps)
      implements LearningRateSchedule {
    private static final FieldRules RULES = FieldRules.of(CosineDecay.class);

    public CosineDecay {
      initialLearningRate = RULES.check("initial_learning_rate", initialLearningRate);
      decaySteps = RULES.check("decay_steps", decaySteps);
      alpha = RULES.check("alpha", alpha);
      warmupSteps = RULES.check("warmup_steps", warmupSteps);
      warmupTarget = RULES.check("warmup_target", warmupTarget);
      if (warmupTarget == null && warmupSteps > 0) {
        throw new InvalidMessageException(
            "warmup_steps", "needs a warmup_target; give one, or leave warmup_steps out");
      }
    }

    @Override
    public double at(long step) {
      if (warmupTarget == null) {
        return initialLearningRate * decayed(step);
      }
      return step < warmupSteps
          ? initialLearningRate + (warmupTarget - initialLearningRate) * step / warmupSteps
          : warmupTarget * decayed(step - warmupSteps);
    }

    private double decayed(long step) {
      double share = (double) Math.min(step, decaySteps) / decaySteps;
      return (1 - alpha) * 0.5 * (1 + Math.cos(Math.PI * share)) + alpha;
    }
  }

  /**
   * Half a cosine again and again, with warm restarts (SGDR, Loshchilov and Hutter 2016): each
   * period {@code t_mul} times as long as the one before and beginning at {@code m_mul} times its
   * rate.
   */
  @JsonTypeName("CosineDecayRestarts")
  record CosineDecayRestarts(
      @Describe("Learning rate at the start.") @Range(above = 0, max = LearningRate.MAX) @Required
          Double initialLearningRate,
      @Describe("Steps of the first period.") @Range(min = 1, max = MAX_STEPS) @Required
          Integer firstDecaySteps,
      @Describe("Length of each period as a multiple of the one before.")
          @Range(min = 1, max = 1_000)
          @Default("2")
          Double tMul,
      @Describe("First learning rate of each period as a multiple of the one before.")
          @Range(above = 0, max = 1_000)
          @Default("1")
          Double mMul,
      @Describe("Lowest learning rate as a share of the initial one.")
          @Range(min = 0, max = 1)
          @Default("0")
          Double alpha)
      implements LearningRateSchedule {
    private static final FieldRules RULES = FieldRules.of(CosineDecayRestarts.class);

    public CosineDecayRestarts {
      initialLearningRate = RULES.check("initial_learning_rate", initialLearningRate);
      firstDecaySteps = RULES.check("first_decay_steps", firstDecaySteps);
      tMul = RULES.check("t_mul", tMul);
      mMul = RULES.check("m_mul", mMul);
      alpha = RULES.check("alpha", alpha);
    }

    @Override
    public double at(long step) {
      double periods = (double) step / firstDecaySteps;
      long restarts = restarts(periods);
      double share = (periods - start(restarts)) / Math.pow(tMul, restarts);
      double cosine = 0.5 * Math.pow(mMul, restarts) * (1 + Math.cos(Math.PI * share));
      return initialLearningRate * ((1 - alpha) * cosine + alpha);
    }

    /** Completed periods; corrects a logarithm that is rounded the wrong way. */
    private long restarts(double periods) {
      if (tMul == 1) {
        return (long) Math.floor(periods);
      }
      long count = Math.round(Math.log1p(periods * (tMul - 1)) / Math.log(tMul));
      return start(count) > periods ? count - 1 : count;
    }

    /** Start of a period, in lengths of the first one. */
    private double start(long restarts) {
      return tMul == 1 ? restarts : (Math.pow(tMul, restarts) - 1) / (tMul - 1);
    }
  }

  /**
   * {@code values[0]} up to and including step {@code boundaries[0]}, {@code values[1]} up to the
   * next boundary, and so on.
   */
  @JsonTypeName("PiecewiseConstantDecay")
  record PiecewiseConstantDecay(
      @Describe("Steps, in ascending order.")
          @Size(min = 1, max = 1_000)
          @Range(min = 0, max = MAX_STEPS)
          @Required
          List<Integer> boundaries,
      @Describe("Learning rates, one more than boundaries.")
          @Size(min = 2, max = 1_001)
          @Range(above = 0, max = LearningRate.MAX)
          @Required
          List<Double> values)
      implements LearningRateSchedule {
    private static final FieldRules RULES = FieldRules.of(PiecewiseConstantDecay.class);

    public PiecewiseConstantDecay {
      boundaries = RULES.check("boundaries", boundaries);
      values = RULES.check("values", values);
      for (int i = 1; i < boundaries.size(); i++) {
        int least = boundaries.get(i - 1) + 1;
        Check.range("boundaries[" + i + "]", boundaries.get(i), least, MAX_STEPS);
      }
      if (values.size() != boundaries.size() + 1) {
        throw new InvalidMessageException(
            "values",
            "has "
                + values.size()
                + " elements for "
                + boundaries.size()
                + " boundaries; give "
                + (boundaries.size() + 1));
      }
    }

    @Override
    public double at(long step) {
      int passed = 0;
      while (passed < boundaries.size() && step > boundaries.get(passed)) {
        passed++;
      }
      return values.get(passed);
    }
  }

  /**
   * One cycle (Smith 2018, "A disciplined approach to neural network hyper-parameters"): from
   * {@code max / div_factor} up to {@code max} in the first {@code pct_start} of the steps, then
   * down to {@code max / div_factor / final_div_factor} at the last one, where it stays. Keras has
   * none; names, defaults and numbers are those of PyTorch's {@code OneCycleLR}.
   */
  @JsonTypeName("OneCycle")
  record OneCycle(
      @Describe("Highest learning rate.") @Range(above = 0, max = LearningRate.MAX) @Required
          Double maxLearningRate,
      @Describe("Steps of the cycle.") @Range(min = 2, max = MAX_STEPS) @Required
          Integer totalSteps,
      @Describe("Share of the steps before the highest learning rate.")
          @Range(above = 0, below = 1)
          @Default("0.3")
          Double pctStart,
      @Describe("Highest learning rate divided by the first one.")
          @Range(min = 1, max = 1e9)
          @Default("25")
          Double divFactor,
      @Describe("First learning rate divided by the last one.")
          @Range(min = 1, max = 1e9)
          @Default("10000")
          Double finalDivFactor,
      @Describe("How the learning rate changes: half a cosine, or a line as in Smith's paper.")
          @Default("cos")
          AnnealStrategy annealStrategy)
      implements LearningRateSchedule {
    private static final FieldRules RULES = FieldRules.of(OneCycle.class);

    public OneCycle {
      maxLearningRate = RULES.check("max_learning_rate", maxLearningRate);
      totalSteps = RULES.check("total_steps", totalSteps);
      pctStart = RULES.check("pct_start", pctStart);
      divFactor = RULES.check("div_factor", divFactor);
      finalDivFactor = RULES.check("final_div_factor", finalDivFactor);
      annealStrategy = RULES.check("anneal_strategy", annealStrategy);
    }

    @Override
    public double at(long step) {
      double initial = maxLearningRate / divFactor;
      double top = pctStart * totalSteps - 1;
      double last = totalSteps - 1;
      if (step < top) {
        return annealStrategy.between(initial, maxLearningRate, step / top);
      }
      double share = Math.min(1, (step - top) / (last - top));
      return annealStrategy.between(maxLearningRate, initial / finalDivFactor, share);
    }
  }

  /**
   * A range test (Smith 2017, "Cyclical Learning Rates for Training Neural Networks"): from {@code
   * initial} up to {@code end} by the same factor at each step. The run ends after {@code
   * total_steps}, or where the loss explodes: where its smoothed value is more than 4 times its
   * least, as in fastai's {@code lr_find}. Keras has none.
   */
  @JsonTypeName("RangeTest")
  record RangeTest(
      @Describe("First learning rate.") @Range(above = 0, max = LearningRate.MAX) @Default("1e-6")
          Double initialLearningRate,
      @Describe("Last learning rate, above the first one.")
          @Range(above = 0, max = LearningRate.MAX)
          @Default("1")
          Double endLearningRate,
      @Describe("Steps of the test.") @Range(min = 10, max = 100_000) @Default("100")
          Integer totalSteps)
      implements LearningRateSchedule {
    private static final FieldRules RULES = FieldRules.of(RangeTest.class);

    public RangeTest {
      initialLearningRate = RULES.check("initial_learning_rate", initialLearningRate);
      endLearningRate = RULES.check("end_learning_rate", endLearningRate);
      totalSteps = RULES.check("total_steps", totalSteps);
    }

    @Override
    public double at(long step) {
      double share = (double) Math.min(step, totalSteps - 1) / (totalSteps - 1);
      return initialLearningRate * Math.pow(endLearningRate / initialLearningRate, share);
    }
  }

  private static double decays(long step, int decaySteps, boolean staircase) {
    double decays = (double) step / decaySteps;
    return staircase ? Math.floor(decays) : decays;
  }
}
