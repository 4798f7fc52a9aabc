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
 * Where masks of times go in a network, by Keras' rules. A Masking layer, or an Embedding with
 * {@code mask_zero}, makes one; layers pass it on, heed it, or lose it.
 */
public final class LayerMasks {
  private static final int NONE = PlacedLayer.INPUT;

  private LayerMasks() {}

  /** Whether a layer makes a mask. */
  public static boolean isMaker(LayerSpec layer) {
    return layer instanceof CoreSpec.Masking
        || layer instanceof CoreSpec.Embedding embedding && embedding.masks();
  }

  /**
   * Of each layer of a network the one whose mask it heeds, by its index; null for none.
   *
   * @param layers of a plan
   */
  public static List<Integer> heeded(List<NetworkPlan.Layer> layers) {
    List<Integer> coming = coming(layers);
    return IntStream.range(0, layers.size())
        .mapToObj(i -> coming.get(i) != NONE && heeds(layers.get(i).spec()) ? coming.get(i) : null)
        .toList();
  }

  /** Of each layer the one whose mask comes with its input. */
  private static List<Integer> coming(List<NetworkPlan.Layer> layers) {
    var coming = new ArrayList<Integer>();
    int[] passed = new int[layers.size()];
    for (int i = 0; i < layers.size(); i++) {
      NetworkPlan.Layer layer = layers.get(i);
      int mask =
          layer.inputs().stream()
              .mapToInt(input -> input == PlacedLayer.INPUT ? NONE : passed[input])
              .max()
              .orElse(NONE);
      coming.add(mask);
      passed[i] = isMaker(layer.spec()) ? i : passesOn(layer.spec()) ? mask : NONE;
    }
    return coming;
  }

  /**
   * @param paths of the layers in the request
   * @throws InvalidMessageException naming a layer that cannot do with a mask
   */
  static void check(List<NetworkPlan.Layer> layers, List<String> paths) {
    List<Integer> coming = coming(layers);
    for (int i = 0; i < layers.size(); i++) {
      if (coming.get(i) != NONE && refuses(layers.get(i).spec())) {
        throw new InvalidMessageException(
            paths.get(i),
            layers.get(i).spec().type()
                + " would get the mask of "
                + layers.get(coming.get(i)).summary().name()
                + ", which is not supported; leave the mask out, or put a recurrent layer with"
                + " return_sequences false or a GlobalAveragePooling1D before it");
      }
    }
  }

  /** Whether Keras hands the mask to the layer, which does something with it that is not here. */
  private static boolean refuses(LayerSpec layer) {
    return layer instanceof MergingSpec
        || layer instanceof AttentionSpec
        || layer instanceof ActivationSpec.Softmax
        || layer instanceof NormalizationSpec.BatchNormalization;
  }

  private static boolean heeds(LayerSpec layer) {
    return layer instanceof RecurrentSpec.Cell
        || layer instanceof RecurrentSpec.Bidirectional
        || layer instanceof PoolingSpec.GlobalAveragePooling1D;
  }

  /** Keras' {@code supports_masking}; other layers lose a mask, with a warning there. */
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
