package io.millrace.augmentation.dataset;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.request.Missing;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads a CSV file with a header line, and takes a column of it with its dates. It goes through the
 * file twice: first to see how the dates are written, then for the rows.
 */
final class SeriesReader implements SeriesFile.Rows {
  private static final String ADVICE = "; give missing: interpolate, forward_fill or drop_windows";

  private final SeriesFile file;
  private final DatasetSpec.Series spec;
  private final KeyFilter key;
  private final int valueColumn;
  private final SeriesDates written;
  private final NumberForm form;
  private final boolean isDoubleSpaced;
  private final String[] cells;
  private final DateColumn dates = new DateColumn();
  private double[] values = new double[16];
  private int[] lines = new int[16];
  private int rows;

  /** The complaint about the first value that is missing; null where none is. */
  private InvalidMessageException missing;

  /**
   * Looks at a file.
   *
   * @throws InvalidMessageException where it has no such columns, or its dates are not understood
   */
  SeriesReader(SeriesFile file, DatasetSpec.Series spec) throws IOException {
    this.file = file;
    this.spec = spec;
    valueColumn = file.column("dataset.column", spec.column());
    key = new KeyFilter(file, spec.seriesKey());
    boolean isFound = spec.dateColumn() == null;
    var look =
        SeriesLook.at(
            file,
            column ->
                isFound
                    || column == valueColumn
                    || spec.dateColumn().names().contains(file.columns().get(column)),
            spec);
    form = look.columns().get(valueColumn).numbers().form();
    written = SeriesDates.of(file, look, spec);
    isDoubleSpaced = look.isDoubleSpaced();
    cells = new String[file.columns().size()];
  }

  /**
   * The whole series, in the order of time.
   *
   * @throws InvalidMessageException where a row is wrong, or two are of the same time
   */
  SeriesTable read() throws IOException {
    file.read(this);
    Missing how = Check.orElse(spec.missing(), Missing.REFUSE);
    if (how == Missing.REFUSE && missing != null) {
      throw missing;
    }
    double[] inOrder = Arrays.copyOf(values, rows);
    DateColumn sorted = dates;
    if (!dates.rises()) {
      int[] order = dates.order();
      sorted = dates.in(order);
      requireDifferent(sorted, order, lines);
      for (int i = 0; i < rows; i++) {
        inOrder[i] = values[order[i]];
      }
    }
    Optional<TimeStep> step = TimeStep.of(sorted).filter(TimeStep::hasTrueGaps);
    if (how == Missing.REFUSE && step.isPresent()) {
      throw missing(sorted, step.get());
    }
    FilledSeries filled = FilledSeries.of(inOrder, sorted, step, how);
    return new SeriesTable(spec, filled, written.describe(sorted, sorted == dates));
  }

  private static InvalidMessageException missing(DateColumn sorted, TimeStep step) {
    int row = 1;
    while (step.between(sorted.get(row - 1), sorted.get(row)) == 1) {
      row++;
    }
    return new InvalidMessageException(
        "dataset.missing",
        "the rows are "
            + step.text()
            + " apart, and between "
            + DateColumn.text(sorted.get(row - 1))
            + " and "
            + DateColumn.text(sorted.get(row))
            + " there is none; in all "
            + step.gaps()
            + (step.gaps() == 1 ? " is" : " are")
            + " missing"
            + ADVICE);
  }

  /**
   * Refuses rows of the same time.
   *
   * @param order the rows, in the order of time
   * @param lines of the rows, in the order of the file
   */
  static void requireDifferent(DateColumn sorted, int[] order, int[] lines) {
    int second = 0;
    for (int i = 1; i < order.length; i++) {
      boolean isTwice = DateColumn.micros(sorted.get(i)) == DateColumn.micros(sorted.get(i - 1));
      second = isTwice && (second == 0 || order[i] < order[second]) ? i : second;
    }
    if (second > 0) {
      throw new InvalidMessageException(
          "dataset.date_column",
          sorted.texts(second, second + 1).get(0)
              + " on line "
              + lines[order[second]]
              + " is the time of line "
              + lines[order[second - 1]]
              + " too; if the file holds several series, give series_key, and if the time of day is"
              + " in another column, date_column: [day, time]");
    }
  }

  @Override
  public boolean wants(int column) {
    return column == valueColumn || written.holds(column) || key.wants(column);
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
    add(number(line), line);
    if (written.reader() != null) {
      dates.add(written.read(cells, line));
    }
  }

  /** Without dates, a blank line stands for a row; with them, the dates tell what is missing. */
  @Override
  public void blank(int line, int count) {
    if (isDoubleSpaced || written.reader() != null || spec.seriesKey() != null) {
      return;
    }
    noteMissing("dataset.missing", "line " + line + " is blank");
    if (count > DatasetLimits.SAMPLES - rows) {
      throw new InvalidMessageException(
          "dataset.name",
          file.name() + " has more than " + DatasetLimits.SAMPLES + " rows, blank ones included");
    }
    for (int i = 0; i < count; i++) {
      add(Double.NaN, line + i);
    }
  }

  private void add(double value, int line) {
    if (rows == values.length) {
      values = Arrays.copyOf(values, rows * 2);
      lines = Arrays.copyOf(lines, rows * 2);
    }
    lines[rows] = line;
    values[rows++] = value;
  }

  private void noteMissing(String field, String what) {
    if (missing == null) {
      missing = new InvalidMessageException(field, what + ADVICE);
    }
  }

  private double number(int line) {
    String cell = cells[valueColumn];
    if (MissingCell.is(cell)) {
      noteMissing(
          "dataset.column",
          Check.quote(file.columns().get(valueColumn))
              + " holds "
              + Check.quote(cell)
              + " on line "
              + line
              + ", which is a missing value");
      return Double.NaN;
    }
    double parsed = form.parse(cell);
    if (Double.isNaN(parsed)) {
      throw new InvalidMessageException(
          "dataset.column",
          Check.quote(file.columns().get(valueColumn))
              + " holds "
              + Check.quote(cell)
              + " on line "
              + line
              + ", which is not a number");
    }
    return parsed;
  }
}
