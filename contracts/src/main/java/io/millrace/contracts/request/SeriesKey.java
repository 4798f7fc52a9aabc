package io.millrace.contracts.request;

import io.millrace.contracts.Check;

/**
 * Which rows of a file that holds several series are taken: those that have a value in a column.
 *
 * @param column its name
 * @param value the cell as it is written, without blanks around it
 */
public record SeriesKey(String column, String value) {
  private static final int MAX = 200;

  public SeriesKey {
    Check.text("column", column, MAX);
    Check.text("value", value, MAX);
  }
}
