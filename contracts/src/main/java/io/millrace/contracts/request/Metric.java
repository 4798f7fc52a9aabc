package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.MetricDeserializer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is computed beside the loss: a name, or an object with a {@code type} and its parameter. It
 * is written as the name under which events tell it, such as {@code acc} or {@code top_5_acc}.
 *
 * @param type which
 * @param k of {@code top_k_categorical_accuracy}, 1..1,000; default 5. Null for others
 */
@JsonDeserialize(using = MetricDeserializer.class)
public record Metric(MetricType type, Integer k) {
  private static final Pattern TOP = Pattern.compile("top_([1-9][0-9]{0,3})_acc");

  /** Accuracy. */
  public static final Metric ACC = new Metric(MetricType.ACC, null);

  /** Mean absolute error. */
  public static final Metric MAE = new Metric(MetricType.MAE, null);

  public Metric {
    Check.required("type", type);
    if (type == MetricType.TOP_K_CATEGORICAL_ACCURACY) {
      k = Check.range("k", Check.orElse(k, 5), 1, 1_000);
    } else if (k != null) {
      throw new InvalidMessageException("k", "is no parameter of " + type.json());
    }
  }

  /** The fields of an object. */
  public record Fields(MetricType type, Integer k) {}

  /** The name in messages. */
  @JsonValue
  public String json() {
    return k == null ? type.json() : "top_" + k + "_acc";
  }

  /**
   * The metric of a name, or of one of Keras' other names for it.
   *
   * @throws InvalidMessageException where there is none
   */
  public static Metric parse(String text) {
    Matcher top = TOP.matcher(text);
    return top.matches()
        ? new Metric(MetricType.TOP_K_CATEGORICAL_ACCURACY, Integer.valueOf(top.group(1)))
        : new Metric(MetricType.parse(text), null);
  }
}
