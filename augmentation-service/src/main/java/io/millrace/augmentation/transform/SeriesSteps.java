package io.millrace.augmentation.transform;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.TransformSpec;
import java.util.List;

/**
 * Creates the steps for a request's series transforms. Each step has its own stream of random
 * numbers, keyed by its position like those of {@link TransformSteps}: drawing more numbers in one
 * step does not change the others.
 */
final class SeriesSteps {
  /**
   * The minimum speed of warped time; at lower speeds, a part of a window would be a single value.
   */
  private static final double LEAST_SPEED = 0.1;

  /** Larger than any position of a transform in a request. */
  private static final long OF_A_FEATURE = 1L << 40;

  /** A copy of the window's values; all steps share it, because they run one after the other. */
  private final float[] before;

  /** A curve along a window, shared in the same way. */
  private final double[] curve;

  SeriesSteps(int window) {
    before = new float[window];
    curve = new double[window];
  }

  /**
   * Creates a step.
   *
   * @param place the position of the transform in the request
   * @throws InvalidMessageException if it is a transform of images
   */
  SeriesStep of(TransformSpec spec, long place) {
    var random = new SplitMix64();
    double p = spec.p();
    SeriesStep change = change(spec, place, random);
    return (seed, epoch, sample, feature, window) -> {
      random.reset(SplitMix64.Use.TRANSFORM, seed, epoch, sample, place);
      if (random.happens(p)) {
        change.apply(seed, epoch, sample, feature, window);
      }
    };
  }

  private SeriesStep[] within(TransformSpec spec, long place) {
    List<TransformSpec> inner = spec.inner();
    var steps = new SeriesStep[inner.size()];
    for (int i = 0; i < steps.length; i++) {
      steps[i] = of(inner.get(i), place * (TransformSpec.MAX_TRANSFORMS + 1) + i + 1);
    }
    return steps;
  }

  /**
   * The step of a transform without its probability; it uses the next numbers of {@code random}.
   */
  private SeriesStep change(TransformSpec spec, long place, SplitMix64 random) {
    if (spec instanceof TransformSpec.OneOf) {
      SeriesStep[] steps = within(spec, place);
      return (seed, epoch, sample, feature, window) ->
          steps[random.below(steps.length)].apply(seed, epoch, sample, feature, window);
    }
    if (spec instanceof TransformSpec.Sequence) {
      SeriesStep[] steps = within(spec, place);
      return (seed, epoch, sample, feature, window) -> {
        for (SeriesStep step : steps) {
          step.apply(seed, epoch, sample, feature, window);
        }
      };
    }
    if (spec instanceof TransformSpec.WindowSlicing slicing) {
      double ratio = slicing.ratio();
      return (seed, epoch, sample, feature, window) -> slice(random, ratio, window);
    }
    if (spec instanceof TransformSpec.Jitter jitter) {
      double sigma = jitter.sigma();
      return changing(random, place, window -> jitter(random, sigma, window));
    }
    if (spec instanceof TransformSpec.Scaling scaling) {
      double sigma = scaling.sigma();
      return changing(random, place, window -> scale(aroundOne(random, sigma), window));
    }
    return warping(spec, place, random);
  }

  /** A change of a window's values that uses the next random numbers of its step. */
  @FunctionalInterface
  private interface Change {
    void apply(float[] window);
  }

  /** A step that changes values, with separate random numbers for each feature. */
  private static SeriesStep changing(SplitMix64 random, long place, Change change) {
    return (seed, epoch, sample, feature, window) -> {
      if (feature == SeriesStep.NO_NUMBER) {
        return;
      }
      if (feature > 0) {
        random.reset(SplitMix64.Use.TRANSFORM, seed, epoch, sample, place + feature * OF_A_FEATURE);
      }
      change.apply(window);
    };
  }

  private SeriesStep warping(TransformSpec spec, long place, SplitMix64 random) {
    if (spec instanceof TransformSpec.MagnitudeWarping warping) {
      double sigma = warping.sigma();
      double[] factors = new double[warping.knots() + 2];
      var spline = new NaturalSpline(factors.length);
      return changing(
          random,
          place,
          window -> {
            draw(random, sigma, Double.NEGATIVE_INFINITY, factors);
            spline.sample(factors, curve);
            multiply(window);
          });
    }
    if (spec instanceof TransformSpec.TimeWarping warping) {
      double sigma = warping.sigma();
      double[] speeds = new double[warping.knots() + 2];
      var spline = new NaturalSpline(speeds.length);
      return (seed, epoch, sample, feature, window) -> {
        draw(random, sigma, LEAST_SPEED, speeds);
        spline.sample(speeds, curve);
        warp(window);
      };
    }
    throw new InvalidMessageException(
        "augmentation.transforms", spec.type() + " does not transform series");
  }

  private static double aroundOne(SplitMix64 random, double sigma) {
    return 1 + sigma * random.nextNormal();
  }

  private static void draw(SplitMix64 random, double sigma, double least, double[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.max(least, aroundOne(random, sigma));
    }
  }

  /**
   * Stretches a slice, which may start between two values; otherwise a short window would have few
   * slices.
   */
  private void slice(SplitMix64 random, double ratio, float[] window) {
    int last = window.length - 1;
    double span = Math.max(0, ratio * window.length - 1);
    double start = random.nextDouble() * (last - span);
    remember(window);
    for (int i = 0; i < last; i++) {
      window[i] = before(start + span * i / last);
    }
    window[last] = before(start + span);
  }

  private static void jitter(SplitMix64 random, double sigma, float[] window) {
    for (int i = 0; i < window.length; i++) {
      window[i] = finite(window[i] + sigma * random.nextNormal());
    }
  }

  private static void scale(double factor, float[] window) {
    for (int i = 0; i < window.length; i++) {
      window[i] = finite(window[i] * factor);
    }
  }

  private void multiply(float[] window) {
    for (int i = 0; i < window.length; i++) {
      window[i] = finite(window[i] * curve[i]);
    }
  }

  /** Reads the values at the times that result from the curve's speeds. */
  private void warp(float[] window) {
    int last = window.length - 1;
    double speed = Math.max(LEAST_SPEED, curve[0]);
    double time = 0;
    curve[0] = 0;
    for (int i = 1; i <= last; i++) {
      double next = Math.max(LEAST_SPEED, curve[i]);
      time += (speed + next) / 2;
      curve[i] = time;
      speed = next;
    }
    remember(window);
    for (int i = 1; i < last; i++) {
      window[i] = before(curve[i] * last / time);
    }
  }

  private void remember(float[] window) {
    System.arraycopy(window, 0, before, 0, window.length);
  }

  /**
   * Interpolates the copied values linearly at a position; the result is never outside both
   * neighbours.
   */
  private float before(double place) {
    int left = (int) place;
    if (left >= before.length - 1) {
      return before[before.length - 1];
    }
    double share = place - left;
    return (float) (before[left] * (1 - share) + before[left + 1] * share);
  }

  /** Limits a value, because many large factors in sequence must not give infinity. */
  private static float finite(double value) {
    float rounded = (float) value;
    return Float.isInfinite(rounded) ? Math.copySign(Float.MAX_VALUE, rounded) : rounded;
  }
}
