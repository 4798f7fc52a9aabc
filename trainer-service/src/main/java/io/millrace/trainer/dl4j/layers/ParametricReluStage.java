package io.millrace.trainer.dl4j.layers;

import io.millrace.trainer.dl4j.device.Floats;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** {@code x} above 0 and {@code alpha x} below, with learned alphas (He et al. 2015). */
final class ParametricReluStage implements Stage {
  private final List<Integer> shape;
  private final int[] places;
  private final INDArray alpha;
  private final INDArray gradient;
  private final boolean first;

  private float[] values;

  /**
   * @param shape the sample shape
   * @param alphas the shape of the alphas: 1 along axes that share them
   * @param gradient gradient of the alphas; null if none is computed
   * @param first whether no earlier stage needs a gradient
   */
  ParametricReluStage(
      List<Integer> shape, List<Integer> alphas, INDArray alpha, INDArray gradient, boolean first) {
    this.shape = shape;
    this.alpha = alpha;
    this.gradient = gradient;
    this.first = first;
    this.places = new int[Places.values(shape)];
    for (int i = 0; i < places.length; i++) {
      int[] place = Places.place(i, shape);
      for (int axis = 0; axis < place.length; axis++) {
        place[axis] %= alphas.get(axis);
      }
      places[i] = Places.index(place, alphas);
    }
  }

  @Override
  public INDArray forward(INDArray input, Pass pass) {
    values = Floats.read(input);
    float[] alphas = Floats.read(alpha);
    float[] outputs = values.clone();
    int batch = outputs.length / places.length;
    for (int b = 0; b < batch; b++) {
      for (int i = 0; i < places.length; i++) {
        int at = Places.at(i, b, batch, shape);
        if (outputs[at] < 0) {
          outputs[at] *= alphas[places[i]];
        }
      }
    }
    return Floats.array(outputs, input.shape());
  }

  @Override
  public INDArray backward(INDArray epsilon) {
    float[] alphas = Floats.read(alpha);
    float[] errors = Floats.read(epsilon);
    double[] sums = new double[alphas.length];
    int batch = errors.length / places.length;
    for (int b = 0; b < batch; b++) {
      for (int i = 0; i < places.length; i++) {
        int at = Places.at(i, b, batch, shape);
        if (values[at] < 0) {
          sums[places[i]] += (double) errors[at] * values[at];
          errors[at] *= alphas[places[i]];
        }
      }
    }
    for (int i = 0; i < alphas.length; i++) {
      alphas[i] = (float) sums[i];
    }
    Floats.write(alphas, gradient);
    return first ? null : Floats.array(errors, epsilon.shape());
  }

  @Override
  public void clear() {
    values = null;
  }
}
