package io.millrace.results.sampling;

import java.util.Arrays;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Largest-Triangle-Three-Buckets (S. Steinarsson, Downsampling Time Series for Visual
 * Representation, 2013): the points are split into equal buckets, and each bucket shows the point
 * that forms the largest triangle with the previously shown point and the mean of the next bucket.
 * Two rules are added: the smallest and the largest value are always shown, and a bucket without a
 * finite value shows its first point, so that a gap stays a gap.
 */
public final class Lttb {
  /** The smallest number of points that can be requested. */
  public static final int MIN_POINTS = 3;

  private final double[] x;
  private final double[] y;

  private Lttb(double[] x, double[] y) {
    this.x = x;
    this.y = y;
  }

  /**
   * The indices of the points that represent a curve, in order. They include the first and the last
   * point. Exception: of only three points, both extremes and the last may be needed, and then the
   * first is left out.
   *
   * @param x ascending
   * @param y NaN: not finite
   * @param points the maximum number, at least {@link #MIN_POINTS}
   */
  public static int[] places(double[] x, double[] y, int points) {
    if (points < MIN_POINTS) {
      throw new IllegalArgumentException("too few points: " + points);
    }
    return y.length <= points
        ? IntStream.range(0, y.length).toArray()
        : new Lttb(x, y).places(points);
  }

  private int[] places(int points) {
    int least = extreme(1);
    int most = extreme(-1);
    int last = y.length - 1;
    boolean inner = least > 0 && least < last && most > 0 && most < last && least != most;
    if (inner && bucket(least, points - 2) == bucket(most, points - 2)) {
      // Both extremes are kept, with one bucket less.
      if (points == MIN_POINTS) {
        return sorted(least, most, last);
      }
      return buckets(points - 3, least, most);
    }
    return buckets(points - 2, least, most);
  }

  /** The index of the smallest value, or of the largest for a sign of -1; -1 if none is finite. */
  private int extreme(int sign) {
    int place = -1;
    for (int i = 0; i < y.length; i++) {
      if (Double.isFinite(y[i]) && (place < 0 || sign * y[i] < sign * y[place])) {
        place = i;
      }
    }
    return place;
  }

  private int[] buckets(int buckets, int least, int most) {
    var places = new TreeSet<Integer>();
    int last = y.length - 1;
    places.add(0);
    int anchor = 0;
    for (int b = 0; b < buckets; b++) {
      int from = start(b, buckets);
      int to = start(b + 1, buckets);
      int chosen = -1;
      for (int extreme : new int[] {least, most}) {
        if (extreme >= from && extreme < to) {
          chosen = extreme;
          places.add(extreme);
        }
      }
      if (chosen < 0) {
        int nextTo = b + 1 < buckets ? start(b + 2, buckets) : y.length;
        chosen = largestTriangle(anchor, from, to, nextTo);
        places.add(chosen);
      }
      if (Double.isFinite(y[chosen])) {
        anchor = chosen;
      }
    }
    places.add(last);
    return places.stream().mapToInt(Integer::intValue).toArray();
  }

  /** The index at which a bucket starts. The first and the last point are in no bucket. */
  private int start(int bucket, int buckets) {
    return 1 + (int) ((long) bucket * (y.length - 2) / buckets);
  }

  private int bucket(int place, int buckets) {
    int bucket = (int) ((long) (place - 1) * buckets / (y.length - 2));
    return place >= start(bucket + 1, buckets) ? bucket + 1 : bucket;
  }

  /**
   * The index of the point with the largest triangle in a bucket, whose end is the start of the
   * next one.
   */
  private int largestTriangle(int anchor, int from, int to, int nextTo) {
    double meanX = 0;
    double meanY = 0;
    int finite = 0;
    for (int i = to; i < nextTo; i++) {
      if (Double.isFinite(y[i])) {
        meanX += x[i];
        meanY += y[i];
        finite++;
      }
    }
    // Without a finite value in the next bucket, the point farthest from the anchor's height.
    meanX = finite == 0 ? x[to - 1] : meanX / finite;
    double anchorY = Double.isFinite(y[anchor]) ? y[anchor] : 0;
    meanY = finite == 0 ? anchorY : meanY / finite;
    int chosen = from;
    double largest = -1;
    for (int i = from; i < to; i++) {
      if (Double.isFinite(y[i])) {
        double area =
            Math.abs(
                (x[anchor] - meanX) * (y[i] - anchorY) - (x[anchor] - x[i]) * (meanY - anchorY));
        if (area > largest) {
          largest = area;
          chosen = i;
        }
      }
    }
    return chosen;
  }

  private static int[] sorted(int... places) {
    Arrays.sort(places);
    return places;
  }
}
