package io.millrace.contracts.network;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.ActivationSpec;
import io.millrace.contracts.request.AttentionSpec;
import io.millrace.contracts.request.CoreSpec;
import io.millrace.contracts.request.LayerSpec;
import io.millrace.contracts.request.MergingSpec;
import io.millrace.contracts.request.NormalizationSpec;
import io.millrace.contracts.request.PlacedLayer;
import io.millrace.contracts.request.PoolingSpec;
import io.millrace.contracts.request.PreprocessingSpec;
import io.millrace.contracts.request.RecurrentSpec;
import io.millrace.contracts.request.RegularizationSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Tracks masks of time steps through a network by Keras' rules. A Masking layer, or an Embedding
 * with {@code mask_zero}, creates a mask; other layers pass it on, apply it, or drop it.
 */
public final class LayerMasks {
  private static final int NONE = PlacedLayer.INPUT;

  private LayerMasks() {}

  /** Whether a layer creates a mask. */
  public static boolean isMaker(LayerSpec layer) {
    return layer instanceof CoreSpec.Masking
        || layer instanceof CoreSpec.Embedding embedding && embedding.masks();
  }

  /**
   * For each layer, the index of the layer whose mask it applies; null for none.
   *
   * @param layers the layers of a plan
   */
  public static List<Integer> applied(List<NetworkPlan.Layer> layers) {
    List<Integer> incoming = incoming(layers);
    return IntStream.range(0, layers.size())
        .mapToObj(
            i -> incoming.get(i) != NONE && applies(layers.get(i).spec()) ? incoming.get(i) : null)
        .toList();
  }

  /** For each layer, the index of the layer whose mask its input has. */
  private static List<Integer> incoming(List<NetworkPlan.Layer> layers) {
    var incoming = new ArrayList<Integer>();
    int[] passed = new int[layers.size()];
    for (int i = 0; i < layers.size(); i++) {
      NetworkPlan.Layer layer = layers.get(i);
      int mask =
          layer.inputs().stream()
              .mapToInt(input -> input == PlacedLayer.INPUT ? NONE : passed[input])
              .max()
              .orElse(NONE);
      incoming.add(mask);
      passed[i] = isMaker(layer.spec()) ? i : passesOn(layer.spec()) ? mask : NONE;
    }
    return incoming;
  }

  /**
   * @param paths the layers' paths in the request
   * @throws InvalidMessageException naming a layer that does not support masks
   */
  static void check(List<NetworkPlan.Layer> layers, List<String> paths) {
    List<Integer> incoming = incoming(layers);
    for (int i = 0; i < layers.size(); i++) {
      if (incoming.get(i) != NONE && refuses(layers.get(i).spec())) {
        throw new InvalidMessageException(
            paths.get(i),
            layers.get(i).spec().type()
                + " receives the mask of "
                + layers.get(incoming.get(i)).summary().name()
                + ", which it does not support; remove the mask, or add a recurrent layer with"
                + " return_sequences false or a GlobalAveragePooling1D before it");
      }
    }
  }

  /**
   * Whether Keras passes the mask to the layer and uses it in a way that is not implemented here.
   */
  private static boolean refuses(LayerSpec layer) {
    return layer instanceof MergingSpec
        || layer instanceof AttentionSpec
        || layer instanceof ActivationSpec.Softmax
        || layer instanceof NormalizationSpec.BatchNormalization;
  }

  private static boolean applies(LayerSpec layer) {
    return layer instanceof RecurrentSpec.Cell
        || layer instanceof RecurrentSpec.Bidirectional
        || layer instanceof PoolingSpec.GlobalAveragePooling1D;
  }

  /** Keras' {@code supports_masking}; other layers drop a mask, with a warning in Keras. */
  private static boolean passesOn(LayerSpec layer) {
    if (layer instanceof RecurrentSpec.Bidirectional both) {
      return both.cell().returnSequences();
    }
    if (layer instanceof RecurrentSpec.Cell cell) {
      return cell.returnSequences();
    }
    return layer instanceof CoreSpec.Dense
        || layer instanceof RecurrentSpec.TimeDistributed
        || layer instanceof ActivationSpec
        || layer instanceof RegularizationSpec
        || layer instanceof NormalizationSpec
        || layer instanceof PreprocessingSpec.Rescaling
        || layer instanceof PreprocessingSpec.Normalization;
  }
}
