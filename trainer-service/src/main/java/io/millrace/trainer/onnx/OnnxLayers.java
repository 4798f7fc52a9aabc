package io.millrace.trainer.onnx;

import static io.millrace.trainer.onnx.OnnxGraph.attribute;

import io.millrace.contracts.network.NetworkPlan;
import io.millrace.contracts.request.Activation;
import io.millrace.contracts.request.ActivationSpec;
import io.millrace.contracts.request.AttentionSpec;
import io.millrace.contracts.request.ConvolutionSpec;
import io.millrace.contracts.request.CoreSpec;
import io.millrace.contracts.request.IntPair;
import io.millrace.contracts.request.Interpolation;
import io.millrace.contracts.request.LayerSpec;
import io.millrace.contracts.request.MergingSpec;
import io.millrace.contracts.request.NormalizationSpec;
import io.millrace.contracts.request.Padding;
import io.millrace.contracts.request.PoolingSpec;
import io.millrace.contracts.request.PreprocessingSpec;
import io.millrace.contracts.request.RecurrentSpec;
import io.millrace.contracts.request.RegularizationSpec;
import io.millrace.contracts.request.ReshapingSpec;
import io.millrace.contracts.request.SeriesPadding;
import io.millrace.trainer.network.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import onnx.Onnx.AttributeProto;
import onnx.Onnx.TensorProto;

/**
 * Keras' layers as ONNX operators, in evaluation mode. Between layers values are in Keras' order,
 * channels last; operators with channels first are placed between transpositions, which runtimes
 * merge or remove.
 */
final class OnnxLayers {
  private static final int INT64 = TensorProto.DataType.INT64_VALUE;

  /** Keras' lower limit of a squared length. */
  private static final double LEAST_SQUARES = 1e-12;

  private final OnnxGraph graph;
  private final WeightQueue weights;

  OnnxLayers(OnnxGraph graph, WeightQueue weights) {
    this.graph = graph;
    this.weights = weights;
  }

  /** The output of a layer for its inputs. */
  String layer(NetworkPlan.Layer layer, List<String> inputs) {
    return layer.spec() instanceof MergingSpec merging
        ? OnnxMerging.of(graph, merging, layer.inputShapes(), inputs)
        : layer(layer.spec(), layer.inputShape(), layer.outputShape(), inputs.get(0));
  }

  private String layer(LayerSpec spec, List<Integer> input, List<Integer> output, String x) {
    int channels = input.get(input.size() - 1);
    if (spec instanceof ConvolutionSpec.Conv2D conv) {
      String sums =
          convolution(
              x,
              window(conv.kernelSize(), conv.strides(), conv.dilationRate(), conv.padding()),
              input,
              kernel(weights.next(), 1),
              bias(conv.useBias()),
              1);
      return activation(conv.activation(), sums);
    }
    if (spec instanceof ConvolutionSpec.Conv1D conv) {
      return overTime(conv, input, x);
    }
    if (spec instanceof ConvolutionSpec.DepthwiseConv2D conv) {
      String sums =
          convolution(
              x,
              window(conv.kernelSize(), conv.strides(), conv.dilationRate(), conv.padding()),
              input,
              kernel(weights.next(), channels),
              bias(conv.useBias()),
              channels);
      return activation(conv.activation(), sums);
    }
    if (spec instanceof ConvolutionSpec.SeparableConv2D conv) {
      return separable(conv, input, x);
    }
    if (spec instanceof ConvolutionSpec.Conv2DTranspose conv) {
      return transposed(
          conv.activation(),
          window(conv.kernelSize(), conv.strides(), conv.dilationRate(), conv.padding()),
          input.size(),
          conv.useBias(),
          x);
    }
    if (spec instanceof ConvolutionSpec.Conv1DTranspose conv) {
      var window =
          new Window(
              new int[] {conv.kernelSize()},
              new int[] {conv.strides()},
              new int[] {conv.dilationRate()},
              conv.padding());
      return transposed(conv.activation(), window, input.size(), conv.useBias(), x);
    }
    if (spec instanceof CoreSpec.Embedding) {
      String vectors = variable();
      String numbers = graph.node("Cast", List.of(x), attribute("to", INT64));
      return graph.node("Gather", List.of(vectors, numbers), attribute("axis", 0));
    }
    if (spec instanceof CoreSpec.Masking masking) {
      return masked(masking, x);
    }
    if (spec instanceof CoreSpec.Dense dense) {
      String sums = graph.node("MatMul", List.of(x, variable()));
      String bias = bias(dense.useBias());
      return activation(
          dense.activation(), bias == null ? sums : graph.node("Add", List.of(sums, bias)));
    }
    if (spec instanceof RecurrentSpec.LSTM
        || spec instanceof RecurrentSpec.GRU
        || spec instanceof RecurrentSpec.SimpleRNN) {
      return OnnxRecurrent.of(graph, spec, x, channels, weights);
    }
    if (spec instanceof RecurrentSpec.Bidirectional both) {
      return bidirectional(both, channels, x);
    }
    if (spec instanceof RecurrentSpec.TimeDistributed times) {
      return layer(times.layer(), input, output, x);
    }
    if (spec instanceof AttentionSpec attention) {
      return OnnxAttention.of(graph, attention, input, x, weights);
    }
    String pooled = pooling(spec, input, x);
    if (pooled != null) {
      return pooled;
    }
    if (spec instanceof NormalizationSpec.GroupNormalization norm) {
      return groupNormalization(norm, input, x);
    }
    if (spec instanceof ReshapingSpec.UpSampling1D up) {
      return repeated(x, input, up.size());
    }
    if (spec instanceof ReshapingSpec.UpSampling2D up) {
      return repeated(x, input, up.size().rows(), up.size().columns());
    }
    if (spec instanceof PreprocessingSpec.Normalization norm) {
      return standardized(norm, channels, x);
    }
    if (spec instanceof PreprocessingSpec.CenterCropLayer crop) {
      int top = (input.get(0) - crop.height()) / 2;
      int left = (input.get(1) - crop.width()) / 2;
      int[] end = {top + crop.height(), left + crop.width()};
      return cropped(x, new int[] {top, left}, end, 1, 2);
    }
    if (spec instanceof PreprocessingSpec.Resizing resizing) {
      return resizing.interpolation() == Interpolation.NEAREST
          ? picked(picked(x, 1, input, output), 2, input, output)
          : resized(x, output);
    }
    String values = valueByValue(spec, x);
    return values != null ? values : arrangement(spec, output, x);
  }

  private String activation(Activation activation, String x) {
    return OnnxActivations.of(graph, activation, x);
  }

  // Convolutions

  /** A window that slides over one or two axes. */
  private record Window(int[] size, int[] strides, int[] dilation, Padding padding) {
    /** The padding: before each axis, then after each. */
    int[] pads(List<Integer> input) {
      int axes = size.length;
      int[] pads = new int[2 * axes];
      if (padding == Padding.SAME) {
        for (int i = 0; i < axes; i++) {
          int steps = (input.get(i) + strides[i] - 1) / strides[i];
          int reach = (size[i] - 1) * dilation[i] + 1;
          int all = Math.max(0, (steps - 1) * strides[i] + reach - input.get(i));
          pads[i] = all / 2;
          pads[axes + i] = all - all / 2;
        }
      }
      return pads;
    }

    List<AttributeProto> attributes(List<Integer> input) {
      return List.of(
          attribute("kernel_shape", size),
          attribute("strides", strides),
          attribute("pads", pads(input)));
    }
  }

  private static Window window(IntPair size, IntPair strides, IntPair dilation, Padding padding) {
    return new Window(axes(size), axes(strides), axes(dilation), padding);
  }

  private static int[] axes(IntPair pair) {
    return new int[] {pair.rows(), pair.columns()};
  }

  private String convolution(
      String x, Window window, List<Integer> input, String kernel, String bias, int groups) {
    var inputs = new ArrayList<>(List.of(channelsFirst(x, input.size()), kernel));
    if (bias != null) {
      inputs.add(bias);
    }
    var attributes = new ArrayList<>(window.attributes(input));
    attributes.add(attribute("dilations", window.dilation()));
    attributes.add(attribute("group", groups));
    return channelsLast(
        graph.node("Conv", inputs, attributes.toArray(AttributeProto[]::new)), input.size());
  }

  private String overTime(ConvolutionSpec.Conv1D conv, List<Integer> input, String x) {
    int before = (conv.kernelSize() - 1) * conv.dilationRate();
    String from = conv.padding() == SeriesPadding.CAUSAL ? pad(x, 0, before, 0, 0, 0, 0) : x;
    var window =
        new Window(
            new int[] {conv.kernelSize()},
            new int[] {conv.strides()},
            new int[] {conv.dilationRate()},
            conv.padding() == SeriesPadding.SAME ? Padding.SAME : Padding.VALID);
    String sums =
        convolution(from, window, input, kernel(weights.next(), 1), bias(conv.useBias()), 1);
    return activation(conv.activation(), sums);
  }

  private String separable(ConvolutionSpec.SeparableConv2D conv, List<Integer> input, String x) {
    Window wide = window(conv.kernelSize(), conv.strides(), conv.dilationRate(), conv.padding());
    int channels = input.get(2);
    String depthwise =
        convolution(x, wide, input, kernel(weights.next(), channels), null, channels);
    var one = new Window(new int[] {1, 1}, new int[] {1, 1}, new int[] {1, 1}, Padding.VALID);
    String sums =
        convolution(depthwise, one, input, kernel(weights.next(), 1), bias(conv.useBias()), 1);
    return activation(conv.activation(), sums);
  }

  /**
   * Keras' {@code [window…, in, out]} as {@code [out, in, window…]}; depthwise {@code [window…,
   * channels, multiplier]} as {@code [channels · multiplier, 1, window…]}.
   */
  private String kernel(Weights kernel, int groups) {
    List<Integer> shape = kernel.shape();
    int axes = shape.size() - 2;
    int in = shape.get(axes);
    int out = shape.get(axes + 1);
    int window = shape.subList(0, axes).stream().reduce(1, (a, b) -> a * b);
    var turned = new ArrayList<Integer>();
    turned.add(groups == 1 ? out : in * out);
    turned.add(groups == 1 ? in : 1);
    turned.addAll(shape.subList(0, axes));
    boolean byChannel = groups != 1;
    return graph.weights(
        kernel.name(), turned, () -> turned(kernel.values().get(), window, in, out, byChannel));
  }

  private static float[] turned(float[] keras, int window, int in, int out, boolean byChannel) {
    float[] values = new float[keras.length];
    for (int w = 0; w < window; w++) {
      for (int i = 0; i < in; i++) {
        for (int o = 0; o < out; o++) {
          int to = byChannel ? i * out + o : o * in + i;
          values[to * window + w] = keras[(w * in + i) * out + o];
        }
      }
    }
    return values;
  }

  private String bias(boolean used) {
    return used ? variable() : null;
  }

  /** The next variable, unchanged. */
  private String variable() {
    Weights variable = weights.next();
    return graph.weights(variable.name(), variable.shape(), variable.values());
  }

  /**
   * A transposed convolution. {@link #kernel} works for it, since Keras swaps the kernel's last
   * axes.
   */
  private String transposed(
      Activation activation, Window window, int axes, boolean hasBias, String x) {
    var inputs = new ArrayList<>(List.of(channelsFirst(x, axes), kernel(weights.next(), 1)));
    if (hasBias) {
      inputs.add(variable());
    }
    int places = window.size().length;
    int[] pads = new int[2 * places];
    int[] more = new int[places];
    for (int i = 0; i < places; i++) {
      int beyond = (window.size()[i] - 1) * window.dilation()[i] + 1 - window.strides()[i];
      more[i] = Math.max(0, -beyond);
      if (window.padding() == Padding.SAME && beyond > 0) {
        pads[i] = beyond / 2;
        pads[places + i] = beyond - beyond / 2;
      }
    }
    String sums =
        graph.node(
            "ConvTranspose",
            inputs,
            attribute("kernel_shape", window.size()),
            attribute("strides", window.strides()),
            attribute("dilations", window.dilation()),
            attribute("pads", pads),
            attribute("output_padding", more));
    return activation(activation, channelsLast(sums, axes));
  }

  private String channelsFirst(String x, int axes) {
    int[] order =
        IntStream.range(0, axes + 1).map(i -> i == 0 ? 0 : i == 1 ? axes : i - 1).toArray();
    return graph.node("Transpose", List.of(x), attribute("perm", order));
  }

  private String channelsLast(String x, int axes) {
    int[] order =
        IntStream.range(0, axes + 1).map(i -> i == 0 ? 0 : i == axes ? 1 : i + 1).toArray();
    return graph.node("Transpose", List.of(x), attribute("perm", order));
  }

  // Pooling

  /** The output of a pooling layer; null for other layers. */
  private String pooling(LayerSpec spec, List<Integer> input, String x) {
    if (spec instanceof PoolingSpec.MaxPooling2D pool) {
      IntPair one = IntPair.of(1);
      return pool(
          "MaxPool", x, window(pool.poolSize(), pool.strides(), one, pool.padding()), input);
    }
    if (spec instanceof PoolingSpec.AveragePooling2D pool) {
      IntPair one = IntPair.of(1);
      return pool(
          "AveragePool", x, window(pool.poolSize(), pool.strides(), one, pool.padding()), input);
    }
    if (spec instanceof PoolingSpec.MaxPooling1D pool) {
      return pool("MaxPool", x, times(pool.poolSize(), pool.strides(), pool.padding()), input);
    }
    if (spec instanceof PoolingSpec.AveragePooling1D pool) {
      return pool("AveragePool", x, times(pool.poolSize(), pool.strides(), pool.padding()), input);
    }
    if (spec instanceof PoolingSpec.GlobalMaxPooling2D
        || spec instanceof PoolingSpec.GlobalMaxPooling1D) {
      return overPlaces("ReduceMax", spec, x, input);
    }
    return spec instanceof PoolingSpec.GlobalAveragePooling2D
            || spec instanceof PoolingSpec.GlobalAveragePooling1D
        ? overPlaces("ReduceMean", spec, x, input)
        : null;
  }

  private static Window times(int size, int stride, Padding padding) {
    return new Window(new int[] {size}, new int[] {stride}, new int[] {1}, padding);
  }

  private String pool(String type, String x, Window window, List<Integer> input) {
    String pooled =
        graph.node(
            type,
            List.of(channelsFirst(x, input.size())),
            window.attributes(input).toArray(AttributeProto[]::new));
    return channelsLast(pooled, input.size());
  }

  private String overPlaces(String type, LayerSpec spec, String x, List<Integer> input) {
    int[] axes = IntStream.range(1, input.size()).toArray();
    int keeps = PoolingSpec.isFlat(spec) ? 0 : 1;
    return graph.node(type, List.of(x), attribute("axes", axes), attribute("keepdims", keeps));
  }

  // Recurrent layers in both directions

  private String bidirectional(RecurrentSpec.Bidirectional both, int features, String x) {
    List<String> outputs = OnnxRecurrent.both(graph, both.layer(), x, features, weights);
    return switch (both.mergeMode()) {
      case CONCAT -> graph.node("Concat", outputs, attribute("axis", -1));
      case SUM -> graph.node("Add", outputs);
      case MUL -> graph.node("Mul", outputs);
      case AVE -> graph.node("Mean", outputs);
    };
  }

  // Preprocessing

  /** Sets time steps to zero at which all values equal the mask value. */
  private String masked(CoreSpec.Masking masking, String x) {
    String equal = graph.node("Equal", List.of(x, graph.number(masking.maskValue())));
    String numbers =
        graph.node("Cast", List.of(equal), attribute("to", TensorProto.DataType.FLOAT_VALUE));
    String all =
        graph.node(
            "ReduceMin",
            List.of(numbers),
            attribute("axes", new int[] {2}),
            attribute("keepdims", 1));
    return graph.node("Mul", List.of(x, graph.node("Sub", List.of(graph.number(1), all))));
  }

  private String standardized(PreprocessingSpec.Normalization norm, int channels, String x) {
    float[] means = new float[channels];
    float[] deviations = new float[channels];
    for (int c = 0; c < channels; c++) {
      means[c] = (float) norm.mean().of(c);
      deviations[c] = (float) norm.deviation(c);
    }
    String centred = graph.node("Sub", List.of(x, graph.numbers(means)));
    return graph.node("Div", List.of(centred, graph.numbers(deviations)));
  }

  /**
   * The nearest pixels along an axis, by index: the operator Resize rounds differently.
   *
   * @param axis 1 for rows, 2 for columns
   */
  private String picked(String x, int axis, List<Integer> input, List<Integer> output) {
    int from = input.get(axis - 1);
    int to = output.get(axis - 1);
    int[] places =
        IntStream.range(0, to).map(i -> PreprocessingSpec.Resizing.nearest(i, from, to)).toArray();
    return graph.node("Gather", List.of(x, graph.integers(places)), attribute("axis", axis));
  }

  private String resized(String x, List<Integer> output) {
    String image = channelsFirst(x, output.size());
    String batch = graph.node("Shape", List.of(image), attribute("start", 0), attribute("end", 1));
    String sample = graph.integers(output.get(2), output.get(0), output.get(1));
    String sizes = graph.node("Concat", List.of(batch, sample), attribute("axis", 0));
    String made =
        graph.node(
            "Resize",
            List.of(image, "", "", sizes),
            attribute("mode", "linear"),
            attribute("coordinate_transformation_mode", "half_pixel"));
    return channelsLast(made, output.size());
  }

  // Normalization and activations

  /**
   * The output of a layer that works on each value, or each position, alone; null for other layers.
   */
  private String valueByValue(LayerSpec spec, String x) {
    if (spec instanceof NormalizationSpec.BatchNormalization norm) {
      return batchNormalization(norm, x);
    }
    if (spec instanceof NormalizationSpec.LayerNormalization norm) {
      return layerNormalization(norm, x);
    }
    if (spec instanceof NormalizationSpec.UnitNormalization) {
      String squares = graph.node("ReduceSumSquare", List.of(x), attribute("axes", new int[] {-1}));
      String bounded = graph.node("Max", List.of(squares, graph.number(LEAST_SQUARES)));
      return graph.node("Div", List.of(x, graph.node("Sqrt", List.of(bounded))));
    }
    if (spec instanceof PreprocessingSpec.Rescaling rescaling) {
      String scaled = graph.node("Mul", List.of(x, graph.number(rescaling.scale())));
      return graph.node("Add", List.of(scaled, graph.number(rescaling.offset())));
    }
    if (spec instanceof ActivationSpec.PReLU) {
      return graph.node("PRelu", List.of(x, variable()));
    }
    if (spec instanceof ActivationSpec.ActivationLayer layer) {
      return activation(layer.activation(), x);
    }
    if (spec instanceof ActivationSpec.LeakyReLU relu) {
      return graph.node("LeakyRelu", List.of(x), attribute("alpha", relu.negativeSlope()));
    }
    if (spec instanceof ActivationSpec.ReLU relu) {
      return relu(relu, x);
    }
    if (spec instanceof ActivationSpec.ELU elu) {
      return graph.node("Elu", List.of(x), attribute("alpha", elu.alpha()));
    }
    if (spec instanceof ActivationSpec.Softmax) {
      return activation(Activation.SOFTMAX, x);
    }
    boolean isNothing =
        spec instanceof RegularizationSpec.Dropout
            || spec instanceof RegularizationSpec.SpatialDropout1D
            || spec instanceof RegularizationSpec.SpatialDropout2D
            || spec instanceof RegularizationSpec.GaussianDropout
            || spec instanceof RegularizationSpec.GaussianNoiseLayer
            || spec instanceof RegularizationSpec.AlphaDropout;
    return isNothing ? x : null;
  }

  /**
   * Batch normalization with the running statistics, as one factor and one offset for each channel.
   */
  private String batchNormalization(NormalizationSpec.BatchNormalization norm, String x) {
    Weights gamma = norm.scale() ? weights.next() : null;
    Weights beta = norm.center() ? weights.next() : null;
    Weights mean = weights.next();
    Weights variance = weights.next();
    String name = mean.name().substring(0, mean.name().lastIndexOf('/'));
    String factor =
        graph.weights(
            name + "/factor", mean.shape(), () -> factors(norm.epsilon(), gamma, variance));
    String offset =
        graph.weights(
            name + "/offset",
            mean.shape(),
            () -> {
              float[] offsets = new float[mean.shape().get(0)];
              float[] factors = factors(norm.epsilon(), gamma, variance);
              float[] means = mean.values().get();
              float[] betas = beta == null ? offsets.clone() : beta.values().get();
              for (int i = 0; i < offsets.length; i++) {
                offsets[i] = (float) (betas[i] - (double) means[i] * factors[i]);
              }
              return offsets;
            });
    return graph.node("Add", List.of(graph.node("Mul", List.of(x, factor)), offset));
  }

  private static float[] factors(double epsilon, Weights gamma, Weights variance) {
    float[] factors = variance.values().get().clone();
    float[] gammas = gamma == null ? null : gamma.values().get();
    for (int i = 0; i < factors.length; i++) {
      factors[i] = (float) ((gammas == null ? 1 : gammas[i]) / Math.sqrt(factors[i] + epsilon));
    }
    return factors;
  }

  private String layerNormalization(NormalizationSpec.LayerNormalization norm, String x) {
    String mean = graph.node("ReduceMean", List.of(x), attribute("axes", new int[] {-1}));
    String centred = graph.node("Sub", List.of(x, mean));
    String variance =
        graph.node(
            "ReduceMean",
            List.of(graph.node("Mul", List.of(centred, centred))),
            attribute("axes", new int[] {-1}));
    String deviation =
        graph.node(
            "Sqrt", List.of(graph.node("Add", List.of(variance, graph.number(norm.epsilon())))));
    String values = graph.node("Div", List.of(centred, deviation));
    if (norm.scale()) {
      values = graph.node("Mul", List.of(values, bias(true)));
    }
    return norm.center() ? graph.node("Add", List.of(values, bias(true))) : values;
  }

  private String groupNormalization(
      NormalizationSpec.GroupNormalization norm, List<Integer> input, String x) {
    int channels = input.get(input.size() - 1);
    int groups = norm.groups() < 0 ? channels : norm.groups();
    int places = input.subList(0, input.size() - 1).stream().reduce(1, (a, b) -> a * b);
    String parted = graph.reshape(x, places, groups, channels / groups);
    var overGroup = attribute("axes", 1, 3);
    String mean = graph.node("ReduceMean", List.of(parted), overGroup);
    String centred = graph.node("Sub", List.of(parted, mean));
    String squares = graph.node("Mul", List.of(centred, centred));
    String variance = graph.node("ReduceMean", List.of(squares), overGroup);
    String under = graph.node("Add", List.of(variance, graph.number(norm.epsilon())));
    String values = graph.node("Div", List.of(centred, graph.node("Sqrt", List.of(under))));
    values = graph.reshape(values, input.stream().mapToInt(size -> size).toArray());
    if (norm.scale()) {
      values = graph.node("Mul", List.of(values, variable()));
    }
    return norm.center() ? graph.node("Add", List.of(values, variable())) : values;
  }

  private String relu(ActivationSpec.ReLU relu, String x) {
    String from = x;
    if (relu.threshold() > 0) {
      String threshold = graph.number(relu.threshold());
      String below = graph.node("Sub", List.of(x, threshold));
      String sloped = graph.node("Mul", List.of(below, graph.number(relu.negativeSlope())));
      from =
          graph.node(
              "Where", List.of(graph.node("GreaterOrEqual", List.of(x, threshold)), x, sloped));
    } else if (relu.negativeSlope() > 0) {
      from = graph.node("LeakyRelu", List.of(x), attribute("alpha", relu.negativeSlope()));
    } else {
      from = graph.node("Relu", List.of(x));
    }
    return relu.maxValue() == null
        ? from
        : graph.node("Min", List.of(from, graph.number(relu.maxValue())));
  }

  // Values in other places

  private String arrangement(LayerSpec spec, List<Integer> output, String x) {
    if (spec instanceof ReshapingSpec.Flatten || spec instanceof ReshapingSpec.Reshape) {
      return graph.reshape(x, output.stream().mapToInt(size -> size).toArray());
    }
    if (spec instanceof ReshapingSpec.Cropping1D cropping) {
      int from = cropping.cropping().rows();
      return cropped(x, new int[] {from}, new int[] {from + output.get(0)}, 1);
    }
    if (spec instanceof ReshapingSpec.Cropping2D cropping) {
      int top = cropping.cropping().rows().rows();
      int left = cropping.cropping().columns().rows();
      int[] end = {top + output.get(0), left + output.get(1)};
      return cropped(x, new int[] {top, left}, end, 1, 2);
    }
    if (spec instanceof ReshapingSpec.Permute permute) {
      int[] order =
          IntStream.concat(IntStream.of(0), permute.dims().stream().mapToInt(dim -> dim)).toArray();
      return graph.node("Transpose", List.of(x), attribute("perm", order));
    }
    if (spec instanceof ReshapingSpec.RepeatVector repeat) {
      String once = graph.node("Unsqueeze", List.of(x, graph.integers(1)));
      return graph.node("Tile", List.of(once, graph.integers(1, repeat.n(), 1)));
    }
    if (spec instanceof ReshapingSpec.ZeroPadding1D padding) {
      return pad(x, 0, padding.padding().rows(), 0, 0, padding.padding().columns(), 0);
    }
    if (spec instanceof ReshapingSpec.ZeroPadding2D padding) {
      IntPair rows = padding.padding().rows();
      IntPair columns = padding.padding().columns();
      return pad(x, 0, rows.rows(), columns.rows(), 0, 0, rows.columns(), columns.columns(), 0);
    }
    throw new IllegalArgumentException(spec.type() + " cannot be exported to ONNX");
  }

  private String cropped(String x, int[] from, int[] to, int... axes) {
    return graph.node(
        "Slice", List.of(x, graph.integers(from), graph.integers(to), graph.integers(axes)));
  }

  /** Repeats each position several times along one or two axes. */
  private String repeated(String x, List<Integer> input, int... times) {
    int axes = times.length;
    int[] apart = new int[2 * axes + 1];
    int[] repeats = new int[2 * axes + 2];
    int[] made = new int[axes + 1];
    Arrays.fill(repeats, 1);
    for (int i = 0; i < axes; i++) {
      apart[2 * i] = input.get(i);
      apart[2 * i + 1] = 1;
      repeats[2 * i + 2] = times[i];
      made[i] = input.get(i) * times[i];
    }
    apart[2 * axes] = input.get(axes);
    made[axes] = input.get(axes);
    String tiled = graph.node("Tile", List.of(graph.reshape(x, apart), graph.integers(repeats)));
    return graph.reshape(tiled, made);
  }

  private String pad(String x, int... pads) {
    return graph.node("Pad", List.of(x, graph.integers(pads)));
  }
}
