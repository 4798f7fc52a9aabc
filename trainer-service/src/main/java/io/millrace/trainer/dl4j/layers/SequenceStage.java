package io.millrace.trainer.dl4j.layers;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Applies a stage for flat values at every time step of a series. */
final class SequenceStage implements Stage {
  private final Stage inner;

  SequenceStage(Stage inner) {
    this.inner = inner;
  }

  @Override
  public INDArray forward(INDArray input, Pass pass) {
    INDArray output = inner.forward(rows(input), pass);
    return output.reshape('c', input.size(0), input.size(1), output.size(1));
  }

  @Override
  public INDArray backward(INDArray epsilon) {
    INDArray gradient = inner.backward(rows(epsilon));
    return gradient == null
        ? null
        : gradient.reshape('c', epsilon.size(0), epsilon.size(1), gradient.size(1));
  }

  private static INDArray rows(INDArray series) {
    return series.reshape('c', series.size(0) * series.size(1), series.size(2));
  }

  @Override
  public void clear() {
    inner.clear();
  }
}
