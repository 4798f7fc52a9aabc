package io.millrace.augmentation.dataset;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * The samples of a part of a series, identified by a row: the row of the first predicted value or,
 * if windows have classes, the first row of the window.
 *
 * @param start the first of those rows
 * @param samples the number of samples
 * @param starts the rows if they are not consecutive; otherwise null
 */
record SampleRange(int start, int samples, int[] starts) {

  /**
   * The rows that a sample needs: {@code back} rows before its own row, and {@code ahead} rows from
   * it on.
   */
  record Reach(int back, int ahead) {}

  /**
   * The samples whose own row and rows ahead are in {@code from..to-1}.
   *
   * @param first the first row of the series
   * @param stride rows from one sample to the next
   */
  static SampleRange of(int first, int from, int to, Reach reach, int stride) {
    int start = Math.max(from, first + reach.back);
    int rows = Math.max(0, to - reach.ahead - start + 1);
    if (stride == 1) {
      return new SampleRange(start, rows, null);
    }
    int[] starts = new int[(rows + stride - 1) / stride];
    Arrays.setAll(starts, i -> start + i * stride);
    return new SampleRange(start, starts.length, starts);
  }

  /** Joins the samples of several series, one after the other. */
  static SampleRange join(List<SampleRange> ranges) {
    if (ranges.size() == 1) {
      return ranges.get(0);
    }
    int[] starts = new int[ranges.stream().mapToInt(SampleRange::samples).sum()];
    int count = 0;
    for (SampleRange range : ranges) {
      for (int sample = 0; sample < range.samples; sample++) {
        starts[count++] = range.row(sample);
      }
    }
    return new SampleRange(0, count, starts);
  }

  /** The row of a sample. */
  int row(int sample) {
    return starts == null ? start + sample : starts[sample];
  }

  /** The samples without missing rows. */
  SampleRange without(BitSet missing, Reach reach) {
    return where(
        row -> {
          int next = missing.nextSetBit(row - reach.back);
          return next < 0 || next >= row + reach.ahead;
        });
  }

  /** The samples whose row satisfies a condition. */
  SampleRange where(IntPredicate isKept) {
    int[] kept = new int[samples];
    int count = 0;
    for (int sample = 0; sample < samples; sample++) {
      int row = row(sample);
      if (isKept.test(row)) {
        kept[count++] = row;
      }
    }
    return count == samples ? this : new SampleRange(start, count, Arrays.copyOf(kept, count));
  }
}
