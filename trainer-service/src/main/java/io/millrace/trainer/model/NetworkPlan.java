package io.millrace.trainer.model;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.event.TrainingEvent.LayerSummary;
import io.millrace.contracts.request.Activation;
import io.millrace.contracts.request.LayerSpec;
import io.millrace.contracts.request.ModelSpec;
import io.millrace.contracts.request.OptimizerSpec;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.task.DatasetDescription;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A network's layers with their shapes, all of them known to fit.
 *
 * @param inputShape of a sample: {@code [height, width, channels]} or {@code [window, 1]}
 * @param layers from input to output
 * @param classWeights by what a training sample's loss is multiplied, by its class; empty for 1
 */
public record NetworkPlan(List<Integer> inputShape, List<Layer> layers, List<Double> classWeights) {

  /** The most trainable parameters a network may have: 2 GB of them in single precision. */
  public static final long MAX_PARAMETERS = 500_000_000;

  /** Arrays of {@code [time, batch, units]} that a recurrent layer keeps on the heap. */
  private static final long RECURRENT_ARRAYS = 6;

  /** The most values a layer may put out for one sample. */
  public static final long MAX_VALUES = 1 << 28;

  /** Activations that Deeplearning4j has as Keras does. */
  public static final Set<Activation> BUILT_IN =
      Collections.unmodifiableSet(
          EnumSet.of(
              Activation.LINEAR,
              Activation.RELU,
              Activation.SIGMOID,
              Activation.TANH,
              Activation.SOFTMAX,
              Activation.ELU,
              Activation.SELU,
              Activation.SOFTPLUS,
              Activation.SOFTSIGN,
              Activation.SWISH));

  private static final int IMAGE_RANK = 3;

  public NetworkPlan {
    inputShape = List.copyOf(inputShape);
    layers = List.copyOf(layers);
    classWeights = List.copyOf(classWeights);
  }

  /** A plan whose classes weigh alike. */
  public NetworkPlan(List<Integer> inputShape, List<Layer> layers) {
    this(inputShape, layers, List.of());
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

    /** Whether its activation is a step of its own, on plain arrays. */
    public boolean activatesApart() {
      LayerSpec inner = inner();
      if (inner instanceof LayerSpec.Dense dense) {
        return isApart(dense.activation(), inputShape.size() != IMAGE_RANK);
      }
      if (inner instanceof LayerSpec.Conv2D conv) {
        return isApart(conv.activation(), conv.activation() != Activation.SOFTMAX);
      }
      return inner instanceof LayerSpec.Conv1D conv && isApart(conv.activation(), false)
          || inner instanceof LayerSpec.DepthwiseConv2D depthwise
              && isApart(depthwise.activation(), false)
          || inner instanceof LayerSpec.SeparableConv2D separable
              && isApart(separable.activation(), false);
    }

    private LayerSpec inner() {
      return spec instanceof LayerSpec.TimeDistributed times ? times.layer() : spec;
    }

    /** Whether a Dense layer or a convolution computes an activation with its output. */
    private boolean activates() {
      LayerSpec inner = inner();
      return inner instanceof LayerSpec.Dense dense && dense.activation() != Activation.LINEAR
          || inner instanceof LayerSpec.Conv2D conv && conv.activation() != Activation.LINEAR;
    }

    private static boolean isApart(Activation activation, boolean builtIn) {
      return activation != Activation.LINEAR && !(builtIn && BUILT_IN.contains(activation));
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
    checkInput(request.model(), data.sampleShape());
    NetworkPlan plan = of(request.model(), data.sampleShape());
    OutputRule.check(request, plan.layers, data);
    return new NetworkPlan(plan.inputShape, plan.layers, classWeights(request, data));
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
      try {
        shape = LayerShapes.output(spec, before);
        WeightAxes.check(spec);
      } catch (InvalidMessageException e) {
        throw e.within(field);
      }
      LayerParameters own = LayerParameters.of(spec, before);
      parameters += own.trainable() + own.nonTrainable();
      checkSize(field, shape, parameters);
      layers.add(
          new Layer(
              spec,
              new LayerSummary(
                  names.get(i), spec.type(), shape, own.trainable(), own.nonTrainable()),
              before));
    }
    return new NetworkPlan(input, layers);
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

  /** A Keras model says what it takes, which must be what the data set has. */
  private static void checkInput(ModelSpec model, List<Integer> sample) {
    List<Integer> expected = model.inputShape();
    if (expected != null && !expected.equals(sample)) {
      throw new InvalidMessageException(
          "model.keras",
          "takes samples of the shape " + expected + ", and the data set's have " + sample);
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

  /**
   * Bytes that training takes beside the JVM's heap, estimated: parameters, gradients, optimizer
   * state, the parameters once more for a run that goes on from a checkpoint; for every sample of a
   * batch its input, and for each layer the output, its gradient and one working copy, an LSTM's
   * four gates and cell states among them, one more of an activation and two of one that is a step
   * of its own; all in single precision.
   *
   * @param optimizer whose state counts
   * @param batchSize samples of a step
   */
  public long memoryBytes(OptimizerSpec optimizer, int batchSize) {
    long perSample = values(inputShape);
    for (int i = 0; i < layers.size(); i++) {
      perSample += flattensFreely(i) ? 0 : activations(layers.get(i));
    }
    long perNetwork = parameters() + nonTrainableParameters();
    long slots = 2 + stateSlots(optimizer) + 1;
    return Float.BYTES * (perNetwork * slots + perSample * batchSize);
  }

  /**
   * Bytes that training takes of the JVM's heap beside its batches, estimated: the initial weights,
   * a batch's input as numbers, a recurrent layer's gates, cells and (for its orthogonal weights) a
   * square matrix, the places of a max pooling's maxima, and of layers that work on plain arrays a
   * copy of their input, their output and the gradients of both.
   */
  public long heapBytes(int batchSize) {
    long bytes = Float.BYTES * (parameters() + values(inputShape) * batchSize);
    for (int i = 0; i < layers.size(); i++) {
      Layer layer = layers.get(i);
      LayerSpec spec = layer.spec();
      if (layer.activatesApart()) {
        bytes += Float.BYTES * 3 * values(layer.outputShape()) * batchSize;
      }
      if (spec instanceof LayerSpec.MaxPooling2D) {
        bytes += Integer.BYTES * values(layer.outputShape()) * batchSize;
      } else if (!isNative(spec) && !flattensFreely(i)) {
        long time = layer.inputShape().get(0);
        long units = recurrentUnits(spec);
        long gates = units == 0 ? 0 : RECURRENT_ARRAYS * time * units;
        long copies = spec instanceof LayerSpec.LSTM ? 0 : copies(layer);
        bytes += Float.BYTES * batchSize * (gates + copies);
        bytes += Double.BYTES * 4L * units * units;
      }
    }
    return bytes;
  }

  /**
   * Refuses a network whose training would take more memory than there is.
   *
   * @param memory bytes beside the heap that it may take
   * @param heap bytes of the heap that it may take
   * @throws InvalidMessageException naming {@code model}
   */
  public void refuseAbove(long memory, long heap, OptimizerSpec optimizer, int batchSize) {
    refuse(memoryBytes(optimizer, batchSize), memory, "memory", batchSize);
    refuse(heapBytes(batchSize), heap, "the trainer's heap", batchSize);
  }

  private static void refuse(long bytes, long limit, String what, int batchSize) {
    if (bytes > limit) {
      throw new InvalidMessageException(
          "model",
          "needs about "
              + megabytes(bytes)
              + " MB of "
              + what
              + " to train with batches of "
              + batchSize
              + ", and at most "
              + megabytes(limit)
              + " MB are allowed; give a smaller network or a smaller batch_size");
    }
  }

  /** Numbers of state that an optimizer keeps for each parameter. */
  public static int stateSlots(OptimizerSpec optimizer) {
    if (optimizer instanceof OptimizerSpec.SGD sgd) {
      return sgd.momentum() == 0 ? 0 : 1;
    }
    if (optimizer instanceof OptimizerSpec.RMSprop rms) {
      return 1 + (rms.momentum() > 0 ? 1 : 0) + (rms.centered() ? 1 : 0);
    }
    if (optimizer instanceof OptimizerSpec.Adam adam) {
      return adam.amsgrad() ? 3 : 2;
    }
    if (optimizer instanceof OptimizerSpec.AdamW adam) {
      return adam.amsgrad() ? 3 : 2;
    }
    return optimizer instanceof OptimizerSpec.Adagrad || optimizer instanceof OptimizerSpec.Lion
        ? 1
        : 2;
  }

  /** Layers that work beside the heap alone. */
  private static boolean isNative(LayerSpec spec) {
    return spec instanceof LayerSpec.Conv2D
        || spec instanceof LayerSpec.AveragePooling2D
        || spec instanceof LayerSpec.Dense
        || spec instanceof LayerSpec.Dropout;
  }

  /**
   * Whether a layer is a Flatten that costs nothing: a Dense layer comes next, but for dropouts,
   * and Deeplearning4j flattens for it.
   */
  public boolean flattensFreely(int index) {
    if (!(layers.get(index).spec() instanceof LayerSpec.Flatten)) {
      return false;
    }
    boolean started =
        layers.subList(0, index).stream()
            .anyMatch(layer -> !(layer.spec() instanceof LayerSpec.Dropout));
    if (layers.get(index).inputShape().size() == 2 && started) {
      return false;
    }
    return layers.subList(index + 1, layers.size()).stream()
        .map(Layer::spec)
        .filter(spec -> !(spec instanceof LayerSpec.Dropout))
        .findFirst()
        .filter(LayerSpec.Dense.class::isInstance)
        .isPresent();
  }

  private static long copies(Layer layer) {
    long outputs = values(layer.outputShape());
    long between =
        layer.spec() instanceof LayerSpec.SeparableConv2D conv
            ? outputs / conv.filters() * layer.inputShape().get(2) * conv.depthMultiplier()
            : 0;
    return 2 * (values(layer.inputShape()) + outputs + between);
  }

  /** Units of a recurrent layer, of both directions together; 0 of another one. */
  private static long recurrentUnits(LayerSpec spec) {
    if (spec instanceof LayerSpec.LSTM lstm) {
      return lstm.units();
    }
    if (spec instanceof LayerSpec.GRU gru) {
      return gru.units();
    }
    if (spec instanceof LayerSpec.SimpleRNN rnn) {
      return rnn.units();
    }
    return spec instanceof LayerSpec.Bidirectional both ? 2 * recurrentUnits(both.layer()) : 0;
  }

  private static long activations(Layer layer) {
    long units = recurrentUnits(layer.spec());
    if (units > 0) {
      return layer.inputShape().get(0) * (14 * units + 2L * layer.inputShape().get(1));
    }
    long between = layer.spec() instanceof LayerSpec.SeparableConv2D ? copies(layer) : 0;
    long rows = isDenseOfSeries(layer) ? 2 * values(layer.inputShape()) : 0;
    long copies = 3 + (layer.activatesApart() ? 2 : layer.activates() ? 1 : 0);
    return copies * values(layer.outputShape()) + between + rows;
  }

  /** A Dense layer at every time, whose input and its gradient are put in order. */
  private static boolean isDenseOfSeries(Layer layer) {
    return layer.inputShape().size() == 2
        && (layer.spec() instanceof LayerSpec.Dense
            || layer.spec() instanceof LayerSpec.TimeDistributed);
  }

  private static long megabytes(long bytes) {
    return (bytes + (1 << 20) - 1) >> 20;
  }

  private static long values(List<Integer> shape) {
    return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
  }
}
