package io.millrace.trainer.training;

/**
 * The state of a learning-rate range test: the losses' exponential moving average, as fastai's
 * {@code lr_find} smooths them.
 *
 * @param average weighted sum of the losses
 * @param losses number of losses
 * @param least the least smoothed loss
 * @param exploded whether the loss has exploded
 */
public record RangeWatch(double average, int losses, double least, boolean exploded) {
  private static final double MEMORY = 0.98;
  private static final double EXPLOSION = 4;

  /** A loss below 0, such as Poisson's, may rise by the same distance as one above 0. */
  private static double limit(double least) {
    return least + (EXPLOSION - 1) * Math.abs(least);
  }

  /** The state after another step's loss. */
  static RangeWatch after(RangeWatch before, double loss) {
    double average = (before == null ? 0 : MEMORY * before.average) + (1 - MEMORY) * loss;
    int losses = before == null ? 1 : before.losses + 1;
    double smoothed = average / (1 - Math.pow(MEMORY, losses));
    if (!Double.isFinite(smoothed)) {
      // The state is stored as JSON, which has no such numbers.
      return new RangeWatch(
          before == null ? 0 : before.average, losses, before == null ? 0 : before.least, true);
    }
    double least = before == null ? smoothed : Math.min(before.least, smoothed);
    return new RangeWatch(average, losses, least, smoothed > limit(least));
  }
}
