package io.millrace.results.sampling;

/**
 * The time from a run's start to a step, interpolated between the known ends of its epochs. Steps
 * after the last known end are assumed to be as fast as in the last epoch.
 */
public final class RunTime {
  private final double[] steps;
  private final double[] seconds;

  /**
   * @param steps completed at the ends of the epochs, ascending
   * @param seconds from the run's start to these ends
   */
  public RunTime(double[] steps, double[] seconds) {
    this.steps = steps;
    this.seconds = seconds;
  }

  /** Whether the time is unknown because no epoch has ended. */
  public boolean isUnknown() {
    return steps.length == 0;
  }

  /**
   * The seconds from the run's start to the ends of steps.
   *
   * @param places the steps, ascending, counted from 0
   */
  public double[] at(long[] places) {
    var times = new double[places.length];
    int end = 0;
    for (int i = 0; i < places.length; i++) {
      double made = places[i] + 1.0;
      while (end < steps.length - 1 && steps[end] < made) {
        end++;
      }
      double fromStep = end == 0 ? 0 : steps[end - 1];
      double fromSecond = end == 0 ? 0 : seconds[end - 1];
      double length = steps[end] - fromStep;
      times[i] =
          length <= 0
              ? seconds[end]
              : fromSecond + (made - fromStep) / length * (seconds[end] - fromSecond);
    }
    return times;
  }
}
