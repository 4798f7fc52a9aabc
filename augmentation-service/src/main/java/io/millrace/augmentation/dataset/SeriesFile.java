package io.millrace.augmentation.dataset;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;

/** A CSV file with a known format. It can be read more than once. */
final class SeriesFile {
  private static final int COLUMNS = 10_000;
  private final DataFile file;
  private final int most;
  private final CsvSpelling options;
  private final CsvForm form;
  private final List<String> columns;

  /** Receives the rows, one after the other. */
  interface Rows {
    /** Whether to return the cell of a column of the next row. */
    boolean wants(int column);

    /** Receives a requested cell, without surrounding blanks. */
    void cell(String text, int column);

    /** Ends the row that started on this line of the file. */
    void end(int line);

    /**
     * Reports blank lines between two rows.
     *
     * @param line of the first blank line
     */
    default void blank(int line, int count) {}
  }

  /**
   * Opens a file.
   *
   * @param most the maximum number of bytes, uncompressed
   * @param options the request's options for the format
   * @throws InvalidMessageException if it does not start with column names
   */
  SeriesFile(DataFile file, int most, CsvSpelling options) throws IOException {
    this.file = file;
    this.most = most;
    this.options = options;
    form = CsvForm.of(file, most, options);
    try (Reader text = file.text(most)) {
      columns = header(new CsvReader(file, text, form.delimiter()));
    }
  }

  private List<String> header(CsvReader csv) throws IOException {
    var names = new ArrayList<String>();
    int cells = csv.row(column -> column < COLUMNS, (name, column) -> names.add(name.strip()));
    if (cells < 1 || cells > COLUMNS) {
      throw new InvalidMessageException(
          "dataset.name", file.name() + " has no header with 1 to " + COLUMNS + " columns");
    }
    if (!form.hasHeader()) {
      for (int i = 0; i < names.size(); i++) {
        names.set(i, Integer.toString(i));
      }
    }
    return names;
  }

  /** Its name, for messages. */
  String name() {
    return file.name();
  }

  /** The number formats that the request allows. */
  List<NumberForm> numberForms() {
    return NumberForm.of(options);
  }

  /** The names of the columns; without a header {@code 0}, {@code 1} and so on. */
  List<String> columns() {
    return columns;
  }

  /**
   * The index of a column.
   *
   * @param field the request's field that names it
   * @throws InvalidMessageException if it does not exist
   */
  int column(String field, String name) {
    int column = columns.indexOf(name);
    if (column < 0) {
      throw new InvalidMessageException(
          field,
          Check.quote(name)
              + " is not a column of this data set; give one of "
              + KnownNames.list(columns)
              + (form.hasHeader()
                  ? ""
                  : " (the file was read without a header; if it has one, give header: true)"));
    }
    return column;
  }

  /**
   * Reads all rows.
   *
   * @return the number of rows
   * @throws InvalidMessageException if a row does not have the length of the header, or there are
   *     too many rows
   */
  int read(Rows rows) throws IOException {
    try (Reader text = file.text(most)) {
      var csv = new CsvReader(file, text, form.delimiter());
      if (form.hasHeader()) {
        csv.row(column -> false, (name, column) -> {});
      }
      int count = 0;
      int blanks = 0;
      int firstBlank = 0;
      int cells = row(csv, rows);
      while (cells > 0) {
        firstBlank = blanks == 0 ? csv.line() - csv.blanks() : firstBlank;
        blanks += csv.blanks();
        if (csv.hasText()) {
          if (count > 0 && blanks > 0) {
            rows.blank(firstBlank, blanks);
          }
          blanks = 0;
          require(csv, cells, count++);
          rows.end(csv.line());
        } else {
          blanks++;
        }
        cells = row(csv, rows);
      }
      return count;
    }
  }

  private int row(CsvReader csv, Rows rows) throws IOException {
    return csv.row(
        column -> column < columns.size() && rows.wants(column),
        (text, column) -> rows.cell(text.strip(), column));
  }

  private void require(CsvReader csv, int cells, int rows) {
    if (cells != columns.size()) {
      String others = form.hasHeader() ? "the header has " : "the first row has ";
      boolean isOther = rows == 0 && (cells == 1 || columns.size() == 1);
      String advice = isOther ? "; give delimiter" : "";
      throw csv.flaw(
          csv.line(),
          "has " + Check.count(cells, "cell") + ", but " + others + columns.size() + advice);
    }
    if (rows == DatasetLimits.SAMPLES) {
      throw csv.flaw(
          csv.line(), "is one row too many; give at most " + DatasetLimits.SAMPLES + " rows");
    }
  }
}
