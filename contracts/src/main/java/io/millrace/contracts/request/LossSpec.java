package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.LossDeserializer;
import java.util.LinkedHashMap;

/**
 * The loss to minimize: its name, or an object with a {@code type} and Keras' parameters.
 *
 * @param type which
 * @param delta of {@code huber}: where squares become lines, above 0, at most 1e6; default 1. Null
 *     for others
 * @param labelSmoothing of {@code categorical_crossentropy} and {@code binary_crossentropy}: the
 *     share of the labels that is spread over all classes (Szegedy et al. 2016), 0..1; default 0.
 *     Null for others
 */
@JsonDeserialize(using = LossDeserializer.class)
public record LossSpec(Loss type, Double delta, Double labelSmoothing) {
  public LossSpec {
    Check.required("type", type);
    boolean smooths = type == Loss.CATEGORICAL_CROSSENTROPY || type == Loss.BINARY_CROSSENTROPY;
    refuse("delta", delta, type == Loss.HUBER, type);
    refuse("label_smoothing", labelSmoothing, smooths, type);
    if (type == Loss.HUBER) {
      delta = Check.positive("delta", Check.orElse(delta, 1.0), 1e6);
    }
    if (smooths) {
      labelSmoothing = Check.range("label_smoothing", Check.orElse(labelSmoothing, 0.0), 0, 1);
    }
  }

  /** The fields of an object. */
  public record Fields(Loss type, Double delta, Double labelSmoothing) {}

  /** The loss with Keras' defaults. */
  public static LossSpec of(Loss type) {
    return new LossSpec(type, null, null);
  }

  /** How much labels are smoothed; 0 where they are not. */
  public double smoothing() {
    return labelSmoothing == null ? 0 : labelSmoothing;
  }

  /** A name where that says all. */
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
      throw new InvalidMessageException(field, "is no parameter of " + type.json());
    }
  }
}
