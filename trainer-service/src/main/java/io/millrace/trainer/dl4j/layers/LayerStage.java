package io.millrace.trainer.dl4j.layers;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Deeplearning4j's own layer for images, which runs on every ND4J backend. */
public final class LayerStage implements Stage {
  private final Layer layer;
  private final LayerWorkspaceMgr workspaces;

  public LayerStage(Layer layer, LayerWorkspaceMgr workspaces) {
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
