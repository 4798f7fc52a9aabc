package io.millrace.trainer.training;

/**
 * What a learning-rate range test remembers of the losses: their exponential moving average, as
 * fastai's {@code lr_find} smooths them.
 *
 * @param average of the losses, weighted
 * @param losses how many
 * @param least the least smoothed loss
 * @param exploded whether the loss has exploded
 */
public record RangeWatch(double average, int losses, double least, boolean exploded) {
  private static final double MEMORY = 0.98;
  private static final double EXPLOSION = 4;

  /** A loss may be below 0, as Poisson's: then it may rise as far as it would above 0. */
  private static double limit(double least) {
    return least + (EXPLOSION - 1) * Math.abs(least);
  }

  /** After the loss of one more step. */
  static RangeWatch after(RangeWatch before, double loss) {
    double average = (before == null ? 0 : MEMORY * before.average) + (1 - MEMORY) * loss;
    int losses = before == null ? 1 : before.losses + 1;
    double smoothed = average / (1 - Math.pow(MEMORY, losses));
    if (!Double.isFinite(smoothed)) {
      // What is kept is JSON, which has no such numbers.
      return new RangeWatch(
          before == null ? 0 : before.average, losses, before == null ? 0 : before.least, true);
    }
    double least = before == null ? smoothed : Math.min(before.least, smoothed);
    return new RangeWatch(average, losses, least, smoothed > limit(least));
  }
}
