package io.millrace.trainer.dl4j.layers;

/**
 * {@code max(x, 0)}, which every second layer of many networks is: without a call a number, and
 * without a branch, which no processor could foresee.
 *
 * @param keepsSign whether what is less becomes 0 with its sign, as {@code 0 x} does
 */
record Rectifier(boolean keepsSign) implements Curve {
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
        y[i] = Math.max(x[i], Math.copySign(0f, x[i]));
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
      int bits = Float.floatToRawIntBits(x[i]);
      // 1 where x is above 0: there both have the sign bit.
      gradients[i] *= (-bits & ~bits) >>> 31;
    }
  }
}
