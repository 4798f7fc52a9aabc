package io.millrace.augmentation.dataset;

import io.millrace.contracts.request.DatasetSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Reads a file once to examine its columns. It keeps one row at a time: the format of a column is
 * known only after all its cells were seen.
 */
final class SeriesLook implements SeriesFile.Rows {
  private final List<ColumnLook> columns = new ArrayList<>();
  private final IntPredicate wanted;
  private final boolean[] isOfNumbers;
  private final KeyFilter key;
  private final String[] cells;
  private int rows;
  private int blankLines;
  private int blankRuns;

  private SeriesLook(
      SeriesFile file, IntPredicate wanted, ValueColumns values, String format, KeyFilter key) {
    this.wanted = wanted;
    this.key = key;
    List<String> names = file.columns();
    cells = new String[names.size()];
    isOfNumbers = new boolean[cells.length];
    for (int i = 0; i < isOfNumbers.length; i++) {
      isOfNumbers[i] = values == null || values.areNumbersOf(names.get(i));
    }
    List<DateReader> given = format == null ? null : List.of(DateReader.ofFormat(format));
    List<NumberForm> forms = file.numberForms();
    for (String name : names) {
      String field =
          values == null
              ? ValueColumns.FIELD
              : values.find(name).map(ValueColumns.Requested::field).orElse(ValueColumns.FIELD);
      columns.add(new ColumnLook(field, name, given == null ? DateReader.of(name) : given, forms));
    }
  }

  /** Examines all columns of a file. */
  static SeriesLook at(SeriesFile file) throws IOException {
    return at(new SeriesLook(file, column -> true, null, null, new KeyFilter(file, null)), file);
  }

  /**
   * Examines a file.
   *
   * @param wanted the columns to examine
   * @param values the columns of the request; the others are examined for dates only
   */
  static SeriesLook at(
      SeriesFile file, IntPredicate wanted, ValueColumns values, DatasetSpec.Series spec)
      throws IOException {
    var key = new KeyFilter(file, spec.seriesKey());
    return at(new SeriesLook(file, wanted, values, spec.dateFormat(), key), file);
  }

  private static SeriesLook at(SeriesLook look, SeriesFile file) throws IOException {
    file.read(look);
    look.key.requireRows(look.rows);
    return look;
  }

  /** The columns, in the order of the file. */
  List<ColumnLook> columns() {
    return columns;
  }

  /** The number of rows. */
  int rows() {
    return rows;
  }

  /**
   * Whether each pair of rows is separated by one blank line; such lines are not missing values.
   */
  boolean isDoubleSpaced() {
    return rows > 2 && blankRuns == rows - 1 && blankLines == blankRuns;
  }

  @Override
  public void blank(int line, int count) {
    blankRuns++;
    blankLines += count;
  }

  @Override
  public boolean wants(int column) {
    return isOpen(column) || key.wants(column);
  }

  private boolean isOpen(int column) {
    return wanted.test(column) && columns.get(column).isOpen(isOfNumbers[column]);
  }

  @Override
  public void cell(String text, int column) {
    cells[column] = text;
    key.cell(text, column);
  }

  @Override
  public void end(int line) {
    if (!key.isMet()) {
      return;
    }
    rows++;
    for (int i = 0; i < cells.length; i++) {
      if (isOpen(i)) {
        columns.get(i).take(cells[i], line);
      }
    }
  }
}
