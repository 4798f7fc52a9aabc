package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.util.List;

/**
 * Factors of a zoom, as Keras takes them: {@code [lower, upper]}, or {@code z}, 0..0.99, for {@code
 * [1-z, 1+z]}. A factor below 1 shows less of the image, larger.
 *
 * @param lower the smallest factor, 0.01..100
 * @param upper the largest factor, not below {@code lower}
 */
public record ZoomRange(double lower, double upper) {
  private static final double MAX_ZOOM = 0.99;

  /** No zoom. */
  public static final ZoomRange NONE = new ZoomRange(1, 1);

  public ZoomRange {
    if (!(lower >= 0.01 && upper <= 100 && lower <= upper)) {
      throw new InvalidMessageException(
          "",
          "["
              + lower
              + ", "
              + upper
              + "] is not a range of factors; give 0.01 <= lower <= upper <= 100");
    }
  }

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static ZoomRange parse(JsonNode node) {
    if (node.isNumber() && node.doubleValue() >= 0 && node.doubleValue() <= MAX_ZOOM) {
      return new ZoomRange(1 - node.doubleValue(), 1 + node.doubleValue());
    }
    if (node.isArray() && node.size() == 2 && node.get(0).isNumber() && node.get(1).isNumber()) {
      return new ZoomRange(node.get(0).doubleValue(), node.get(1).doubleValue());
    }
    throw new InvalidMessageException(
        "",
        Check.cut(node.toString())
            + " is not a zoom; give a number from 0 to 0.99, or [lower, upper]");
  }

  @JsonValue
  List<Double> json() {
    return List.of(lower, upper);
  }
}
