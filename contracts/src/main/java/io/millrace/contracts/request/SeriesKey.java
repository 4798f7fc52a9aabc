package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.contracts.Check;

/**
 * Of a file that holds several series, which one is meant: the rows that have a value in a column.
 * Without a value all are taken, each value's rows a series of its own, which no window leaves.
 *
 * @param column its name
 * @param value the cell as it is written, without blanks around it; null for all
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SeriesKey(String column, String value) {
  private static final int MAX = 200;

  public SeriesKey {
    Check.text("column", column, MAX);
    if (value != null) {
      Check.text("value", value, MAX);
    }
  }

  /** Whether all series of the file are taken. */
  @JsonIgnore
  public boolean isOfAll() {
    return value == null;
  }
}
