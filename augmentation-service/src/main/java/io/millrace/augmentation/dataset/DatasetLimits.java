package io.millrace.augmentation.dataset;

/**
 * Limits of a data set, checked before memory is allocated.
 *
 * @param cacheBytes of decoded images of all data sets
 * @param imagePixels of one image file before resampling, and of all images that are decoded
 *     concurrently
 * @param idxBytes of one IDX file, uncompressed
 * @param csvBytes of one CSV file
 * @param brokenImages how invalid images are handled
 */
public record DatasetLimits(
    long cacheBytes, long imagePixels, int idxBytes, int csvBytes, BrokenImages brokenImages) {
  /** The maximum number of samples of a data set. */
  static final int SAMPLES = 2_000_000;

  /** The bytes needed per value while a table is read and scaled, with a margin. */
  private static final int VALUE_BYTES = 32;

  /** The maximum number of features of a row, before names are one-hot encoded. */
  static final int ROW_FEATURES = 4_096;

  /** The maximum height or width of an image as it is trained on. */
  static final int SIDE = 4_096;

  /** The maximum height or width of an image file, before resampling. */
  static final int FILE_SIDE = 16_384;

  /** Whether all images are decoded before a data set is used. */
  boolean decodesAll() {
    return brokenImages == BrokenImages.SKIP;
  }

  /**
   * The maximum number of values of a table that are kept.
   *
   * @param most the maximum in a process with enough memory
   */
  static long values(long most) {
    return Math.min(most, Runtime.getRuntime().maxMemory() / VALUE_BYTES);
  }

  /** Limits with which broken images fail their task. */
  public DatasetLimits(long cacheBytes, long imagePixels, int idxBytes, int csvBytes) {
    this(cacheBytes, imagePixels, idxBytes, csvBytes, BrokenImages.FAIL);
  }
}
