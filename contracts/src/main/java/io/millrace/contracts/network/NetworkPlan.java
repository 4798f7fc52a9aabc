package io.millrace.contracts.network;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.event.TrainingEvent.LayerSummary;
import io.millrace.contracts.request.AttentionSpec;
import io.millrace.contracts.request.LayerSpec;
import io.millrace.contracts.request.LayerWeight;
import io.millrace.contracts.request.MergingSpec;
import io.millrace.contracts.request.ModelSpec;
import io.millrace.contracts.request.PlacedLayer;
import io.millrace.contracts.request.Regularizer;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.task.DatasetDescription;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A network's layers with their shapes, checked to fit one another.
 *
 * @param inputShape the shape of a sample at the network's input, such as {@code [height, width,
 *     channels]}; it may differ from that of the data, see {@link InputShape}
 * @param layers from input to output
 * @param classWeights factor of a training sample's loss, by class; empty for 1
 * @param units the units of the outputs
 */
public record NetworkPlan(
    List<Integer> inputShape, List<Layer> layers, List<Double> classWeights, Units units) {

  /** The most parameters of a network: 2 GB in single precision. */
  public static final long MAX_PARAMETERS = 500_000_000;

  /** The most output values of a layer for one sample. */
  public static final long MAX_VALUES = LayerSpec.MAX_VALUES;

  public NetworkPlan {
    inputShape = List.copyOf(inputShape);
    layers = List.copyOf(layers);
    classWeights = List.copyOf(classWeights);
  }

  /** A plan with equal class weights, for data that are not scaled. */
  public NetworkPlan(List<Integer> inputShape, List<Layer> layers) {
    this(inputShape, layers, List.of(), Units.NONE);
  }

  /**
   * A layer of the network.
   *
   * @param spec the layer as requested
   * @param summary its name, type, output shape without the batch dimension, and parameters
   * @param inputs the indices of the layers that feed it, see {@link PlacedLayer#inputs}
   * @param inputShapes the shapes of its inputs, without the batch dimension
   * @param trainable whether training changes its weights
   * @param activityRegularizer the penalty on its output, averaged over the batch; null for none
   */
  public record Layer(
      LayerSpec spec,
      LayerSummary summary,
      List<Integer> inputs,
      List<List<Integer>> inputShapes,
      boolean trainable,
      Regularizer activityRegularizer) {
    public Layer {
      inputs = List.copyOf(inputs);
      inputShapes = List.copyOf(inputShapes);
    }

    /** The shape of a sample's input; the first input's shape if the layer takes several. */
    public List<Integer> inputShape() {
      return inputShapes.get(0);
    }

    /** The weights in the order of Keras' {@code get_weights()}; frozen ones are not trainable. */
    public List<LayerWeight> weights() {
      List<LayerWeight> weights = spec.weights(inputShape());
      return trainable ? weights : weights.stream().map(LayerWeight::held).toList();
    }

    /** The shape of a sample's output. */
    public List<Integer> outputShape() {
      return summary.outputShape();
    }
  }

  /**
   * Infers the shapes and checks them against the data.
   *
   * @throws io.millrace.contracts.InvalidMessageException naming the layer, such as {@code
   *     model.layers[3]}, if a shape is impossible, if the network is too large, or if the last
   *     layer does not fit the labels and the loss; naming {@code class_weight} if it names a class
   *     that the data do not have
   */
  public static NetworkPlan of(TrainingRequest request, DatasetDescription data) {
    NetworkPlan plan = of(request.model(), InputShape.of(request.model(), data.sampleShape()));
    String normalization = request.model().standardization();
    if (normalization != null && !plan.inputShape.equals(data.sampleShape())) {
      throw new InvalidMessageException(
          normalization + ".mean",
          "is required: the data set's standardization cannot replace the layer, because it is per"
              + " channel of "
              + data.sampleShape()
              + ", but the layer takes "
              + plan.inputShape
              + "; give mean and variance, or a model that takes the data set's shape");
    }
    OutputRule.check(request, plan.layers, data);
    if (plan.parameters() == 0) {
      throw new InvalidMessageException(
          "model",
          plan.nonTrainableParameters() == 0
              ? "has no weights to train; add a Dense layer"
              : "has no trainable weights; set trainable to true in a layer with weights");
    }
    return new NetworkPlan(
        plan.inputShape, plan.layers, classWeights(request, data), Units.of(data));
  }

  /**
   * Infers the shapes without checking the labels and the loss.
   *
   * @param input the shape of a sample
   * @throws io.millrace.contracts.InvalidMessageException as {@link #of(TrainingRequest,
   *     DatasetDescription)}
   */
  public static NetworkPlan of(ModelSpec model, List<Integer> input) {
    var layers = new ArrayList<Layer>();
    long parameters = 0;
    List<PlacedLayer> places = model.placed();
    for (PlacedLayer placed : places) {
      Layer layer;
      try {
        layer = layer(placed, input, layers);
        layer.weights().forEach(WeightAxes::check);
      } catch (InvalidMessageException e) {
        throw e.field().equals("inputs")
            ? new InvalidMessageException(placed.inputsPath(), e.reason())
            : e.within(placed.path());
      }
      parameters += layer.summary().parameters() + layer.summary().nonTrainableParameters();
      checkSize(placed.path(), layer.outputShape(), parameters);
      layers.add(layer);
    }
    var plan = new NetworkPlan(input, layers);
    plan.checkEnds(model);
    LayerMasks.check(layers, places.stream().map(PlacedLayer::path).toList());
    return plan;
  }

  /**
   * @param input the shape of the network's input
   * @param before the layers before it
   */
  private static Layer layer(PlacedLayer placed, List<Integer> input, List<Layer> before) {
    LayerSpec spec = placed.layer();
    List<List<Integer>> inputs = shapes(placed.inputs(), input, before);
    if (inputs.size() > 1 && !(spec instanceof MergingSpec)) {
      throw new InvalidMessageException(
          "inputs",
          "name "
              + inputs.size()
              + " layers, but "
              + spec.type()
              + " takes one; join them first with a layer such as Add or Concatenate");
    }
    List<Integer> shape =
        spec instanceof MergingSpec merging
            ? joined(merging, inputs)
            : spec.outputShape(inputs.get(0));
    List<LayerWeight> weights = spec.weights(inputs.get(0));
    long all = weights.stream().mapToLong(LayerWeight::count).sum();
    long trained =
        weights.stream()
            .filter(weight -> weight.trainable() && placed.trainable())
            .mapToLong(LayerWeight::count)
            .sum();
    var summary =
        new LayerSummary(
            placed.name(), spec.type(), shape, trained, all - trained, names(placed, before));
    return new Layer(
        spec, summary, placed.inputs(), inputs, placed.trainable(), placed.activityRegularizer());
  }

  /** Names of the layers that feed a layer; null for the previous layer. */
  private static List<String> names(PlacedLayer placed, List<Layer> before) {
    return placed.inputs().equals(List.of(before.size() - 1))
        ? null
        : placed.inputs().stream()
            .map(i -> i == PlacedLayer.INPUT ? "input" : before.get(i).summary().name())
            .toList();
  }

  private static List<Integer> joined(MergingSpec layer, List<List<Integer>> inputs) {
    int most = layer.isOfTwo() ? 2 : MergingSpec.MAX_INPUTS;
    if (inputs.size() < 2 || inputs.size() > most) {
      throw new InvalidMessageException(
          "inputs",
          "name "
              + (inputs.size() == 1 ? "1 layer" : inputs.size() + " layers")
              + "; give "
              + (most == 2 ? "2" : "2.." + most));
    }
    return layer.joined(inputs);
  }

  private static List<List<Integer>> shapes(
      List<Integer> indices, List<Integer> input, List<Layer> layers) {
    return indices.stream()
        .map(i -> i == PlacedLayer.INPUT ? input : layers.get(i).outputShape())
        .toList();
  }

  /** Refuses a layer whose output is not used, and a penalty on the network's output. */
  private void checkEnds(ModelSpec model) {
    Set<Integer> taken = new HashSet<>();
    layers.forEach(layer -> taken.addAll(layer.inputs()));
    for (int i = 0; i < layers.size() - 1; i++) {
      if (!taken.contains(i)) {
        throw new InvalidMessageException(
            model.path(i),
            "has an output that no later layer uses; connect it, or leave the layer out");
      }
    }
    for (int i = 0; i < layers.size(); i++) {
      if (layers.get(i).activityRegularizer() != null
          && layers.get(i).spec() instanceof AttentionSpec.MultiHeadAttention) {
        throw new InvalidMessageException(
            model.path(i) + ".activity_regularizer",
            "is not supported for MultiHeadAttention, where Keras applies it to each projection;"
                + " leave it out, or give it to a layer after it");
      }
    }
    int last = layers.size() - 1;
    if (layers.get(last).activityRegularizer() != null) {
      throw new InvalidMessageException(
          model.path(last) + ".activity_regularizer",
          "is not supported for the last layer; leave it out, or give it to a layer before it");
    }
  }

  private static List<Double> classWeights(TrainingRequest request, DatasetDescription data) {
    if (request.classWeight() == null) {
      return List.of();
    }
    try {
      return request.classWeight().of(data.classes(), data.trainClassCounts());
    } catch (InvalidMessageException e) {
      throw e.within("class_weight");
    }
  }

  private static void checkSize(String field, List<Integer> shape, long parameters) {
    if (parameters > MAX_PARAMETERS) {
      throw new InvalidMessageException(
          field,
          "brings the network to "
              + parameters
              + " parameters; at most "
              + MAX_PARAMETERS
              + " are allowed");
    }
    if (values(shape) > MAX_VALUES) {
      throw new InvalidMessageException(
          field,
          "outputs "
              + values(shape)
              + " values per sample; at most "
              + MAX_VALUES
              + " are allowed");
    }
  }

  /** The indices of the layers that take a layer's output, in order. */
  public List<Integer> consumers(int layer) {
    return IntStream.range(0, layers.size())
        .filter(i -> layers.get(i).inputs().contains(layer))
        .boxed()
        .toList();
  }

  /** Whether each layer takes only the output of the previous one. */
  public boolean isChain() {
    return IntStream.range(0, layers.size())
        .allMatch(i -> layers.get(i).inputs().equals(List.of(i - 1)));
  }

  /** The number of trainable parameters. */
  public long parameters() {
    return layers.stream().mapToLong(layer -> layer.summary().parameters()).sum();
  }

  /** The number of parameters that training does not change: running statistics, frozen layers. */
  public long nonTrainableParameters() {
    return layers.stream().mapToLong(layer -> layer.summary().nonTrainableParameters()).sum();
  }

  /** The number of outputs for a sample. */
  public int outputs() {
    return layers.get(layers.size() - 1).outputShape().get(0);
  }

  private static long values(List<Integer> shape) {
    return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
  }
}
