package io.millrace.contracts.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.contracts.InvalidMessageException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A Normalization without statistics at the start of a model. In Keras {@code adapt()} computes
 * them from the training data, channel by channel; here the data set's standardization replaces the
 * layer. Rescaling layers before it then have no effect and are removed too.
 *
 * @param path of the layer in the model specification
 * @param places the paths in the model of it and of the layers before it
 * @param chain the indices of the layers before it, back to the network's input
 */
record KerasStandardization(String path, Set<String> places, List<Integer> chain) {
  /** Takes the layer's place in the list until it is known that the layer can be removed. */
  static final JsonNode PLACEHOLDER = placeholder();

  private static final String ADVICE =
      "; give mean and variance, or make it the first layer, which the data set's standardization"
          + " replaces";

  private static JsonNode placeholder() {
    ObjectNode layer = JsonNodeFactory.instance.objectNode().put("class_name", "Rescaling");
    layer.putObject("config").put("scale", 1.0);
    return layer;
  }

  /** Whether a layer is a Normalization without mean and variance. */
  static boolean isOne(JsonNode layer) {
    JsonNode config = layer.path("config");
    return layer.path("class_name").asText().equals("Normalization")
        && !config.hasNonNull("mean")
        && !config.hasNonNull("variance");
  }

  /**
   * @param input the layer whose output it takes, or the network's input
   * @param layers before it
   * @param rank the number of axes of a sample; 0 if unknown
   * @param place the layer's path in the model
   * @param model the path of the model
   * @throws InvalidMessageException if it is not at the start, or has a parameter that is not
   *     supported
   */
  static KerasStandardization of(
      JsonNode layer,
      int input,
      List<KerasModel.Placed> layers,
      int rank,
      String place,
      String model) {
    JsonNode config = layer.path("config");
    if (config.path("invert").asBoolean()) {
      throw new InvalidMessageException("config.invert", "true is not supported; give false");
    }
    if (config.has("axis")) {
      try {
        KerasLayerConfig.checkLastAxis(config.get("axis"), rank);
      } catch (InvalidMessageException e) {
        throw e.within("config.axis");
      }
    }
    var chain = new ArrayList<Integer>();
    Set<String> places = new HashSet<>(Set.of(place));
    int before = input;
    while (before != PlacedLayer.INPUT) {
      KerasModel.Placed placed = layers.get(before);
      if (!(placed.layer() instanceof PreprocessingSpec.Rescaling rescaling)
          || rescaling.scale() <= 0) {
        throw new InvalidMessageException(
            "config.mean",
            "is not given, and adapt() would compute it from the outputs of other layers, which is"
                + " not supported"
                + ADVICE);
      }
      places.add(placed.path().substring(model.length() + 1).replaceAll("\\.config$", ""));
      chain.add(before);
      before = placed.inputs().get(0);
    }
    chain.add(before);
    return new KerasStandardization(model + "." + place + ".config", Set.copyOf(places), chain);
  }

  /**
   * @param layers of the model, including the layer
   * @throws InvalidMessageException if it, or a layer before it, shares its input with another
   *     layer
   */
  void check(List<KerasModel.Placed> layers) {
    for (int output : chain) {
      long uses = layers.stream().filter(layer -> layer.inputs().contains(output)).count();
      if (uses > 1) {
        throw new InvalidMessageException(
            path.substring(path.indexOf("config")) + ".mean",
            "is not given, and other layers take the same input as this one" + ADVICE);
      }
    }
  }
}
