package io.millrace.trainer.dl4j.layers;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.Activation;
import io.millrace.contracts.request.ActivationSpec;
import io.millrace.contracts.request.AttentionSpec;
import io.millrace.contracts.request.ConvolutionSpec;
import io.millrace.contracts.request.CoreSpec;
import io.millrace.contracts.request.Interpolation;
import io.millrace.contracts.request.LayerSpec;
import io.millrace.contracts.request.NormalizationSpec;
import io.millrace.contracts.request.Padding;
import io.millrace.contracts.request.PoolingSpec;
import io.millrace.contracts.request.PreprocessingSpec;
import io.millrace.contracts.request.RecurrentSpec;
import io.millrace.contracts.request.RegularizationSpec;
import io.millrace.contracts.request.ReshapingSpec;
import io.millrace.trainer.dl4j.KerasLayer;
import io.millrace.trainer.dl4j.layers.DepthwiseConvolutionStage.Axis;
import io.millrace.trainer.dl4j.layers.DepthwiseConvolutionStage.Weights;
import io.millrace.trainer.dl4j.layers.DepthwiseConvolutionStage.Window;
import io.millrace.trainer.dl4j.layers.MaxPoolingStage.Sliding;
import io.millrace.trainer.dl4j.parts.BuiltInActivations;
import io.millrace.trainer.dl4j.parts.NetworkPart;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.deeplearning4j.nn.params.LSTMParamInitializer;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The stages of {@link KerasLayer}s, which work on the process's memory. */
public final class KerasStages {

  /**
   * What a stage works with.
   *
   * @param parameters parameters by Keras' names
   * @param gradients gradients by Keras' names; null if none are computed
   * @param seed combines the network's seed and the layer
   * @param first whether no earlier stage needs a gradient
   * @param mask the mask that the layer produces or uses; null for none
   */
  public record Setting(
      Map<String, INDArray> parameters,
      Map<String, INDArray> gradients,
      long seed,
      boolean first,
      TimeMask mask) {

    /** A setting without a mask. */
    public Setting(
        Map<String, INDArray> parameters,
        Map<String, INDArray> gradients,
        long seed,
        boolean first) {
      this(parameters, gradients, seed, first, null);
    }

    INDArray gradient(String name) {
      return gradients == null ? null : gradients.get(name);
    }

    Weights weights(String kernel, boolean biases) {
      return new Weights(
          parameters.get(kernel),
          gradient(kernel),
          biases ? parameters.get("bias") : null,
          biases ? gradient("bias") : null);
    }
  }

  /** Creates the stage of a layer type. */
  @FunctionalInterface
  private interface Maker<L extends LayerSpec> {
    Stage make(L layer, NetworkPart part, Setting setting);
  }

  /** Makers by the layer's class; the test of Keras' golden cases names a missing one. */
  private static final Map<Class<? extends LayerSpec>, Maker<LayerSpec>> MAKERS = new HashMap<>();

  private static <L extends LayerSpec> void on(Class<L> layer, Maker<L> maker) {
    MAKERS.put(layer, (spec, part, setting) -> maker.make(layer.cast(spec), part, setting));
  }

  static {
    activations();
    preprocessing();
    noise();
    pooling();
    places();
    normalizations();
    convolutions();
    on(CoreSpec.Dense.class, KerasStages::dense);
    on(
        CoreSpec.Embedding.class,
        (spec, p, s) ->
            new EmbeddingStage(
                spec, s.parameters.get("embeddings"), s.gradient("embeddings"), s.mask, s.first));
    on(
        CoreSpec.Masking.class,
        (masking, p, s) ->
            new MaskingStage(masking.maskValue(), s.mask == null ? new TimeMask() : s.mask));
    on(
        AttentionSpec.Attention.class,
        (attention, p, s) ->
            new AttentionStage(attention, s.parameters, s.gradients, s.seed, s.first));
    on(
        AttentionSpec.MultiHeadAttention.class,
        (attention, part, s) ->
            new MultiHeadAttentionStage(
                attention, part.input().get(1), s.parameters, s.gradients, s.seed, s.first));
    on(RecurrentSpec.LSTM.class, (lstm, part, setting) -> recurrent(lstm, setting, ""));
    on(RecurrentSpec.GRU.class, (gru, part, setting) -> recurrent(gru, setting, ""));
    on(RecurrentSpec.SimpleRNN.class, (rnn, part, setting) -> recurrent(rnn, setting, ""));
    on(RecurrentSpec.Bidirectional.class, (both, part, setting) -> bidirectional(both, setting));
  }

  private KerasStages() {}

  /**
   * The stage of a part in {@link NetworkPart.Form#KERAS} form.
   *
   * @throws IllegalArgumentException if the layer has none
   */
  public static Stage of(NetworkPart part, Setting setting) {
    Maker<LayerSpec> maker = MAKERS.get(part.spec().getClass());
    if (maker == null) {
      throw new IllegalArgumentException(part.spec().type() + " has no stage");
    }
    return maker.make(part.spec(), part, setting);
  }

  private static void activations() {
    on(ActivationSpec.ActivationLayer.class, (layer, p, s) -> activation(layer.activation()));
    on(
        ActivationSpec.LeakyReLU.class,
        (relu, p, s) -> ActivationStage.of(Curve.leaky(relu.negativeSlope())));
    on(ActivationSpec.ReLU.class, (relu, p, s) -> ActivationStage.of(Curve.of(relu)));
    on(ActivationSpec.ELU.class, (elu, p, s) -> ActivationStage.of(Curve.elu(elu.alpha())));
    on(
        ActivationSpec.PReLU.class,
        (relu, part, s) ->
            new ParametricReluStage(
                part.input(),
                relu.weights(part.input()).get(0).shape(),
                s.parameters.get("alpha"),
                s.gradient("alpha"),
                s.first));
    on(ActivationSpec.Softmax.class, (softmax, p, s) -> ActivationStage.softmax());
  }

  private static void preprocessing() {
    on(
        PreprocessingSpec.Rescaling.class,
        (rescaling, p, s) -> ActivationStage.of(Curve.line(rescaling.scale(), rescaling.offset())));
    on(
        PreprocessingSpec.Normalization.class,
        (norm, p, s) -> new StandardizationStage(norm, s.first));
    on(
        PreprocessingSpec.CenterCropLayer.class,
        (crop, part, s) ->
            GatherStage.of(
                part,
                s.first,
                shift(
                    (part.input().get(0) - crop.height()) / 2,
                    (part.input().get(1) - crop.width()) / 2)));
    on(
        PreprocessingSpec.Resizing.class,
        (resizing, part, s) ->
            resizing.interpolation() == Interpolation.BILINEAR
                ? new BilinearStage(part, s.first)
                : GatherStage.of(part, s.first, place -> nearest(part, place)));
  }

  private static int[] nearest(NetworkPart part, int[] place) {
    for (int axis = 0; axis < 2; axis++) {
      place[axis] =
          PreprocessingSpec.Resizing.nearest(
              place[axis], part.input().get(axis), part.output().get(axis));
    }
    return place;
  }

  private static void noise() {
    on(
        RegularizationSpec.Dropout.class,
        (dropout, p, s) -> NoiseStage.ofShape(dropout, s.seed, s.first));
    on(
        RegularizationSpec.SpatialDropout1D.class,
        (dropout, p, s) -> NoiseStage.ofFeatures(dropout.rate(), s.seed, s.first));
    on(
        RegularizationSpec.SpatialDropout2D.class,
        (dropout, p, s) -> NoiseStage.ofFeatures(dropout.rate(), s.seed, s.first));
    on(
        RegularizationSpec.GaussianDropout.class,
        (dropout, p, s) -> NoiseStage.gaussianDropout(dropout.rate(), s.seed, s.first));
    on(
        RegularizationSpec.GaussianNoiseLayer.class,
        (noise, p, s) -> NoiseStage.gaussianNoise(noise.stddev(), s.seed, s.first));
    on(
        RegularizationSpec.AlphaDropout.class,
        (dropout, p, s) -> NoiseStage.alphaDropout(dropout.rate(), s.seed, s.first));
  }

  private static void pooling() {
    on(
        PoolingSpec.AveragePooling2D.class,
        (pool, part, s) ->
            PoolingStage.windows(
                true,
                sliding(part, 0, pool.poolSize().rows(), pool.strides().rows(), pool.padding()),
                sliding(
                    part, 1, pool.poolSize().columns(), pool.strides().columns(), pool.padding()),
                s.first));
    on(
        PoolingSpec.MaxPooling1D.class,
        (pool, part, s) ->
            PoolingStage.windows(
                false, sliding(part, 0, pool.poolSize(), pool.strides(), pool.padding()), s.first));
    on(
        PoolingSpec.AveragePooling1D.class,
        (pool, part, s) ->
            PoolingStage.windows(
                true, sliding(part, 0, pool.poolSize(), pool.strides(), pool.padding()), s.first));
    on(PoolingSpec.GlobalMaxPooling1D.class, (l, p, s) -> PoolingStage.global(false, p, s.first));
    on(PoolingSpec.GlobalMaxPooling2D.class, (l, p, s) -> PoolingStage.global(false, p, s.first));
    on(
        PoolingSpec.GlobalAveragePooling1D.class,
        (pool, p, s) ->
            s.mask == null
                ? PoolingStage.global(true, p, s.first)
                : new MaskedMeanStage(s.mask, pool.keepdims()));
    on(
        PoolingSpec.GlobalAveragePooling2D.class,
        (l, p, s) -> PoolingStage.global(true, p, s.first));
  }

  private static Sliding sliding(
      NetworkPart part, int axis, int window, int stride, Padding padding) {
    return Sliding.of(part.input().get(axis), window, stride, padding, part.output().get(axis));
  }

  private static void places() {
    on(ReshapingSpec.Flatten.class, (l, part, s) -> GatherStage.inOrder(part, s.first));
    on(ReshapingSpec.Reshape.class, (l, part, s) -> GatherStage.inOrder(part, s.first));
    on(
        ReshapingSpec.RepeatVector.class,
        (l, part, s) -> GatherStage.of(part, s.first, place -> new int[] {place[1]}));
    on(
        ReshapingSpec.Permute.class,
        (permute, part, s) ->
            GatherStage.of(part, s.first, place -> unpermuted(place, permute.dims())));
    on(
        ReshapingSpec.ZeroPadding1D.class,
        (l, part, s) -> GatherStage.of(part, s.first, shift(-l.padding().rows(), 0)));
    on(
        ReshapingSpec.ZeroPadding2D.class,
        (l, part, s) ->
            GatherStage.of(
                part, s.first, shift(-l.padding().rows().rows(), -l.padding().columns().rows())));
    on(
        ReshapingSpec.Cropping1D.class,
        (l, part, s) -> GatherStage.of(part, s.first, shift(l.cropping().rows(), 0)));
    on(
        ReshapingSpec.Cropping2D.class,
        (l, part, s) ->
            GatherStage.of(
                part, s.first, shift(l.cropping().rows().rows(), l.cropping().columns().rows())));
    on(
        ReshapingSpec.UpSampling1D.class,
        (l, part, s) -> GatherStage.of(part, s.first, nearest(l.size(), 1)));
    on(
        ReshapingSpec.UpSampling2D.class,
        (l, part, s) ->
            GatherStage.of(part, s.first, nearest(l.size().rows(), l.size().columns())));
  }

  private static int[] unpermuted(int[] place, List<Integer> dims) {
    int[] from = new int[place.length];
    for (int axis = 0; axis < place.length; axis++) {
      from[dims.get(axis) - 1] = place[axis];
    }
    return from;
  }

  /** The input position for an output position, shifted by rows (or time steps) and columns. */
  private static UnaryOperator<int[]> shift(int rows, int columns) {
    return place -> {
      place[0] += rows;
      place[1] += columns;
      return place;
    };
  }

  private static UnaryOperator<int[]> nearest(int rows, int columns) {
    return place -> {
      place[0] /= rows;
      place[1] /= columns;
      return place;
    };
  }

  private static void normalizations() {
    on(
        NormalizationSpec.BatchNormalization.class,
        (norm, part, s) ->
            new BatchNormalizationStage(
                norm, s.parameters, s.gradients, !part.trainable(), s.first));
    on(
        NormalizationSpec.LayerNormalization.class,
        (norm, p, s) -> new LayerNormalizationStage(norm, s.parameters, s.gradients, s.first));
    on(
        NormalizationSpec.GroupNormalization.class,
        (norm, p, s) -> new GroupNormalizationStage(norm, s.parameters, s.gradients, s.first));
    on(
        NormalizationSpec.UnitNormalization.class,
        (norm, p, s) -> new UnitNormalizationStage(s.first));
  }

  private static void convolutions() {
    on(
        ConvolutionSpec.Conv1D.class,
        (conv, p, s) ->
            activated(
                new SeriesConvolutionStage(conv, s.parameters, s.gradients, s.first),
                conv.activation()));
    on(ConvolutionSpec.Conv1DTranspose.class, KerasStages::transposed);
    on(ConvolutionSpec.Conv2DTranspose.class, KerasStages::transposed);
    on(ConvolutionSpec.DepthwiseConv2D.class, KerasStages::depthwise);
    on(ConvolutionSpec.SeparableConv2D.class, KerasStages::separable);
  }

  private static Stage activation(Activation activation) {
    return switch (activation) {
      case SOFTMAX -> ActivationStage.softmax();
      case LOG_SOFTMAX -> ActivationStage.logSoftmax();
      default -> ActivationStage.of(Curve.of(activation));
    };
  }

  private static Stage activated(Stage core, Activation activation) {
    return activation == Activation.LINEAR
        ? core
        : ChainStage.of(List.of(core, activation(activation)));
  }

  private static Stage dense(CoreSpec.Dense dense, NetworkPart part, Setting setting) {
    int inputs = part.input().get(part.input().size() - 1);
    Map<String, INDArray> parameters = matrices(setting.parameters, inputs, dense.units());
    Map<String, INDArray> gradients =
        setting.gradients == null ? Map.of() : matrices(setting.gradients, inputs, dense.units());
    IActivation activation =
        dense.activation() == Activation.LINEAR
            ? new ActivationIdentity()
            : BuiltInActivations.of(dense.activation());
    return new SequenceStage(new DenseStage(parameters, gradients, activation, setting.first));
  }

  private static Map<String, INDArray> matrices(Map<String, INDArray> rows, int inputs, int units) {
    Map<String, INDArray> matrices = new HashMap<>();
    matrices.put(
        DefaultParamInitializer.WEIGHT_KEY, rows.get("kernel").reshape('f', inputs, units));
    if (rows.containsKey("bias")) {
      matrices.put(DefaultParamInitializer.BIAS_KEY, rows.get("bias"));
    }
    return matrices;
  }

  private static Stage transposed(
      ConvolutionSpec.Conv2DTranspose conv, NetworkPart part, Setting setting) {
    Axis rows =
        Axis.of(
            part.output().get(0),
            part.input().get(0),
            conv.kernelSize().rows(),
            conv.strides().rows(),
            conv.dilationRate().rows(),
            conv.padding());
    Axis columns =
        Axis.of(
            part.output().get(1),
            part.input().get(1),
            conv.kernelSize().columns(),
            conv.strides().columns(),
            conv.dilationRate().columns(),
            conv.padding());
    Stage core =
        new TransposedConvolutionStage(
            rows,
            columns,
            setting.weights("kernel", true),
            part.input().get(2),
            conv.filters(),
            setting.first);
    return activated(core, conv.activation());
  }

  private static Stage transposed(
      ConvolutionSpec.Conv1DTranspose conv, NetworkPart part, Setting setting) {
    Axis times =
        Axis.of(
            part.output().get(0),
            part.input().get(0),
            conv.kernelSize(),
            conv.strides(),
            conv.dilationRate(),
            conv.padding());
    Stage core =
        new SeriesAsImagesStage(
            new TransposedConvolutionStage(
                times,
                Axis.of(1, 1, 1, 1, 1, Padding.VALID),
                setting.weights("kernel", true),
                part.input().get(1),
                conv.filters(),
                setting.first));
    return activated(core, conv.activation());
  }

  private static Stage depthwise(
      ConvolutionSpec.DepthwiseConv2D conv, NetworkPart part, Setting setting) {
    Window window =
        new Window(conv.kernelSize(), conv.strides(), conv.dilationRate(), conv.padding());
    Weights weights = setting.weights("kernel", true);
    Stage core =
        new DepthwiseConvolutionStage(window, part.input(), part.output(), weights, setting.first);
    return activated(core, conv.activation());
  }

  private static Stage separable(
      ConvolutionSpec.SeparableConv2D conv, NetworkPart part, Setting setting) {
    int between = part.input().get(2) * conv.depthMultiplier();
    List<Integer> middle = List.of(part.output().get(0), part.output().get(1), between);
    Window window =
        new Window(conv.kernelSize(), conv.strides(), conv.dilationRate(), conv.padding());
    Weights depthwise = setting.weights("depthwise_kernel", false);
    Weights pointwise = setting.weights("pointwise_kernel", true);
    Stage core =
        ChainStage.of(
            List.of(
                new DepthwiseConvolutionStage(
                    window, part.input(), middle, depthwise, setting.first),
                new PointwiseConvolutionStage(pointwise, between, conv.filters())));
    return activated(core, conv.activation());
  }

  private static Stage bidirectional(RecurrentSpec.Bidirectional both, Setting setting) {
    Stage forward = recurrent(both.cell(), setting, "forward_");
    Setting other =
        new Setting(
            setting.parameters,
            setting.gradients,
            DropoutStage.mix(setting.seed + 1),
            setting.first,
            setting.mask);
    Stage backward = recurrent(both.cell(), other, "backward_");
    return new BidirectionalStage(
        forward, backward, both.mergeMode(), both.cell().returnSequences());
  }

  /** The inputs' dropout, their reversal if they are read backwards, and the cells. */
  private static Stage recurrent(RecurrentSpec.Cell cell, Setting setting, String prefix) {
    var stages = new ArrayList<Stage>();
    if (cell.dropout() > 0 && !GateProducts.dropsInputs(cell)) {
      stages.add(NoiseStage.ofFeatures(cell.dropout(), setting.seed, setting.first));
    }
    boolean backwards = cell.goBackwards() || prefix.equals("backward_");
    if (backwards) {
      stages.add(new ReversalStage());
    }
    stages.add(
        setting.mask == null
            ? cells(cell, setting, prefix)
            : new MaskedStage(
                cells(ofSequences(cell), setting, prefix),
                setting.mask,
                backwards,
                cell.returnSequences(),
                !prefix.isEmpty()));
    return ChainStage.of(stages);
  }

  /** The same cell with the output of every time step. */
  private static RecurrentSpec.Cell ofSequences(RecurrentSpec.Cell cell) {
    ObjectNode fields = (ObjectNode) Messages.tree(cell);
    fields.put("return_sequences", true);
    return (RecurrentSpec.Cell) Messages.readStrictly(fields, LayerSpec.class);
  }

  private static Stage cells(RecurrentSpec.Cell cell, Setting setting, String prefix) {
    if (cell instanceof RecurrentSpec.LSTM lstm) {
      return new LstmStage(
          lstmNames(setting.parameters, prefix),
          lstmNames(setting.gradients, prefix),
          lstm,
          setting.seed,
          setting.first);
    }
    if (cell instanceof RecurrentSpec.GRU gru) {
      return new GruStage(
          gru, setting.parameters, setting.gradients, prefix, setting.seed, setting.first);
    }
    return new SimpleRnnStage(
        (RecurrentSpec.SimpleRNN) cell,
        setting.parameters,
        setting.gradients,
        prefix,
        setting.seed,
        setting.first);
  }

  private static Map<String, INDArray> lstmNames(Map<String, INDArray> named, String prefix) {
    Map<String, INDArray> lstm = new HashMap<>();
    if (named != null) {
      lstm.put(LSTMParamInitializer.INPUT_WEIGHT_KEY, named.get(prefix + "kernel"));
      lstm.put(LSTMParamInitializer.RECURRENT_WEIGHT_KEY, named.get(prefix + "recurrent_kernel"));
      lstm.put(LSTMParamInitializer.BIAS_KEY, named.get(prefix + "bias"));
    }
    return lstm;
  }
}
