package io.millrace.augmentation.transform;

/**
 * Smooth random displacements of an image's pixels: normally distributed on a grid, interpolated by
 * uniform cubic B-splines.
 */
final class ElasticField {
  private final double spacing;
  private final int columns;
  private final float[] gridRight;
  private final float[] gridDown;
  private final float[] lineRight;
  private final float[] lineDown;
  private final double[] basis = new double[4];
  private double right;
  private double down;

  /**
   * @param spacing of the grid in pixels
   */
  ElasticField(int height, int width, double spacing) {
    this.spacing = spacing;
    int rows = (int) (height / spacing) + 4;
    this.columns = (int) (width / spacing) + 4;
    this.gridRight = new float[rows * columns];
    this.gridDown = new float[rows * columns];
    this.lineRight = new float[columns];
    this.lineDown = new float[columns];
  }

  /** Draws the displacements. */
  void draw(SplitMix64 random, double alpha) {
    for (int i = 0; i < gridRight.length; i++) {
      gridRight[i] = (float) (alpha * random.nextNormal());
      gridDown[i] = (float) (alpha * random.nextNormal());
    }
  }

  /** Moves to a row of the image. */
  void row(int row) {
    int top = basis(row / spacing);
    for (int i = 0; i < columns; i++) {
      double sumRight = 0;
      double sumDown = 0;
      for (int k = 0; k < 4; k++) {
        sumRight += basis[k] * gridRight[(top + k) * columns + i];
        sumDown += basis[k] * gridDown[(top + k) * columns + i];
      }
      lineRight[i] = (float) sumRight;
      lineDown[i] = (float) sumDown;
    }
  }

  /** Moves to a column of the row. */
  void column(int column) {
    int left = basis(column / spacing);
    right = 0;
    down = 0;
    for (int k = 0; k < 4; k++) {
      right += basis[k] * lineRight[left + k];
      down += basis[k] * lineDown[left + k];
    }
  }

  /** The distance of the source pixel to the right of its column. */
  double right() {
    return right;
  }

  /** The distance of the source pixel below its row. */
  double down() {
    return down;
  }

  /** Computes the weights of the four knots around a position and returns the first knot. */
  private int basis(double place) {
    int first = (int) place;
    double t = place - first;
    double u = 1 - t;
    basis[0] = u * u * u / 6;
    basis[1] = (3 * t * t * t - 6 * t * t + 4) / 6;
    basis[2] = (3 * u * u * u - 6 * u * u + 4) / 6;
    basis[3] = t * t * t / 6;
    return first;
  }
}
