package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * What weights are projected to after every step. A request has {@code "max_norm"}, {@code
 * "non_neg"} or {@code "unit_norm"}, or an object: {@code {"type": "MaxNorm", "max_value": 3,
 * "axis": [0, 1, 2]}}.
 *
 * @param kind the kind of constraint
 * @param maxValue the largest norm of {@code max_norm}, above 0, at most 1e6; default 2
 * @param the axes of Keras' shape over which the norm is computed; default 0
 * @see <a href="https://keras.io/api/layers/constraints/">Keras' constraints</a>
 */
public record Constraint(Kind kind, double maxValue, List<Integer> axes) {

  /** Kinds of constraints. */
  public enum Kind {
    /** Scales weights whose norm is too large. */
    MAX_NORM,
    /** Makes negative weights zero. */
    NON_NEG,
    /** Scales weights to a norm of 1. */
    UNIT_NORM
  }

  public Constraint {
    axes = List.copyOf(axes);
  }

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static Constraint parse(JsonNode node) {
    NamedObject object = NamedObject.of(node, "a constraint");
    Constraint result =
        switch (object.key()) {
          case "maxnorm" ->
              new Constraint(
                  Kind.MAX_NORM,
                  object.number("max_value", 2, Double.MIN_VALUE, 1e6),
                  object.axes("axis"));
          case "nonneg" -> new Constraint(Kind.NON_NEG, 0, List.of());
          case "unitnorm" -> new Constraint(Kind.UNIT_NORM, 1, object.axes("axis"));
          default -> throw object.unknown("MaxNorm, NonNeg, UnitNorm");
        };
    object.finish();
    return result;
  }

  @JsonValue
  JsonNode json() {
    return switch (kind) {
      case MAX_NORM -> NamedObject.json("MaxNorm", "max_value", maxValue, "axis", axes);
      case NON_NEG -> NamedObject.json("non_neg");
      case UNIT_NORM -> NamedObject.json("UnitNorm", "axis", axes);
    };
  }
}
