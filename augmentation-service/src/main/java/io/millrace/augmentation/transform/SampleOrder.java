package io.millrace.augmentation.transform;

/** The order of the samples in an epoch. */
public final class SampleOrder {
  private SampleOrder() {}

  /** The samples {@code 0..samples-1} in the random order of an epoch. */
  public static int[] shuffled(int samples, long seed, int epoch) {
    int[] order = ascending(samples);
    SplitMix64.of(SplitMix64.Use.ORDER, seed, epoch, 0).shuffle(order);
    return order;
  }

  /** The samples {@code 0..samples-1} in ascending order. */
  public static int[] ascending(int samples) {
    int[] order = new int[samples];
    for (int i = 0; i < samples; i++) {
      order[i] = i;
    }
    return order;
  }
}
