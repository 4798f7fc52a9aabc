package io.millrace.trainer.dl4j;

import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.LayerSpec;
import io.millrace.trainer.dl4j.layers.MergeStage;
import io.millrace.trainer.dl4j.parts.NetworkPart;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.memory.LayerMemoryReport;
import org.deeplearning4j.nn.conf.memory.MemoryReport;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.BaseGraphVertex;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * A Keras merging layer in a Deeplearning4j network, for layers that Deeplearning4j does not have
 * with the same meaning; see {@link KerasLayer}.
 */
public final class KerasVertex extends GraphVertex {
  private static final long serialVersionUID = 1L;

  /** The layer as in a request. */
  @JsonProperty private String spec;

  @JsonProperty private ArrayList<ArrayList<Integer>> inputShapes;
  @JsonProperty private ArrayList<Integer> outputShape;

  /** For Deeplearning4j's reader of saved networks. */
  KerasVertex() {}

  KerasVertex(NetworkPart part) {
    spec = Messages.text(part.spec());
    inputShapes = new ArrayList<>();
    part.inputs().forEach(shape -> inputShapes.add(new ArrayList<>(shape)));
    outputShape = new ArrayList<>(part.output());
  }

  private NetworkPart part(String name) {
    byte[] json = spec.getBytes(StandardCharsets.UTF_8);
    List<List<Integer>> shapes = List.copyOf(inputShapes);
    return NetworkPart.alone(name, Messages.read(json, LayerSpec.class), shapes, outputShape);
  }

  @Override
  public GraphVertex clone() {
    var copy = new KerasVertex();
    copy.spec = spec;
    copy.inputShapes = inputShapes;
    copy.outputShape = outputShape;
    return copy;
  }

  @Override
  public boolean equals(Object object) {
    return object instanceof KerasVertex other
        && spec.equals(other.spec)
        && inputShapes.equals(other.inputShapes);
  }

  @Override
  public int hashCode() {
    return Objects.hash(spec, inputShapes);
  }

  @Override
  public long numParams(boolean backprop) {
    return 0;
  }

  @Override
  public int minVertexInputs() {
    return 2;
  }

  @Override
  public int maxVertexInputs() {
    return Integer.MAX_VALUE;
  }

  @Override
  public org.deeplearning4j.nn.graph.vertex.GraphVertex instantiate(
      ComputationGraph graph,
      String name,
      int index,
      INDArray parameters,
      boolean initialize,
      DataType type) {
    return new Runner(graph, name, index, type, part(name));
  }

  @Override
  public InputType getOutputType(int index, InputType... inputs) {
    return KerasLayer.type(outputShape);
  }

  @Override
  public MemoryReport getMemoryReport(InputType... inputs) {
    return new LayerMemoryReport.Builder(
            null, KerasVertex.class, inputs[0], getOutputType(-1, inputs))
        .standardMemory(0, 0)
        .workingMemory(0, 0, 0, 0)
        .cacheMemory(0, 0)
        .build();
  }

  /** Runs the layer in a Deeplearning4j network for prediction, see {@link KerasLayerRunner}. */
  // Deeplearning4j's base class and interface differ in an ellipsis.
  @SuppressWarnings("overrides")
  private static final class Runner extends BaseGraphVertex {
    private static final long serialVersionUID = 1L;

    private final transient NetworkPart part;

    Runner(ComputationGraph graph, String name, int index, DataType type, NetworkPart part) {
      super(graph, name, index, null, null, type);
      this.part = part;
    }

    @Override
    public INDArray doForward(boolean training, LayerWorkspaceMgr workspaces) {
      List<INDArray> values = Arrays.stream(inputs).map(KerasLayerRunner::fromDl4j).toList();
      INDArray output = new MergeStage(part).forward(values);
      return workspaces.dup(ArrayType.ACTIVATIONS, KerasLayerRunner.toDl4j(output), 'f');
    }

    @Override
    public Pair<Gradient, INDArray[]> doBackward(boolean tbptt, LayerWorkspaceMgr workspaces) {
      throw new UnsupportedOperationException(
          "Deeplearning4j cannot train " + getVertexName() + "; train it with Millrace");
    }

    @Override
    public boolean hasLayer() {
      return false;
    }

    @Override
    public Layer getLayer() {
      return null;
    }

    @Override
    public void setBackpropGradientsViewArray(INDArray gradients) {
      if (gradients != null) {
        throw new IllegalArgumentException(getVertexName() + " has no parameters");
      }
    }

    @Override
    public Pair<INDArray, MaskState> feedForwardMaskArrays(
        INDArray[] masks, MaskState state, int batch) {
      return null;
    }

    @Override
    public String toString() {
      return part.spec().type() + " " + getVertexName();
    }
  }
}
