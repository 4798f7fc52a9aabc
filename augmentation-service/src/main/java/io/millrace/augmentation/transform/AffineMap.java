package io.millrace.augmentation.transform;

/**
 * Where an output pixel is taken from: row {@code rowByRow · r + rowByColumn · c + rowOffset},
 * column {@code columnByRow · r + columnByColumn · c + columnOffset}, in pixels, the centre of the
 * first pixel being 0.
 *
 * <p>It is Keras' {@code apply_affine_transform}: {@code rotation · shift · shear · zoom} about a
 * centre. Sines and cosines come from {@link StrictMath}, so that every JVM gets the same bits.
 */
record AffineMap(
    double rowByRow,
    double rowByColumn,
    double rowOffset,
    double columnByRow,
    double columnByColumn,
    double columnOffset) {

  /** The map about the image's centre. */
  static AffineMap centred(TransformParameters transform, int height, int width) {
    return about(transform, height / 2.0 - 0.5, width / 2.0 - 0.5);
  }

  /**
   * The map about the point that Keras takes for the centre. It takes the height's half for the
   * column and the width's half for the row: the centre of square images only.
   */
  static AffineMap likeKeras(TransformParameters transform, int height, int width) {
    return about(transform, width / 2.0 - 0.5, height / 2.0 - 0.5);
  }

  private static AffineMap about(TransformParameters transform, double row, double column) {
    double theta = StrictMath.toRadians(transform.theta());
    double cos = StrictMath.cos(theta);
    double sin = StrictMath.sin(theta);
    double shear = StrictMath.toRadians(transform.shear());
    double shearCos = StrictMath.cos(shear);
    double shearSin = StrictMath.sin(shear);
    double xByX = cos * transform.zx();
    double xByY = (-cos * shearSin - sin * shearCos) * transform.zy();
    double yByX = sin * transform.zx();
    double yByY = (-sin * shearSin + cos * shearCos) * transform.zy();
    double x = cos * transform.tx() - sin * transform.ty();
    double y = sin * transform.tx() + cos * transform.ty();
    return new AffineMap(
        yByY,
        yByX,
        row - (yByY * row + yByX * column) + y,
        xByY,
        xByX,
        column - (xByX * column + xByY * row) + x);
  }

  /** Whether every pixel stays where it is. */
  boolean isIdentity() {
    return rowByRow == 1
        && rowByColumn == 0
        && rowOffset == 0
        && columnByRow == 0
        && columnByColumn == 1
        && columnOffset == 0;
  }
}
