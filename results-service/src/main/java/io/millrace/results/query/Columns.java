package io.millrace.results.query;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Turns columns of equal length into rows. */
public final class Columns {
  private Columns() {}

  /**
   * The rows, made while they are read.
   *
   * @param before the first cells of every row
   * @param columns a null column gives null cells
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
