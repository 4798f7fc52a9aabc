package io.millrace.trainer.dl4j.weights;

import io.millrace.contracts.request.Initializer;
import io.millrace.contracts.request.LayerWeight;
import java.util.Random;
import java.util.function.DoubleSupplier;

/** An initializer's numbers, in row-major order. */
final class InitialValues {
  /** The standard deviation of N(0, 1) truncated at two standard deviations; Keras' constant. */
  private static final double TRUNCATED = 0.87962566103423978;

  private InitialValues() {}

  /**
   * @param shape Keras' shape of the weights; the plan has checked that the initializer fits it
   * @param inputAxes as in {@link LayerWeight}
   */
  static float[] of(Initializer initializer, int[] shape, int inputAxes, Random random) {
    double a = initializer.a();
    double b = initializer.b();
    return switch (initializer.distribution()) {
      case CONSTANT -> filled(shape, () -> a);
      case NORMAL -> filled(shape, () -> a + b * random.nextGaussian());
      case TRUNCATED_NORMAL -> filled(shape, () -> a + b * truncated(random));
      case UNIFORM -> filled(shape, () -> a + (b - a) * random.nextDouble());
      case SCALED_NORMAL -> {
        double deviation = Math.sqrt(b / fan(initializer, shape, inputAxes));
        yield filled(shape, () -> deviation * random.nextGaussian());
      }
      case SCALED_TRUNCATED_NORMAL -> {
        double deviation = Math.sqrt(b / fan(initializer, shape, inputAxes)) / TRUNCATED;
        yield filled(shape, () -> deviation * truncated(random));
      }
      case SCALED_UNIFORM -> {
        double limit = Math.sqrt(3 * b / fan(initializer, shape, inputAxes));
        yield filled(shape, () -> (2 * random.nextDouble() - 1) * limit);
      }
      case ORTHOGONAL -> orthogonal(a, shape, random);
      case IDENTITY -> identity(a, shape);
    };
  }

  private static float[] filled(int[] shape, DoubleSupplier numbers) {
    int length = 1;
    for (int size : shape) {
      length *= size;
    }
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) numbers.getAsDouble();
    }
    return values;
  }

  private static double truncated(Random random) {
    double value = random.nextGaussian();
    while (Math.abs(value) > 2) {
      value = random.nextGaussian();
    }
    return value;
  }

  /** A unit's number of inputs and outputs, as in Keras' {@code compute_fans}. */
  private static double fan(Initializer initializer, int[] shape, int inputAxes) {
    int last = shape.length - 1;
    long in = inputAxes == 0 ? shape[Math.max(0, last - 1)] : 1;
    long out = inputAxes == 0 ? shape[last] : 1;
    int axes = inputAxes == 0 ? last - 1 : shape.length;
    for (int axis = 0; axis < axes; axis++) {
      in *= inputAxes == 0 || axis < inputAxes ? shape[axis] : 1;
      out *= axis >= inputAxes ? shape[axis] : 1;
    }
    double fan =
        switch (initializer.fan()) {
          case IN -> in;
          case OUT -> out;
          default -> (in + out) / 2.0;
        };
    return Math.max(1, fan);
  }

  private static float[] orthogonal(double gain, int[] shape, Random random) {
    if (shape.length < 2) {
      throw new IllegalArgumentException("orthogonal weights need two axes or more");
    }
    int columns = shape[shape.length - 1];
    int rows = 1;
    for (int axis = 0; axis < shape.length - 1; axis++) {
      rows *= shape[axis];
    }
    boolean wide = rows <= columns;
    double[][] matrix =
        KerasWeights.orthonormalRows(Math.min(rows, columns), Math.max(rows, columns), random);
    float[] values = new float[rows * columns];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        values[r * columns + c] = (float) (gain * (wide ? matrix[r][c] : matrix[c][r]));
      }
    }
    return values;
  }

  private static float[] identity(double gain, int[] shape) {
    if (shape.length != 2) {
      throw new IllegalArgumentException("identity weights need two axes");
    }
    float[] values = new float[shape[0] * shape[1]];
    for (int i = 0; i < Math.min(shape[0], shape[1]); i++) {
      values[i * shape[1] + i] = (float) gain;
    }
    return values;
  }
}
