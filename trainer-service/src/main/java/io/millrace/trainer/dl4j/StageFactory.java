package io.millrace.trainer.dl4j;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.ConvolutionSpec;
import io.millrace.contracts.request.CoreSpec;
import io.millrace.contracts.request.LayerSpec;
import io.millrace.contracts.request.PoolingSpec;
import io.millrace.contracts.request.RecurrentSpec;
import io.millrace.contracts.request.RegularizationSpec;
import io.millrace.contracts.request.ReshapingSpec;
import io.millrace.contracts.request.TrainingRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.layers.convolution.ConvolutionLayer;
import org.deeplearning4j.nn.layers.recurrent.LastTimeStepLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Makes the stages that train a network on the parameters of Deeplearning4j's.
 *
 * @param scope the workspace of a step
 */
record StageFactory(
    MultiLayerNetwork network,
    TrainingRequest request,
    Residence residence,
    LayerWorkspaceMgr workspaces,
    String scope,
    WorkspaceConfiguration memory) {

  /** The stages of a network, the first of which need not tell the gradient of their input. */
  List<Stage> stages(List<Part> parts) {
    return stages(parts, true);
  }

  /**
   * @param start whether nobody needs the gradient of the network's input
   */
  List<Stage> stages(List<Part> parts, boolean start) {
    var stages = new ArrayList<Stage>();
    int index = 0;
    boolean first = start;
    for (Part part : parts) {
      boolean none = part.form() == Part.Form.PREPROCESSOR;
      Layer layer = none ? null : unwrap(network.getLayers()[index++]);
      stages.add(stage(part, layer, first));
      first &= Variable.of(part).isEmpty();
    }
    return stages;
  }

  private Stage stage(Part part, Layer layer, boolean first) {
    LayerSpec spec = part.spec();
    long seed = DropoutStage.mix(request.seed()) + part.index();
    if (part.isKeras()) {
      if (residence == Residence.DEVICE) {
        throw new InvalidMessageException(
            request.model().path(part.index()),
            spec.type()
                + " is not there for GPUs, as this layer is given; let a trainer with device cpu"
                + " run it");
      }
      Map<String, INDArray> gradients = Variable.of(part).isEmpty() ? Map.of() : gradients(layer);
      return KerasStages.of(
          part, new KerasStages.Setting(layer.paramTable(), gradients, seed, first));
    }
    if (spec instanceof ReshapingSpec.Flatten) {
      return new FlattenStage();
    }
    if (spec instanceof RegularizationSpec.Dropout dropout) {
      return new DropoutStage(seed, dropout.rate(), first, residence);
    }
    if (spec instanceof CoreSpec.Dense dense) {
      return new DenseStage(
          layer.paramTable(),
          gradients(layer),
          NetworkConfiguration.activation(dense.activation()),
          first);
    }
    if (spec instanceof RecurrentSpec.LSTM lstm) {
      return residence == Residence.HOST
          ? new LstmStage(layer.paramTable(), gradients(layer), lstm, first)
          : new LayerLstmStage(layer, lstm.returnSequences(), scope, memory);
    }
    if (spec instanceof ConvolutionSpec.Conv2D conv) {
      return new ConvolutionStage((ConvolutionLayer) layer, conv, workspaces, first);
    }
    if (spec instanceof PoolingSpec.MaxPooling2D pool && residence == Residence.HOST) {
      return new MaxPoolingStage(pool, part.input(), part.output(), first);
    }
    return new LayerStage(layer, workspaces);
  }

  private static Layer unwrap(Layer layer) {
    return layer instanceof LastTimeStepLayer wrapper ? wrapper.getUnderlying() : layer;
  }

  private static Map<String, INDArray> gradients(Layer layer) {
    return layer
        .conf()
        .getLayer()
        .initializer()
        .getGradientsFromFlattened(layer.conf(), layer.getGradientsViewArray());
  }
}
