package io.millrace.trainer.training;

import io.millrace.trainer.feed.TrainingPosition;

/**
 * A run's state between two steps, besides the network's own.
 *
 * @param epoch counts from 0; the number of epochs after the last one
 * @param batch steps made in this epoch
 * @param step steps made in the run
 * @param sums loss and metrics of the epoch's steps
 * @param trainSeconds seconds of the epoch's steps, with waiting
 * @param seconds seconds of the epoch
 * @param waitSeconds seconds of the epoch spent waiting for batches
 * @param callbacks the callbacks' state
 * @param range the state of a learning-rate range test; null without one
 */
public record Progress(
    int epoch,
    int batch,
    long step,
    MetricSums sums,
    double trainSeconds,
    double seconds,
    double waitSeconds,
    Callbacks.State callbacks,
    RangeWatch range) {
  /** The start of a run. */
  public static final Progress START =
      new Progress(0, 0, 0, MetricSums.ZERO, 0, 0, 0, Callbacks.State.START, null);

  /**
   * The number of epochs, at most {@code requested}: those completed if a callback has ended the
   * run.
   */
  int epochs(int requested) {
    return callbacks.stopped() ? epoch : requested;
  }

  /** Where to resume. */
  public TrainingPosition position() {
    return new TrainingPosition(epoch, batch);
  }

  /** After another step of the epoch. */
  Progress stepped(MetricSums sums) {
    return new Progress(
        epoch, batch + 1, step + 1, sums, trainSeconds, seconds, waitSeconds, callbacks, range);
  }

  /** With the new state of a range test. */
  Progress watched(RangeWatch range) {
    return new Progress(
        epoch, batch, step, sums, trainSeconds, seconds, waitSeconds, callbacks, range);
  }

  /** After that many more seconds. */
  Progress lasted(double training, double all, double waiting) {
    return new Progress(
        epoch,
        batch,
        step,
        sums,
        trainSeconds + training,
        seconds + all,
        waitSeconds + waiting,
        callbacks,
        range);
  }

  /** At the start of the next epoch. */
  Progress nextEpoch(Callbacks.State callbacks) {
    return new Progress(epoch + 1, 0, step, MetricSums.ZERO, 0, 0, 0, callbacks, range);
  }
}
