package io.millrace.augmentation.transform;

/**
 * Where the pixels of a transformed image are taken from: a projective map in homogeneous
 * coordinates, columns ({@code x}) and rows ({@code y}) counted from the image's centre. Transforms
 * are appended in the order in which an image goes through them; all of them together are one map,
 * sampled once. Sines and cosines come from {@link StrictMath}, so that every JVM gets the same
 * bits.
 */
final class GeometricMap {
  private final double[] m = new double[9];
  private final double[] product = new double[9];

  GeometricMap() {
    reset();
  }

  /** Every pixel where it is. */
  void reset() {
    set(m, 1, 0, 0, 0, 1, 0, 0, 0, 1);
  }

  private static void set(double[] m, double... values) {
    System.arraycopy(values, 0, m, 0, 9);
  }

  /**
   * Appends a transform whose pixel at {@code (x, y)} is taken from {@code (a x + b y + c, d x + e
   * y + f)} of the image before it.
   */
  void append(double a, double b, double c, double d, double e, double f) {
    appendProjective(a, b, c, d, e, f, 0, 0, 1);
  }

  /** As {@link #append}, both divided by {@code g x + h y + i}. */
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

  /** Turns about the centre by an angle in degrees, as Keras does. */
  void rotate(double degrees) {
    double theta = StrictMath.toRadians(degrees);
    double cos = StrictMath.cos(theta);
    double sin = StrictMath.sin(theta);
    append(cos, -sin, 0, sin, cos, 0);
  }

  /** Takes each pixel from so many pixels further right and down. */
  void shift(double right, double down) {
    append(1, 0, right, 0, 1, down);
  }

  /** Slants by an angle in degrees, as Keras does. */
  void shear(double degrees) {
    double shear = StrictMath.toRadians(degrees);
    append(1, -StrictMath.sin(shear), 0, 0, StrictMath.cos(shear), 0);
  }

  /** Zooms; below 1 shows less of the image, larger. */
  void zoom(double columns, double rows) {
    append(columns, 0, 0, 0, rows, 0);
  }

  /** Mirrors left to right. */
  void flipHorizontal() {
    append(-1, 0, 0, 0, 1, 0);
  }

  /** Mirrors top to bottom. */
  void flipVertical() {
    append(1, 0, 0, 0, -1, 0);
  }

  /** Whether the map is affine. */
  boolean isAffine() {
    return m[6] == 0 && m[7] == 0 && m[8] == 1;
  }

  /** Whether every pixel stays where it is. */
  boolean isIdentity() {
    return isAffine() && m[0] == 1 && m[1] == 0 && m[2] == 0 && m[3] == 0 && m[4] == 1 && m[5] == 0;
  }

  /** An element of the matrix, by row and column. */
  double at(int row, int column) {
    return m[3 * row + column];
  }
}
