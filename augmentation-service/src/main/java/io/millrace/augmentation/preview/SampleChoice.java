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
 * Which training samples are shown: those of a list of indices, or so many, spread evenly over the
 * training part, which lies in the order of its classes.
 *
 * @param count 1..8; 0 where there are indices
 * @param indices 1..8 of them, counted from 0; empty where there is a count
 */
record SampleChoice(int count, List<Integer> indices) {
  private static final int MOST = 8;

  SampleChoice {
    indices = List.copyOf(indices);
  }

  /** So many samples. */
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
              + " chooses no samples; give a number, 1..8, or a list of 1..8 indices");
    }
    var indices = new ArrayList<Integer>();
    for (JsonNode index : node) {
      if (!WholeNumbers.isInt(index) || index.intValue() < 0) {
        throw new InvalidMessageException(
            "[" + indices.size() + "]",
            Check.cut(index.toString()) + " is not an index; give an integer from 0 on");
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
   * The samples' indices.
   *
   * @param samples how many the training part has
   * @throws InvalidMessageException where there are fewer than were asked for
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
          field, count + " are more than the " + samples + " training samples");
    }
    int[] spread = new int[count];
    for (int i = 0; i < count; i++) {
      spread[i] = (int) ((long) i * samples / count);
    }
    return spread;
  }
}
