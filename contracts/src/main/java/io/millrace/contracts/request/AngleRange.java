package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.util.List;

/**
 * Angles in degrees: {@code r}, 0..180, for {@code [-r, r]}, or {@code [lower, upper]}.
 *
 * @param lower the smallest angle, -360..360; below 0 turns clockwise
 * @param upper the largest angle, not below {@code lower}
 */
public record AngleRange(double lower, double upper) {
  private static final double MAX_NUMBER = 180;
  private static final double MAX = 360;

  public AngleRange {
    if (!(lower >= -MAX && upper <= MAX && lower <= upper)) {
      throw new InvalidMessageException(
          "",
          "["
              + lower
              + ", "
              + upper
              + "] is not a range of angles; give -360 <= lower <= upper <= 360");
    }
  }

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static AngleRange parse(JsonNode node) {
    if (node.isNumber()) {
      double range = Check.range("", node.doubleValue(), 0, MAX_NUMBER);
      return new AngleRange(0 - range, range);
    }
    if (node.isArray() && node.size() == 2 && node.get(0).isNumber() && node.get(1).isNumber()) {
      return new AngleRange(node.get(0).doubleValue(), node.get(1).doubleValue());
    }
    throw new InvalidMessageException(
        "",
        Check.cut(node.toString())
            + " is not a range of angles; give degrees from 0 to 180, or [lower, upper]");
  }

  @JsonValue
  Object json() {
    return lower == 0 - upper && upper <= MAX_NUMBER ? (Object) upper : List.of(lower, upper);
  }
}
