package io.millrace.contracts.network;

import io.millrace.contracts.request.IntPair;
import io.millrace.contracts.request.LayerSpec;
import java.util.List;

/**
 * How many parameters a layer has, as Keras counts them.
 *
 * @param trainable weights, biases, offsets and factors
 * @param nonTrainable a batch normalization's running means and variances
 */
record LayerParameters(long trainable, long nonTrainable) {

  static LayerParameters of(LayerSpec layer, List<Integer> input) {
    if (layer instanceof LayerSpec.BatchNormalization norm) {
      long channels = input.get(input.size() - 1);
      return new LayerParameters(
          channels * ((norm.center() ? 1 : 0) + (norm.scale() ? 1 : 0)), 2 * channels);
    }
    return new LayerParameters(trainable(layer, input), 0);
  }

  private static long trainable(LayerSpec layer, List<Integer> input) {
    long channels = input.get(input.size() - 1);
    if (layer instanceof LayerSpec.Conv2D conv) {
      return (area(conv.kernelSize()) * channels + bias(conv.useBias())) * conv.filters();
    }
    if (layer instanceof LayerSpec.Conv1D conv) {
      return (conv.kernelSize() * channels + bias(conv.useBias())) * conv.filters();
    }
    if (layer instanceof LayerSpec.DepthwiseConv2D conv) {
      long outputs = channels * conv.depthMultiplier();
      return (area(conv.kernelSize()) + bias(conv.useBias())) * outputs;
    }
    if (layer instanceof LayerSpec.SeparableConv2D conv) {
      long between = channels * conv.depthMultiplier();
      return area(conv.kernelSize()) * between + (between + bias(conv.useBias())) * conv.filters();
    }
    if (layer instanceof LayerSpec.Dense dense) {
      return (channels + bias(dense.useBias())) * dense.units();
    }
    if (layer instanceof LayerSpec.LayerNormalization norm) {
      return channels * ((norm.center() ? 1 : 0) + (norm.scale() ? 1 : 0));
    }
    if (layer instanceof LayerSpec.LSTM lstm) {
      return 4L * lstm.units() * (channels + lstm.units() + bias(lstm.useBias()));
    }
    if (layer instanceof LayerSpec.GRU gru) {
      long biases = bias(gru.useBias()) * (gru.resetAfter() ? 2 : 1);
      return 3L * gru.units() * (channels + gru.units() + biases);
    }
    if (layer instanceof LayerSpec.SimpleRNN rnn) {
      return rnn.units() * (channels + rnn.units() + bias(rnn.useBias()));
    }
    if (layer instanceof LayerSpec.Bidirectional both) {
      return 2 * trainable(both.layer(), input);
    }
    return layer instanceof LayerSpec.TimeDistributed times ? trainable(times.layer(), input) : 0;
  }

  private static long area(IntPair window) {
    return (long) window.rows() * window.columns();
  }

  private static long bias(boolean used) {
    return used ? 1 : 0;
  }
}
