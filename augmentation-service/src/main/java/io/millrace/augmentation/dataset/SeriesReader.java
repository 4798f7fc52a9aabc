package io.millrace.augmentation.dataset;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.dataset.SeriesTime;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.request.Missing;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Reads a CSV file with a header line, and takes columns of it with their dates. It goes through
 * the file twice: first to see how dates and numbers are written, then for the rows.
 */
final class SeriesReader implements SeriesFile.Rows {
  private static final String ADVICE = "; give missing: interpolate, forward_fill or drop_windows";

  /** The most values that are kept, where there is memory for them. */
  private static final long MOST_VALUES = 64L << 20;

  /** The most series that a file may hold. */
  private static final int MOST_SERIES = 10_000;

  private final SeriesFile file;
  private final DatasetSpec.Series spec;
  private final KeyFilter key;
  private final ValueColumns asked;
  private final RowValues[] columns;
  private final SeriesDates written;
  private final boolean isDoubleSpaced;
  private final String[] cells;
  private final boolean[] isOfValues;
  private final DateColumn dates = new DateColumn();

  /** Not a constant: an executable would have that of the machine it was built on. */
  private final long mostValues = DatasetLimits.values(MOST_VALUES);

  private int[] lines = new int[16];
  private int rows;

  /** The series of the rows: numbers by key, in the order of the keys' first rows. */
  private final Map<String, Integer> series = new TreeMap<>();

  private int[] owners = new int[16];

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
    asked = ValueColumns.of(spec);
    cells = new String[file.columns().size()];
    isOfValues = new boolean[cells.length];
    for (ValueColumns.Asked column : asked.columns()) {
      isOfValues[file.column(column.field(), column.name())] = true;
    }
    key = new KeyFilter(file, spec.seriesKey());
    boolean isFound = spec.dateColumn() == null;
    var look =
        SeriesLook.at(
            file,
            column ->
                isFound
                    || isOfValues[column]
                    || spec.dateColumn().names().contains(file.columns().get(column)),
            asked,
            spec);
    columns = new RowValues[asked.columns().size()];
    for (int i = 0; i < columns.length; i++) {
      ValueColumns.Asked column = asked.columns().get(i);
      int place = file.column(column.field(), column.name());
      boolean isLabel = column.name().equals(spec.label());
      NumberForm form = column.isCategory() ? null : look.columns().get(place).numbers().form();
      int most = isLabel ? RowValues.MOST_CLASSES : RowValues.MOST_CATEGORIES;
      columns[i] = new RowValues(column, place, form, most);
    }
    written = SeriesDates.of(file, look, spec);
    isDoubleSpaced = look.isDoubleSpaced();
  }

  /**
   * The whole series, or all of them, each in the order of time.
   *
   * @throws InvalidMessageException where a row is wrong, or two of a series are of the same time
   */
  SeriesTable read() throws IOException {
    file.read(this);
    Missing how = Check.orElse(spec.missing(), Missing.REFUSE);
    if (how == Missing.REFUSE && missing != null) {
      throw missing;
    }
    var filled = new ArrayList<FilledSeries>();
    var times = new ArrayList<SeriesTime>();
    int[][] rowsOf = rowsOfSeries();
    for (int number : series.values()) {
      int[] places = rowsOf[number];
      DateColumn own = series.size() == 1 || dates.isEmpty() ? dates : dates.in(places);
      boolean isSorted = own.rises();
      if (!isSorted) {
        int[] order = own.order();
        own = own.in(order);
        int[] file = places;
        places = Arrays.stream(order).map(i -> file[i]).toArray();
        requireDifferent(own, places, lines);
      }
      filled.add(filled(places, own, how));
      times.add(written.describe(own, isSorted));
    }
    List<List<String>> names = Arrays.stream(columns).map(RowValues::names).toList();
    SeriesTime time = times.isEmpty() ? written.describe(dates, true) : ofAll(times);
    FilledSeries all =
        filled.isEmpty() ? filled(new int[0], dates, how) : FilledSeries.join(filled);
    return new SeriesTable(spec, asked, names, all, time);
  }

  /** The rows of each series, in the order of the file. */
  private int[][] rowsOfSeries() {
    int[] counts = new int[series.size()];
    for (int i = 0; i < rows; i++) {
      counts[owners[i]]++;
    }
    int[][] rowsOf = Arrays.stream(counts).mapToObj(int[]::new).toArray(int[][]::new);
    Arrays.fill(counts, 0);
    for (int i = 0; i < rows; i++) {
      rowsOf[owners[i]][counts[owners[i]]++] = i;
    }
    return rowsOf;
  }

  private FilledSeries filled(int[] places, DateColumn own, Missing how) {
    Optional<TimeStep> step = TimeStep.of(own).filter(TimeStep::hasTrueGaps);
    if (how == Missing.REFUSE && step.isPresent()) {
      throw missing(own, step.get());
    }
    double[][] values =
        Arrays.stream(columns).map(column -> column.of(places)).toArray(double[][]::new);
    return FilledSeries.of(values, own, step, new FilledSeries.Filling(how, asked));
  }

  /** What is told of the dates of several series. */
  private SeriesTime ofAll(List<SeriesTime> times) {
    SeriesTime first = times.get(0);
    if (times.size() == 1 || first.columns() == null) {
      return first;
    }
    boolean isRegular =
        first.step() != null && times.stream().allMatch(time -> first.step().equals(time.step()));
    return new SeriesTime(
        first.columns(),
        first.format(),
        first.zone(),
        times.stream().map(SeriesTime::from).min(String::compareTo).orElseThrow(),
        times.stream().map(SeriesTime::to).max(String::compareTo).orElseThrow(),
        isRegular ? first.step() : null,
        isRegular ? (Integer) times.stream().mapToInt(SeriesTime::gaps).sum() : null,
        times.stream().allMatch(SeriesTime::sorted),
        times.size() + " series, by " + Check.quote(spec.seriesKey().column()));
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
   * @param order the rows of the file, in the order of time
   * @param lines of the file's rows
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
    return isOfValues[column] || written.holds(column) || key.wants(column);
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
    for (RowValues column : columns) {
      String cell = cells[column.place()];
      if (!column.add(cell, line)) {
        noteMissing(column.missing(cell, line));
      }
    }
    add(line);
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
    noteMissing(new InvalidMessageException("dataset.missing", "line " + line + " is blank"));
    if (count > DatasetLimits.SAMPLES - rows) {
      throw new InvalidMessageException(
          "dataset.name",
          file.name() + " has more than " + DatasetLimits.SAMPLES + " rows, blank ones included");
    }
    for (int i = 0; i < count; i++) {
      for (RowValues column : columns) {
        column.add(Double.NaN);
      }
      add(line + i);
    }
  }

  private void add(int line) {
    if (rows == lines.length) {
      lines = Arrays.copyOf(lines, rows * 2);
      owners = Arrays.copyOf(owners, rows * 2);
    }
    if ((rows + 1L) * columns.length > mostValues) {
      throw new InvalidMessageException(
          "dataset.columns", "have more than " + mostValues + " values in all; give fewer columns");
    }
    Integer owner = series.get(key.value());
    if (owner == null) {
      owner = series.size();
      series.put(key.value(), owner);
    }
    lines[rows] = line;
    owners[rows++] = owner;
    if (series.size() > MOST_SERIES) {
      throw new InvalidMessageException(
          "dataset.series_key.column",
          Check.quote(spec.seriesKey().column())
              + " tells more than "
              + MOST_SERIES
              + " series apart on line "
              + line
              + "; give a column with fewer different values");
    }
  }

  private void noteMissing(InvalidMessageException complaint) {
    if (missing == null) {
      missing = new InvalidMessageException(complaint.field(), complaint.reason() + ADVICE);
    }
  }
}
