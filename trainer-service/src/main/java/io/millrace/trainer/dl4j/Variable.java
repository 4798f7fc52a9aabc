package io.millrace.trainer.dl4j;

import io.millrace.contracts.request.Constraint;
import io.millrace.contracts.request.Initializer;
import io.millrace.contracts.request.LayerSpec;
import io.millrace.contracts.request.Regularizer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * Weights of a layer as Keras knows them, and how they lie in Deeplearning4j's vector.
 *
 * @param name Keras' own: {@code kernel}, {@code bias}, {@code gamma}; of a bidirectional layer
 *     with its direction before it
 * @param shape Keras' own
 * @param order the place in the vector, from the variable's start, of the value that is the n-th in
 *     Keras' row-major order
 * @param rules what the request says of it
 * @param rank its place among the layer's weights in Keras' {@code get_weights()}
 */
record Variable(String name, int[] shape, IntUnaryOperator order, Rules rules, int rank) {

  /**
   * What a request says of weights.
   *
   * @param regularizer null for none
   * @param constraint null for none
   * @param trainable whether gradients move them
   */
  record Rules(
      Initializer initializer, Regularizer regularizer, Constraint constraint, boolean trainable) {
    Rules(Initializer initializer, Regularizer regularizer, Constraint constraint) {
      this(initializer, regularizer, constraint, true);
    }
  }

  /** Keras' column block of each gate (input, forget, cell, output) in Deeplearning4j's LSTM. */
  private static final int[] LSTM_BLOCKS = {3, 1, 0, 2};

  int length() {
    int length = 1;
    for (int size : shape) {
      length = Math.multiplyExact(length, size);
    }
    return length;
  }

  /** A part's variables in the order in which they lie in the vector. */
  static List<Variable> of(Part part) {
    if (part.spec() instanceof LayerSpec.Conv2D conv) {
      return convolution(conv, last(part));
    }
    if (part.spec() instanceof LayerSpec.Dense dense) {
      return dense(dense, last(part), part.flattened());
    }
    var variables = new ArrayList<Variable>();
    add(part.spec(), last(part), "", variables);
    return variables;
  }

  private static int last(Part part) {
    return part.input().get(part.input().size() - 1);
  }

  private static void add(LayerSpec spec, int channels, String prefix, List<Variable> to) {
    if (spec instanceof LayerSpec.Bidirectional both) {
      add(both.layer(), channels, "forward_", to);
      add(both.layer(), channels, "backward_", to);
    } else if (spec instanceof LayerSpec.LSTM lstm) {
      lstm(lstm, channels, prefix, to);
    } else if (spec instanceof LayerSpec.GRU gru) {
      gru(gru, channels, prefix, to);
    } else if (spec instanceof LayerSpec.SimpleRNN rnn) {
      simple(rnn, channels, prefix, to);
    } else if (spec instanceof LayerSpec.Conv1D conv) {
      conv1d(conv, channels, to);
    } else if (spec instanceof LayerSpec.DepthwiseConv2D conv) {
      depthwise(conv, channels, to);
    } else if (spec instanceof LayerSpec.SeparableConv2D conv) {
      separable(conv, channels, to);
    } else if (spec instanceof LayerSpec.BatchNormalization norm) {
      batchNormalization(norm, channels, to);
    } else if (spec instanceof LayerSpec.LayerNormalization norm) {
      layerNormalization(norm, channels, to);
    }
  }

  private static void put(List<Variable> to, String name, Rules rules, int... shape) {
    to.add(new Variable(name, shape, i -> i, rules, to.size()));
  }

  /** Deeplearning4j has the biases first, and kernels as {@code [out, in, rows, columns]}. */
  private static List<Variable> convolution(LayerSpec.Conv2D conv, int channels) {
    var variables = new ArrayList<Variable>();
    int filters = conv.filters();
    if (conv.useBias()) {
      Rules rules =
          new Rules(conv.biasInitializer(), conv.biasRegularizer(), conv.biasConstraint());
      variables.add(new Variable("bias", new int[] {filters}, i -> i, rules, 1));
    }
    int area = conv.kernelSize().rows() * conv.kernelSize().columns();
    variables.add(
        new Variable(
            "kernel",
            new int[] {conv.kernelSize().rows(), conv.kernelSize().columns(), channels, filters},
            i -> {
              int filter = i % filters;
              int channel = i / filters % channels;
              return (filter * channels + channel) * area + i / filters / channels;
            },
            new Rules(conv.kernelInitializer(), conv.kernelRegularizer(), conv.kernelConstraint()),
            0));
    return variables;
  }

  /** Deeplearning4j has kernels column by column. */
  private static List<Variable> dense(LayerSpec.Dense dense, int inputs, List<Integer> image) {
    var variables = new ArrayList<Variable>();
    int units = dense.units();
    IntUnaryOperator row =
        image == null
            ? i -> i
            : i -> i % image.get(2) * image.get(0) * image.get(1) + i / image.get(2);
    variables.add(
        new Variable(
            "kernel",
            new int[] {inputs, units},
            i -> i % units * inputs + row.applyAsInt(i / units),
            new Rules(
                dense.kernelInitializer(), dense.kernelRegularizer(), dense.kernelConstraint()),
            0));
    if (dense.useBias()) {
      put(
          variables,
          "bias",
          new Rules(dense.biasInitializer(), dense.biasRegularizer(), dense.biasConstraint()),
          units);
    }
    return variables;
  }

  private static void lstm(LayerSpec.LSTM lstm, int channels, String prefix, List<Variable> to) {
    int units = lstm.units();
    to.add(
        new Variable(
            prefix + "kernel",
            new int[] {channels, 4 * units},
            i -> lstmColumn(i % (4 * units), units) * channels + i / (4 * units),
            new Rules(lstm.kernelInitializer(), lstm.kernelRegularizer(), lstm.kernelConstraint()),
            to.size()));
    to.add(
        new Variable(
            prefix + "recurrent_kernel",
            new int[] {units, 4 * units},
            i -> lstmColumn(i % (4 * units), units) * units + i / (4 * units),
            new Rules(
                lstm.recurrentInitializer(),
                lstm.recurrentRegularizer(),
                lstm.recurrentConstraint()),
            to.size()));
    if (lstm.useBias()) {
      to.add(
          new Variable(
              prefix + "bias",
              new int[] {4 * units},
              i -> lstmColumn(i, units),
              new Rules(lstm.biasInitializer(), lstm.biasRegularizer(), lstm.biasConstraint()),
              to.size()));
    }
  }

  private static int lstmColumn(int column, int units) {
    return LSTM_BLOCKS[column / units] * units + column % units;
  }

  private static void gru(LayerSpec.GRU gru, int channels, String prefix, List<Variable> to) {
    int width = 3 * gru.units();
    put(
        to,
        prefix + "kernel",
        new Rules(gru.kernelInitializer(), gru.kernelRegularizer(), gru.kernelConstraint()),
        channels,
        width);
    put(
        to,
        prefix + "recurrent_kernel",
        new Rules(
            gru.recurrentInitializer(), gru.recurrentRegularizer(), gru.recurrentConstraint()),
        gru.units(),
        width);
    if (gru.useBias()) {
      put(
          to,
          prefix + "bias",
          new Rules(gru.biasInitializer(), gru.biasRegularizer(), gru.biasConstraint()),
          gru.resetAfter() ? new int[] {2, width} : new int[] {width});
    }
  }

  private static void simple(
      LayerSpec.SimpleRNN rnn, int channels, String prefix, List<Variable> to) {
    put(
        to,
        prefix + "kernel",
        new Rules(rnn.kernelInitializer(), rnn.kernelRegularizer(), rnn.kernelConstraint()),
        channels,
        rnn.units());
    put(
        to,
        prefix + "recurrent_kernel",
        new Rules(
            rnn.recurrentInitializer(), rnn.recurrentRegularizer(), rnn.recurrentConstraint()),
        rnn.units(),
        rnn.units());
    if (rnn.useBias()) {
      put(
          to,
          prefix + "bias",
          new Rules(rnn.biasInitializer(), rnn.biasRegularizer(), rnn.biasConstraint()),
          rnn.units());
    }
  }

  private static void conv1d(LayerSpec.Conv1D conv, int channels, List<Variable> to) {
    put(
        to,
        "kernel",
        new Rules(conv.kernelInitializer(), conv.kernelRegularizer(), conv.kernelConstraint()),
        conv.kernelSize(),
        channels,
        conv.filters());
    if (conv.useBias()) {
      put(
          to,
          "bias",
          new Rules(conv.biasInitializer(), conv.biasRegularizer(), conv.biasConstraint()),
          conv.filters());
    }
  }

  private static void depthwise(LayerSpec.DepthwiseConv2D conv, int channels, List<Variable> to) {
    put(
        to,
        "kernel",
        new Rules(
            conv.depthwiseInitializer(), conv.depthwiseRegularizer(), conv.depthwiseConstraint()),
        conv.kernelSize().rows(),
        conv.kernelSize().columns(),
        channels,
        conv.depthMultiplier());
    if (conv.useBias()) {
      put(
          to,
          "bias",
          new Rules(conv.biasInitializer(), conv.biasRegularizer(), conv.biasConstraint()),
          channels * conv.depthMultiplier());
    }
  }

  private static void separable(LayerSpec.SeparableConv2D conv, int channels, List<Variable> to) {
    put(
        to,
        "depthwise_kernel",
        new Rules(
            conv.depthwiseInitializer(), conv.depthwiseRegularizer(), conv.depthwiseConstraint()),
        conv.kernelSize().rows(),
        conv.kernelSize().columns(),
        channels,
        conv.depthMultiplier());
    put(
        to,
        "pointwise_kernel",
        new Rules(
            conv.pointwiseInitializer(), conv.pointwiseRegularizer(), conv.pointwiseConstraint()),
        1,
        1,
        channels * conv.depthMultiplier(),
        conv.filters());
    if (conv.useBias()) {
      put(
          to,
          "bias",
          new Rules(conv.biasInitializer(), conv.biasRegularizer(), conv.biasConstraint()),
          conv.filters());
    }
  }

  private static void batchNormalization(
      LayerSpec.BatchNormalization norm, int channels, List<Variable> to) {
    if (norm.scale()) {
      put(to, "gamma", new Rules(norm.gammaInitializer(), norm.gammaRegularizer(), null), channels);
    }
    if (norm.center()) {
      put(to, "beta", new Rules(norm.betaInitializer(), norm.betaRegularizer(), null), channels);
    }
    put(to, "moving_mean", new Rules(Initializer.ZEROS, null, null, false), channels);
    put(to, "moving_variance", new Rules(Initializer.ONES, null, null, false), channels);
  }

  private static void layerNormalization(
      LayerSpec.LayerNormalization norm, int channels, List<Variable> to) {
    if (norm.scale()) {
      put(to, "gamma", new Rules(norm.gammaInitializer(), norm.gammaRegularizer(), null), channels);
    }
    if (norm.center()) {
      put(to, "beta", new Rules(norm.betaInitializer(), norm.betaRegularizer(), null), channels);
    }
  }
}
