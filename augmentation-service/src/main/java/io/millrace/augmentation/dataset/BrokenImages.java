package io.millrace.augmentation.dataset;

/** What becomes of image files whose header is right and whose data are not. */
public enum BrokenImages {
  /** They are found when they are decoded, and fail their task. */
  FAIL,

  /** They are found when their class is opened, by decoding all of it once, and left out. */
  SKIP
}
