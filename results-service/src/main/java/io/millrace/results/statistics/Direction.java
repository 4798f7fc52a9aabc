package io.millrace.results.statistics;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.Metric;

/** Whether more or less of a metric is better. What no request can ask for is a loss or a cost. */
public final class Direction {
  private Direction() {}

  /**
   * Whether more is better.
   *
   * @param metric of an epoch ({@code val_acc}), of the test part ({@code test_acc}) or of a run
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
