package io.millrace.augmentation.transform;

/**
 * A smooth curve through values at equally spaced knots: the cubic spline whose second derivative
 * is 0 at both ends (Burden and Faires, "Numerical Analysis", algorithm 3.4). Not thread-safe.
 */
final class NaturalSpline {
  private final int pieces;

  /** The inverse pivots of the elimination; they depend only on the spacing. */
  private final double[] pivots;

  /** Second derivatives at the knots. */
  private final double[] bends;

  /**
   * Creates a spline with this many knots.
   *
   * @param knots at least 2, the ends included
   */
  NaturalSpline(int knots) {
    pieces = knots - 1;
    bends = new double[knots];
    pivots = new double[knots];
    for (int i = 1; i < pieces; i++) {
      pivots[i] = 1 / (4 - pivots[i - 1]);
    }
  }

  /**
   * Writes the curve at equally spaced points from the first to the last knot; a single point is
   * the first knot.
   *
   * @param values at the knots
   * @param curve of any length
   */
  void sample(double[] values, double[] curve) {
    bend(values);
    double last = Math.max(1, curve.length - 1);
    for (int i = 0; i < curve.length; i++) {
      double x = (double) i * pieces / last;
      int piece = Math.min((int) x, pieces - 1);
      curve[i] = value(values, piece, x - piece);
    }
  }

  /** Solves {@code b[i-1] + 4 b[i] + b[i+1] = 6 (v[i-1] - 2 v[i] + v[i+1])} by elimination. */
  private void bend(double[] values) {
    for (int i = 1; i < pieces; i++) {
      double right = 6 * (values[i - 1] - 2 * values[i] + values[i + 1]);
      bends[i] = (right - bends[i - 1]) * pivots[i];
    }
    for (int i = pieces - 1; i > 0; i--) {
      bends[i] -= pivots[i] * bends[i + 1];
    }
  }

  /**
   * The value of a piece at {@code 0 <= u <= 1}, computed so that equal values give exactly that
   * value.
   */
  private double value(double[] values, int piece, double u) {
    double line = values[piece] + u * (values[piece + 1] - values[piece]);
    double bend = (2 - u) * bends[piece] + (1 + u) * bends[piece + 1];
    return line - u * (1 - u) / 6 * bend;
  }
}
