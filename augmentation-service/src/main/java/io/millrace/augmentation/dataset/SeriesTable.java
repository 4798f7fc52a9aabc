package io.millrace.augmentation.dataset;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.DatasetSpec;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * One column of a table as a series.
 *
 * @param values all of them finite
 * @param dates of the rows, strictly rising; empty where the table has none
 * @param dateTexts the dates as they stand in the file
 */
record SeriesTable(double[] values, List<LocalDate> dates, List<String> dateTexts) {
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");

  /**
   * The column that a request names.
   *
   * @throws InvalidMessageException naming the field, and the line that is wrong
   */
  static SeriesTable of(CsvTable table, DatasetSpec.Series spec) {
    double[] values = numbers(table, column(table, "dataset.column", spec.column()));
    int dateColumn =
        spec.dateColumn() == null
            ? firstDateColumn(table)
            : column(table, "dataset.date_column", spec.dateColumn());
    if (dateColumn < 0) {
      return new SeriesTable(values, List.of(), List.of());
    }
    List<String> texts = table.rows().stream().map(row -> row.get(dateColumn).strip()).toList();
    return new SeriesTable(values, dates(table, texts), texts);
  }

  private static int column(CsvTable table, String field, String name) {
    int column = table.columns().indexOf(name);
    if (column < 0) {
      throw new InvalidMessageException(
          field,
          Check.quote(name)
              + " is not a column of the data set; known are "
              + String.join(", ", table.columns()));
    }
    return column;
  }

  private static double[] numbers(CsvTable table, int column) {
    double[] values = new double[table.rows().size()];
    for (int row = 0; row < values.length; row++) {
      String text = table.rows().get(row).get(column).strip();
      values[row] = NUMBER.matcher(text).matches() ? Double.parseDouble(text) : Double.NaN;
      if (!Double.isFinite(values[row])) {
        throw new InvalidMessageException(
            "dataset.column",
            Check.quote(table.columns().get(column))
                + " holds "
                + Check.quote(text)
                + " on line "
                + table.lines().get(row)
                + ", which is not a number");
      }
    }
    return values;
  }

  private static int firstDateColumn(CsvTable table) {
    for (int column = 0; !table.rows().isEmpty() && column < table.columns().size(); column++) {
      if (date(table.rows().get(0).get(column).strip()) != null) {
        return column;
      }
    }
    return -1;
  }

  private static List<LocalDate> dates(CsvTable table, List<String> texts) {
    var dates = new ArrayList<LocalDate>();
    for (int row = 0; row < texts.size(); row++) {
      LocalDate date = date(texts.get(row));
      String line = " on line " + table.lines().get(row);
      if (date == null) {
        throw new InvalidMessageException(
            "dataset.date_column",
            Check.quote(texts.get(row)) + line + " is not a date such as 2020-10-01 or 2020-10");
      }
      if (row > 0 && !date.isAfter(dates.get(row - 1))) {
        throw new InvalidMessageException(
            "dataset.date_column",
            texts.get(row) + line + " does not come after " + texts.get(row - 1));
      }
      dates.add(date);
    }
    return List.copyOf(dates);
  }

  private static LocalDate date(String text) {
    try {
      return DatasetSpec.parseDate("", text);
    } catch (InvalidMessageException e) {
      return null;
    }
  }
}
