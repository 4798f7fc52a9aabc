package io.millrace.results.sampling;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** The curves of replicates as a band: at each x, the number of curves and their spread. */
public final class Band {
  private final double[] x;
  private final int[] n;
  private final double[] mean;
  private final double[] squares;
  private final double[] min;
  private final double[] max;

  /**
   * Creates a band without curves.
   *
   * @param x ascending
   */
  public Band(double[] x) {
    this.x = x.clone();
    this.n = new int[x.length];
    this.mean = new double[x.length];
    this.squares = new double[x.length];
    this.min = new double[x.length];
    this.max = new double[x.length];
    Arrays.fill(min, Double.POSITIVE_INFINITY);
    Arrays.fill(max, Double.NEGATIVE_INFINITY);
  }

  /**
   * The ends of equally wide buckets of a range.
   *
   * @param points the maximum number of buckets
   */
  public static double[] grid(double from, double to, int points) {
    double width = (to - from) / points;
    int count = width <= 0 ? 0 : (int) Math.min(points, Math.ceil((to - from) / width));
    return IntStream.range(0, count)
        .mapToDouble(i -> Math.min(to, from + (i + 1) * width))
        .toArray();
  }

  /**
   * The last steps of buckets of a range. All buckets except the first and the last have the same
   * number of steps.
   *
   * @param from the first step
   * @param to the step after the last one
   * @param points the maximum number of buckets
   * @param unit each bucket except the first starts at a multiple of it
   */
  public static double[] steps(long from, long to, int points, int unit) {
    long start = from / unit * unit;
    long units = (to - start + unit - 1) / unit;
    long width = Math.max(1, (units + points - 1) / points) * unit;
    return LongStream.range(0, Math.max(0, (to - start + width - 1) / width))
        .mapToDouble(i -> Math.min(to, start + (i + 1) * width) - 1)
        .toArray();
  }

  /** Adds a curve by its values at this band's x; NaN for no value. */
  public void add(double[] y) {
    for (int i = 0; i < x.length; i++) {
      if (Double.isFinite(y[i])) {
        // Welford's update.
        double before = y[i] - mean[i];
        n[i]++;
        mean[i] += before / n[i];
        squares[i] += before * (y[i] - mean[i]);
        min[i] = Math.min(min[i], y[i]);
        max[i] = Math.max(max[i], y[i]);
      }
    }
  }

  /**
   * Adds a curve. Its value at each x is the mean of all its values after the previous x and up to
   * this one.
   *
   * @param xs ascending
   * @param ys each the mean of several values; NaN for none
   * @param counts the number of values of each mean
   */
  public void addMeans(double[] xs, double[] ys, int[] counts) {
    var means = new double[x.length];
    int at = 0;
    for (int i = 0; i < x.length; i++) {
      double sum = 0;
      long finite = 0;
      for (; at < xs.length && xs[at] <= x[i]; at++) {
        if (Double.isFinite(ys[at])) {
          sum += counts[at] * ys[at];
          finite += counts[at];
        }
      }
      means[i] = finite == 0 ? Double.NaN : sum / finite;
    }
    add(means);
  }

  /**
   * Adds a curve by linear interpolation between its points. It has no value before the first and
   * after the last point.
   */
  public void addLines(double[] xs, double[] ys) {
    var lines = new double[x.length];
    int at = 0;
    for (int i = 0; i < x.length; i++) {
      while (at < xs.length && xs[at] < x[i]) {
        at++;
      }
      if (at == xs.length) {
        lines[i] = Double.NaN;
      } else if (xs[at] == x[i]) {
        lines[i] = ys[at];
      } else if (at == 0) {
        lines[i] = Double.NaN;
      } else {
        double share = (x[i] - xs[at - 1]) / (xs[at] - xs[at - 1]);
        lines[i] = ys[at - 1] + share * (ys[at] - ys[at - 1]);
      }
    }
    add(lines);
  }

  /** The points at which there is at least one curve. */
  public Points points() {
    int[] places = IntStream.range(0, x.length).filter(i -> n[i] > 0).toArray();
    return new Points(
        at(places, i -> x[i]),
        Arrays.stream(places).map(i -> n[i]).toArray(),
        at(places, i -> mean[i]),
        at(places, i -> n[i] < 2 ? Double.NaN : Math.sqrt(squares[i] / (n[i] - 1))),
        at(places, i -> min[i]),
        at(places, i -> max[i]));
  }

  private static double[] at(int[] places, IntToDoubleFunction value) {
    return Arrays.stream(places).mapToDouble(value).toArray();
  }

  /**
   * A band, as columns.
   *
   * @param n the number of curves at each x
   * @param std their sample standard deviation; NaN for one curve
   */
  public record Points(
      double[] x, int[] n, double[] mean, double[] std, double[] min, double[] max) {

    /** The mean plus a number of standard deviations; NaN without a standard deviation. */
    public double[] away(double deviations) {
      var values = new double[mean.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = mean[i] + deviations * std[i];
      }
      return values;
    }
  }
}
