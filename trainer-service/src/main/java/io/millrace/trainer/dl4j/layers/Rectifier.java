package io.millrace.trainer.dl4j.layers;

/**
 * {@code max(x, 0)}, a layer of many networks: without a call for each number, and without a
 * branch, which processors could not predict. The JVM turns the loops over arrays into vector
 * instructions.
 *
 * @param keepsSign whether values below 0 become 0 with their sign, as {@code 0 x} does
 */
record Rectifier(boolean keepsSign) implements Curve {
  private static final float LARGE = 1e38f;

  @Override
  public double value(double x) {
    return x > 0 ? x : keepsSign ? 0 * x : Math.max(x, 0);
  }

  @Override
  public double slope(double x) {
    return x > 0 ? 1 : 0;
  }

  @Override
  public void values(float[] x, float[] y) {
    if (keepsSign) {
      for (int i = 0; i < y.length; i++) {
        // Clipped to -1 and 1, so that infinity is never multiplied by 0.
        y[i] = Math.max(x[i], 0 * Math.max(-1, Math.min(x[i], 1)));
      }
    } else {
      for (int i = 0; i < y.length; i++) {
        y[i] = Math.max(x[i], 0);
      }
    }
  }

  @Override
  public void multiplySlopes(float[] x, float[] gradients) {
    for (int i = 0; i < gradients.length; i++) {
      // At least 1 for the smallest number above 0, and 0 for all others.
      float above = Math.max(x[i], 0) * LARGE * LARGE;
      gradients[i] *= Math.min(above, 1);
    }
  }
}
