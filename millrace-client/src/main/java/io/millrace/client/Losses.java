package io.millrace.client;

import java.util.List;

/**
 * A run by steps, in columns.
 *
 * @param step counts from 0 over the whole run
 * @param epoch counts from 0
 * @param loss NaN: not finite
 */
public record Losses(long[] step, int[] epoch, double[] loss) {

  /** A step as the service answers. */
  record Step(long step, int epoch, Double loss) {}

  /** A page as the service answers. */
  record Page(List<Step> steps, Long next) {}

  static Losses of(List<Step> steps) {
    return new Losses(
        steps.stream().mapToLong(Step::step).toArray(),
        steps.stream().mapToInt(Step::epoch).toArray(),
        steps.stream()
            .mapToDouble(step -> step.loss() == null ? Double.NaN : step.loss())
            .toArray());
  }
}
