package io.millrace.augmentation.dataset;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;

/** A CSV file whose way of writing is known. It may be gone through more than once. */
final class SeriesFile {
  private static final int COLUMNS = 10_000;
  private final DataFile file;
  private final int most;
  private final CsvSpelling told;
  private final CsvForm form;
  private final List<String> columns;

  /** What takes the rows, one after the other. */
  interface Rows {
    /** Whether the cell of a column of the next row is asked for. */
    boolean wants(int column);

    /** A cell that was asked for, without the blanks around it. */
    void cell(String text, int column);

    /** The end of a row that began on a line of the file. */
    void end(int line);

    /**
     * Blank rows between two others.
     *
     * @param line of the first
     */
    default void blank(int line, int count) {}
  }

  /**
   * Opens a file.
   *
   * @param most the most bytes it may have, unpacked
   * @param told what the request says of how it is written
   * @throws InvalidMessageException where it does not begin with the names of columns
   */
  SeriesFile(DataFile file, int most, CsvSpelling told) throws IOException {
    this.file = file;
    this.most = most;
    this.told = told;
    form = CsvForm.of(file, most, told);
    try (Reader text = file.text(most)) {
      columns = header(new CsvReader(file, text, form.delimiter()));
    }
  }

  private List<String> header(CsvReader csv) throws IOException {
    var names = new ArrayList<String>();
    int cells = csv.row(column -> column < COLUMNS, (name, column) -> names.add(name.strip()));
    if (cells < 1 || cells > COLUMNS) {
      throw new InvalidMessageException(
          "dataset.name", file.name() + " has no header of 1.." + COLUMNS + " columns");
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

  /** How its numbers may be written. */
  List<NumberForm> numberForms() {
    return NumberForm.of(told);
  }

  /** The names of the columns; of a file without a header {@code 0}, {@code 1} and so on. */
  List<String> columns() {
    return columns;
  }

  /**
   * The place of a column.
   *
   * @param field of the request that names it
   * @throws InvalidMessageException where there is none
   */
  int column(String field, String name) {
    int column = columns.indexOf(name);
    if (column < 0) {
      throw new InvalidMessageException(
          field,
          Check.quote(name)
              + " is not a column of the data set; known are "
              + KnownNames.list(columns)
              + (form.hasHeader() ? "" : " (it has no header; if it has one, give header: true)"));
    }
    return column;
  }

  /**
   * Goes through all rows.
   *
   * @return how many there are
   * @throws InvalidMessageException where a row has another length than the header, or is one too
   *     many
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
      String others = form.hasHeader() ? "the header names " : "the first row has ";
      boolean isOther = rows == 0 && (cells == 1 || columns.size() == 1);
      String advice = isOther ? "; give delimiter" : "";
      throw csv.flaw(
          csv.line(), "has " + cells + " cells, and " + others + columns.size() + advice);
    }
    if (rows == DatasetLimits.SAMPLES) {
      throw csv.flaw(
          csv.line(), "is one too many; give at most " + DatasetLimits.SAMPLES + " rows");
    }
  }
}
