package io.millrace.trainer.training;

import io.millrace.trainer.feed.Position;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

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
 * @param classCounts samples of the training part by class, counted in epoch 0; empty for a series
 */
public record Progress(
    int epoch,
    int batch,
    long step,
    MetricSums sums,
    double trainSeconds,
    double seconds,
    double waitSeconds,
    List<Long> classCounts) {
  public Progress {
    classCounts = List.copyOf(classCounts);
  }

  /** The start of a run. */
  public static Progress start(int classes) {
    return new Progress(0, 0, 0, MetricSums.ZERO, 0, 0, 0, Collections.nCopies(classes, 0L));
  }

  /** Where to go on. */
  public Position position() {
    return new Position(epoch, batch);
  }

  /** After one more step of the epoch, its batch with these labels. */
  Progress stepped(MetricSums sums, Labels labels) {
    return new Progress(
        epoch,
        batch + 1,
        step + 1,
        sums,
        trainSeconds,
        seconds,
        waitSeconds,
        epoch == 0 && labels.areClasses() ? counted(labels) : classCounts);
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
        classCounts);
  }

  /** At the start of the next epoch. */
  Progress nextEpoch() {
    return new Progress(epoch + 1, 0, step, MetricSums.ZERO, 0, 0, 0, classCounts);
  }

  /** The most frequent class of the training part, the first of equal ones. */
  int majorityClass() {
    return classCounts.indexOf(Collections.max(classCounts));
  }

  private List<Long> counted(Labels labels) {
    var counts = new ArrayList<>(classCounts);
    for (int i = 0; i < labels.size(); i++) {
      counts.set(labels.classOf(i), counts.get(labels.classOf(i)) + 1);
    }
    return counts;
  }
}
