package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;

/**
 * A penalty on weights, {@code l1 sum|w| + l2 sum w²}, which Keras adds to the loss. In a request
 * {@code "l1"}, {@code "l2"} or {@code "l1_l2"}, or an object: {@code {"type": "L2", "l2": 0.001}}.
 *
 * @param l1 0..1e6; of an L1 by default 0.01, of an L1L2 0
 * @param l2 0..1e6; of an L2 by default 0.01, of an L1L2 0
 * @see <a href="https://keras.io/api/layers/regularizers/">Keras' regularizers</a>
 */
public record Regularizer(double l1, double l2) {
  private static final double DEFAULT = 0.01;
  private static final double MAX = 1e6;

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static Regularizer parse(JsonNode node) {
    NamedObject object = NamedObject.of(node, "a regularizer");
    Regularizer result =
        switch (object.key()) {
          case "l1" -> new Regularizer(object.number("l1", DEFAULT, 0, MAX), 0);
          case "l2" -> new Regularizer(0, object.number("l2", DEFAULT, 0, MAX));
          case "l1l2" ->
              new Regularizer(object.number("l1", 0, 0, MAX), object.number("l2", 0, 0, MAX));
          default -> throw object.unknown("L1, L2, L1L2");
        };
    object.finish();
    return result;
  }

  @JsonValue
  JsonNode json() {
    return NamedObject.json("L1L2", "l1", l1, "l2", l2);
  }
}
