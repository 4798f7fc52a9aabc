package io.millrace.contracts.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.WholeNumbers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A model as Keras writes it with {@code model.to_json()}, of Keras 1, 2 and 3: a Sequential one,
 * or a Functional one whose layers are a chain; a model in the place of a layer likewise. What
 * can't be trained as it stands is refused by its place, such as {@code
 * keras.config.layers[3].config.groups}.
 *
 * @param inputShape of a sample, as the model says it; null where it does not, or leaves a size
 *     open
 * @param layers without input layers, those of models within the model in their place
 * @param places of the layers in the file, such as {@code keras.config.layers[3].config}
 */
record KerasModel(List<Integer> inputShape, List<LayerSpec> layers, List<String> places) {
  private static final int MAX_LAYERS = 256;
  private static final Set<String> FUNCTIONAL = Set.of("Functional", "Model");
  private static final String SEQUENTIAL = "Sequential";

  /**
   * @param json the model as an object, or as a text that holds one
   * @throws InvalidMessageException naming the place
   */
  static KerasModel of(JsonNode json) {
    KerasFile file = KerasFile.of(json);
    try {
      return read(file);
    } catch (InvalidMessageException e) {
      throw e.within(file.path());
    }
  }

  /** The path of a layer within the model specification. */
  String path(int layer) {
    return places.get(layer);
  }

  private static KerasModel read(KerasFile file) {
    JsonNode model = file.model();
    String kind = model.path("class_name").asText();
    if (!isModel(kind)) {
      throw new InvalidMessageException(
          "class_name",
          (kind.isEmpty() ? "is required" : Check.quote(kind) + " is not supported")
              + "; give a Sequential or Functional model");
    }
    var reading = new Reading(file.version());
    reading.addAll(model, "");
    Check.size("config.layers", reading.layers, 1, MAX_LAYERS);
    return new KerasModel(
        reading.shape == null
            ? known(model.path("config").path("build_input_shape"))
            : reading.shape,
        List.copyOf(reading.layers),
        reading.places.stream().map(place -> file.path() + "." + place).toList());
  }

  private static boolean isModel(String kind) {
    return kind.equals(SEQUENTIAL) || FUNCTIONAL.contains(kind);
  }

  /** The layers so far. */
  private static final class Reading {
    final KerasVersion version;
    final List<LayerSpec> layers = new ArrayList<>();
    final List<String> places = new ArrayList<>();
    final Set<String> names = new HashSet<>();
    List<Integer> shape;

    /** Axes of a sample where the next layer stands; 0 where it is not known. */
    int rank;

    Reading(KerasVersion version) {
      this.version = version;
    }

    /**
     * Adds the layers of a model.
     *
     * @param at the model's place, empty for the outermost one
     */
    void addAll(JsonNode model, String at) {
      JsonNode config = model.path("config");
      // Keras before 2.2.3 wrote a Sequential model's list of layers as its configuration.
      String field = config.isArray() ? "config" : "config.layers";
      JsonNode list = config.isArray() ? config : config.path("layers");
      if (!list.isArray()) {
        throw new InvalidMessageException("config.layers", "is not a list");
      }
      if (list.size() > MAX_LAYERS + 1) {
        throw new InvalidMessageException(
            field,
            "has " + list.size() + " elements; give an input layer and at most " + MAX_LAYERS);
      }
      boolean functional = FUNCTIONAL.contains(model.path("class_name").asText());
      for (int i = 0; i < list.size(); i++) {
        String place = field + "[" + i + "]";
        try {
          if (functional) {
            checkChain(list, i);
          }
          add(list.get(i), i, at + place);
        } catch (InvalidMessageException e) {
          throw e.within(place);
        }
      }
      if (functional) {
        checkEnds(config, list);
      }
    }

    private void add(JsonNode layer, int index, String place) {
      JsonNode config = layer.path("config");
      JsonNode batch =
          config.has("batch_shape") ? config.get("batch_shape") : config.path("batch_input_shape");
      if (batch.isArray() && layers.isEmpty()) {
        rank = batch.size() - 1;
        shape = known(batch);
      } else if (rank == 0 && layer.path("build_config").path("input_shape").isArray()) {
        rank = layer.get("build_config").get("input_shape").size() - 1;
      }
      String type = layer.path("class_name").asText();
      if (type.equals("InputLayer")) {
        if (index > 0) {
          throw new InvalidMessageException("class_name", "is a second input; give one");
        }
        KerasLayerConfig.checkInput(config);
      } else if (isModel(type)) {
        if (config.has("trainable") && !config.get("trainable").asBoolean()) {
          throw new InvalidMessageException(
              "config.trainable", "false is not supported; give true");
        }
        addAll(layer, place + ".");
      } else {
        LayerSpec spec = KerasLayerConfig.read(named(layer, place), rank, version);
        layers.add(spec);
        places.add(place + ".config");
        rank = after(spec, rank);
      }
      if (layers.size() > MAX_LAYERS) {
        throw new InvalidMessageException(
            "", "is the layer " + layers.size() + "; give at most " + MAX_LAYERS);
      }
    }

    /** Names are unique in each model: where two models have one, the second does without. */
    private JsonNode named(JsonNode layer, String place) {
      boolean inner = place.indexOf('[') != place.lastIndexOf('[');
      String name = layer.path("config").path("name").asText();
      if (names.add(name) || !inner) {
        return layer;
      }
      JsonNode unnamed = layer.deepCopy();
      ((ObjectNode) unnamed.get("config")).remove("name");
      return unnamed;
    }
  }

  private static int after(LayerSpec layer, int rank) {
    if (layer instanceof ReshapingSpec.Flatten || PoolingSpec.isFlat(layer)) {
      return 1;
    }
    if (layer instanceof ReshapingSpec.RepeatVector || layer instanceof CoreSpec.Embedding) {
      return 2;
    }
    if (layer instanceof ReshapingSpec.Reshape reshape) {
      return reshape.targetShape().size();
    }
    if (layer instanceof RecurrentSpec.Bidirectional both) {
      return after(both.layer(), rank);
    }
    if (layer instanceof RecurrentSpec.Cell cell) {
      return cell.returnSequences() ? 2 : 1;
    }
    return rank;
  }

  /** A shape without the batch dimension; null where it is absent or a size is open. */
  private static List<Integer> known(JsonNode batchShape) {
    if (!batchShape.isArray()) {
      return null;
    }
    var shape = new ArrayList<Integer>();
    for (int i = 1; i < batchShape.size(); i++) {
      if (!WholeNumbers.isInt(batchShape.get(i))) {
        return null;
      }
      shape.add(batchShape.get(i).intValue());
    }
    return shape;
  }

  /** Refuses a layer whose input is not the output of the one before it. */
  private static void checkChain(JsonNode layers, int i) {
    JsonNode nodes = layers.get(i).path("inbound_nodes");
    List<String> sources = sources(nodes);
    if (i == 0 && sources.isEmpty()) {
      return;
    }
    String before = i == 0 ? "nothing" : nameOf(layers.get(i - 1));
    if (nodes.size() != 1 || !sources.equals(List.of(before))) {
      throw new InvalidMessageException(
          "inbound_nodes",
          "takes "
              + (sources.isEmpty() ? "no layer" : Check.cut(String.join(", ", sources)))
              + ", where the layer before it is "
              + Check.cut(before)
              + "; only a chain of layers, each used once, can be trained");
    }
  }

  private static String nameOf(JsonNode layer) {
    return layer.has("name")
        ? layer.get("name").asText()
        : layer.path("config").path("name").asText();
  }

  /** Names of the layers whose outputs a node takes, in Keras 3's form or in Keras 2's. */
  private static List<String> sources(JsonNode nodes) {
    var names = new ArrayList<String>();
    for (JsonNode history : nodes.findValues("keras_history")) {
      names.add(history.path(0).asText());
    }
    if (names.isEmpty()) {
      for (JsonNode node : nodes) {
        for (JsonNode source : node) {
          if (source.isArray()) {
            names.add(source.path(0).asText());
          }
        }
      }
    }
    return names;
  }

  private static void checkEnds(JsonNode config, JsonNode layers) {
    checkEnd(config, "input_layers", nameOf(layers.path(0)));
    checkEnd(config, "output_layers", nameOf(layers.path(layers.size() - 1)));
  }

  private static void checkEnd(JsonNode config, String field, String expected) {
    JsonNode ends = config.path(field);
    JsonNode end = ends.path(0).isArray() && ends.size() == 1 ? ends.get(0) : ends;
    if (!end.path(0).asText().equals(expected)) {
      throw new InvalidMessageException(
          "config." + field,
          "is not " + Check.cut(expected) + " alone; only a chain of layers can be trained");
    }
  }
}
