package io.millrace.results.sampling;

import java.util.Arrays;

/**
 * Which part of a curve is shown, and how.
 *
 * @param points the most points
 * @param smooth the weight of {@link Smoothing}; null: none
 * @param from the first x
 * @param to the x up to which, not included
 */
public record Excerpt(int points, Double smooth, double from, double to) {

  /**
   * A curve's points that are shown, down-sampled by {@link Lttb}. The smoothing counts all points
   * from the curve's start, so that it does not depend on what is shown.
   *
   * @param x ascending
   * @param y NaN: not finite
   */
  public Shown of(double[] x, double[] y) {
    return of(x, y, smooth == null ? null : Smoothing.ofWeight(smooth, y));
  }

  /**
   * A curve's points that are shown, down-sampled by {@link Lttb}.
   *
   * @param x ascending
   * @param y NaN: not finite
   * @param smoothed as it is shown beside y; null: not asked for
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

  /** The place of the first x from a value on. */
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
   * What is shown of a curve.
   *
   * @param first the place of the first point in the range
   * @param end the place after the last one
   * @param places of the points shown, in the whole curve
   * @param smoothed null where it was not asked for
   */
  public record Shown(int first, int end, int[] places, double[] x, double[] y, double[] smoothed) {

    /** Points in the range. */
    public int total() {
      return end - first;
    }
  }
}
