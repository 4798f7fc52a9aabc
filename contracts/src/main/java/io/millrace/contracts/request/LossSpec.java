package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.field.Default;
import io.millrace.contracts.field.Describe;
import io.millrace.contracts.field.FieldRules;
import io.millrace.contracts.field.Range;
import io.millrace.contracts.field.Required;
import io.millrace.contracts.json.LossDeserializer;
import java.util.LinkedHashMap;

/** The loss to minimize: its name, or an object with a {@code type} and Keras' parameters. */
@JsonDeserialize(using = LossDeserializer.class)
public record LossSpec(
    @Describe("The loss, by Keras' name.") @Required Loss type,
    @Describe("For huber: the error above which the loss is linear; null for the other losses.")
        @Range(above = 0, max = 1e6)
        @Default("1")
        Double delta,
    @Describe(
            "For categorical_crossentropy and binary_crossentropy: the share of the labels that"
                + " is spread over all classes (Szegedy et al. 2016); null for the other losses.")
        @Range(min = 0, max = 1)
        @Default("0")
        Double labelSmoothing) {
  private static final FieldRules RULES = FieldRules.of(LossSpec.class);

  public LossSpec {
    RULES.check("type", type);
    boolean smooths = type == Loss.CATEGORICAL_CROSSENTROPY || type == Loss.BINARY_CROSSENTROPY;
    refuse("delta", delta, type == Loss.HUBER, type);
    refuse("label_smoothing", labelSmoothing, smooths, type);
    if (type == Loss.HUBER) {
      delta = RULES.check("delta", delta);
    }
    if (smooths) {
      labelSmoothing = RULES.check("label_smoothing", labelSmoothing);
    }
  }

  /** The fields of an object. */
  public record Fields(Loss type, Double delta, Double labelSmoothing) {}

  /** The loss with Keras' defaults. */
  public static LossSpec of(Loss type) {
    return new LossSpec(type, null, null);
  }

  /** Share of the labels that is spread over all classes; 0 for none. */
  public double smoothing() {
    return labelSmoothing == null ? 0 : labelSmoothing;
  }

  /** The name if there are no other parameters. */
  @JsonValue
  Object json() {
    var object = new LinkedHashMap<String, Object>();
    object.put("type", type);
    if (delta != null && delta != 1) {
      object.put("delta", delta);
    }
    if (smoothing() > 0) {
      object.put("label_smoothing", labelSmoothing);
    }
    return object.size() == 1 ? type : object;
  }

  private static void refuse(String field, Double value, boolean allowed, Loss type) {
    if (value != null && !allowed) {
      throw new InvalidMessageException(field, "is not a parameter of " + type.json());
    }
  }
}
