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
 * What is put around an image, as Keras takes it: one number, {@code [rows, columns]}, or {@code
 * [[top, bottom], [left, right]]}.
 *
 * @param rows above and below
 * @param columns left and right
 */
public record Borders(IntPair rows, IntPair columns) implements Ranged {

  /** The same on all sides. */
  public static Borders of(int size) {
    return new Borders(IntPair.of(size), IntPair.of(size));
  }

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static Borders parse(JsonNode node) {
    if (WholeNumbers.isInt(node)) {
      return of(node.intValue());
    }
    if (node.isArray() && node.size() == 2) {
      return new Borders(element(node, 0), element(node, 1));
    }
    throw new InvalidMessageException(
        "",
        Check.cut(node.toString())
            + " is not a padding; give an integer, [rows, columns], or [[top, bottom], [left,"
            + " right]]");
  }

  private static IntPair element(JsonNode node, int i) {
    try {
      return IntPair.parse(node.get(i));
    } catch (InvalidMessageException e) {
      throw e.within("[" + i + "]");
    }
  }

  @JsonValue
  List<IntPair> json() {
    return List.of(rows, columns);
  }

  @Override
  public void checkRange(String field, double min, double max) {
    rows.checkRange(field + "[0]", min, max);
    columns.checkRange(field + "[1]", min, max);
  }
}
