package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.util.List;

/**
 * A learning rate that depends on the step, by Keras' name and with Keras' parameters and defaults.
 * A pure function: a run that goes on from a checkpoint finds the rates that it would have had.
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
  /** The most steps that a schedule may speak of. */
  int MAX_STEPS = 1_000_000_000;

  /**
   * The rate of a step.
   *
   * @param step counts from 0 over the whole run
   */
  double at(long step);

  /**
   * {@code initial · decay_rate^(step / decay_steps)}.
   *
   * @param initialLearningRate above 0
   * @param decaySteps 1..1,000,000,000
   * @param decayRate above 0, at most 1,000
   * @param staircase whether the exponent is rounded down, so that the rate falls in steps; default
   *     false
   */
  @JsonTypeName("ExponentialDecay")
  record ExponentialDecay(
      Double initialLearningRate, Integer decaySteps, Double decayRate, Boolean staircase)
      implements LearningRateSchedule {
    public ExponentialDecay {
      checkInitial(initialLearningRate);
      checkSteps("decay_steps", decaySteps);
      Check.positive("decay_rate", decayRate, 1_000);
      staircase = Check.orElse(staircase, false);
    }

    @Override
    public double at(long step) {
      return initialLearningRate * Math.pow(decayRate, decays(step, decaySteps, staircase));
    }
  }

  /**
   * {@code initial / (1 + decay_rate · step / decay_steps)}.
   *
   * @param initialLearningRate above 0
   * @param decaySteps 1..1,000,000,000
   * @param decayRate above 0, at most 1,000
   * @param staircase whether the fraction is rounded down; default false
   */
  @JsonTypeName("InverseTimeDecay")
  record InverseTimeDecay(
      Double initialLearningRate, Integer decaySteps, Double decayRate, Boolean staircase)
      implements LearningRateSchedule {
    public InverseTimeDecay {
      checkInitial(initialLearningRate);
      checkSteps("decay_steps", decaySteps);
      Check.positive("decay_rate", decayRate, 1_000);
      staircase = Check.orElse(staircase, false);
    }

    @Override
    public double at(long step) {
      return initialLearningRate / (1 + decayRate * decays(step, decaySteps, staircase));
    }
  }

  /**
   * {@code (initial - end) (1 - step / decay_steps)^power + end}; after {@code decay_steps} the
   * end, or, with {@code cycle}, once more over the next multiple of {@code decay_steps}.
   *
   * @param initialLearningRate above 0
   * @param decaySteps 1..1,000,000,000
   * @param endLearningRate 0..1,000; default 0.0001
   * @param power above 0, at most 100; default 1
   * @param cycle default false
   */
  @JsonTypeName("PolynomialDecay")
  record PolynomialDecay(
      Double initialLearningRate,
      Integer decaySteps,
      Double endLearningRate,
      Double power,
      Boolean cycle)
      implements LearningRateSchedule {
    public PolynomialDecay {
      checkInitial(initialLearningRate);
      checkSteps("decay_steps", decaySteps);
      endLearningRate =
          Check.range(
              "end_learning_rate", Check.orElse(endLearningRate, 1e-4), 0, LearningRate.MAX);
      power = Check.positive("power", Check.orElse(power, 1.0), 100);
      cycle = Check.orElse(cycle, false);
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
   *
   * @param initialLearningRate 0..1,000
   * @param decaySteps 1..1,000,000,000, the warmup not counted
   * @param alpha the last rate as a share of the highest, 0..1; default 0
   * @param warmupTarget above 0; null for no warmup
   * @param warmupSteps 0..1,000,000,000; default 0
   */
  @JsonTypeName("CosineDecay")
  record CosineDecay(
      Double initialLearningRate,
      Integer decaySteps,
      Double alpha,
      Double warmupTarget,
      Integer warmupSteps)
      implements LearningRateSchedule {
    public CosineDecay {
      Check.range("initial_learning_rate", initialLearningRate, 0, LearningRate.MAX);
      checkSteps("decay_steps", decaySteps);
      alpha = checkAlpha(alpha);
      warmupSteps = Check.range("warmup_steps", Check.orElse(warmupSteps, 0), 0, MAX_STEPS);
      if (warmupTarget != null) {
        Check.positive("warmup_target", warmupTarget, LearningRate.MAX);
      } else if (warmupSteps > 0) {
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
   *
   * @param initialLearningRate above 0
   * @param firstDecaySteps of the first period, 1..1,000,000,000
   * @param tMul 1..1,000; default 2
   * @param mMul above 0, at most 1,000; default 1
   * @param alpha the lowest rate as a share of the initial one, 0..1; default 0
   */
  @JsonTypeName("CosineDecayRestarts")
  record CosineDecayRestarts(
      Double initialLearningRate, Integer firstDecaySteps, Double tMul, Double mMul, Double alpha)
      implements LearningRateSchedule {
    public CosineDecayRestarts {
      checkInitial(initialLearningRate);
      checkSteps("first_decay_steps", firstDecaySteps);
      tMul = Check.range("t_mul", Check.orElse(tMul, 2.0), 1, 1_000);
      mMul = Check.positive("m_mul", Check.orElse(mMul, 1.0), 1_000);
      alpha = checkAlpha(alpha);
    }

    @Override
    public double at(long step) {
      double periods = (double) step / firstDecaySteps;
      long restarts = restarts(periods);
      double share = (periods - start(restarts)) / Math.pow(tMul, restarts);
      double cosine = 0.5 * Math.pow(mMul, restarts) * (1 + Math.cos(Math.PI * share));
      return initialLearningRate * ((1 - alpha) * cosine + alpha);
    }

    /** Periods that are over; a logarithm that is rounded the wrong way is put right. */
    private long restarts(double periods) {
      if (tMul == 1) {
        return (long) Math.floor(periods);
      }
      long count = Math.round(Math.log1p(periods * (tMul - 1)) / Math.log(tMul));
      return start(count) > periods ? count - 1 : count;
    }

    /** Where a period begins, in lengths of the first one. */
    private double start(long restarts) {
      return tMul == 1 ? restarts : (Math.pow(tMul, restarts) - 1) / (tMul - 1);
    }
  }

  /**
   * {@code values[0]} up to and including step {@code boundaries[0]}, {@code values[1]} up to the
   * next boundary, and so on.
   *
   * @param boundaries 1..1,000 steps, rising
   * @param values one more than boundaries, each above 0
   */
  @JsonTypeName("PiecewiseConstantDecay")
  record PiecewiseConstantDecay(List<Integer> boundaries, List<Double> values)
      implements LearningRateSchedule {
    public PiecewiseConstantDecay {
      boundaries = List.copyOf(Check.size("boundaries", boundaries, 1, 1_000));
      values = List.copyOf(Check.size("values", values, 2, 1_001));
      for (int i = 0; i < boundaries.size(); i++) {
        int least = i == 0 ? 0 : boundaries.get(i - 1) + 1;
        Check.range("boundaries[" + i + "]", boundaries.get(i), least, MAX_STEPS);
      }
      for (int i = 0; i < values.size(); i++) {
        Check.positive("values[" + i + "]", values.get(i), LearningRate.MAX);
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
   *
   * @param maxLearningRate above 0
   * @param totalSteps 2..1,000,000,000
   * @param pctStart above 0 and below 1; default 0.3
   * @param divFactor 1..1e9; default 25
   * @param finalDivFactor 1..1e9; default 10,000
   * @param annealStrategy half cosines, or Smith's lines; default {@code cos}
   */
  @JsonTypeName("OneCycle")
  record OneCycle(
      Double maxLearningRate,
      Integer totalSteps,
      Double pctStart,
      Double divFactor,
      Double finalDivFactor,
      AnnealStrategy annealStrategy)
      implements LearningRateSchedule {
    public OneCycle {
      Check.positive("max_learning_rate", maxLearningRate, LearningRate.MAX);
      Check.range("total_steps", totalSteps, 2, MAX_STEPS);
      pctStart = Check.orElse(pctStart, 0.3);
      Check.below("pct_start", pctStart, 0, 1);
      Check.positive("pct_start", pctStart, 1);
      divFactor = Check.range("div_factor", Check.orElse(divFactor, 25.0), 1, 1e9);
      finalDivFactor = Check.range("final_div_factor", Check.orElse(finalDivFactor, 1e4), 1, 1e9);
      annealStrategy = Check.orElse(annealStrategy, AnnealStrategy.COS);
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
   *
   * @param initialLearningRate above 0; default 1e-6
   * @param endLearningRate above the initial one, which {@link LearningRate} checks; default 1
   * @param totalSteps 10..100,000; default 100
   */
  @JsonTypeName("RangeTest")
  record RangeTest(Double initialLearningRate, Double endLearningRate, Integer totalSteps)
      implements LearningRateSchedule {
    public RangeTest {
      initialLearningRate =
          Check.positive(
              "initial_learning_rate", Check.orElse(initialLearningRate, 1e-6), LearningRate.MAX);
      endLearningRate =
          Check.positive("end_learning_rate", Check.orElse(endLearningRate, 1.0), LearningRate.MAX);
      totalSteps = Check.range("total_steps", Check.orElse(totalSteps, 100), 10, 100_000);
    }

    @Override
    public double at(long step) {
      double share = (double) Math.min(step, totalSteps - 1) / (totalSteps - 1);
      return initialLearningRate * Math.pow(endLearningRate / initialLearningRate, share);
    }
  }

  private static void checkInitial(Double rate) {
    Check.positive("initial_learning_rate", rate, LearningRate.MAX);
  }

  private static void checkSteps(String field, Integer steps) {
    Check.range(field, steps, 1, MAX_STEPS);
  }

  private static double checkAlpha(Double alpha) {
    return Check.range("alpha", Check.orElse(alpha, 0.0), 0, 1);
  }

  private static double decays(long step, int decaySteps, boolean staircase) {
    double decays = (double) step / decaySteps;
    return staircase ? Math.floor(decays) : decays;
  }
}
