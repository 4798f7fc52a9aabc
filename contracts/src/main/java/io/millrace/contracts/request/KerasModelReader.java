package io.millrace.contracts.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.WholeNumbers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Puts the layers of a Keras model, and of the models in it, into one list. */
final class KerasModelReader {
  private static final int MAX_LAYERS = ModelSpec.MAX_LAYERS;
  private static final Set<String> FUNCTIONAL = Set.of("Functional", "Model");
  private static final String SEQUENTIAL = "Sequential";

  private final KerasVersion version;
  private final String path;
  private final List<KerasModel.Placed> layers = new ArrayList<>();

  /** Axes of a sample that each layer puts out; 0 where it is not known. */
  private final List<Integer> ranks = new ArrayList<>();

  /** Layers, or the model's input, that put out whole numbers. */
  private final Set<Integer> whole = new HashSet<>();

  private final Set<String> names = new HashSet<>();
  private List<Integer> shape;
  private int inputRank;

  /**
   * @param version of the Keras that wrote the model
   * @param path of the model in the model specification
   */
  KerasModelReader(KerasVersion version, String path) {
    this.version = version;
    this.path = path;
  }

  static boolean isModel(String kind) {
    return kind.equals(SEQUENTIAL) || FUNCTIONAL.contains(kind);
  }

  /** The layers of the model that was read. */
  List<KerasModel.Placed> layers() {
    return List.copyOf(layers);
  }

  /** The shape of a sample; null where the model does not say it, or leaves a size open. */
  List<Integer> shape() {
    return shape;
  }

  /**
   * A model's surroundings.
   *
   * @param at its place, with a dot behind it; empty for the outermost one
   * @param input the layer whose output it takes
   * @param trainable whether it and the models around it are trained
   * @param inference whether it is held in evaluation
   */
  private record Frame(String at, int input, boolean trainable, boolean inference) {}

  /**
   * A layer in its model.
   *
   * @param inputs the layers whose outputs it takes; none for an input layer beyond the first
   */
  private record Entry(JsonNode json, String field, int index, List<Integer> inputs, Frame frame) {
    String place() {
      return frame.at + field + "[" + index + "]";
    }
  }

  /** Reads the outermost model. */
  void read(JsonNode model) {
    int last = add(model, new Frame("", PlacedLayer.INPUT, true, false));
    Check.size("config.layers", layers, 1, MAX_LAYERS);
    if (last != layers.size() - 1) {
      throw new InvalidMessageException(
          "config.output_layers", "is not the last layer; give the layers from input to output");
    }
    if (shape == null) {
      shape = known(model.path("config").path("build_input_shape"));
    }
  }

  /** Adds the layers of a model; gives the layer that puts out its output. */
  private int add(JsonNode model, Frame around) {
    JsonNode config = model.path("config");
    // Keras before 2.2.3 wrote a Sequential model's list of layers as its configuration.
    String field = config.isArray() ? "config" : "config.layers";
    JsonNode list = config.isArray() ? config : config.path("layers");
    if (!list.isArray()) {
      throw new InvalidMessageException("config.layers", "is not a list");
    }
    if (list.size() > MAX_LAYERS + 1) {
      throw new InvalidMessageException(
          field, "has " + list.size() + " elements; give an input layer and at most " + MAX_LAYERS);
    }
    var frame =
        new Frame(
            around.at, around.input, around.trainable && isTrainable(config), around.inference);
    return FUNCTIONAL.contains(kind(model))
        ? functional(config, list, field, frame)
        : sequential(list, field, frame);
  }

  private int sequential(JsonNode list, String field, Frame frame) {
    int output = frame.input;
    for (int i = 0; i < list.size(); i++) {
      boolean second = i > 0 && isInput(list.get(i));
      output = add(new Entry(list.get(i), field, i, second ? List.of() : List.of(output), frame));
    }
    return output;
  }

  /** Layers are added when what they take is there: a file may list them in another order. */
  private int functional(JsonNode config, JsonNode list, String field, Frame frame) {
    Map<String, Integer> outputs = new HashMap<>();
    var nodes = new KerasNodes[list.size()];
    List<Integer> waiting = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      waiting.add(i);
    }
    int before;
    do {
      before = waiting.size();
      waiting.removeIf(i -> isAdded(list.get(i), field, i, frame, nodes, outputs));
    } while (waiting.size() < before);
    if (!waiting.isEmpty()) {
      int first = waiting.get(0);
      throw new InvalidMessageException(
          field + "[" + first + "].inbound_nodes",
          "take what no layer of the model puts out, or what depends on the layer itself: "
              + Check.cut(String.join(", ", nodes[first].sources())));
    }
    end(config, "input_layers", "input: a data set's samples are one tensor each");
    Integer output = outputs.get(end(config, "output_layers", "output"));
    if (output == null) {
      throw new InvalidMessageException("config.output_layers", "is no layer of the model");
    }
    return output;
  }

  /**
   * Adds a layer if what it takes is there.
   *
   * @param all layers' nodes, filled as they are read
   * @param outputs of the layers that are added, by name; this one's is put there
   */
  private boolean isAdded(
      JsonNode layer,
      String field,
      int index,
      Frame frame,
      KerasNodes[] all,
      Map<String, Integer> outputs) {
    try {
      all[index] = all[index] == null ? KerasNodes.of(layer) : all[index];
    } catch (InvalidMessageException e) {
      throw e.within(field + "[" + index + "]");
    }
    KerasNodes nodes = all[index];
    if (!outputs.keySet().containsAll(nodes.sources())) {
      return false;
    }
    List<Integer> inputs = nodes.sources().stream().map(outputs::get).toList();
    boolean first = inputs.isEmpty() && !outputs.containsValue(frame.input);
    var own =
        new Frame(frame.at, frame.input, frame.trainable, frame.inference || nodes.inference());
    outputs.put(
        nameOf(layer),
        add(
            new Entry(
                KerasOperation.asLayer(layer),
                field,
                index,
                first ? List.of(frame.input) : inputs,
                own)));
    return true;
  }

  private static InvalidMessageException secondInput(JsonNode layer) {
    return isInput(layer)
        ? new InvalidMessageException(
            "class_name", "is a second input; give one: a data set's samples are one tensor each")
        : new InvalidMessageException("inbound_nodes", "take no layer; only an input layer may");
  }

  private static boolean isInput(JsonNode layer) {
    return kind(layer).equals("InputLayer");
  }

  /** Adds a layer, or those of a model in its place; gives the one that puts out the output. */
  private int add(Entry entry) {
    String place = entry.field + "[" + entry.index + "]";
    try {
      return place(entry);
    } catch (InvalidMessageException e) {
      throw e.within(place);
    }
  }

  private int place(Entry entry) {
    JsonNode layer = entry.json;
    JsonNode config = layer.path("config");
    noteShape(layer);
    if (entry.inputs.isEmpty()) {
      throw secondInput(layer);
    }
    List<Integer> inputs = AttentionSpec.isType(kind(layer)) ? same(entry.inputs) : entry.inputs;
    int input = inputs.get(0);
    if (isInput(layer)) {
      noteType(config, input);
      return input;
    }
    if (isModel(kind(layer))) {
      Frame frame = entry.frame;
      return add(layer, new Frame(entry.place() + ".", input, frame.trainable, frame.inference));
    }
    int rank = input == PlacedLayer.INPUT ? inputRank : ranks.get(input);
    LayerSpec spec = KerasLayerConfig.read(named(layer, entry.frame), rank, version);
    boolean trainable = entry.frame.trainable && isTrainable(config);
    if (entry.frame.inference && isIdentity(spec, trainable)) {
      return input;
    }
    if (inputs.stream().anyMatch(whole::contains) && KerasLayerConfig.keepsWhole(spec)) {
      whole.add(layers.size());
    }
    layers.add(
        new KerasModel.Placed(
            spec,
            path + "." + entry.place() + ".config",
            inputs,
            trainable,
            KerasLayerConfig.activityRegularizer(config)));
    ranks.add(after(spec, rank));
    if (layers.size() > MAX_LAYERS) {
      throw new InvalidMessageException(
          "", "is the layer " + layers.size() + "; give at most " + MAX_LAYERS);
    }
    return layers.size() - 1;
  }

  private static String kind(JsonNode layer) {
    return layer.path("class_name").asText();
  }

  /** The one layer that an attention layer takes as its query, its value and its key. */
  private static List<Integer> same(List<Integer> inputs) {
    List<Integer> distinct = inputs.stream().distinct().toList();
    if (distinct.size() > 1) {
      throw new InvalidMessageException(
          "inbound_nodes",
          "take "
              + distinct.size()
              + " layers; only self-attention is supported: query, value and key are the same"
              + " layer");
    }
    return distinct;
  }

  /** The type of the numbers that a model takes from a layer, or from the data set. */
  private void noteType(JsonNode config, int input) {
    if (!KerasLayerConfig.checkInput(config)) {
      return;
    }
    if (input != PlacedLayer.INPUT && !whole.contains(input)) {
      throw new InvalidMessageException(
          "config.dtype",
          Check.quote(config.get("dtype").asText())
              + " cuts what the layer before puts out to whole numbers; use 'float32'");
    }
    whole.add(input);
  }

  /** The shape of the samples that the first layer takes. */
  private void noteShape(JsonNode layer) {
    JsonNode config = layer.path("config");
    JsonNode batch =
        config.has("batch_shape") ? config.get("batch_shape") : config.path("batch_input_shape");
    if (batch.isArray() && layers.isEmpty()) {
      inputRank = batch.size() - 1;
      shape = known(batch);
    } else if (inputRank == 0 && layers.isEmpty()) {
      JsonNode built = layer.path("build_config").path("input_shape");
      inputRank = built.isArray() ? built.size() - 1 : 0;
    }
  }

  /** Whether a layer, and one within it, is trained. */
  private static boolean isTrainable(JsonNode config) {
    JsonNode inner = config.path("layer").path("config").path("trainable");
    return config.path("trainable").asBoolean(true) && inner.asBoolean(true);
  }

  /**
   * Whether a layer that is held in evaluation changes nothing.
   *
   * @throws InvalidMessageException where it would be trained by what it does in evaluation
   */
  private static boolean isIdentity(LayerSpec layer, boolean trainable) {
    LayerSpec inner = layer instanceof RecurrentSpec.Bidirectional both ? both.cell() : layer;
    boolean drops =
        inner instanceof RecurrentSpec.Cell cell
                && (cell.dropout() > 0 || cell.recurrentDropout() > 0)
            || layer instanceof AttentionSpec attention && attention.dropout() > 0;
    if (drops) {
      throw new InvalidMessageException(
          "",
          layer.type()
              + " is called with training=False, but drops values in training; leave that argument"
              + " out, or give dropouts of 0");
    }
    if (trainable && layer instanceof NormalizationSpec.BatchNormalization) {
      throw new InvalidMessageException(
          "",
          layer.type()
              + " is called with training=False, but is trained; leave that argument out, or give"
              + " trainable false");
    }
    return layer instanceof RegularizationSpec;
  }

  /**
   * Names are unique in each model: where two models have one, the second does without. Keras 2
   * allows {@code conv1/conv}, which Keras 3 calls {@code conv1_conv}.
   */
  private JsonNode named(JsonNode layer, Frame frame) {
    String written = layer.path("config").path("name").asText();
    String name = written.replace('/', '_');
    boolean isNew = names.add(name);
    if (name.isEmpty() || name.equals(written) && (isNew || frame.at.isEmpty())) {
      return layer;
    }
    JsonNode renamed = layer.deepCopy();
    ObjectNode config = (ObjectNode) renamed.get("config");
    if (isNew) {
      config.put("name", name);
    } else {
      config.remove("name");
    }
    return renamed;
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
    var known = new ArrayList<Integer>();
    for (int i = 1; i < batchShape.size(); i++) {
      if (!WholeNumbers.isInt(batchShape.get(i))) {
        return null;
      }
      known.add(batchShape.get(i).intValue());
    }
    return known;
  }

  private static String nameOf(JsonNode layer) {
    return layer.has("name")
        ? layer.get("name").asText()
        : layer.path("config").path("name").asText();
  }

  /** The only layer at an end of a Functional model. */
  private static String end(JsonNode config, String field, String what) {
    JsonNode ends = config.path(field);
    // Keras 3 writes a single one without the list around it.
    JsonNode end = ends.path(0).isTextual() ? ends : ends.path(0);
    if (end != ends && ends.size() != 1) {
      throw new InvalidMessageException(
          "config." + field, "names " + ends.size() + " layers; give one " + what);
    }
    return KerasNodes.source(end);
  }
}
