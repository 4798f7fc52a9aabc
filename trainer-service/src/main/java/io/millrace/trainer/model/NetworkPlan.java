package io.millrace.trainer.model;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.event.TrainingEvent.LayerSummary;
import io.millrace.contracts.request.LayerSpec;
import io.millrace.contracts.request.ModelSpec;
import io.millrace.contracts.request.OptimizerSpec;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.task.DatasetDescription;
import java.util.ArrayList;
import java.util.List;

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
   * four gates and cell states among them; all in single precision.
   *
   * @param optimizer whose state counts
   * @param batchSize samples of a step
   */
  public long memoryBytes(OptimizerSpec optimizer, int batchSize) {
    long perSample = values(inputShape);
    for (Layer layer : layers) {
      perSample += activations(layer);
    }
    long perNetwork = parameters() + nonTrainableParameters();
    long slots = 2 + stateSlots(optimizer) + 1;
    return Float.BYTES * (perNetwork * slots + perSample * batchSize);
  }

  /**
   * Bytes that training takes of the JVM's heap beside its batches, estimated: the initial weights,
   * a recurrent layer's gates, cells and (for its orthogonal weights) a square matrix, the places
   * of a max pooling's maxima, and of layers that work on plain arrays a copy of their input, their
   * output and the gradients of both.
   */
  public long heapBytes(int batchSize) {
    long bytes = Float.BYTES * parameters();
    for (Layer layer : layers) {
      LayerSpec spec = layer.spec();
      if (spec instanceof LayerSpec.MaxPooling2D) {
        bytes += Integer.BYTES * values(layer.outputShape()) * batchSize;
      } else if (!isNative(spec)) {
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
        || spec instanceof LayerSpec.Dropout
        || spec instanceof LayerSpec.Flatten;
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
    if (layer.spec() instanceof LayerSpec.Flatten) {
      return 0;
    }
    long units = recurrentUnits(layer.spec());
    if (units > 0) {
      return layer.inputShape().get(0) * (14 * units + 2L * layer.inputShape().get(1));
    }
    long between = layer.spec() instanceof LayerSpec.SeparableConv2D ? copies(layer) : 0;
    return 3 * values(layer.outputShape()) + between;
  }

  private static long megabytes(long bytes) {
    return (bytes + (1 << 20) - 1) >> 20;
  }

  private static long values(List<Integer> shape) {
    return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
  }
}
