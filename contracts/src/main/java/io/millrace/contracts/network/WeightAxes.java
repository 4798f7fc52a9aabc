package io.millrace.contracts.network;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.Constraint;
import io.millrace.contracts.request.Initializer;
import io.millrace.contracts.request.LayerSpec;

/** Initializers and constraints must fit the axes of Keras' shape of the weights they are for. */
final class WeightAxes {
  private static final int IMAGE_KERNEL = 4;
  private static final int SERIES_KERNEL = 3;
  private static final int MATRIX = 2;
  private static final int ROW = 1;

  private WeightAxes() {}

  /**
   * @throws InvalidMessageException naming the layer's field, such as {@code
   *     kernel_constraint.axis}, where the weights have no such axis or an initializer needs others
   */
  static void check(LayerSpec layer) {
    if (layer instanceof LayerSpec.Bidirectional both) {
      checkInner(both.layer());
    } else if (layer instanceof LayerSpec.TimeDistributed times) {
      checkInner(times.layer());
    } else if (layer instanceof LayerSpec.Conv2D conv) {
      check("kernel", IMAGE_KERNEL, conv.kernelInitializer(), conv.kernelConstraint());
      check("bias", ROW, conv.biasInitializer(), conv.biasConstraint());
    } else if (layer instanceof LayerSpec.Conv1D conv) {
      check("kernel", SERIES_KERNEL, conv.kernelInitializer(), conv.kernelConstraint());
      check("bias", ROW, conv.biasInitializer(), conv.biasConstraint());
    } else if (layer instanceof LayerSpec.DepthwiseConv2D conv) {
      check("depthwise", IMAGE_KERNEL, conv.depthwiseInitializer(), conv.depthwiseConstraint());
      check("bias", ROW, conv.biasInitializer(), conv.biasConstraint());
    } else if (layer instanceof LayerSpec.SeparableConv2D conv) {
      check("depthwise", IMAGE_KERNEL, conv.depthwiseInitializer(), conv.depthwiseConstraint());
      check("pointwise", IMAGE_KERNEL, conv.pointwiseInitializer(), conv.pointwiseConstraint());
      check("bias", ROW, conv.biasInitializer(), conv.biasConstraint());
    } else if (layer instanceof LayerSpec.Dense dense) {
      check("kernel", MATRIX, dense.kernelInitializer(), dense.kernelConstraint());
      check("bias", ROW, dense.biasInitializer(), dense.biasConstraint());
    } else if (layer instanceof LayerSpec.BatchNormalization norm) {
      check("gamma", ROW, norm.gammaInitializer(), null);
      check("beta", ROW, norm.betaInitializer(), null);
    } else if (layer instanceof LayerSpec.LayerNormalization norm) {
      check("gamma", ROW, norm.gammaInitializer(), null);
      check("beta", ROW, norm.betaInitializer(), null);
    } else {
      checkRecurrent(layer);
    }
  }

  private static void checkInner(LayerSpec layer) {
    try {
      check(layer);
    } catch (InvalidMessageException e) {
      throw e.within("layer");
    }
  }

  private static void checkRecurrent(LayerSpec layer) {
    if (layer instanceof LayerSpec.LSTM lstm) {
      check("kernel", MATRIX, lstm.kernelInitializer(), lstm.kernelConstraint());
      check("recurrent", MATRIX, lstm.recurrentInitializer(), lstm.recurrentConstraint());
      check("bias", ROW, lstm.biasInitializer(), lstm.biasConstraint());
    } else if (layer instanceof LayerSpec.GRU gru) {
      check("kernel", MATRIX, gru.kernelInitializer(), gru.kernelConstraint());
      check("recurrent", MATRIX, gru.recurrentInitializer(), gru.recurrentConstraint());
      int biases = gru.resetAfter() ? MATRIX : ROW;
      check("bias", biases, gru.biasInitializer(), gru.biasConstraint());
    } else if (layer instanceof LayerSpec.SimpleRNN rnn) {
      check("kernel", MATRIX, rnn.kernelInitializer(), rnn.kernelConstraint());
      check("recurrent", MATRIX, rnn.recurrentInitializer(), rnn.recurrentConstraint());
      check("bias", ROW, rnn.biasInitializer(), rnn.biasConstraint());
    }
  }

  private static void check(
      String weights, int axes, Initializer initializer, Constraint constraint) {
    boolean fits =
        switch (initializer.distribution()) {
          case ORTHOGONAL -> axes >= MATRIX;
          case IDENTITY -> axes == MATRIX;
          default -> true;
        };
    if (!fits) {
      throw new InvalidMessageException(
          weights + "_initializer",
          initializer.distribution() == Initializer.Distribution.IDENTITY
              ? "identity is for weights of two axes, and these have " + axes
              : "orthogonal is for weights of two axes or more, and these have one");
    }
    if (constraint == null) {
      return;
    }
    for (int axis : constraint.axes()) {
      if (axis >= axes) {
        throw new InvalidMessageException(
            weights + "_constraint.axis",
            axis
                + " is not there: these weights have "
                + (axes == ROW ? "one axis; give 0" : axes + " axes; give 0.." + (axes - 1)));
      }
    }
  }
}
