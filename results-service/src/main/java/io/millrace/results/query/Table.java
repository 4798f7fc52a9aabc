package io.millrace.results.query;

import java.util.List;

/**
 * An answer in rows, for spreadsheets and data frames.
 *
 * @param name of the file, without its extension: letters, digits, '.', '_' and '-'
 * @param columns their names
 * @param rows made while they are read; a cell is null, text, a number, a time or a list of names
 */
public record Table(String name, List<String> columns, Iterable<List<?>> rows) {

  /** An answer that can be written as rows. */
  public interface Tabular {
    Table table();
  }
}
