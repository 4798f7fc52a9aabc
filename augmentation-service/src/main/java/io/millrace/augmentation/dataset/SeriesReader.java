package io.millrace.augmentation.dataset;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.DatasetSpec;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Goes once through a CSV file with a header line, and takes a column of it with its dates. */
final class SeriesReader {
  /** A number in a cell. */
  static final Pattern NUMBER = Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");

  private static final int COLUMNS = 10_000;
  private static final int NONE = -1;

  private final CsvReader csv;
  private final DataFile file;
  private final DatasetSpec.Series spec;
  private List<String> columns;
  private int valueColumn;

  /** The first row's first date decides where the request does not: {@link #NONE} until then. */
  private int dateColumn = NONE;

  private String value;
  private String date;
  private final Matcher number = NUMBER.matcher("");
  private double[] values = new double[16];
  private int rows;
  private final DateColumn dates = new DateColumn();

  SeriesReader(CsvReader csv, DataFile file, DatasetSpec.Series spec) {
    this.csv = csv;
    this.file = file;
    this.spec = spec;
  }

  /**
   * The whole series.
   *
   * @throws InvalidMessageException where the header or a row is wrong
   */
  SeriesTable read() throws IOException {
    columns = header(csv, file);
    valueColumn = column("dataset.column", spec.column());
    if (spec.dateColumn() != null) {
      dateColumn = column("dataset.date_column", spec.dateColumn());
    }
    int cells = csv.row(this::isWanted, this::take);
    while (cells > 0) {
      add(cells);
      cells = csv.row(this::isWanted, this::take);
    }
    return new SeriesTable(spec.column(), spec.dateColumn(), Arrays.copyOf(values, rows), dates);
  }

  /**
   * The names of the columns.
   *
   * @throws InvalidMessageException where the file does not begin with them
   */
  static List<String> header(CsvReader csv, DataFile file) throws IOException {
    var columns = new ArrayList<String>();
    int cells = csv.row(column -> column < COLUMNS, (name, column) -> columns.add(name.strip()));
    if (cells < 1 || cells > COLUMNS) {
      throw new InvalidMessageException(
          "dataset.name", file.name() + " has no header of 1.." + COLUMNS + " columns");
    }
    return columns;
  }

  /**
   * Refuses a row of another length than the header's, or one too many.
   *
   * @param rows that were read before it
   */
  static void requireRow(CsvReader csv, int cells, int columns, long rows) {
    if (cells != columns) {
      throw csv.flaw(csv.line(), "has " + cells + " cells, and the header names " + columns);
    }
    if (rows == DatasetLimits.SAMPLES) {
      throw csv.flaw(
          csv.line(), "is one too many; give at most " + DatasetLimits.SAMPLES + " rows");
    }
  }

  private int column(String field, String name) {
    int column = columns.indexOf(name);
    if (column < 0) {
      throw new InvalidMessageException(
          field,
          Check.quote(name)
              + " is not a column of the data set; known are "
              + KnownNames.list(columns));
    }
    return column;
  }

  private boolean isWanted(int column) {
    return column == valueColumn || column == dateColumn || isLookingForDates();
  }

  private boolean isLookingForDates() {
    return rows == 0 && dateColumn == NONE;
  }

  private void take(String text, int column) {
    String stripped = text.strip();
    if (column == valueColumn) {
      value = stripped;
    }
    if (isLookingForDates() && date(stripped) != null) {
      dateColumn = column;
    }
    if (column == dateColumn) {
      date = stripped;
    }
  }

  private void add(int cells) {
    requireRow(csv, cells, columns.size(), rows);
    if (rows == values.length) {
      values = Arrays.copyOf(values, rows * 2);
    }
    values[rows++] = number();
    if (dateColumn != NONE) {
      addDate();
    }
  }

  private double number() {
    double parsed = number(number, value);
    if (Double.isNaN(parsed)) {
      throw new InvalidMessageException(
          "dataset.column",
          Check.quote(columns.get(valueColumn))
              + " holds "
              + Check.quote(value)
              + " on line "
              + csv.line()
              + ", which is not a number");
    }
    return parsed;
  }

  /**
   * The finite number that a cell holds; not a number where it holds none.
   *
   * @param matcher of {@link #NUMBER}, to be used again
   */
  static double number(Matcher matcher, String cell) {
    double parsed = matcher.reset(cell).matches() ? Double.parseDouble(cell) : Double.NaN;
    return Double.isFinite(parsed) ? parsed : Double.NaN;
  }

  private void addDate() {
    LocalDate day = date(date);
    if (day == null) {
      throw noDate(csv, date);
    }
    if (!dates.add(day, date)) {
      throw notRising(csv, date, dates.last());
    }
  }

  /** The complaint about a cell that should be a date. */
  static InvalidMessageException noDate(CsvReader csv, String cell) {
    return new InvalidMessageException(
        "dataset.date_column",
        Check.quote(cell)
            + " on line "
            + csv.line()
            + " is not a date such as 2020-10-01 or 2020-10");
  }

  /** The complaint about a date that is not later than the one before. */
  static InvalidMessageException notRising(CsvReader csv, String date, String before) {
    return new InvalidMessageException(
        "dataset.date_column", date + " on line " + csv.line() + " does not come after " + before);
  }

  /** The date that a cell holds; null where it holds none. */
  static LocalDate date(String text) {
    try {
      return DatasetSpec.parseDate("", text);
    } catch (InvalidMessageException e) {
      return null;
    }
  }
}
