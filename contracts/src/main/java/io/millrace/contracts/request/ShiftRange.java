package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.util.ArrayList;
import java.util.List;

/**
 * How far an image is shifted along an axis, as Keras' {@code width_shift_range} and {@code
 * height_shift_range} say it:
 *
 * <ul>
 *   <li>a fraction {@code f}, below 1: a share of the size, from {@code U(-f, f)};
 *   <li>a number with a fraction part or a decimal point, from 1 on: pixels, from {@code U(-n, n)};
 *   <li>an integer {@code n}: whole pixels, one of {@code 0..n-1} with a random sign;
 *   <li>a list: one of its elements with a random sign, pixels, or shares of the size where all of
 *       them are below 1;
 *   <li>{@code {"lower": -0.1, "upper": 0.3}}, which is Keras' RandomTranslation's: a share of the
 *       size from {@code U(lower, upper)}, to the right or down where it is above 0.
 * </ul>
 *
 * @param range the fraction or the pixels, 0..4,096; 0 where there is a choice
 * @param choices what is chosen from; empty where there is a range
 * @param whole whether {@code range} is an integer {@code n}
 * @param bounds {@code [lower, upper]}, each -1..1; empty where there is a range or a choice
 */
public record ShiftRange(double range, List<Double> choices, boolean whole, List<Double> bounds) {
  private static final double MAX = 4_096;
  private static final int MAX_CHOICES = 100;
  private static final String LOWER = "lower";
  private static final String UPPER = "upper";

  /** No shift. */
  public static final ShiftRange NONE = new ShiftRange(0, List.of(), false, List.of());

  public ShiftRange {
    choices = List.copyOf(choices);
    bounds = List.copyOf(bounds);
  }

  /**
   * A share of the size from {@code U(lower, upper)}; of {@code [-f, f]} with an f below 1 the
   * fraction f.
   */
  static ShiftRange between(double lower, double upper) {
    if (lower == 0 - upper && upper >= 0 && upper < 1) {
      return new ShiftRange(upper, List.of(), false, List.of());
    }
    Check.range(LOWER, lower, -1, 1);
    Check.range(UPPER, upper, -1, 1);
    if (lower > upper) {
      throw new InvalidMessageException(
          LOWER, Check.plain(lower) + " is above upper, " + Check.plain(upper));
    }
    return new ShiftRange(0, List.of(), false, List.of(lower, upper));
  }

  /** Whether nothing is ever shifted. */
  public boolean isNone() {
    if (!bounds.isEmpty()) {
      return bounds.stream().allMatch(bound -> bound == 0);
    }
    return choices.isEmpty() ? range == 0 : choices.stream().allMatch(choice -> choice == 0);
  }

  /** Whether the numbers are shares of the size rather than pixels. */
  public boolean isFraction() {
    return choices.isEmpty()
        ? !whole && range < 1
        : choices.stream().allMatch(choice -> choice < 1);
  }

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static ShiftRange parse(JsonNode node) {
    if (node.isNumber() && node.doubleValue() >= 0 && node.doubleValue() <= MAX) {
      boolean whole = node.isIntegralNumber() && node.doubleValue() > 0;
      return new ShiftRange(node.doubleValue(), List.of(), whole, List.of());
    }
    if (node.isObject()
        && node.size() == 2
        && node.path(LOWER).isNumber()
        && node.path(UPPER).isNumber()) {
      return between(node.get(LOWER).doubleValue(), node.get(UPPER).doubleValue());
    }
    if (node.isArray() && node.size() >= 1 && node.size() <= MAX_CHOICES) {
      var choices = new ArrayList<Double>();
      for (JsonNode element : node) {
        if (element.isNumber() && Math.abs(element.doubleValue()) <= MAX) {
          choices.add(element.doubleValue());
        }
      }
      if (choices.size() == node.size()) {
        return new ShiftRange(0, choices, false, List.of());
      }
    }
    throw new InvalidMessageException(
        "",
        Check.cut(node.toString())
            + " is not a shift; give a fraction below 1, pixels up to 4096, a list of 1..100 of"
            + " them, or {\"lower\": …, \"upper\": …} with shares of the size");
  }

  @JsonValue
  JsonNode json() {
    if (!bounds.isEmpty()) {
      return JsonNodeFactory.instance
          .objectNode()
          .put(LOWER, bounds.get(0))
          .put(UPPER, bounds.get(1));
    }
    if (!choices.isEmpty()) {
      var array = JsonNodeFactory.instance.arrayNode();
      choices.forEach(array::add);
      return array;
    }
    return whole ? IntNode.valueOf((int) range) : DoubleNode.valueOf(range);
  }
}
