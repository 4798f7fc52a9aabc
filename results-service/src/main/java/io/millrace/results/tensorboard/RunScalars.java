package io.millrace.results.tensorboard;

import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * A run's scalars for TensorBoard.
 *
 * @param begin when it started, in seconds since 1970
 * @param epochs in order
 * @param steps in order
 * @param truncated whether the run has more steps, which are left out
 */
public record RunScalars(
    String run, String variant, double begin, List<Epoch> epochs, Steps steps, boolean truncated) {

  private static final int PIECE = 64 << 10;
  private static final String STEP_LOSS = "step_loss";

  /**
   * The end of an epoch.
   *
   * @param stepsMade up to this epoch's end
   * @param at in seconds since 1970
   * @param scalars by tag; NaN: not finite
   */
  public record Epoch(int epoch, long stepsMade, double at, Map<String, Double> scalars) {}

  /**
   * Losses by step.
   *
   * @param steps ascending, count from 0
   * @param at in seconds since 1970
   * @param losses NaN: not finite
   */
  public record Steps(long[] steps, double[] at, double[] losses) {}

  /** The tag of an epoch's metric, as Keras' TensorBoard callback writes it. */
  public static String tag(String metric) {
    return "epoch_" + metric;
  }

  /** The file name, by which TensorBoard recognizes an event file. */
  public String fileName() {
    return "events.out.tfevents." + (long) begin + "." + run;
  }

  /**
   * The file in pieces of about 64 KiB, which are generated as they are read. An epoch follows its
   * last step.
   */
  public Iterator<byte[]> pieces() {
    return new Pieces();
  }

  private final class Pieces implements Iterator<byte[]> {
    private final EventRecords records = new EventRecords();
    private int nextStep;
    private int nextEpoch;

    Pieces() {
      records.version(begin);
    }

    @Override
    public boolean hasNext() {
      return records.size() > 0 || isMore();
    }

    @Override
    public byte[] next() {
      while (isMore() && records.size() < PIECE) {
        if (isEpochNext()) {
          Epoch epoch = epochs.get(nextEpoch++);
          records.scalars(epoch.at(), epoch.epoch(), epoch.scalars());
        } else {
          records.scalars(
              steps.at()[nextStep],
              steps.steps()[nextStep],
              Map.of(STEP_LOSS, steps.losses()[nextStep]));
          nextStep++;
        }
      }
      return records.take();
    }

    private boolean isMore() {
      return nextStep < steps.steps().length || nextEpoch < epochs.size();
    }

    private boolean isEpochNext() {
      return nextStep == steps.steps().length
          || nextEpoch < epochs.size()
              && epochs.get(nextEpoch).stepsMade() <= steps.steps()[nextStep];
    }
  }
}
