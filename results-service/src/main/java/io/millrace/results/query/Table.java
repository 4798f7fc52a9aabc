package io.millrace.results.query;

import java.util.List;

/**
 * An answer as rows, for spreadsheets and data frames.
 *
 * @param name of the file, without its ending: letters, digits, '.', '_' and '-'
 * @param columns their names
 * @param rows made as they are read; a cell is null, text, a number, a time or a list of names
 */
public record Table(String name, List<String> columns, Iterable<List<?>> rows) {

  /** What can be had as rows. */
  public interface Tabular {
    /** The rows. */
    Table table();
  }
}
