package io.millrace.trainer.dl4j;

import io.millrace.trainer.dl4j.layers.KerasStages;
import io.millrace.trainer.dl4j.layers.Stage;
import io.millrace.trainer.dl4j.parts.NetworkPart;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Runs a {@link KerasLayer} in a Deeplearning4j network for prediction: images {@code [batch,
 * channels, height, width]}, series {@code [batch, features, time]}.
 */
final class KerasLayerRunner extends BaseLayer<KerasLayer> {
  private static final long serialVersionUID = 1L;

  KerasLayerRunner(NeuralNetConfiguration configuration, DataType type) {
    super(configuration, type);
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    if (layerConf().isMasked()) {
      throw new UnsupportedOperationException(
          layerConf().getLayerName()
              + " uses a mask of time steps, which Deeplearning4j does not support; run the"
              + " model in Keras");
    }
    NetworkPart part = layerConf().part();
    try (Stage stage = KerasStages.of(part, new KerasStages.Setting(paramTable(), null, 0, true))) {
      INDArray output = stage.forward(fromDl4j(input), new Stage.Pass(false, 0));
      return workspaces.dup(ArrayType.ACTIVATIONS, toDl4j(output), 'f');
    }
  }

  /** Converts Deeplearning4j's values for a stage. */
  static INDArray fromDl4j(INDArray values) {
    return values.rank() == 3 ? values.permute(2, 0, 1).dup('c') : values.dup('c');
  }

  /** Converts a stage's values for Deeplearning4j. */
  static INDArray toDl4j(INDArray values) {
    return values.rank() == 3 ? values.permute(1, 2, 0) : values;
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    throw new UnsupportedOperationException(
        "Deeplearning4j cannot train " + layerConf().getLayerName() + "; train it with Millrace");
  }

  @Override
  public boolean isPretrainLayer() {
    return false;
  }
}
