package io.millrace.trainer.training;

import io.millrace.trainer.feed.TrainingPosition;

/**
 * All that a run has gathered between two steps, beside the network's own state.
 *
 * @param epoch counts from 0; the number of epochs once all are trained
 * @param batch steps made in this epoch
 * @param step steps made in the run
 * @param sums of the epoch's steps
 * @param trainSeconds of the epoch's steps, waiting included
 * @param seconds of the epoch
 * @param waitSeconds of the epoch, for batches
 * @param callbacks what the request's callbacks remember
 * @param range what a learning-rate range test remembers; null where there is none
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

  /** Epochs of a run of so many: no more than it has made where a callback has ended it. */
  int epochs(int requested) {
    return callbacks.stopped() ? epoch : requested;
  }

  /** Where to go on. */
  public TrainingPosition position() {
    return new TrainingPosition(epoch, batch);
  }

  /** After one more step of the epoch. */
  Progress stepped(MetricSums sums) {
    return new Progress(
        epoch, batch + 1, step + 1, sums, trainSeconds, seconds, waitSeconds, callbacks, range);
  }

  /** With what a range test remembers. */
  Progress watched(RangeWatch range) {
    return new Progress(
        epoch, batch, step, sums, trainSeconds, seconds, waitSeconds, callbacks, range);
  }

  /** After so many more seconds. */
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
