package io.millrace.augmentation.dataset;

/**
 * What a data set may take at most; looked at before memory is.
 *
 * @param cacheBytes of decoded images, over all data sets
 * @param imagePixels of one image file, before it is resampled; and of all that are decoded at a
 *     time
 * @param idxBytes of one IDX file, unpacked
 * @param csvBytes of one CSV file
 * @param brokenImages what becomes of them
 */
public record DatasetLimits(
    long cacheBytes, long imagePixels, int idxBytes, int csvBytes, BrokenImages brokenImages) {
  /** The most samples of one data set. */
  static final int SAMPLES = 2_000_000;

  /** Bytes that a value of a table takes while the table is read and scaled, with some to spare. */
  private static final int VALUE_BYTES = 32;

  /** The most features of a row, before names are one-hot encoded. */
  static final int ROW_FEATURES = 4_096;

  /** The most rows or columns of an image as it is trained on. */
  static final int SIDE = 4_096;

  /** The most rows or columns of an image file, before it is resampled. */
  static final int FILE_SIDE = 16_384;

  /** Whether every image is decoded before its data set is used. */
  boolean decodesAll() {
    return brokenImages == BrokenImages.SKIP;
  }

  /**
   * The most values of a table that are kept.
   *
   * @param most in a process with enough memory
   */
  static long values(long most) {
    return Math.min(most, Runtime.getRuntime().maxMemory() / VALUE_BYTES);
  }

  /** Limits under which broken images fail their task. */
  public DatasetLimits(long cacheBytes, long imagePixels, int idxBytes, int csvBytes) {
    this(cacheBytes, imagePixels, idxBytes, csvBytes, BrokenImages.FAIL);
  }
}
