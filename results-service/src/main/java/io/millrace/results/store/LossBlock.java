package io.millrace.results.store;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * The losses of {@link #STEPS} consecutive steps of a run, as far as they are known: a row of the
 * table {@code loss_block}.
 *
 * @param runId the run's {@link Run#id}
 * @param block of the steps from {@code STEPS * block} on
 * @param losses a double a step, big-endian, up to the last known one; NaN: not finite
 * @param epochs an integer a step, likewise
 */
record LossBlock(long runId, long block, byte[] losses, byte[] epochs) {
  /** Steps of a block: with them a row fills a page of PostgreSQL. */
  static final int STEPS = 960;

  /** Stands among the epochs for a step that is not known. */
  private static final int UNKNOWN = Integer.MIN_VALUE;

  /** A block without a known step. */
  static LossBlock empty(long runId, long block) {
    return new LossBlock(runId, block, new byte[0], new byte[0]);
  }

  /** The block in which a step lies. */
  static long of(long step) {
    return Math.floorDiv(step, (long) STEPS);
  }

  /** How many steps it spans, unknown ones among them. */
  int length() {
    return losses.length / Double.BYTES;
  }

  /** The first step that may lie in it. */
  long firstStep() {
    return block * STEPS;
  }

  /**
   * Lays steps over those that are known.
   *
   * @param pieces in the order in which they count, the last one most; each has steps of this block
   * @return this block where they change nothing
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

  /** Takes the known steps in their order. */
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

  /** Takes a step; a loss that is not finite is NaN. */
  interface StepConsumer {
    /** Takes it. */
    void accept(long step, int epoch, double loss);
  }
}
