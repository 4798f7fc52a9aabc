package io.millrace.trainer.dl4j;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A {@link KerasLayer} at work in a network of Deeplearning4j's that predicts: images {@code
 * [batch, channels, height, width]}, series {@code [batch, features, time]}.
 */
final class KerasLayerRunner extends BaseLayer<KerasLayer> {
  private static final long serialVersionUID = 1L;

  KerasLayerRunner(NeuralNetConfiguration configuration, DataType type) {
    super(configuration, type);
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    Part part = layerConf().part();
    try (Stage stage = KerasStages.of(part, new KerasStages.Setting(paramTable(), null, 0, true))) {
      INDArray values = input.rank() == 3 ? input.permute(2, 0, 1).dup('c') : input.dup('c');
      INDArray output = stage.forward(values, new Stage.Pass(false, 0));
      INDArray result = output.rank() == 3 ? output.permute(1, 2, 0) : output;
      return workspaces.dup(ArrayType.ACTIVATIONS, result, 'f');
    }
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    throw new UnsupportedOperationException(
        "Deeplearning4j does not train " + layerConf().getLayerName() + "; Millrace does");
  }

  @Override
  public boolean isPretrainLayer() {
    return false;
  }
}
