package io.millrace.results.store;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * The known losses of {@link #STEPS} consecutive steps of a run: a row of the table {@code
 * loss_block}.
 *
 * @param runId the run's {@link Run#id}
 * @param block its index; its first step is {@code STEPS * block}
 * @param losses one double per step, big-endian, up to the last known step; NaN: not finite
 * @param epochs one integer per step, likewise
 */
record LossBlock(long runId, long block, byte[] losses, byte[] epochs) {
  /** Steps per block; a row then fills a PostgreSQL page. */
  static final int STEPS = 960;

  /** Marks an unknown step among the epochs. */
  private static final int UNKNOWN = Integer.MIN_VALUE;

  /** A block without known steps. */
  static LossBlock empty(long runId, long block) {
    return new LossBlock(runId, block, new byte[0], new byte[0]);
  }

  /** The block that contains a step. */
  static long of(long step) {
    return Math.floorDiv(step, (long) STEPS);
  }

  /** The number of steps up to the last known one, including unknown ones. */
  int length() {
    return losses.length / Double.BYTES;
  }

  /** The first step of the block. */
  long firstStep() {
    return block * STEPS;
  }

  /**
   * Merges steps into the block.
   *
   * @param pieces each with steps of this block; of two for the same step, the later one counts
   * @return this block if they change nothing
   */
  LossBlock with(List<Rows.Steps> pieces) {
    int length = length();
    for (Rows.Steps piece : pieces) {
      length = Math.max(length, (int) Math.min(STEPS, piece.end() - firstStep()));
    }
    var newLosses = ByteBuffer.wrap(Arrays.copyOf(losses, length * Double.BYTES));
    var newEpochs = ByteBuffer.wrap(Arrays.copyOf(epochs, length * Integer.BYTES));
    for (int place = length(); place < length; place++) {
      newLosses.putDouble(place * Double.BYTES, Double.NaN);
      newEpochs.putInt(place * Integer.BYTES, UNKNOWN);
    }
    for (Rows.Steps piece : pieces) {
      int skipped = (int) Math.max(0, firstStep() - piece.firstStep());
      int place = (int) Math.max(0, piece.firstStep() - firstStep());
      for (int i = skipped; i < piece.losses().size() && place < STEPS; i++, place++) {
        Double loss = piece.losses().get(i);
        newLosses.putDouble(place * Double.BYTES, loss == null ? Double.NaN : loss);
        newEpochs.putInt(place * Integer.BYTES, piece.epoch());
      }
    }
    boolean same =
        Arrays.equals(losses, newLosses.array()) && Arrays.equals(epochs, newEpochs.array());
    return same ? this : new LossBlock(runId, block, newLosses.array(), newEpochs.array());
  }

  /** Passes the known steps to a consumer, in order. */
  void forEach(StepConsumer consumer) {
    var lossAt = ByteBuffer.wrap(losses);
    var epochAt = ByteBuffer.wrap(epochs);
    for (int place = 0; place < length(); place++) {
      int epoch = epochAt.getInt();
      double loss = lossAt.getDouble();
      if (epoch != UNKNOWN) {
        consumer.accept(firstStep() + place, epoch, loss);
      }
    }
  }

  /** Accepts a step; a loss that is not finite is NaN. */
  interface StepConsumer {
    /** Accepts a step. */
    void accept(long step, int epoch, double loss);
  }
}
