package io.millrace.contracts.request;

import java.util.List;

/**
 * A layer in its place in a network.
 *
 * @param name unique in the network
 * @param path in the request, such as {@code model.layers[2]}
 * @param inputs the layers whose outputs it takes, by their index, all of them before it; {@value
 *     #INPUT} is the network's input
 * @param trainable whether training changes its weights
 * @param activityRegularizer the penalty on its output; null for none
 */
public record PlacedLayer(
    LayerSpec layer,
    String name,
    String path,
    List<Integer> inputs,
    boolean trainable,
    Regularizer activityRegularizer) {
  /** In the place of a layer's index: the network's input. */
  public static final int INPUT = -1;

  private static final String KERAS_CONFIG = ".config";

  public PlacedLayer {
    inputs = List.copyOf(inputs);
  }

  /** The path of the field that names its inputs. */
  public String inputsPath() {
    return path.endsWith(KERAS_CONFIG)
        ? path.substring(0, path.length() - KERAS_CONFIG.length()) + ".inbound_nodes"
        : path + ".inputs";
  }
}
