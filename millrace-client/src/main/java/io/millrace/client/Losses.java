package io.millrace.client;

import java.util.List;

/**
 * The losses of a run by step, in columns.
 *
 * @param step step numbers, which count from 0 over the whole run
 * @param epoch the epoch of each step; epochs count from 0
 * @param loss the loss of each step; NaN if it is not finite
 */
public record Losses(long[] step, int[] epoch, double[] loss) {

  /** A step in the service's response. */
  record Step(long step, int epoch, Double loss) {}

  /** A page of steps in the service's response. */
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
