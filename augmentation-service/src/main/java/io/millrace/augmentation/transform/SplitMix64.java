package io.millrace.augmentation.transform;

/**
 * A small random number generator that is the same on every JVM and is seeded by a key, so that the
 * numbers of a sample do not depend on the samples drawn before it. Steele, Lea and Flood, "Fast
 * splittable pseudorandom number generators", OOPSLA 2014, with Stafford's finalizer (variant 13)
 * from that paper.
 */
public final class SplitMix64 {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;
  private static final double ULP = 0x1p-53;

  /** The purpose of random numbers, so that the same seed gives each use different numbers. */
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

  /** Creates a generator that must be {@link #reset} before use. */
  SplitMix64() {}

  private SplitMix64(long state) {
    this.state = state;
  }

  /** Creates the generator of a key; every part of the key changes all numbers. */
  public static SplitMix64 of(Use use, long seed, long first, long second) {
    long key = mix(use.ordinal() + GOLDEN_GAMMA);
    key = mix((key ^ seed) + GOLDEN_GAMMA);
    key = mix((key ^ first) + GOLDEN_GAMMA);
    key = mix((key ^ second) + GOLDEN_GAMMA);
    return new SplitMix64(key);
  }

  /** Resets to the generator of a key of four parts. */
  void reset(Use use, long seed, long first, long second, long third) {
    long key = mix(use.ordinal() + GOLDEN_GAMMA);
    key = mix((key ^ seed) + GOLDEN_GAMMA);
    key = mix((key ^ first) + GOLDEN_GAMMA);
    key = mix((key ^ second) + GOLDEN_GAMMA);
    state = mix((key ^ third) + GOLDEN_GAMMA);
  }

  /** A number from the standard normal distribution. */
  double nextNormal() {
    return NormalTable.quantile(nextDouble() * (1 - ULP) + ULP / 2);
  }

  /** Returns true with this probability. */
  boolean happens(double probability) {
    return nextDouble() < probability;
  }

  /** 64 random bits. */
  public long nextLong() {
    state += GOLDEN_GAMMA;
    return mix(state);
  }

  /** A number in {@code [0, 1)}, one of 2⁵³ equally spaced ones. */
  public double nextDouble() {
    return (nextLong() >>> 11) * ULP;
  }

  /** A number in {@code [lower, upper)}; {@code lower} if both are equal. */
  public double uniform(double lower, double upper) {
    return lower + nextDouble() * (upper - lower);
  }

  /** A uniform integer in {@code 0..bound-1} (Lemire 2019, by rejection). */
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
