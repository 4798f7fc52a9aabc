package io.millrace.results.statistics;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.Metric;

/**
 * Whether a higher or a lower value of a metric is better. A metric that no request can name is a
 * loss or a cost.
 */
public final class Direction {
  private Direction() {}

  /**
   * Whether a higher value is better.
   *
   * @param metric of an epoch ({@code val_acc}), of the test samples ({@code test_acc}) or of a run
   *     ({@code seconds})
   */
  public static boolean isHigherBetter(String metric) {
    if (metric.equals("samples_per_second")) {
      return true;
    }
    String name = metric.replaceFirst("^(test|val|best_val)_", "");
    try {
      return Metric.parse(name).type().isBetterHigh();
    } catch (InvalidMessageException e) {
      return false;
    }
  }
}
