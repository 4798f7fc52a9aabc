package io.millrace.trainer.dl4j.layers;

import io.millrace.contracts.request.PreprocessingSpec;
import io.millrace.trainer.dl4j.device.Floats;
import org.nd4j.linalg.api.ndarray.INDArray;

/** {@code (x - mean) / deviation} for each channel, with given numbers. */
final class StandardizationStage implements Stage {
  private final PreprocessingSpec.Normalization spec;
  private final boolean first;

  /**
   * @param first whether no earlier stage needs a gradient
   */
  StandardizationStage(PreprocessingSpec.Normalization spec, boolean first) {
    this.spec = spec;
    this.first = first;
  }

  @Override
  public INDArray forward(INDArray input, Pass pass) {
    return scaled(input, true);
  }

  @Override
  public INDArray backward(INDArray epsilon) {
    return first ? null : scaled(epsilon, false);
  }

  private INDArray scaled(INDArray array, boolean centred) {
    Channels channels = Channels.of(array);
    float[] values = Floats.read(array);
    for (int c = 0; c < channels.count(); c++) {
      double mean = centred ? spec.mean().of(c) : 0;
      double deviation = spec.deviation(c);
      for (int o = 0; o < channels.outer(); o++) {
        int start = channels.at(o, c, 0);
        for (int at = start; at < start + channels.inner(); at++) {
          values[at] = (float) ((values[at] - mean) / deviation);
        }
      }
    }
    return Floats.array(values, array.shape());
  }
}
