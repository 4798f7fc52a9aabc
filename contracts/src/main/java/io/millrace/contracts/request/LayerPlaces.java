package io.millrace.contracts.request;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Resolves the layers of a request: their names, and the layers that their inputs come from. */
final class LayerPlaces {
  /** The name of the network's input in {@code inputs}. */
  private static final String INPUT = "input";

  private LayerPlaces() {}

  static String path(int layer) {
    return "model.layers[" + layer + "]";
  }

  static List<PlacedLayer> of(KerasModel model) {
    List<KerasModel.Placed> layers = model.layers();
    List<String> paths = layers.stream().map(layer -> "model." + layer.path()).toList();
    List<String> names =
        LayerNames.of(layers.stream().map(KerasModel.Placed::layer).toList(), paths);
    return IntStream.range(0, layers.size())
        .mapToObj(
            i ->
                new PlacedLayer(
                    layers.get(i).layer(),
                    names.get(i),
                    paths.get(i),
                    layers.get(i).inputs(),
                    layers.get(i).trainable(),
                    layers.get(i).activityRegularizer()))
        .toList();
  }

  static List<PlacedLayer> of(List<LayerEntry> entries) {
    List<String> paths = IntStream.range(0, entries.size()).mapToObj(LayerPlaces::path).toList();
    List<String> names = LayerNames.of(entries.stream().map(LayerEntry::layer).toList(), paths);
    return IntStream.range(0, entries.size())
        .mapToObj(
            i ->
                new PlacedLayer(
                    entries.get(i).layer(),
                    names.get(i),
                    paths.get(i),
                    inputs(entries.get(i), names, i),
                    entries.get(i).trainable() == null,
                    entries.get(i).activityRegularizer()))
        .toList();
  }

  private static List<Integer> inputs(LayerEntry entry, List<String> names, int layer) {
    if (entry.inputs() == null) {
      return List.of(layer - 1);
    }
    List<String> before = names.subList(0, layer);
    var inputs = new ArrayList<Integer>();
    for (String name : entry.inputs()) {
      int index = before.indexOf(name);
      boolean isInput = name.equals(INPUT);
      if (isInput == (index >= 0)) {
        throw new InvalidMessageException(
            path(layer) + ".inputs[" + inputs.size() + "]",
            isInput
                ? "is the name of a layer and of the network's input; give the layer another name"
                : Check.quote(name)
                    + " is not a layer before this one; give one of "
                    + Check.cut(INPUT + ", " + String.join(", ", before)));
      }
      inputs.add(index);
    }
    return inputs;
  }
}
