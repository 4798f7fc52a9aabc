package io.millrace.augmentation.transform;

/**
 * Maps the pixels of a transformed image to their source: a projective map in homogeneous
 * coordinates, with columns ({@code x}) and rows ({@code y}) counted from the image's centre.
 * Transforms are appended in the order in which they are applied to the image; together they are
 * one map, which is sampled once. Sines and cosines come from {@link StrictMath}, so that the
 * result is bit-identical on every JVM.
 */
final class GeometricMap {
  private final double[] m = new double[9];
  private final double[] product = new double[9];

  GeometricMap() {
    reset();
  }

  /** Resets to the identity. */
  void reset() {
    set(m, 1, 0, 0, 0, 1, 0, 0, 0, 1);
  }

  private static void set(double[] m, double... values) {
    System.arraycopy(values, 0, m, 0, 9);
  }

  /**
   * Appends a transform whose pixel at {@code (x, y)} comes from {@code (a x + b y + c, d x + e y +
   * f)} of the previous image.
   */
  void append(double a, double b, double c, double d, double e, double f) {
    appendProjective(a, b, c, d, e, f, 0, 0, 1);
  }

  /** Like {@link #append}, with both coordinates divided by {@code g x + h y + i}. */
  void appendProjective(
      double a, double b, double c, double d, double e, double f, double g, double h, double i) {
    for (int row = 0; row < 9; row += 3) {
      double p = m[row];
      double q = m[row + 1];
      double r = m[row + 2];
      product[row] = p * a + q * d + r * g;
      product[row + 1] = p * b + q * e + r * h;
      product[row + 2] = p * c + q * f + r * i;
    }
    System.arraycopy(product, 0, m, 0, 9);
  }

  /** Rotates about the centre by an angle in degrees, like Keras. */
  void rotate(double degrees) {
    double theta = StrictMath.toRadians(degrees);
    double cos = StrictMath.cos(theta);
    double sin = StrictMath.sin(theta);
    append(cos, -sin, 0, sin, cos, 0);
  }

  /** Takes each pixel from a position this many pixels further right and down. */
  void shift(double right, double down) {
    append(1, 0, right, 0, 1, down);
  }

  /** Shears by an angle in degrees, like Keras. */
  void shear(double degrees) {
    double shear = StrictMath.toRadians(degrees);
    append(1, -StrictMath.sin(shear), 0, 0, StrictMath.cos(shear), 0);
  }

  /** Zooms; a factor below 1 enlarges a smaller part of the image. */
  void zoom(double columns, double rows) {
    append(columns, 0, 0, 0, rows, 0);
  }

  /** Flips left and right. */
  void flipHorizontal() {
    append(-1, 0, 0, 0, 1, 0);
  }

  /** Flips top and bottom. */
  void flipVertical() {
    append(1, 0, 0, 0, -1, 0);
  }

  /** Whether the map is affine. */
  boolean isAffine() {
    return m[6] == 0 && m[7] == 0 && m[8] == 1;
  }

  /** Whether the map is the identity. */
  boolean isIdentity() {
    return isAffine() && m[0] == 1 && m[1] == 0 && m[2] == 0 && m[3] == 0 && m[4] == 1 && m[5] == 0;
  }

  /** An element of the matrix, by row and column. */
  double at(int row, int column) {
    return m[3 * row + column];
  }
}
