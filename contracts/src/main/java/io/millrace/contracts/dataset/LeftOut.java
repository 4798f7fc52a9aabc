package io.millrace.contracts.dataset;

import io.millrace.contracts.Check;
import java.util.List;

/**
 * Files or folders of a data set that are no samples, for one cause.
 *
 * @param cause why
 * @param count how many there are
 * @param files the first of their names, within the data set
 */
public record LeftOut(LeftOutCause cause, Integer count, List<String> files) {
  /** The most names of a cause that are told. */
  public static final int MAX_FILES = 5;

  public LeftOut {
    Check.required("cause", cause);
    Check.required("count", count);
    files = List.copyOf(Check.required("files", files));
  }
}
