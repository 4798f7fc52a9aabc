package io.millrace.augmentation.transform;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.TransformSpec;
import java.util.List;

/**
 * Makes steps of a request's transforms of series. Each step has a stream of random numbers of its
 * own, found by its place as those of {@link TransformSteps} are: drawing more numbers in one
 * leaves the others as they were.
 */
final class SeriesSteps {
  /** The least speed of a warped time: slower, and a stretch of a window would be one value. */
  private static final double LEAST_SPEED = 0.1;

  /** Beyond any place of a transform in a request. */
  private static final long OF_A_FEATURE = 1L << 40;

  /** Values of a window as they were; steps follow one another, so that one will do for all. */
  private final float[] before;

  /** A curve along a window, likewise. */
  private final double[] curve;

  SeriesSteps(int window) {
    before = new float[window];
    curve = new double[window];
  }

  /**
   * A step.
   *
   * @param place of the transform in the request
   * @throws InvalidMessageException where it is a transform of images
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

  /** What a transform does where it is applied, with the numbers that {@code random} has next. */
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

  /** A change of a window's values, with the numbers that its step has next. */
  @FunctionalInterface
  private interface Change {
    void apply(float[] window);
  }

  /** A step that changes values, of each feature with random numbers of its own. */
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
        "augmentation.transforms", spec.type() + " is no transform of a series");
  }

  private static double aroundOne(SplitMix64 random, double sigma) {
    return 1 + sigma * random.nextNormal();
  }

  private static void draw(SplitMix64 random, double sigma, double least, double[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.max(least, aroundOne(random, sigma));
    }
  }

  /** The slice may begin between two values: of a short window there would be few slices else. */
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

  /** Takes the values from where time is when it runs at the curve's speeds. */
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

  /** The remembered values at a place, by linear interpolation: never outside of both. */
  private float before(double place) {
    int left = (int) place;
    if (left >= before.length - 1) {
      return before[before.length - 1];
    }
    double share = place - left;
    return (float) (before[left] * (1 - share) + before[left + 1] * share);
  }

  /** Many large factors, one after the other, must not make an infinity of a value. */
  private static float finite(double value) {
    float rounded = (float) value;
    return Float.isInfinite(rounded) ? Math.copySign(Float.MAX_VALUE, rounded) : rounded;
  }
}
