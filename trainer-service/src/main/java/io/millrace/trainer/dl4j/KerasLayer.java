package io.millrace.trainer.dl4j;

import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.LayerSpec;
import io.millrace.trainer.dl4j.parts.NetworkPart;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonInclude;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * A Keras layer in a Deeplearning4j network, for layers that Deeplearning4j does not have with the
 * same meaning. It is saved with its parameters, in Keras' shapes and order except for LSTM and
 * Dense layers. It can be read and run wherever this class is on the classpath. Deeplearning4j
 * cannot train it; {@link Dl4jNetwork} does.
 */
public final class KerasLayer extends BaseLayer {
  private static final long serialVersionUID = 1L;

  /** The layer as in a request. */
  @JsonProperty private String spec;

  // Layers are serializable, and so is this type of list.
  @JsonProperty private ArrayList<Integer> inputShape;
  @JsonProperty private ArrayList<Integer> outputShape;

  /**
   * Whether the layer uses a mask of time steps, which Deeplearning4j does not pass to it; null for
   * no.
   */
  @JsonProperty
  @JsonInclude(JsonInclude.Include.NON_NULL)
  private Boolean masked;

  /** For Deeplearning4j's reader of saved networks. */
  KerasLayer() {}

  KerasLayer(NetworkPart part) {
    layerName = part.name();
    spec = Messages.text(part.spec());
    inputShape = new ArrayList<>(part.input());
    outputShape = new ArrayList<>(part.output());
    masked = part.mask() == null ? null : true;
  }

  /** Whether the layer needs a mask of time steps, which this class does not have. */
  boolean isMasked() {
    return masked != null;
  }

  /** The part that the layer computes. */
  NetworkPart part() {
    byte[] json = spec.getBytes(StandardCharsets.UTF_8);
    LayerSpec read = Messages.read(json, LayerSpec.class);
    return NetworkPart.alone(layerName, read, List.of(inputShape), outputShape);
  }

  @Override
  public Layer instantiate(
      NeuralNetConfiguration configuration,
      Collection<TrainingListener> listeners,
      int index,
      INDArray parameters,
      boolean initialize,
      DataType type) {
    var layer = new KerasLayerRunner(configuration, type);
    layer.setListeners(listeners);
    layer.setIndex(index);
    layer.setParamsViewArray(parameters);
    layer.setParamTable(initializer().init(configuration, parameters, initialize));
    layer.setConf(configuration);
    return layer;
  }

  @Override
  public ParamInitializer initializer() {
    return new KerasLayerParameters();
  }

  @Override
  public InputType getOutputType(int index, InputType input) {
    return type(outputShape);
  }

  /** A sample's shape as Deeplearning4j's type. */
  static InputType type(List<Integer> shape) {
    return switch (shape.size()) {
      case 1 -> InputType.feedForward(shape.get(0));
      case 2 -> InputType.recurrent(shape.get(1), shape.get(0));
      default -> InputType.convolutional(shape.get(0), shape.get(1), shape.get(2));
    };
  }

  @Override
  public void setNIn(InputType input, boolean override) {
    // The input's shape is known, so nothing is derived from this.
  }

  @Override
  public InputPreProcessor getPreProcessorForInputType(InputType input) {
    return null;
  }

  @Override
  public boolean isPretrainParam(String parameter) {
    return false;
  }

  @Override
  public LayerMemoryReport getMemoryReport(InputType input) {
    long parameters = initializer().numParams(this);
    return new LayerMemoryReport.Builder(
            layerName, KerasLayer.class, input, getOutputType(-1, input))
        .standardMemory(parameters, 0)
        .workingMemory(0, 0, 0, 0)
        .cacheMemory(0, 0)
        .build();
  }
}
