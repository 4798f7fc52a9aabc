package io.millrace.contracts.request;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * The layers' names: given ones as they are, the others by Keras' rule, the type in snake case with
 * a number from the second one on: {@code conv2d, conv2d_1}.
 */
final class LayerNames {
  private LayerNames() {}

  /**
   * @param paths of the layers in the request
   * @throws InvalidMessageException where two layers are given one name
   */
  static List<String> of(List<LayerSpec> layers, List<String> paths) {
    var taken = new HashSet<String>();
    for (int i = 0; i < layers.size(); i++) {
      String name = layers.get(i).name();
      if (name != null && !taken.add(name)) {
        throw new InvalidMessageException(
            paths.get(i) + ".name",
            Check.quote(name) + " is also the name of another layer; give unique names");
      }
    }
    Map<String, Integer> counts = new HashMap<>();
    var names = new ArrayList<String>();
    for (LayerSpec layer : layers) {
      String name = layer.name();
      while (name == null) {
        int count = counts.merge(kerasName(layer), 1, Integer::sum) - 1;
        String candidate = count == 0 ? kerasName(layer) : kerasName(layer) + "_" + count;
        name = taken.add(candidate) ? candidate : null;
      }
      names.add(name);
    }
    return names;
  }

  /** Keras' own snake case, {@code keras.src.utils.naming.to_snake_case} of the type. */
  private static String kerasName(LayerSpec layer) {
    return layer
        .type()
        .replaceAll("(.)([A-Z][a-z]+)", "$1_$2")
        .replaceAll("([a-z])([A-Z])", "$1_$2")
        .toLowerCase(java.util.Locale.ROOT);
  }
}
