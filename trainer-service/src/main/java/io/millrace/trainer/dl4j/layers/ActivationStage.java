package io.millrace.trainer.dl4j.layers;

import io.millrace.trainer.dl4j.device.Floats;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** An activation of single numbers, or a softmax or log softmax over the channels. */
final class ActivationStage implements Stage {
  /** Numbers processed at a time; they fit a core's L1 cache. */
  private static final int BLOCK = 2048;

  private final Curve curve;
  private final boolean logarithm;

  /** The last input; for a softmax the last output. */
  private INDArray remembered;

  private ActivationStage(Curve curve, boolean logarithm) {
    this.curve = curve;
    this.logarithm = logarithm;
  }

  static ActivationStage of(Curve curve) {
    return new ActivationStage(curve, false);
  }

  static ActivationStage softmax() {
    return new ActivationStage(null, false);
  }

  static ActivationStage logSoftmax() {
    return new ActivationStage(null, true);
  }

  @Override
  public INDArray forward(INDArray values, Pass pass) {
    INDArray input = Floats.plain(values);
    INDArray output = Nd4j.createUninitialized(DataType.FLOAT, input.shape(), 'c');
    if (curve == null) {
      float[] numbers = Floats.read(input);
      softmax(Channels.of(input), numbers);
      Floats.write(numbers, output);
      remembered = output;
    } else {
      applyCurve(Floats.buffer(input), Floats.buffer(output));
      remembered = input;
    }
    return output;
  }

  private void applyCurve(FloatBuffer from, FloatBuffer to) {
    float[] x = {};
    float[] y = {};
    for (int at = 0; at < from.capacity(); at += BLOCK) {
      int count = Math.min(BLOCK, from.capacity() - at);
      if (x.length != count) {
        x = new float[count];
        y = new float[count];
      }
      from.get(at, x);
      curve.values(x, y);
      to.put(at, y);
    }
  }

  private void softmax(Channels channels, float[] values) {
    for (int o = 0; o < channels.outer(); o++) {
      for (int i = 0; i < channels.inner(); i++) {
        double max = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < channels.count(); c++) {
          max = Math.max(max, values[channels.at(o, c, i)]);
        }
        double sum = 0;
        for (int c = 0; c < channels.count(); c++) {
          sum += Math.exp(values[channels.at(o, c, i)] - max);
        }
        for (int c = 0; c < channels.count(); c++) {
          double exponent = values[channels.at(o, c, i)] - max;
          values[channels.at(o, c, i)] =
              (float) (logarithm ? exponent - Math.log(sum) : Math.exp(exponent) / sum);
        }
      }
    }
  }

  @Override
  public INDArray backward(INDArray epsilon) {
    INDArray errors = Floats.plain(epsilon);
    if (curve == null) {
      float[] gradients = Floats.read(errors);
      softmaxBackward(Channels.of(errors), Floats.read(remembered), gradients);
      Floats.write(gradients, errors);
    } else {
      multiplySlopes(Floats.buffer(remembered), Floats.buffer(errors));
    }
    return errors;
  }

  private void multiplySlopes(FloatBuffer from, FloatBuffer errors) {
    float[] x = {};
    float[] e = {};
    for (int at = 0; at < from.capacity(); at += BLOCK) {
      int count = Math.min(BLOCK, from.capacity() - at);
      if (x.length != count) {
        x = new float[count];
        e = new float[count];
      }
      from.get(at, x);
      errors.get(at, e);
      curve.multiplySlopes(x, e);
      errors.put(at, e);
    }
  }

  /** {@code y (e - sum e y)}; for the log softmax {@code e - softmax sum e}. */
  private void softmaxBackward(Channels channels, float[] values, float[] gradients) {
    for (int o = 0; o < channels.outer(); o++) {
      for (int i = 0; i < channels.inner(); i++) {
        double sum = 0;
        for (int c = 0; c < channels.count(); c++) {
          int at = channels.at(o, c, i);
          sum += logarithm ? gradients[at] : (double) gradients[at] * values[at];
        }
        for (int c = 0; c < channels.count(); c++) {
          int at = channels.at(o, c, i);
          gradients[at] =
              (float)
                  (logarithm
                      ? gradients[at] - Math.exp(values[at]) * sum
                      : values[at] * (gradients[at] - sum));
        }
      }
    }
  }

  @Override
  public void clear() {
    remembered = null;
  }
}
