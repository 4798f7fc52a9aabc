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
 * Reads columns of a CSV file and their dates. It reads the file twice: first to find the formats
 * of dates and numbers, then for the rows.
 */
final class SeriesReader implements SeriesFile.Rows {
  private static final String ADVICE = "; give missing: interpolate, forward_fill or drop_windows";

  /** The maximum number of values, given enough memory. */
  private static final long MOST_VALUES = 64L << 20;

  /** The maximum number of series in a file. */
  private static final int MOST_SERIES = 10_000;

  private final SeriesFile file;
  private final DatasetSpec.Series spec;
  private final KeyFilter key;
  private final ValueColumns requested;
  private final RowValues[] columns;
  private final SeriesDates written;
  private final boolean isDoubleSpaced;
  private final String[] cells;
  private final boolean[] isOfValues;
  private final DateColumn dates = new DateColumn();

  /** Not a constant, because a native executable would keep the value of the build machine. */
  private final long mostValues = DatasetLimits.values(MOST_VALUES);

  private int[] lines = new int[16];
  private int rows;

  /** The index of each series by key, in the order of the keys' first rows. */
  private final Map<String, Integer> series = new TreeMap<>();

  private int[] owners = new int[16];

  /** The exception for the first missing value; null if none is missing. */
  private InvalidMessageException missing;

  /**
   * Examines a file.
   *
   * @throws InvalidMessageException if it does not have the columns, or its dates cannot be read
   */
  SeriesReader(SeriesFile file, DatasetSpec.Series spec) throws IOException {
    this.file = file;
    this.spec = spec;
    requested = ValueColumns.of(spec);
    cells = new String[file.columns().size()];
    isOfValues = new boolean[cells.length];
    for (ValueColumns.Requested column : requested.columns()) {
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
            requested,
            spec);
    columns = new RowValues[requested.columns().size()];
    for (int i = 0; i < columns.length; i++) {
      ValueColumns.Requested column = requested.columns().get(i);
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
   * Reads the whole series, or all series, each in the order of time.
   *
   * @throws InvalidMessageException if a row is wrong, or two rows of a series have the same time
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
    return new SeriesTable(spec, requested, names, all, time);
  }

  /** The row indices of each series, in the order of the file. */
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
    return FilledSeries.of(values, own, step, new FilledSeries.Filling(how, requested));
  }

  /** The description of the dates of several series. */
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
            + " apart, but none is between "
            + DateColumn.text(sorted.get(row - 1))
            + " and "
            + DateColumn.text(sorted.get(row))
            + "; in total "
            + step.gaps()
            + (step.gaps() == 1 ? " is" : " are")
            + " missing"
            + ADVICE);
  }

  /**
   * Checks that no two rows have the same time.
   *
   * @param order the rows of the file, in the order of time
   * @param lines the line of each row in the file
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
              + " is also the time of line "
              + lines[order[second - 1]]
              + "; if the file has several series, give series_key; if the time of day is"
              + " in another column, give date_column: [day, time]");
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

  /**
   * Without dates, a blank line counts as a missing row; with dates, the dates show which rows are
   * missing.
   */
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
          "dataset.columns",
          "have more than " + mostValues + " values in total; give fewer columns");
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
              + " has more than "
              + MOST_SERIES
              + " different values by line "
              + line
              + "; give a column with fewer");
    }
  }

  private void noteMissing(InvalidMessageException complaint) {
    if (missing == null) {
      missing = new InvalidMessageException(complaint.field(), complaint.reason() + ADVICE);
    }
  }
}
