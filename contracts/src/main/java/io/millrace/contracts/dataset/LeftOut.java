package io.millrace.contracts.dataset;

import io.millrace.contracts.Check;
import java.util.List;

/**
 * Files and folders of a data set that are not samples, for one cause.
 *
 * @param cause why they are not samples
 * @param count how many there are
 * @param files the first names, relative to the data set; at most {@value #MAX_FILES}
 */
public record LeftOut(LeftOutCause cause, Integer count, List<String> files) {
  /** The most names listed for a cause. */
  public static final int MAX_FILES = 5;

  public LeftOut {
    Check.required("cause", cause);
    Check.required("count", count);
    files = List.copyOf(Check.required("files", files));
  }
}
