package io.millrace.augmentation.preview;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.WholeNumbers;
import java.util.ArrayList;
import java.util.List;

/**
 * The training samples to show: those of a list of indices, or a number of samples spread evenly
 * over the training part, which is ordered by class.
 *
 * @param count 1..8; 0 if there are indices
 * @param indices 1..8 indices, counted from 0; empty if there is a count
 */
record SampleChoice(int count, List<Integer> indices) {
  private static final int MOST = 8;

  SampleChoice {
    indices = List.copyOf(indices);
  }

  /** Chooses this many samples. */
  static SampleChoice of(int count) {
    return new SampleChoice(Check.range("", count, 1, MOST), List.of());
  }

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static SampleChoice parse(JsonNode node) {
    if (WholeNumbers.isInt(node)) {
      return of(node.intValue());
    }
    if (!node.isArray() || node.isEmpty() || node.size() > MOST) {
      throw new InvalidMessageException(
          "",
          Check.cut(node.toString())
              + " is not a choice of samples; give a number, 1 to 8, or a list of 1 to 8 indices");
    }
    var indices = new ArrayList<Integer>();
    for (JsonNode index : node) {
      if (!WholeNumbers.isInt(index) || index.intValue() < 0) {
        throw new InvalidMessageException(
            "[" + indices.size() + "]",
            Check.cut(index.toString()) + " is not an index; give an integer of at least 0");
      }
      indices.add(index.intValue());
    }
    return new SampleChoice(0, indices);
  }

  @JsonValue
  Object json() {
    return indices.isEmpty() ? count : indices;
  }

  /**
   * The indices of the samples.
   *
   * @param samples the number of training samples
   * @throws InvalidMessageException if there are fewer samples than requested
   */
  int[] of(String field, int samples) {
    for (int i = 0; i < indices.size(); i++) {
      Check.range(field + "[" + i + "]", indices.get(i), 0, samples - 1);
    }
    if (!indices.isEmpty()) {
      return indices.stream().mapToInt(Integer::intValue).toArray();
    }
    if (count > samples) {
      throw new InvalidMessageException(
          field, count + " is more than the " + samples + " training samples");
    }
    int[] spread = new int[count];
    for (int i = 0; i < count; i++) {
      spread[i] = (int) ((long) i * samples / count);
    }
    return spread;
  }
}
