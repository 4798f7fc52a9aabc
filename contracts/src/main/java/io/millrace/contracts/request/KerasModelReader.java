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
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Puts the layers of a Keras model, and of the models in it, into one list. */
final class KerasModelReader {
  private static final int MAX_LAYERS = ModelSpec.MAX_LAYERS;
  private static final Set<String> FUNCTIONAL = Set.of("Functional", "Model");
  private static final String SEQUENTIAL = "Sequential";

  private final KerasVersion version;
  private final String path;
  private final List<KerasModel.Placed> layers = new ArrayList<>();

  /** The number of axes of each layer's output for a sample; 0 if unknown. */
  private final List<Integer> ranks = new ArrayList<>();

  /** Layers, or the model's input, whose output is whole numbers. */
  private final Set<Integer> whole = new HashSet<>();

  /**
   * The number of axes of each turned output, also of the model's input; see {@link KerasLayout}.
   */
  private final Map<Integer, Integer> turned = new HashMap<>();

  /** The model's input, and layers that change its values one by one. */
  private final Set<Integer> likeInput = new HashSet<>(Set.of(PlacedLayer.INPUT));

  /** The layers that bring an output into the other order of axes, by the index of the output. */
  private final Map<Integer, Integer> permuted = new HashMap<>();

  /**
   * The number of axes of the model's input if a layer takes it with channels first; otherwise 0.
   */
  private int axesOfTurnedInput;

  /** A Normalization without statistics at the start; a placeholder stays in the list at first. */
  private KerasStandardization standardization;

  /** Layers that change images at random; placeholders stay in the list at first. */
  private final List<KerasRandomLayer> random = new ArrayList<>();

  /**
   * The paths of these layers, and of layers before the Normalization; the last reading skips them.
   */
  private Set<String> leftOut = Set.of();

  /** The path of a recurrent layer that outputs zeros at masked time steps; null for none. */
  private String zeroes;

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

  /**
   * Returns a reader that reads the same model again with more knowledge.
   *
   * @param axes the number of axes of an input sample if channels are first; 0 if they are last
   * @param leftOut the paths of layers that are not part of the network
   */
  private KerasModelReader again(int axes, Set<String> leftOut) {
    var reader = new KerasModelReader(version, path);
    if (axes > 0) {
      reader.turned.put(PlacedLayer.INPUT, axes);
    }
    reader.leftOut = leftOut;
    return reader;
  }

  /** Reads a whole model, and reads it again if a later layer changes the meaning of its start. */
  static KerasModel of(JsonNode model, KerasVersion version, String path) {
    var reader = new KerasModelReader(version, path);
    reader.read(model);
    int axes = reader.axesOfTurnedInput;
    if (axes > 0) {
      reader = reader.again(axes, Set.of());
      reader.read(model);
    }
    KerasStandardization standardization = reader.standardization;
    var augmentation = new KerasAugmentation(reader.random);
    augmentation.checkTaken(reader.layers);
    Set<String> leftOut = new HashSet<>();
    augmentation.layers().forEach(layer -> leftOut.add(layer.place()));
    if (standardization != null) {
      standardization.check(reader.layers);
      leftOut.addAll(standardization.places());
    }
    if (!leftOut.isEmpty()) {
      reader = reader.again(axes, leftOut);
      reader.read(model);
    }
    return new KerasModel(
        reader.shape(),
        reader.layers(),
        standardization == null ? null : standardization.path(),
        augmentation);
  }

  static boolean isModel(String kind) {
    return kind.equals(SEQUENTIAL) || FUNCTIONAL.contains(kind);
  }

  private List<KerasModel.Placed> layers() {
    return List.copyOf(layers);
  }

  /**
   * The shape of a sample, with channels last; null if the model does not give it or leaves a size
   * open.
   */
  private List<Integer> shape() {
    if (shape == null || !turned.containsKey(PlacedLayer.INPUT)) {
      return shape;
    }
    var last = new ArrayList<>(shape.subList(1, shape.size()));
    last.add(shape.get(0));
    return List.copyOf(last);
  }

  /**
   * The context of a model.
   *
   * @param at the path of the model with a dot at the end; empty for the outermost model
   * @param input the layer whose output it takes
   * @param trainable whether it and the models that contain it are trained
   * @param inference whether it, or a model that contains it, is called with {@code training} false
   */
  private record Frame(String at, int input, boolean trainable, boolean inference) {}

  /**
   * A layer in its model.
   *
   * @param inputs the layers whose outputs it takes; empty for an input layer after the first
   */
  private record Entry(JsonNode json, String field, int index, List<Integer> inputs, Frame frame) {
    String place() {
      return frame.at + field + "[" + index + "]";
    }
  }

  /** Reads the outermost model. */
  private void read(JsonNode model) {
    int last = add(model, new Frame("", PlacedLayer.INPUT, true, false));
    Check.size("config.layers", layers, 1, MAX_LAYERS);
    if (last != layers.size() - 1) {
      throw new InvalidMessageException(
          "config.output_layers", "is not the last layer; give the layers from input to output");
    }
    if (shape == null) {
      shape = known(model.path("config").path("build_input_shape"));
    }
    if (zeroes != null && layers.stream().map(KerasModel.Placed::layer).anyMatch(this::masks)) {
      throw new InvalidMessageException(
          zeroes + ".config.zero_output_for_mask",
          "true is not supported: at masked times a layer keeps its output; give false");
    }
    asWritten(last, layers.get(last).path());
  }

  private boolean masks(LayerSpec layer) {
    return layer instanceof CoreSpec.Masking
        || layer instanceof CoreSpec.Embedding embedding && embedding.masks();
  }

  /** Adds the layers of a model; returns the layer with the model's output. */
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
      if (second && version.isBeforeKeras3()) {
        // In Keras 2 a second input layer passes its values on.
        continue;
      }
      output = add(new Entry(list.get(i), field, i, second ? List.of() : List.of(output), frame));
    }
    return output;
  }

  /** Adds each layer after its inputs: a file may list layers in any order. */
  private int functional(JsonNode config, JsonNode list, String field, Frame frame) {
    var calls = new ArrayList<Call>();
    Map<String, Integer> counts = new HashMap<>();
    for (int i = 0; i < list.size(); i++) {
      int count = KerasNodes.calls(list.get(i));
      counts.put(nameOf(list.get(i)), count);
      for (int call = 0; call < Math.min(count, MAX_LAYERS); call++) {
        calls.add(call(list.get(i), field, i, call));
      }
    }
    Set<String> used = new HashSet<>();
    calls.stream()
        .filter(call -> !KerasNodes.isOfMask(call.layer))
        .forEach(call -> call.nodes.sources().forEach(source -> used.add(source.layer())));
    // These operations only compute a mask.
    calls.removeIf(call -> KerasNodes.isOfMask(call.layer) && !used.contains(nameOf(call.layer)));
    Predicate<String> isStray = name -> !used.contains(name) && !used.isEmpty();
    List<Call> waiting = new ArrayList<>(calls);
    waiting.removeIf(call -> isInput(call.layer) && isStray.test(nameOf(call.layer)));
    var outputs = new Outputs(counts, new HashMap<>());
    int before;
    do {
      before = waiting.size();
      waiting.removeIf(call -> isAdded(call, field, frame, outputs));
    } while (waiting.size() < before);
    if (!waiting.isEmpty()) {
      Call first = waiting.get(0);
      throw new InvalidMessageException(
          field + "[" + first.index + "].inbound_nodes",
          "name layers that do not exist in the model or depend on this layer: "
              + Check.cut(
                  first.nodes.sources().stream()
                      .map(KerasNodes.Source::layer)
                      .collect(Collectors.joining(", "))));
    }
    end(config, "input_layers", "input: a data set's samples are one tensor each", isStray);
    Integer output = outputs.of(end(config, "output_layers", "output", name -> false));
    if (output == null) {
      throw new InvalidMessageException("config.output_layers", "is not a layer of the model");
    }
    return output;
  }

  /** A layer's call, see {@link KerasNodes}. */
  private record Call(JsonNode layer, int index, int number, KerasNodes nodes) {}

  private static Call call(JsonNode layer, String field, int index, int number) {
    try {
      return new Call(layer, index, number, KerasNodes.of(layer, number));
    } catch (InvalidMessageException e) {
      throw e.within(field + "[" + index + "]");
    }
  }

  /**
   * The outputs of the layers that are added.
   *
   * @param counts the number of calls of each layer
   * @param byCall the index of the added layer, by call
   */
  private record Outputs(Map<String, Integer> counts, Map<KerasNodes.Source, Integer> byCall) {
    /** Null if absent. */
    Integer of(KerasNodes.Source source) {
      return byCall.get(key(source));
    }

    void put(String layer, int call, int output) {
      byCall.put(key(new KerasNodes.Source(layer, call)), output);
    }

    /** Calls of a model may be counted from 1: call 0 is the one that created it. */
    private KerasNodes.Source key(KerasNodes.Source source) {
      boolean isOnly = counts.getOrDefault(source.layer(), 1) == 1;
      return isOnly ? new KerasNodes.Source(source.layer(), 0) : source;
    }
  }

  /** Adds a layer's call if its inputs are known; returns whether it did. */
  private boolean isAdded(Call call, String field, Frame frame, Outputs outputs) {
    List<KerasNodes.Source> sources = call.nodes.sources();
    if (sources.stream().anyMatch(source -> outputs.of(source) == null)) {
      return false;
    }
    List<Integer> inputs = sources.stream().map(outputs::of).toList();
    boolean first = inputs.isEmpty() && !outputs.byCall.containsValue(frame.input);
    var own =
        new Frame(
            frame.at, frame.input, frame.trainable, frame.inference || call.nodes.inference());
    JsonNode layer = KerasOperation.asLayer(call.layer, call.number);
    var entry =
        new Entry(
            call.number == 0 ? layer : unnamed(layer),
            field,
            call.index,
            first ? List.of(frame.input) : inputs,
            own);
    try {
      if (KerasNodes.calls(call.layer) > 1 && isModel(kind(call.layer))) {
        throw shared(call.layer);
      }
    } catch (InvalidMessageException e) {
      throw e.within(field + "[" + call.index + "]");
    }
    outputs.put(nameOf(call.layer), call.number, add(entry));
    return true;
  }

  /** Returns a copy without the name, for another use of a layer without weights. */
  private static JsonNode unnamed(JsonNode layer) {
    JsonNode other = layer.deepCopy();
    if (other.get("config") instanceof ObjectNode config) {
      config.remove("name");
    }
    return other;
  }

  /** The error for a layer with weights that is called more than once. */
  private static InvalidMessageException shared(JsonNode layer) {
    return new InvalidMessageException(
        "inbound_nodes",
        "call the layer "
            + KerasNodes.calls(layer)
            + " times; a layer with weights may be used only once, because its uses would share"
            + " them: give each use a separate layer");
  }

  private static InvalidMessageException secondInput(JsonNode layer) {
    return isInput(layer)
        ? new InvalidMessageException(
            "class_name", "is a second input; give one: a data set's samples are one tensor each")
        : new InvalidMessageException("inbound_nodes", "name no layer; only an input layer may");
  }

  private static boolean isInput(JsonNode layer) {
    return kind(layer).equals("InputLayer");
  }

  /** Adds a layer, or the layers of a nested model; returns the one with the output. */
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
    if (leftOut.contains(entry.place())) {
      return input;
    }
    boolean anyTurned = inputs.stream().anyMatch(turned::containsKey);
    KerasLayout layout = KerasLayout.of(layer, anyTurned, rank(input));
    inputs = inOrder(inputs, layout, entry);
    input = inputs.get(0);
    int rank = rank(input);
    JsonNode one = layout.layer();
    if (KerasStandardization.isOne(one)) {
      standardization = KerasStandardization.of(one, input, layers, rank, entry.place(), path);
      one = KerasStandardization.PLACEHOLDER;
    }
    if (KerasRandomLayer.isOne(one)) {
      if (entry.frame.inference) {
        return input;
      }
      // If channels are first, the model is read again without a Permute before the layer.
      if (axesOfTurnedInput == 0) {
        random.add(randomLayer(one, input, entry));
      }
      one = KerasRandomLayer.PLACEHOLDER;
    }
    LayerSpec spec = KerasLayerConfig.read(named(one, entry.frame), rank, version);
    if (config.path("zero_output_for_mask").asBoolean() && spec instanceof RecurrentSpec.Cell) {
      zeroes = entry.place();
    }
    if (KerasNodes.calls(layer) > 1 && !isWeightless(spec)) {
      throw shared(layer);
    }
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
    int added = layers.size() - 1;
    if (layout.givesTurned() && turned.containsKey(input)) {
      turned.put(added, turned.get(input));
    }
    if (layout.follows() && likeInput.contains(input)) {
      likeInput.add(added);
    }
    checkCount();
    return added;
  }

  private KerasRandomLayer randomLayer(JsonNode layer, int input, Entry entry) {
    if (KerasNodes.calls(entry.json) > 1) {
      throw new InvalidMessageException(
          "inbound_nodes",
          "call the layer "
              + KerasNodes.calls(entry.json)
              + " times; give each use a separate layer");
    }
    int rank = rank(input);
    if (rank != 0 && rank != 3) {
      throw new InvalidMessageException(
          "",
          kind(layer)
              + " takes images, [height, width, channels], but gets samples with "
              + Check.count(rank, "axis", "axes"));
    }
    var before = KerasValues.before(input, layers, standardization, kind(layer));
    return KerasRandomLayer.of(layer, path, entry.place(), before);
  }

  private void checkCount() {
    if (layers.size() > MAX_LAYERS) {
      throw new InvalidMessageException(
          "", "is layer number " + layers.size() + "; give at most " + MAX_LAYERS + " layers");
    }
  }

  /** Number of axes of an output, or of the input, for a sample; 0 if unknown. */
  private int rank(int output) {
    if (turned.containsKey(output)) {
      return turned.get(output);
    }
    return output == PlacedLayer.INPUT ? inputRank : ranks.get(output);
  }

  /** The outputs that a layer takes, with their axes in the order that it needs. */
  private List<Integer> inOrder(List<Integer> inputs, KerasLayout layout, Entry entry) {
    String at = path + "." + entry.place() + ".config";
    var ordered = new ArrayList<Integer>();
    for (int input : inputs) {
      ordered.add(layout.takesTurned() ? turned(input, layout, at) : asWritten(input, at));
    }
    return ordered;
  }

  /** An output, or the input, with its first axis last. */
  private int turned(int output, KerasLayout layout, String at) {
    if (turned.containsKey(output)) {
      return output;
    }
    int axes = layout.isFormat() ? layout.axesOfFormat() : rank(output);
    if (axes < 2) {
      // The computation of shapes reports a shape that does not fit.
      return output;
    }
    if (layout.isFormat() && likeInput.contains(output)) {
      axesOfTurnedInput = axes;
    }
    int permute = permuted(output, axes == 2 ? List.of(2, 1) : List.of(2, 3, 1), at);
    turned.put(permute, axes);
    return permute;
  }

  /** An output, or the input, with its axes in the order of the file. */
  private int asWritten(int output, String at) {
    Integer axes = turned.get(output);
    return axes == null
        ? output
        : permuted(output, axes == 2 ? List.of(2, 1) : List.of(3, 1, 2), at);
  }

  private int permuted(int output, List<Integer> dims, String at) {
    Integer there = permuted.get(output);
    if (there != null) {
      return there;
    }
    var permute = new ReshapingSpec.Permute(null, dims);
    layers.add(new KerasModel.Placed(permute, at, List.of(output), true, null));
    ranks.add(dims.size());
    int added = layers.size() - 1;
    if (whole.contains(output)) {
      whole.add(added);
    }
    permuted.put(output, added);
    checkCount();
    return added;
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
          "name "
              + distinct.size()
              + " layers; only self-attention is supported: give the same layer as query, value and"
              + " key");
    }
    return distinct;
  }

  /** Notes whether a model takes whole numbers from a layer, or from the data set. */
  private void noteType(JsonNode config, int input) {
    if (!KerasLayerConfig.checkInput(config)) {
      return;
    }
    if (input != PlacedLayer.INPUT && !whole.contains(input)) {
      throw new InvalidMessageException(
          "config.dtype",
          Check.quote(config.get("dtype").asText())
              + " truncates the outputs of the layer before it to integers; use 'float32'");
    }
    whole.add(input);
  }

  /** Notes the shape of the samples that the first layer takes. */
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

  /** Whether a layer, and a layer in it, is trained. */
  private static boolean isTrainable(JsonNode config) {
    JsonNode inner = config.path("layer").path("config").path("trainable");
    return config.path("trainable").asBoolean(true) && inner.asBoolean(true);
  }

  /**
   * Whether a layer that is called with {@code training} false changes nothing.
   *
   * @throws InvalidMessageException if it is a recurrent or attention layer with a dropout, or a
   *     trained BatchNormalization
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
   * Makes names unique across models: if a nested model repeats a name, its layer loses it. Keras 2
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

  /** Whether a layer never has weights. */
  private static boolean isWeightless(LayerSpec layer) {
    return layer instanceof RegularizationSpec
        || layer instanceof ReshapingSpec
        || layer instanceof PoolingSpec
        || layer instanceof MergingSpec
        || layer instanceof PreprocessingSpec
        || layer instanceof ActivationSpec && !(layer instanceof ActivationSpec.PReLU);
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

  /** A shape without the batch axis; null if it is absent or a size is unknown. */
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

  /** The only input or output layer of a Functional model; unused layers do not count. */
  private static KerasNodes.Source end(
      JsonNode config, String field, String what, Predicate<String> isStray) {
    JsonNode ends = config.path(field);
    // Keras 3 writes a single layer without the outer list.
    if (ends.path(0).isTextual()) {
      return KerasNodes.source(ends);
    }
    var used = new ArrayList<JsonNode>();
    ends.forEach(
        end -> {
          if (!isStray.test(end.path(0).asText())) {
            used.add(end);
          }
        });
    if (used.size() != 1) {
      throw new InvalidMessageException(
          "config." + field, "names " + used.size() + " layers; give one " + what);
    }
    return KerasNodes.source(used.get(0));
  }
}
