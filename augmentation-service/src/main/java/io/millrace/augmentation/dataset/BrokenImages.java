package io.millrace.augmentation.dataset;

/** How image files with a valid header but invalid data are handled. */
public enum BrokenImages {
  /** They fail the task that decodes them. */
  FAIL,

  /** They are skipped: every image of a class is decoded once when the class is opened. */
  SKIP
}
