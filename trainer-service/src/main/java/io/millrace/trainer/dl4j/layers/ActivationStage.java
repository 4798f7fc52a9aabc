package io.millrace.trainer.dl4j.layers;

import io.millrace.trainer.dl4j.device.Floats;
import org.nd4j.linalg.api.ndarray.INDArray;

/** An activation of single numbers, or a softmax over the channels, or its logarithm. */
final class ActivationStage implements Stage {
  private final Curve curve;
  private final boolean logarithm;

  private float[] values;

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
  public INDArray forward(INDArray input, Pass pass) {
    values = Floats.read(input);
    float[] outputs = new float[values.length];
    if (curve == null) {
      softmax(Channels.of(input), outputs);
    } else {
      curve.values(values, outputs);
    }
    return Floats.array(outputs, input.shape());
  }

  private void softmax(Channels channels, float[] outputs) {
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
          outputs[channels.at(o, c, i)] =
              (float) (logarithm ? exponent - Math.log(sum) : Math.exp(exponent) / sum);
        }
      }
    }
    values = outputs;
  }

  @Override
  public INDArray backward(INDArray epsilon) {
    float[] gradients = Floats.read(epsilon);
    if (curve == null) {
      softmaxBackward(Channels.of(epsilon), gradients);
    } else {
      curve.multiplySlopes(values, gradients);
    }
    return Floats.array(gradients, epsilon.shape());
  }

  /** {@code y (e - sum e y)}; of the logarithm {@code e - softmax sum e}. */
  private void softmaxBackward(Channels channels, float[] gradients) {
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
    values = null;
  }
}
