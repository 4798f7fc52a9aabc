package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * By what the losses of a class's training samples are multiplied, as Keras' {@code class_weight}:
 * the mean is still over the number of samples. Of a mixed sample the class is that of the largest
 * share. Validation, test and metrics are not weighted.
 *
 * @param weights 0..1e6 by the class's name or index; classes that are not named weigh 1. Null for
 *     {@code "balanced"}: samples of the training part / (classes · samples of the class)
 */
public record ClassWeight(Map<String, Double> weights) {
  private static final String BALANCED = "balanced";
  private static final int MAX_CLASSES = 1_000;

  public ClassWeight {
    if (weights != null) {
      weights = Collections.unmodifiableMap(new LinkedHashMap<>(weights));
    }
  }

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static ClassWeight parse(JsonNode node) {
    if (node.isTextual() && node.textValue().equals(BALANCED)) {
      return new ClassWeight(null);
    }
    if (!node.isObject() || node.isEmpty() || node.size() > MAX_CLASSES) {
      throw new InvalidMessageException(
          "",
          Check.cut(node.toString())
              + " is not a class weight; give \"balanced\" or an object such as {\"daisy\":"
              + " 2.0} of 1..1000 classes");
    }
    var weights = new LinkedHashMap<String, Double>();
    for (var field : node.properties()) {
      String name = Check.cut(field.getKey());
      if (!field.getValue().isNumber()) {
        throw new InvalidMessageException(
            name, Check.cut(field.getValue().toString()) + " is not a number");
      }
      weights.put(
          Check.name(name, field.getKey()),
          Check.range(name, field.getValue().doubleValue(), 0, 1e6));
    }
    return new ClassWeight(weights);
  }

  /** Sorted by name, so that equal weights are written alike. */
  @JsonValue
  Object json() {
    return weights == null ? BALANCED : new TreeMap<>(weights);
  }

  /**
   * The weight of each class.
   *
   * @param classes names by index
   * @param counts samples of the training part by class; null where they are not known
   * @throws InvalidMessageException naming the class that does not exist, or that is given twice
   */
  public List<Double> of(List<String> classes, List<Integer> counts) {
    if (weights == null) {
      return balanced(classes, counts);
    }
    var all = new ArrayList<>(Collections.nCopies(classes.size(), 1.0));
    var given = new boolean[classes.size()];
    for (var entry : weights.entrySet()) {
      int index = index(entry.getKey(), classes);
      if (given[index]) {
        throw new InvalidMessageException(
            entry.getKey(),
            "is class " + classes.get(index) + ", which already has a weight; give one of them");
      }
      given[index] = true;
      all.set(index, entry.getValue());
    }
    return List.copyOf(all);
  }

  private static List<Double> balanced(List<String> classes, List<Integer> counts) {
    if (counts == null) {
      throw new InvalidMessageException(
          "", "the number of samples per class is unknown; give weights instead of balanced");
    }
    double samples = counts.stream().mapToLong(Integer::longValue).sum();
    return counts.stream()
        .map(count -> count == 0 ? 1.0 : samples / (classes.size() * (double) count))
        .toList();
  }

  private static int index(String key, List<String> classes) {
    int index = classes.indexOf(key);
    if (index < 0 && key.matches("[0-9]{1,4}")) {
      index = Integer.parseInt(key);
    }
    if (index < 0 || index >= classes.size()) {
      throw new InvalidMessageException(
          key,
          "is not a class of this data set; give one of "
              + Check.cut(String.join(", ", classes))
              + ", or an index 0.."
              + (classes.size() - 1));
    }
    return index;
  }
}
