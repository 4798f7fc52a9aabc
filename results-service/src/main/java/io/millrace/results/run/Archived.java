package io.millrace.results.run;

/** Whether archived runs are listed. */
public enum Archived {
  /** They are hidden. */
  FALSE,
  /** They are listed among the others. */
  TRUE,
  /** No others are listed. */
  ONLY;

  /** What {@code run.archived} must be; null: either. */
  public Boolean flag() {
    return this == TRUE ? null : this == ONLY;
  }
}
