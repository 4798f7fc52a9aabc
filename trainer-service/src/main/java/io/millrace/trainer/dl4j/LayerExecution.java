package io.millrace.trainer.dl4j;

import io.millrace.contracts.network.NetworkPlan;
import io.millrace.contracts.request.Activation;
import io.millrace.contracts.request.ConvolutionSpec;
import io.millrace.contracts.request.CoreSpec;
import io.millrace.contracts.request.LayerSpec;
import io.millrace.contracts.request.PoolingSpec;
import io.millrace.contracts.request.RecurrentSpec;
import io.millrace.contracts.request.RegularizationSpec;
import io.millrace.contracts.request.ReshapingSpec;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** How a network's layers are run: what Deeplearning4j does itself, and what is a step of ours. */
final class LayerExecution {
  /** Activations that Deeplearning4j has as Keras does. */
  static final Set<Activation> BUILT_IN =
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

  private LayerExecution() {}

  /** Whether a layer's activation is a step of its own, on plain arrays. */
  static boolean activatesApart(NetworkPlan.Layer layer) {
    LayerSpec inner = inner(layer);
    if (inner instanceof CoreSpec.Dense dense) {
      return isApart(dense.activation(), layer.inputShape().size() != IMAGE_RANK);
    }
    if (inner instanceof ConvolutionSpec.Conv2D conv) {
      return isApart(conv.activation(), conv.activation() != Activation.SOFTMAX);
    }
    return inner instanceof ConvolutionSpec conv && isApart(conv.activation(), false);
  }

  private static LayerSpec inner(NetworkPlan.Layer layer) {
    return layer.spec() instanceof RecurrentSpec.TimeDistributed times
        ? times.layer()
        : layer.spec();
  }

  /** Whether a Dense layer or a convolution computes an activation with its output. */
  static boolean activates(NetworkPlan.Layer layer) {
    LayerSpec inner = inner(layer);
    return inner instanceof CoreSpec.Dense dense && dense.activation() != Activation.LINEAR
        || inner instanceof ConvolutionSpec.Conv2D conv && conv.activation() != Activation.LINEAR;
  }

  private static boolean isApart(Activation activation, boolean builtIn) {
    return activation != Activation.LINEAR && !(builtIn && BUILT_IN.contains(activation));
  }

  /** Layers that work beside the heap alone. */
  static boolean isNative(LayerSpec spec) {
    return spec instanceof ConvolutionSpec.Conv2D
        || spec instanceof PoolingSpec.AveragePooling2D
        || spec instanceof CoreSpec.Dense
        || spec instanceof RegularizationSpec.Dropout;
  }

  /**
   * Whether a layer is a Flatten that costs nothing: a Dense layer comes next, but for dropouts,
   * and Deeplearning4j flattens for it.
   */
  static boolean flattensFreely(NetworkPlan plan, int index) {
    List<NetworkPlan.Layer> layers = plan.layers();
    if (!(layers.get(index).spec() instanceof ReshapingSpec.Flatten)) {
      return false;
    }
    boolean started =
        layers.subList(0, index).stream()
            .anyMatch(layer -> !(layer.spec() instanceof RegularizationSpec.Dropout));
    if (layers.get(index).inputShape().size() == 2 && started) {
      return false;
    }
    return layers.subList(index + 1, layers.size()).stream()
        .map(NetworkPlan.Layer::spec)
        .filter(spec -> !(spec instanceof RegularizationSpec.Dropout))
        .findFirst()
        .filter(CoreSpec.Dense.class::isInstance)
        .isPresent();
  }
}
