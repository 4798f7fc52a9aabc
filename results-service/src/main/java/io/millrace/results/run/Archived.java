package io.millrace.results.run;

/** How a query treats archived runs. */
public enum Archived {
  /** Archived runs are hidden. */
  FALSE,
  /** Archived runs are included. */
  TRUE,
  /** Only archived runs are included. */
  ONLY;

  /** The required value of {@code run.archived}; null means any. */
  public Boolean flag() {
    return this == TRUE ? null : this == ONLY;
  }
}
