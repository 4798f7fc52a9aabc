package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.millrace.contracts.json.EnumNames;
import java.util.Map;

/** A kind of {@link Metric}, by Keras' names. */
public enum MetricType {
  /** Accuracy: the share of samples whose class was predicted. */
  ACC,
  /** Mean absolute error. */
  MAE,
  /** The share of samples whose class is among the {@code k} largest outputs. */
  TOP_K_CATEGORICAL_ACCURACY,
  /**
   * Of the samples predicted to be of a class the share that is: of one unit, of the second class,
   * as Keras' {@code Precision}; else the mean over the classes (macro), 0 for a class that is
   * never predicted.
   */
  PRECISION,
  /** Of the samples of a class the share that was predicted to be; averaged likewise. */
  RECALL,
  /** The harmonic mean of a class's precision and recall; averaged likewise. */
  F1,
  /**
   * The area under the receiver operating characteristic: Keras' {@code AUC} with its 200
   * thresholds, every output of every sample being one binary decision (micro).
   */
  AUC,
  /** Mean squared error. */
  MSE,
  /** Its root. */
  RMSE,
  /** Mean absolute percentage error. */
  MAPE,
  /** The coefficient of determination, the mean over the outputs. */
  R2;

  private static final Map<String, MetricType> ALIASES =
      Map.ofEntries(
          Map.entry("accuracy", ACC),
          Map.entry("categorical_accuracy", ACC),
          Map.entry("sparse_categorical_accuracy", ACC),
          Map.entry("binary_accuracy", ACC),
          Map.entry("mean_absolute_error", MAE),
          Map.entry("mean_squared_error", MSE),
          Map.entry("root_mean_squared_error", RMSE),
          Map.entry("mean_absolute_percentage_error", MAPE),
          Map.entry("sparse_top_k_categorical_accuracy", TOP_K_CATEGORICAL_ACCURACY),
          Map.entry("f1_score", F1),
          Map.entry("r2_score", R2));

  /** Whether it is of classes, so that a series has none. */
  public boolean needsClasses() {
    return switch (this) {
      case ACC, TOP_K_CATEGORICAL_ACCURACY, PRECISION, RECALL, F1, AUC -> true;
      case MAE, MSE, RMSE, MAPE, R2 -> false;
    };
  }

  /** Whether more of it is better. */
  public boolean isBetterHigh() {
    return needsClasses() || this == R2;
  }

  /** The name in a message. */
  @JsonValue
  public String json() {
    return EnumNames.json(this);
  }

  @JsonCreator
  static MetricType parse(String text) {
    MetricType alias = text == null ? null : ALIASES.get(text);
    return alias != null ? alias : EnumNames.parse(MetricType.class, text);
  }
}
