package io.millrace.results.query;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Rows out of columns of one length. */
public final class Columns {
  private Columns() {}

  /**
   * The rows.
   *
   * @param before the first cells of every row
   * @param columns those that are null are left out
   */
  public static Stream<List<?>> rows(List<?> before, List<List<?>> columns) {
    int size = columns.get(0).size();
    return IntStream.range(0, size)
        .<List<?>>mapToObj(
            i -> {
              var row = new ArrayList<Object>(before);
              columns.forEach(column -> row.add(column == null ? null : column.get(i)));
              return row;
            });
  }
}
