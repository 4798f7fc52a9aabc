package io.millrace.trainer.dl4j;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The mean of each window, by Deeplearning4j's own layer and its oneDNN helper. */
final class AveragePoolingStage implements Stage {
  private final Layer layer;
  private final LayerWorkspaceMgr workspaces;

  AveragePoolingStage(Layer layer, LayerWorkspaceMgr workspaces) {
    this.layer = layer;
    this.workspaces = workspaces;
  }

  @Override
  public INDArray forward(INDArray input, Pass pass) {
    return layer.activate(input, pass.training(), workspaces);
  }

  @Override
  public INDArray backward(INDArray epsilon) {
    return layer.backpropGradient(epsilon, workspaces).getSecond();
  }

  @Override
  public void clear() {
    layer.clear();
  }
}
