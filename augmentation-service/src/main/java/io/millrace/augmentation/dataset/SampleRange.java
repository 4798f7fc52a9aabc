package io.millrace.augmentation.dataset;

import java.util.Arrays;
import java.util.BitSet;

/**
 * The samples of a part of a series, by the rows of their first predicted values.
 *
 * @param start the first of those rows
 * @param samples how many there are
 * @param starts the rows where they do not follow one another; else null
 */
record SampleRange(int start, int samples, int[] starts) {

  /** Samples whose predicted values lie in {@code from..to-1}. */
  static SampleRange of(int from, int to, int window, int horizon) {
    int start = Math.max(from, window);
    return new SampleRange(start, Math.max(0, to - horizon - start + 1), null);
  }

  /** The row of a sample's first predicted value. */
  int row(int sample) {
    return starts == null ? start + sample : starts[sample];
  }

  /** The samples none of whose values is missing. */
  SampleRange without(BitSet missing, int window, int horizon) {
    int[] kept = new int[samples];
    int count = 0;
    for (int row = start; row < start + samples; row++) {
      int next = missing.nextSetBit(row - window);
      if (next < 0 || next >= row + horizon) {
        kept[count++] = row;
      }
    }
    return count == samples ? this : new SampleRange(start, count, Arrays.copyOf(kept, count));
  }
}
