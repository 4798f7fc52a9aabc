package io.millrace.trainer.dl4j.parts;

import io.millrace.contracts.network.NetworkPlan;
import io.millrace.contracts.request.Activation;
import io.millrace.contracts.request.ConvolutionSpec;
import io.millrace.contracts.request.CoreSpec;
import io.millrace.contracts.request.LayerSpec;
import io.millrace.contracts.request.MergingSpec;
import io.millrace.contracts.request.PlacedLayer;
import io.millrace.contracts.request.PoolingSpec;
import io.millrace.contracts.request.RecurrentSpec;
import io.millrace.contracts.request.RegularizationSpec;
import io.millrace.contracts.request.ReshapingSpec;
import java.util.List;

/** How a network's layers run: what Deeplearning4j computes itself, and what our stages compute. */
public final class LayerExecution {
  private static final int IMAGE_RANK = 3;

  private LayerExecution() {}

  /** Whether a layer's activation is a step of its own, on plain arrays. */
  public static boolean activatesApart(NetworkPlan.Layer layer) {
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
  public static boolean activates(NetworkPlan.Layer layer) {
    LayerSpec inner = inner(layer);
    return inner instanceof CoreSpec.Dense dense && dense.activation() != Activation.LINEAR
        || inner instanceof ConvolutionSpec.Conv2D conv && conv.activation() != Activation.LINEAR;
  }

  private static boolean isApart(Activation activation, boolean builtIn) {
    return activation != Activation.LINEAR && !(builtIn && BuiltInActivations.has(activation));
  }

  /** Layers that use native memory only. */
  public static boolean isNative(LayerSpec spec) {
    return spec instanceof ConvolutionSpec.Conv2D
        || spec instanceof PoolingSpec.AveragePooling2D
        || spec instanceof CoreSpec.Dense
        || spec instanceof MergingSpec
        || isNativeDropout(spec);
  }

  /** A dropout that Deeplearning4j has too: of each value independently. */
  public static boolean isNativeDropout(LayerSpec spec) {
    return spec instanceof RegularizationSpec.Dropout dropout && dropout.noiseShape() == null;
  }

  /**
   * Whether a layer is a Flatten without cost: the next layer, except for dropouts, is Dense,
   * nothing else takes the values in between, and Deeplearning4j flattens for it.
   */
  public static boolean flattensFreely(NetworkPlan plan, int index) {
    NetworkPlan.Layer flatten = plan.layers().get(index);
    if (!(flatten.spec() instanceof ReshapingSpec.Flatten)) {
      return false;
    }
    if (flatten.inputShape().size() == 2 && !isAtStart(plan, index)) {
      return false;
    }
    int at = index;
    while (plan.consumers(at).size() == 1) {
      at = plan.consumers(at).get(0);
      LayerSpec next = plan.layers().get(at).spec();
      if (!isNativeDropout(next)) {
        return next instanceof CoreSpec.Dense;
      }
    }
    return false;
  }

  /** Whether all of a network's input passes through this layer, except for dropouts before it. */
  private static boolean isAtStart(NetworkPlan plan, int index) {
    int at = index;
    int before = plan.layers().get(at).inputs().get(0);
    while (before != PlacedLayer.INPUT
        && plan.consumers(before).size() == 1
        && isNativeDropout(plan.layers().get(before).spec())) {
      at = before;
      before = plan.layers().get(at).inputs().get(0);
    }
    return before == PlacedLayer.INPUT && plan.consumers(PlacedLayer.INPUT).size() == 1;
  }

  /** Whether Deeplearning4j has a merging layer with Keras' meaning. */
  static boolean joinsNatively(MergingSpec spec, List<List<Integer>> inputs) {
    if (spec instanceof MergingSpec.Concatenate concatenate) {
      return concatenate.axisOf(inputs.get(0)) == inputs.get(0).size() - 1;
    }
    return !(spec instanceof MergingSpec.Minimum)
        && spec instanceof MergingSpec.Elementwise
        && inputs.stream().distinct().count() == 1;
  }
}
