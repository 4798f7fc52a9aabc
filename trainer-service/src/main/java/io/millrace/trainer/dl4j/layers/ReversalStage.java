package io.millrace.trainer.dl4j.layers;

import io.millrace.trainer.dl4j.device.Floats;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Reverses a series in time. */
final class ReversalStage implements Stage {

  @Override
  public INDArray forward(INDArray input, Pass pass) {
    return reversed(input);
  }

  @Override
  public INDArray backward(INDArray epsilon) {
    return reversed(epsilon);
  }

  static INDArray reversed(INDArray series) {
    float[] values = Floats.read(series);
    float[] result = new float[values.length];
    int time = (int) series.size(0);
    int row = values.length / time;
    for (int t = 0; t < time; t++) {
      System.arraycopy(values, t * row, result, (time - 1 - t) * row, row);
    }
    return Floats.array(result, series.shape());
  }
}
