package io.millrace.trainer.dl4j.layers;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A sample's values as a vector: an image's by channel, row and column, where Keras has row, column
 * and channel (the next layer's weights are in that order too, so only the order changes); a
 * series' by time step and feature.
 */
public final class FlattenStage implements Stage {
  private long[] shape;

  @Override
  public INDArray forward(INDArray input, Pass pass) {
    shape = input.shape();
    if (shape.length == 3) {
      return input.permute(1, 0, 2).dup('c').reshape('c', shape[1], shape[0] * shape[2]);
    }
    return input.reshape('c', shape[0], input.length() / shape[0]);
  }

  @Override
  public INDArray backward(INDArray epsilon) {
    if (shape.length == 3) {
      return epsilon.reshape('c', shape[1], shape[0], shape[2]).permute(1, 0, 2).dup('c');
    }
    return epsilon.reshape('c', shape);
  }
}
