package io.millrace.trainer.dl4j.layers;

/**
 * The hyperbolic tangent, and the logistic function through it, as a quotient of two polynomials
 * with an error below 4e-7. In loops that the JIT vectorizes, it is about eight times as fast as
 * {@code Math.exp}. The coefficients are from Eigen's {@code generic_fast_tanh_float}.
 *
 * @see <a
 *     href="https://gitlab.com/libeigen/eigen/-/blob/3.4/Eigen/src/Core/MathFunctionsImpl.h">Eigen</a>
 */
final class RationalTanh {
  /** Beyond this limit the quotient is exactly 1. */
  private static final float LIMIT = 7.90531110763549805f;

  private RationalTanh() {}

  /** Replaces the values {@code start..end-1} by their tangents. */
  static void tanh(float[] values, int start, int end) {
    clip(values, start, end);
    quotient(values, start, end);
  }

  /** {@code 1 / (1 + exp(-x)) = (1 + tanh(x / 2)) / 2}. */
  static void sigmoid(float[] values, int start, int end) {
    for (int i = start; i < end; i++) {
      values[i] = 0.5f * values[i];
    }
    tanh(values, start, end);
    for (int i = start; i < end; i++) {
      values[i] = 0.5f * values[i] + 0.5f;
    }
  }

  private static void clip(float[] values, int start, int end) {
    for (int i = start; i < end; i++) {
      values[i] = Math.max(-LIMIT, Math.min(LIMIT, values[i]));
    }
  }

  private static void quotient(float[] values, int start, int end) {
    for (int i = start; i < end; i++) {
      float x = values[i];
      float q = x * x;
      float above =
          x
              * (4.89352455891786e-03f
                  + q
                      * (6.37261928875436e-04f
                          + q
                              * (1.48572235717979e-05f
                                  + q
                                      * (5.12229709037114e-08f
                                          + q
                                              * (-8.60467152213735e-11f
                                                  + q
                                                      * (2.00018790482477e-13f
                                                          + q * -2.76076847742355e-16f))))));
      float below =
          4.89352518554385e-03f
              + q
                  * (2.26843463243900e-03f
                      + q * (1.18534705686654e-04f + q * 1.19825839466702e-06f));
      values[i] = above / below;
    }
  }
}
