package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.field.Describe;
import io.millrace.contracts.field.FieldRules;
import io.millrace.contracts.field.Size;
import io.millrace.contracts.json.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The network, as layers or as Keras' own JSON of a model. The input's shape is the data set's.
 *
 * <p>The keys of Keras' objects are sorted, so that equal models are written alike; see {@link
 * KerasModel}. {@code toAugmentation} is null until the augmentation has the transforms of the
 * Keras model's random layers, and if it has no such layers.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
// The layers of a Keras model are not written: its JSON has them.
@JsonAutoDetect(fieldVisibility = Visibility.ANY, getterVisibility = Visibility.NONE)
public record ModelSpec(
    @Describe(
            "The layers from input to output. Each takes the output of the layer before it, or"
                + " of the layers in its inputs; the output of the last one is the network's.")
        @Size(min = 1, max = MAX_LAYERS)
        @JsonProperty("layers")
        List<LayerEntry> entries,
    @Describe(
            "Keras' model.to_json(), as an object or as text, or TensorFlow.js' model.json:"
                + " Keras 1, 2 or 3; Sequential, or Functional with one input and one output;"
                + " with the layers that layers takes. Give either layers or keras.")
        JsonNode keras,
    @Describe(
            "Which of the request's loss, optimizer and metrics come from the Keras model's"
                + " compile configuration, because the request has none of its own.")
        List<String> fromCompileConfig,
    @Describe(
            "Layers of the Keras model that change images at random, such as"
                + " keras.config.layers[1]. They are not part of the network: their transforms"
                + " are at the end of the augmentation. Written at admission; leave it out.")
        List<String> toAugmentation) {
  private static final FieldRules RULES = FieldRules.of(ModelSpec.class);

  /** The most layers of a network. Keras' InceptionResNetV2 has 780. */
  static final int MAX_LAYERS = 1_000;

  /**
   * Below {@link Json#MAX_DEPTH}, so that every message that holds the request can be read. Keras
   * itself writes some 16 levels.
   */
  private static final int MAX_KERAS_DEPTH = 48;

  public ModelSpec {
    if (keras == null || keras.isNull()) {
      keras = null;
      if (entries == null) {
        throw new InvalidMessageException("layers", "is required, or keras instead of it");
      }
      entries = RULES.check("layers", entries);
    } else {
      if (entries != null) {
        throw new InvalidMessageException(
            "layers", "cannot be combined with keras; give one of the two");
      }
      if (depth(keras) > MAX_KERAS_DEPTH) {
        throw new InvalidMessageException(
            "keras",
            "is nested more than "
                + MAX_KERAS_DEPTH
                + " levels deep; give at most "
                + MAX_KERAS_DEPTH);
      }
      KerasModel.of(keras);
      keras = sorted(keras);
    }
    boolean isEmpty = fromCompileConfig == null || fromCompileConfig.isEmpty();
    fromCompileConfig = isEmpty ? null : checkFields(fromCompileConfig, keras);
    boolean isGiven = toAugmentation != null && !toAugmentation.isEmpty();
    toAugmentation = isGiven ? checkPlaces(toAugmentation, keras) : null;
  }

  /** A network without layers that the augmentation has taken over. */
  public ModelSpec(List<LayerEntry> entries, JsonNode keras, List<String> fromCompileConfig) {
    this(entries, keras, fromCompileConfig, null);
  }

  /** A network of these layers, one after the other. */
  public ModelSpec(List<LayerSpec> layers) {
    this(layers.stream().map(LayerEntry::new).toList(), null, null, null);
  }

  private static List<String> checkFields(List<String> fields, JsonNode keras) {
    if (keras == null) {
      throw new InvalidMessageException("from_compile_config", "needs a model in keras");
    }
    Check.size("from_compile_config", fields, 0, KerasCompile.FIELDS.size());
    for (int i = 0; i < fields.size(); i++) {
      if (!KerasCompile.FIELDS.contains(fields.get(i))) {
        throw new InvalidMessageException(
            "from_compile_config[" + i + "]",
            Check.quote(fields.get(i))
                + " is not known; give one of "
                + String.join(", ", KerasCompile.FIELDS));
      }
    }
    return List.copyOf(fields);
  }

  private static List<String> checkPlaces(List<String> places, JsonNode keras) {
    List<String> there = keras == null ? List.of() : KerasModel.of(keras).augmentation().places();
    if (!places.equals(there)) {
      throw new InvalidMessageException(
          "to_augmentation",
          "does not name the model's random layers"
              + (there.isEmpty() ? "; it has none" : ", " + String.join(", ", there))
              + "; leave it out");
    }
    return List.copyOf(places);
  }

  /** The compile configuration of the Keras model; empty if there is none. */
  Optional<KerasCompile> compiled() {
    return keras == null ? Optional.empty() : KerasCompile.of(KerasFile.of(keras));
  }

  /** A copy that states which fields of the request come from the compile configuration. */
  ModelSpec withFromCompileConfig(List<String> fields) {
    return new ModelSpec(entries, keras, fields, toAugmentation);
  }

  /**
   * The Keras model's random layers whose transforms the augmentation does not have yet; none if it
   * has them, or there are no such layers.
   */
  KerasAugmentation augmentation() {
    return keras == null || toAugmentation != null
        ? new KerasAugmentation(List.of())
        : KerasModel.of(keras).augmentation();
  }

  /** A copy that states which layers the augmentation has taken over. */
  ModelSpec withToAugmentation(List<String> places) {
    return new ModelSpec(entries, keras, fromCompileConfig, places);
  }

  private static int depth(JsonNode node) {
    int deepest = 0;
    for (JsonNode child : node) {
      deepest = Math.max(deepest, depth(child));
    }
    return node.isContainerNode() ? 1 + deepest : 0;
  }

  private static JsonNode sorted(JsonNode node) {
    if (node.isObject()) {
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      node.properties().stream()
          .sorted(Map.Entry.comparingByKey())
          .forEach(field -> object.set(field.getKey(), sorted(field.getValue())));
      return object;
    }
    if (node.isArray()) {
      ArrayNode array = JsonNodeFactory.instance.arrayNode(node.size());
      node.forEach(element -> array.add(sorted(element)));
      return array;
    }
    return node;
  }

  /** The layers; those of the Keras model if there is one. */
  public List<LayerSpec> layers() {
    return keras == null
        ? entries.stream().map(LayerEntry::layer).toList()
        : KerasModel.of(keras).layers().stream().map(KerasModel.Placed::layer).toList();
  }

  /**
   * The layers in their places.
   *
   * @throws InvalidMessageException where two have one name, or {@code inputs} name no layer before
   */
  public List<PlacedLayer> placed() {
    return keras == null ? LayerPlaces.of(entries) : LayerPlaces.of(KerasModel.of(keras));
  }

  /** The input shape that the Keras model states, for one sample; null if it states none. */
  public List<Integer> inputShape() {
    return keras == null ? null : KerasModel.of(keras).inputShape();
  }

  /**
   * The path of a Keras model's Normalization without statistics, which the data set's
   * standardization replaces; null if there is none.
   */
  public String standardization() {
    String path = keras == null ? null : KerasModel.of(keras).standardization();
    return path == null ? null : "model." + path;
  }

  /**
   * The path of a layer in the request: {@code model.layers[2]}, or its place in the Keras JSON.
   */
  public String path(int layer) {
    return keras == null
        ? LayerPlaces.path(layer)
        : "model." + KerasModel.of(keras).layers().get(layer).path();
  }
}
