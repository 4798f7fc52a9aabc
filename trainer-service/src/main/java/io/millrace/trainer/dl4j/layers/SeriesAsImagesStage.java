package io.millrace.trainer.dl4j.layers;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Applies a stage for images to a series: a time step is a row of one pixel. */
final class SeriesAsImagesStage implements Stage {
  private final Stage inner;

  SeriesAsImagesStage(Stage inner) {
    this.inner = inner;
  }

  @Override
  public INDArray forward(INDArray input, Pass pass) {
    return series(inner.forward(images(input), pass));
  }

  @Override
  public INDArray backward(INDArray epsilon) {
    INDArray gradient = inner.backward(images(epsilon));
    return gradient == null ? null : series(gradient);
  }

  private static INDArray images(INDArray series) {
    INDArray moved = series.permute(1, 2, 0).dup('c');
    return moved.reshape('c', moved.size(0), moved.size(1), moved.size(2), 1);
  }

  private static INDArray series(INDArray images) {
    return images
        .reshape('c', images.size(0), images.size(1), images.size(2))
        .permute(2, 0, 1)
        .dup('c');
  }

  @Override
  public void clear() {
    inner.clear();
  }
}
