package io.millrace.contracts.network;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.event.TrainingEvent.LayerSummary;
import io.millrace.contracts.request.LayerSpec;
import io.millrace.contracts.request.LayerWeight;
import io.millrace.contracts.request.ModelSpec;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.task.DatasetDescription;
import java.util.ArrayList;
import java.util.List;

/**
 * A network's layers with their shapes, all of them known to fit.
 *
 * @param inputShape of a sample as the network takes it, such as {@code [height, width, channels]},
 *     which may be another than that of the data, see {@link InputShape}
 * @param layers from input to output
 * @param classWeights by what a training sample's loss is multiplied, by its class; empty for 1
 * @param units of the outputs
 */
public record NetworkPlan(
    List<Integer> inputShape, List<Layer> layers, List<Double> classWeights, Units units) {

  /** The most trainable parameters a network may have: 2 GB of them in single precision. */
  public static final long MAX_PARAMETERS = 500_000_000;

  /** The most values a layer may put out for one sample. */
  public static final long MAX_VALUES = LayerSpec.MAX_VALUES;

  public NetworkPlan {
    inputShape = List.copyOf(inputShape);
    layers = List.copyOf(layers);
    classWeights = List.copyOf(classWeights);
  }

  /** A plan whose classes weigh alike, of data that are not scaled. */
  public NetworkPlan(List<Integer> inputShape, List<Layer> layers) {
    this(inputShape, layers, List.of(), Units.NONE);
  }

  /**
   * A layer in its place.
   *
   * @param spec as requested
   * @param summary its name, type, output shape without the batch dimension, and parameters
   * @param inputShape without the batch dimension
   */
  public record Layer(LayerSpec spec, LayerSummary summary, List<Integer> inputShape) {
    public Layer {
      inputShape = List.copyOf(inputShape);
    }

    /** The shape of a sample's output. */
    public List<Integer> outputShape() {
      return summary.outputShape();
    }
  }

  /**
   * Infers the shapes.
   *
   * @throws io.millrace.contracts.InvalidMessageException naming the layer, such as {@code
   *     model.layers[3]}, where a shape is impossible, where the network is too large, or where the
   *     last layer does not fit the data's labels and the loss; {@code class_weight} where it names
   *     a class that the data have not
   */
  public static NetworkPlan of(TrainingRequest request, DatasetDescription data) {
    NetworkPlan plan = of(request.model(), InputShape.of(request.model(), data.sampleShape()));
    OutputRule.check(request, plan.layers, data);
    if (plan.parameters() == 0) {
      throw new InvalidMessageException(
          "model", "has no weights, so that there is nothing to train; give it a Dense layer");
    }
    return new NetworkPlan(
        plan.inputShape, plan.layers, classWeights(request, data), Units.of(data));
  }

  /**
   * Infers the shapes, whatever the labels and the loss.
   *
   * @param input the shape of a sample
   * @throws io.millrace.contracts.InvalidMessageException as {@link #of(TrainingRequest,
   *     DatasetDescription)}
   */
  public static NetworkPlan of(ModelSpec model, List<Integer> input) {
    List<LayerSpec> specs = model.layers();
    List<String> names = LayerNames.of(model);
    List<Integer> shape = input;
    var layers = new ArrayList<Layer>();
    long parameters = 0;
    for (int i = 0; i < specs.size(); i++) {
      LayerSpec spec = specs.get(i);
      String field = model.path(i);
      List<Integer> before = shape;
      List<LayerWeight> weights;
      try {
        shape = spec.outputShape(before);
        weights = spec.weights(before);
        weights.forEach(WeightAxes::check);
      } catch (InvalidMessageException e) {
        throw e.within(field);
      }
      long trainable = count(weights, true);
      long fixed = count(weights, false);
      parameters += trainable + fixed;
      checkSize(field, shape, parameters);
      layers.add(
          new Layer(
              spec, new LayerSummary(names.get(i), spec.type(), shape, trainable, fixed), before));
    }
    return new NetworkPlan(input, layers);
  }

  private static long count(List<LayerWeight> weights, boolean trainable) {
    return weights.stream()
        .filter(weight -> weight.trainable() == trainable)
        .mapToLong(LayerWeight::count)
        .sum();
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
          "puts out "
              + values(shape)
              + " values for a sample; at most "
              + MAX_VALUES
              + " are allowed");
    }
  }

  /** Trainable parameters in all. */
  public long parameters() {
    return layers.stream().mapToLong(layer -> layer.summary().parameters()).sum();
  }

  /** Parameters that no gradient moves: running statistics. */
  public long nonTrainableParameters() {
    return layers.stream().mapToLong(layer -> layer.summary().nonTrainableParameters()).sum();
  }

  /** Outputs of a sample: the classes, or the horizon. */
  public int outputs() {
    return layers.get(layers.size() - 1).outputShape().get(0);
  }

  private static long values(List<Integer> shape) {
    return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
  }
}
