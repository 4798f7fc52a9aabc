package io.millrace.results.curve;

import io.millrace.results.sampling.Excerpt;
import io.millrace.results.sampling.Smoothing;
import io.millrace.results.store.LossSeries;
import io.millrace.results.store.LossSpan;
import io.millrace.results.store.LossStore;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * The losses from which a curve is made: every loss, or the smallest and the largest of every
 * {@value LossSpan#STEPS} steps, from which Largest-Triangle-Three-Buckets then selects (J. Van Der
 * Donckt et al., MinMaxLTTB, 2023).
 *
 * @param steps ascending
 * @param losses NaN if not finite
 * @param smoothed the smoothed losses; null unless requested
 * @param counts the number of known steps that each point represents
 */
record LossPoints(long[] steps, int[] epochs, double[] losses, double[] smoothed, int[] counts) {
  /** Up to this many steps, every step is read. */
  private static final long EXACT_STEPS = 100_000;

  /**
   * The minimum number of steps per point for an outline: the paper uses four candidates per point.
   */
  private static final long STEPS_OF_POINT = 2 * LossSpan.STEPS;

  /** Whether the outline is used for this many steps. */
  static boolean isOutlined(long steps, int points) {
    return steps > EXACT_STEPS && steps >= STEPS_OF_POINT * points;
  }

  /** All losses. */
  static LossPoints of(LossSeries series, Double smooth) {
    var counts = new int[series.size()];
    Arrays.fill(counts, 1);
    return new LossPoints(
        series.steps(),
        series.epochs(),
        series.losses(),
        smooth == null ? null : Smoothing.ofWeight(smooth, series.losses()),
        counts);
  }

  /** An outline. Smoothing uses the means of the spans. */
  static LossPoints of(List<LossSpan> spans, Double smooth) {
    double[] averages =
        smooth == null
            ? null
            : Smoothing.ofWeight(
                smooth,
                spans.stream().mapToDouble(LossSpan::mean).toArray(),
                spans.stream().mapToInt(LossSpan::finite).toArray());
    int most = 2 * spans.size();
    var outline =
        new LossPoints(
            new long[most],
            new int[most],
            new double[most],
            smooth == null ? null : new double[most],
            new int[most]);
    int size = 0;
    for (int i = 0; i < spans.size(); i++) {
      LossSpan span = spans.get(i);
      boolean falls = span.most().step() < span.least().step();
      LossSpan.Point first = falls ? span.most() : span.least();
      LossSpan.Point second = falls ? span.least() : span.most();
      double average = smooth == null ? 0 : averages[i];
      outline.set(size++, first, average, span.known());
      if (second.step() > first.step()) {
        outline.set(size++, second, average, 0);
      }
    }
    return outline.first(size);
  }

  private void set(int place, LossSpan.Point point, double average, int count) {
    steps[place] = point.step();
    epochs[place] = point.epoch();
    losses[place] = point.loss();
    if (smoothed != null) {
      smoothed[place] = average;
    }
    counts[place] = count;
  }

  private LossPoints first(int size) {
    return new LossPoints(
        Arrays.copyOf(steps, size),
        Arrays.copyOf(epochs, size),
        Arrays.copyOf(losses, size),
        smoothed == null ? null : Arrays.copyOf(smoothed, size),
        Arrays.copyOf(counts, size));
  }

  /** The excerpt by step. */
  Excerpt.Shown excerpt(Excerpt excerpt) {
    return excerpt(excerpt, LongStream.of(steps).asDoubleStream().toArray());
  }

  /**
   * The excerpt by another x axis.
   *
   * @param x the x values of the steps, ascending
   */
  Excerpt.Shown excerpt(Excerpt excerpt, double[] x) {
    return excerpt.of(x, losses, smoothed);
  }

  /** The number of known steps in the range of the points shown. */
  int total(Excerpt.Shown shown) {
    return Arrays.stream(counts, shown.first(), shown.end()).sum();
  }

  /** Whether a run with this many steps has more than are read at once. */
  boolean isCut(long stepsDone) {
    return steps.length >= LossStore.MAX_STEPS && steps[steps.length - 1] + 1 < stepsDone;
  }
}
