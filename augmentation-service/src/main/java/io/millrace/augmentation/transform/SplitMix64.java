package io.millrace.augmentation.transform;

/**
 * A small generator of random numbers that is the same on every JVM and is found by its key: the
 * numbers of a sample do not depend on which samples were drawn before it. Steele, Lea and Flood,
 * "Fast splittable pseudorandom number generators", OOPSLA 2014, with the finalizer that they take
 * from Stafford (variant 13).
 */
public final class SplitMix64 {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
  private static final double ULP = 0x1p-53;

  /** What random numbers are for, so that the same seed gives each use numbers of its own. */
  public enum Use {
    /** The split of a class into parts: (seed, class). */
    SPLIT,
    /** The order of an epoch's samples: (seed, epoch). */
    ORDER,
    /** A sample's transform: (seed, epoch, sample), and which transform. */
    TRANSFORM,
    /** How the samples of a batch are mixed: (seed, epoch, batch). */
    MIX,
    /** The random values of an image's pixels: (a sample's key, row). */
    PIXELS
  }

  private long state;

  /** A generator that is to be {@link #reset}. */
  SplitMix64() {}

  private SplitMix64(long state) {
    this.state = state;
  }

  /** The generator of a key; every part of the key changes all of its numbers. */
  public static SplitMix64 of(Use use, long seed, long first, long second) {
    long key = mix(use.ordinal() + GOLDEN_GAMMA);
    key = mix((key ^ seed) + GOLDEN_GAMMA);
    key = mix((key ^ first) + GOLDEN_GAMMA);
    key = mix((key ^ second) + GOLDEN_GAMMA);
    return new SplitMix64(key);
  }

  /** Starts again as the generator of a key of four parts. */
  void reset(Use use, long seed, long first, long second, long third) {
    long key = mix(use.ordinal() + GOLDEN_GAMMA);
    key = mix((key ^ seed) + GOLDEN_GAMMA);
    key = mix((key ^ first) + GOLDEN_GAMMA);
    key = mix((key ^ second) + GOLDEN_GAMMA);
    state = mix((key ^ third) + GOLDEN_GAMMA);
  }

  /** A number of the standard normal distribution. */
  double nextNormal() {
    return NormalTable.quantile(nextDouble() * (1 - ULP) + ULP / 2);
  }

  /** Whether something of this probability happens. */
  boolean happens(double probability) {
    return nextDouble() < probability;
  }

  /** 64 random bits. */
  public long nextLong() {
    state += GOLDEN_GAMMA;
    return mix(state);
  }

  /** A number of {@code [0, 1)}, one of 2⁵³ equally spaced ones. */
  public double nextDouble() {
    return (nextLong() >>> 11) * ULP;
  }

  /** A number of {@code [lower, upper)}; {@code lower} where both are equal. */
  public double uniform(double lower, double upper) {
    return lower + nextDouble() * (upper - lower);
  }

  /** An integer of {@code 0..bound-1}, each equally likely (Lemire 2019, by rejection). */
  public int below(int bound) {
    while (true) {
      long product = (nextLong() >>> 32) * bound;
      long low = product & 0xFFFFFFFFL;
      if (low >= bound || low >= (1L << 32) % bound) {
        return (int) (product >>> 32);
      }
    }
  }

  /** Puts the elements in a random order (Fisher and Yates, by Durstenfeld). */
  public void shuffle(int[] values) {
    for (int i = values.length - 1; i > 0; i--) {
      int j = below(i + 1);
      int value = values[i];
      values[i] = values[j];
      values[j] = value;
    }
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
