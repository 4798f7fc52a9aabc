package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.field.Ranged;
import io.millrace.contracts.json.WholeNumbers;
import java.util.List;

/**
 * Two sizes, rows (height) first, as Keras takes them: {@code [3, 3]}, or {@code 3} for both.
 *
 * @param rows along the height
 * @param columns along the width
 */
public record IntPair(int rows, int columns) implements Ranged {

  /** The same for both. */
  public static IntPair of(int both) {
    return new IntPair(both, both);
  }

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static IntPair parse(JsonNode node) {
    if (WholeNumbers.isInt(node)) {
      return of(node.intValue());
    }
    if (node.isArray() && node.size() == 2) {
      return new IntPair(element(node, 0), element(node, 1));
    }
    throw new InvalidMessageException(
        "",
        Check.cut(node.toString()) + " is not a valid size; give an integer or [rows, columns]");
  }

  private static int element(JsonNode node, int i) {
    JsonNode element = node.get(i);
    if (!WholeNumbers.isInt(element)) {
      throw new InvalidMessageException(
          "[" + i + "]", Check.cut(element.toString()) + " is not an integer in range");
    }
    return element.intValue();
  }

  @JsonValue
  List<Integer> json() {
    return List.of(rows, columns);
  }

  @Override
  public void checkRange(String field, double min, double max) {
    if (rows == columns) {
      Check.range(field, rows, (int) min, (int) max);
    }
    Check.range(field + "[0]", rows, (int) min, (int) max);
    Check.range(field + "[1]", columns, (int) min, (int) max);
  }
}
