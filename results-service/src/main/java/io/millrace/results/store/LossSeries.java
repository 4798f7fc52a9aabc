package io.millrace.results.store;

import java.util.Arrays;
import java.util.List;

/**
 * Losses by step, in order, without unknown steps.
 *
 * @param steps count from 0 over the whole run
 * @param epochs count from 0
 * @param losses NaN: not finite
 */
public record LossSeries(long[] steps, int[] epochs, double[] losses) {

  /**
   * The known steps of a range.
   *
   * @param blocks of one run, in order
   * @param from the first step
   * @param to the step after the last one
   */
  static LossSeries of(List<LossBlock> blocks, long from, long to) {
    int most = blocks.stream().mapToInt(LossBlock::length).sum();
    var series = new LossSeries(new long[most], new int[most], new double[most]);
    int[] size = {0};
    for (LossBlock block : blocks) {
      block.forEach(
          (step, epoch, loss) -> {
            if (step >= from && step < to) {
              series.steps[size[0]] = step;
              series.epochs[size[0]] = epoch;
              series.losses[size[0]] = loss;
              size[0]++;
            }
          });
    }
    return series.first(size[0]);
  }

  /** The number of steps. */
  public int size() {
    return steps.length;
  }

  /**
   * The first steps.
   *
   * @param most the maximum number of steps
   */
  public LossSeries first(int most) {
    return most >= size()
        ? this
        : new LossSeries(
            Arrays.copyOf(steps, most), Arrays.copyOf(epochs, most), Arrays.copyOf(losses, most));
  }

  /**
   * The first step that a maximum-size answer leaves out; null if it leaves out none.
   *
   * @param end the step after the run's last one
   */
  public Long next(long end) {
    return size() == LossStore.MAX_STEPS && steps[size() - 1] + 1 < end
        ? (Long) (steps[size() - 1] + 1)
        : null;
  }

  /** This series, followed by another one. */
  LossSeries and(LossSeries others) {
    if (size() == 0) {
      return others;
    }
    int both = size() + others.size();
    var all =
        new LossSeries(
            Arrays.copyOf(steps, both), Arrays.copyOf(epochs, both), Arrays.copyOf(losses, both));
    System.arraycopy(others.steps, 0, all.steps, size(), others.size());
    System.arraycopy(others.epochs, 0, all.epochs, size(), others.size());
    System.arraycopy(others.losses, 0, all.losses, size(), others.size());
    return all;
  }
}
