package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.field.Ranged;
import java.util.ArrayList;
import java.util.List;

/**
 * Numbers of the last axis: {@code 0.5} for all channels, or {@code [0.4, 0.5, 0.6]}.
 *
 * @param values one for all channels, or one for each
 */
public record ChannelValues(List<Double> values) implements Ranged {
  /** The most numbers of a list. */
  private static final int MOST = 4_096;

  public ChannelValues {
    values = List.copyOf(values);
  }

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static ChannelValues parse(JsonNode node) {
    if (node.isNumber()) {
      return new ChannelValues(List.of(node.doubleValue()));
    }
    if (!node.isArray()) {
      throw new InvalidMessageException(
          "", Check.cut(node.toString()) + " is not a number; give one, or a list of them");
    }
    var values = new ArrayList<Double>();
    for (JsonNode element : node) {
      if (!element.isNumber()) {
        throw new InvalidMessageException(
            "[" + values.size() + "]", Check.cut(element.toString()) + " is not a number");
      }
      values.add(element.doubleValue());
    }
    return new ChannelValues(Check.size("", values, 1, MOST));
  }

  @JsonValue
  Object json() {
    return values.size() == 1 ? values.get(0) : values;
  }

  @Override
  public void checkRange(String field, double min, double max) {
    for (int i = 0; i < values.size(); i++) {
      Check.range(values.size() == 1 ? field : field + "[" + i + "]", values.get(i), min, max);
    }
  }

  /** Rejects a list that does not have one number per channel. */
  void fit(String field, List<Integer> input) {
    int channels = Shapes.last(input);
    if (values.size() != 1 && values.size() != channels) {
      throw new InvalidMessageException(
          field,
          "has "
              + values.size()
              + " numbers, and the last axis of the input's shape "
              + input
              + " has "
              + channels
              + "; give a number, or one for each");
    }
  }

  /** The number for a channel. */
  public double of(int channel) {
    return values.get(values.size() == 1 ? 0 : channel);
  }
}
