package io.millrace.trainer.dl4j;

import io.millrace.contracts.network.LayerMasks;
import io.millrace.contracts.request.ConvolutionSpec;
import io.millrace.contracts.request.CoreSpec;
import io.millrace.contracts.request.LayerSpec;
import io.millrace.contracts.request.MergingSpec;
import io.millrace.contracts.request.PlacedLayer;
import io.millrace.contracts.request.PoolingSpec;
import io.millrace.contracts.request.RecurrentSpec;
import io.millrace.contracts.request.RegularizationSpec;
import io.millrace.contracts.request.Regularizer;
import io.millrace.contracts.request.ReshapingSpec;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.trainer.dl4j.device.Residence;
import io.millrace.trainer.dl4j.layers.ActivityPenalty;
import io.millrace.trainer.dl4j.layers.ConvolutionStage;
import io.millrace.trainer.dl4j.layers.DenseStage;
import io.millrace.trainer.dl4j.layers.DropoutStage;
import io.millrace.trainer.dl4j.layers.FlattenStage;
import io.millrace.trainer.dl4j.layers.HostStage;
import io.millrace.trainer.dl4j.layers.KerasStages;
import io.millrace.trainer.dl4j.layers.LayerLstmStage;
import io.millrace.trainer.dl4j.layers.LayerStage;
import io.millrace.trainer.dl4j.layers.LstmStage;
import io.millrace.trainer.dl4j.layers.MaxPoolingStage;
import io.millrace.trainer.dl4j.layers.MergeStage;
import io.millrace.trainer.dl4j.layers.Stage;
import io.millrace.trainer.dl4j.layers.TimeMask;
import io.millrace.trainer.dl4j.parts.BuiltInActivations;
import io.millrace.trainer.dl4j.parts.NetworkPart;
import io.millrace.trainer.dl4j.parts.Variable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.layers.convolution.ConvolutionLayer;
import org.deeplearning4j.nn.layers.recurrent.LastTimeStepLayer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Creates the stages that train a network on Deeplearning4j's parameters.
 *
 * @param network holds the parameters
 * @param scope the workspace of a step
 */
record StageFactory(
    Dl4jModel network,
    TrainingRequest request,
    Residence residence,
    LayerWorkspaceMgr workspaces,
    String scope,
    WorkspaceConfiguration memory) {

  /** The stages of a network; the first one need not compute the gradient of its input. */
  StageGraph stages(List<NetworkPart> parts) {
    return stages(parts, true);
  }

  /**
   * @param start whether the gradient of the network's input is not needed
   */
  StageGraph stages(List<NetworkPart> parts, boolean start) {
    var nodes = new ArrayList<StageGraph.Node>();
    Map<Integer, TimeMask> masks = new HashMap<>();
    for (NetworkPart part : parts) {
      boolean first =
          part.sources().stream()
              .allMatch(
                  source -> source == PlacedLayer.INPUT ? start : !nodes.get(source).learns());
      boolean learns = !first || part.learns();
      Regularizer regularizer = part.activityRegularizer();
      ActivityPenalty activity = regularizer == null ? null : new ActivityPenalty(regularizer);
      if (part.spec() instanceof MergingSpec) {
        nodes.add(
            new StageGraph.Node(null, new MergeStage(part), part.sources(), learns, activity));
      } else {
        boolean none = part.form() == NetworkPart.Form.PREPROCESSOR;
        if (LayerMasks.isMaker(part.spec())) {
          masks.put(part.index(), new TimeMask());
        }
        TimeMask mask = masks.get(part.mask() == null ? (Integer) part.index() : part.mask());
        Stage stage = stage(part, none ? null : unwrap(network.layer(part)), first, mask);
        nodes.add(new StageGraph.Node(stage, null, part.sources(), learns, activity));
      }
    }
    return new StageGraph(nodes);
  }

  private Stage stage(NetworkPart part, Layer layer, boolean first, TimeMask mask) {
    LayerSpec spec = part.spec();
    long seed = DropoutStage.mix(request.seed()) + part.index();
    if (part.isKeras()) {
      boolean none = Variable.of(part).isEmpty();
      Map<String, INDArray> parameters = none ? Map.of() : layer.paramTable();
      Map<String, INDArray> gradients = none ? Map.of() : gradients(layer);
      BiFunction<Map<String, INDArray>, Map<String, INDArray>, Stage> maker =
          (weights, slopes) ->
              KerasStages.of(part, new KerasStages.Setting(weights, slopes, seed, first, mask));
      return residence == Residence.HOST
          ? maker.apply(parameters, gradients)
          : new HostStage(parameters, gradients, maker);
    }
    if (spec instanceof ReshapingSpec.Flatten) {
      return new FlattenStage();
    }
    if (spec instanceof RegularizationSpec.Dropout dropout) {
      return new DropoutStage(seed, dropout.rate(), first, residence);
    }
    if (spec instanceof CoreSpec.Dense dense) {
      return new DenseStage(
          layer.paramTable(), gradients(layer), BuiltInActivations.of(dense.activation()), first);
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
