package io.millrace.augmentation.transform;

import io.millrace.contracts.request.FillMode;

/** Extends an image beyond its border exactly like {@code scipy.ndimage}, which Keras uses. */
final class Border {
  /** Marks a coordinate outside the image whose value is {@code cval}. */
  static final double OUTSIDE = -2;

  /** A tolerance, so that rounding does not move a pixel on the border out of the image. */
  private static final double EDGE = 1e-9;

  private Border() {}

  /**
   * Maps a coordinate that may be outside {@code 0..length-1} to one in {@code (-1, length)}, or to
   * {@link #OUTSIDE}.
   *
   * <ul>
   *   <li>{@code constant}: nothing is interpolated between the border and {@code cval};
   *   <li>{@code reflect}: about the border's outer edge, {@code dcba|abcd|dcba};
   *   <li>{@code wrap}: with a period of {@code length - 1}, so that the last value coincides with
   *       the first.
   * </ul>
   */
  static double inside(FillMode mode, double at, int length) {
    if (at > -EDGE && at < length - 1 + EDGE) {
      return Math.max(0, Math.min(length - 1, at));
    }
    return switch (mode) {
      case CONSTANT -> OUTSIDE;
      case NEAREST -> at < 0 ? 0 : length - 1;
      case REFLECT -> length == 1 ? 0 : reflect(at, length);
      case WRAP -> length == 1 ? 0 : wrap(at, length - 1);
    };
  }

  private static double reflect(double at, int length) {
    int period = 2 * length;
    if (at < 0) {
      double near = at < -period ? at + period * (double) (int) (-at / period) : at;
      return near < -length ? near + period : (near > -1e-15 ? 1e-15 : -near) - 1;
    }
    double near = at - period * (double) (int) (at / period);
    return near >= length ? period - near - 1 : near;
  }

  private static double wrap(double at, int period) {
    return at < 0
        ? at + period * ((double) (int) (-at / period) + 1)
        : at - period * (double) (int) (at / period);
  }
}
