package io.millrace.results.store;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A summary of the losses of consecutive steps.
 *
 * @param last the last step
 * @param known the number of known steps
 * @param finite the number of known steps with a finite loss
 * @param mean of the finite losses; NaN if there are none
 * @param least the first step with the smallest finite loss; the first known step if there is none
 * @param most the first step with the largest finite loss; the first known step if there is none
 */
public record LossSpan(long last, int known, int finite, double mean, Point least, Point most) {
  /** Steps per span; a block consists of a whole number of spans. */
  public static final int STEPS = 32;

  /** The size of a span in the table loss_outline: four bytes, two integers, three doubles. */
  private static final int BYTES = 4 + 2 * Integer.BYTES + 3 * Double.BYTES;

  /** A step's loss; NaN: not finite. */
  public record Point(long step, int epoch, double loss) {}

  /**
   * The spans of a block that have at least one known step.
   *
   * @param steps per span
   */
  static List<LossSpan> of(LossBlock block, int steps) {
    var spans = new ArrayList<LossSpan>();
    var open = new Open();
    block.forEach(
        (step, epoch, loss) -> {
          if (open.known > 0 && step / steps != open.first.step() / steps) {
            spans.add(open.close(steps));
          }
          open.add(new Point(step, epoch, loss));
        });
    if (open.known > 0) {
      spans.add(open.close(steps));
    }
    return spans;
  }

  /** A span under construction. */
  private static final class Open {
    private Point first;
    private Point least;
    private Point most;
    private int known;
    private int finite;
    private double sum;

    void add(Point point) {
      first = known++ == 0 ? point : first;
      if (Double.isFinite(point.loss())) {
        least = finite == 0 || point.loss() < least.loss() ? point : least;
        most = finite == 0 || point.loss() > most.loss() ? point : most;
        finite++;
        sum += point.loss();
      }
    }

    LossSpan close(int steps) {
      long last = first.step() / steps * steps + steps - 1;
      var span =
          finite == 0
              ? new LossSpan(last, known, 0, Double.NaN, first, first)
              : new LossSpan(last, known, finite, sum / finite, least, most);
      known = 0;
      finite = 0;
      sum = 0;
      return span;
    }
  }

  /** The spans of a full block, as stored in the table loss_outline. */
  static byte[] bytes(LossBlock block) {
    var bytes = ByteBuffer.allocate(LossBlock.STEPS / STEPS * BYTES);
    for (LossSpan span : of(block, STEPS)) {
      long first = span.last - STEPS + 1;
      bytes.position((int) ((first - block.firstStep()) / STEPS) * BYTES);
      bytes.put((byte) span.known);
      bytes.put((byte) span.finite);
      bytes.put((byte) (span.least.step() - first));
      bytes.put((byte) (span.most.step() - first));
      bytes.putInt(span.least.epoch());
      bytes.putInt(span.most.epoch());
      bytes.putDouble(span.mean);
      bytes.putDouble(span.least.loss());
      bytes.putDouble(span.most.loss());
    }
    return bytes.array();
  }

  /**
   * The spans of a full block that have at least one known step.
   *
   * @param firstStep of the block
   * @param bytes as {@link #bytes} makes them
   */
  static List<LossSpan> of(long firstStep, byte[] bytes) {
    var spans = new ArrayList<LossSpan>(bytes.length / BYTES);
    var buffer = ByteBuffer.wrap(bytes);
    for (long first = firstStep; buffer.hasRemaining(); first += STEPS) {
      int known = buffer.get();
      int finite = buffer.get();
      long leastAt = first + buffer.get();
      long mostAt = first + buffer.get();
      int leastEpoch = buffer.getInt();
      int mostEpoch = buffer.getInt();
      double mean = buffer.getDouble();
      var least = new Point(leastAt, leastEpoch, buffer.getDouble());
      var most = new Point(mostAt, mostEpoch, buffer.getDouble());
      if (known > 0) {
        spans.add(new LossSpan(first + STEPS - 1, known, finite, mean, least, most));
      }
    }
    return spans;
  }
}
