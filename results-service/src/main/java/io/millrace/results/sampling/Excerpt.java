package io.millrace.results.sampling;

import java.util.Arrays;

/**
 * The part of a curve that is shown, and its smoothing.
 *
 * @param points the maximum number of points
 * @param smooth the weight of {@link Smoothing}; null for none
 * @param from the first x, inclusive
 * @param to the last x, exclusive
 */
public record Excerpt(int points, Double smooth, double from, double to) {

  /**
   * The shown points of a curve, downsampled by {@link Lttb}. The smoothing includes all points
   * from the start of the curve, so that it does not depend on the shown range.
   *
   * @param x ascending
   * @param y NaN: not finite
   */
  public Shown of(double[] x, double[] y) {
    return of(x, y, smooth == null ? null : Smoothing.ofWeight(smooth, y));
  }

  /**
   * The shown points of a curve, downsampled by {@link Lttb}.
   *
   * @param x ascending
   * @param y NaN: not finite
   * @param smoothed the smoothed y; null if it is not requested
   */
  public Shown of(double[] x, double[] y, double[] smoothed) {
    int first = place(x, from);
    int end = place(x, to);
    int[] places =
        Lttb.places(Arrays.copyOfRange(x, first, end), Arrays.copyOfRange(y, first, end), points);
    for (int i = 0; i < places.length; i++) {
      places[i] += first;
    }
    return new Shown(
        first,
        end,
        places,
        at(x, places),
        at(y, places),
        smoothed == null ? null : at(smoothed, places));
  }

  /** The index of the first x that is not below a value. */
  private static int place(double[] x, double value) {
    int low = 0;
    int high = x.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (x[middle] < value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private static double[] at(double[] values, int[] places) {
    return Arrays.stream(places).mapToDouble(place -> values[place]).toArray();
  }

  /**
   * The shown part of a curve.
   *
   * @param first the index of the first point in the range
   * @param end the index after the last point in the range
   * @param places the indices of the shown points in the whole curve
   * @param smoothed null if it is not requested
   */
  public record Shown(int first, int end, int[] places, double[] x, double[] y, double[] smoothed) {

    /** The number of points in the range. */
    public int total() {
      return end - first;
    }
  }
}
