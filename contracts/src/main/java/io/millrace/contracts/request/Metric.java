package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.field.Default;
import io.millrace.contracts.field.Describe;
import io.millrace.contracts.field.FieldRules;
import io.millrace.contracts.field.Range;
import io.millrace.contracts.field.Required;
import io.millrace.contracts.json.MetricDeserializer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A metric, which is computed in addition to the loss: a name, or an object with a {@code type} and
 * its parameter. It is written as the name that events use, such as {@code acc} or {@code
 * top_5_acc}.
 */
@JsonDeserialize(using = MetricDeserializer.class)
public record Metric(
    @Describe("The metric, by Keras' name.") @Required MetricType type,
    @Describe(
            "For top_k_categorical_accuracy: how many of the largest outputs count; null for"
                + " the other metrics.")
        @Range(min = 1, max = 1_000)
        @Default("5")
        Integer k) {
  private static final FieldRules RULES = FieldRules.of(Metric.class);

  private static final Pattern TOP = Pattern.compile("top_([1-9][0-9]{0,3})_acc");

  /** Accuracy. */
  public static final Metric ACC = new Metric(MetricType.ACC, null);

  /** Mean absolute error. */
  public static final Metric MAE = new Metric(MetricType.MAE, null);

  public Metric {
    RULES.check("type", type);
    if (type == MetricType.TOP_K_CATEGORICAL_ACCURACY) {
      k = RULES.check("k", k);
    } else if (k != null) {
      throw new InvalidMessageException("k", "is not a parameter of " + type.json());
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
