package io.millrace.augmentation.dataset;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.dataset.SeriesTime;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.request.IsoTime.Precision;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The date columns of a file and their reader.
 *
 * @param file for names and messages
 * @param columns the index of the dates, or of the day and the time of day; empty if there are none
 * @param reader null if there are none
 * @param note why there are none; null if there are some
 */
record SeriesDates(SeriesFile file, List<Integer> columns, DateReader reader, String note) {
  private static final String FIELD = "dataset.date_column";
  private static final String FORMAT_FIELD = "dataset.date_format";

  /** Names of columns that suggest dates. */
  private static final Pattern DATE_NAME =
      Pattern.compile("(?i).*(date|time|month|day|year|epoch).*");

  /** Names of numeric columns that suggest dates. */
  private static final Pattern NAME_OF_NUMBERS =
      Pattern.compile("(?i)(date|time|timestamp|month|day|year)");

  /** Cells that look like a date. */
  private static final Pattern DATE_CELL =
      Pattern.compile("\\d{1,4}([-/.])[A-Za-z\\d]{1,9}\\1\\d{1,4}.*");

  private static final int MAX_NAME = 100;

  private static SeriesDates none(SeriesFile file, String why) {
    return new SeriesDates(file, List.of(), null, why);
  }

  /**
   * The dates that a request names, or the first ones in the file.
   *
   * @param spec the request; null if there is none
   * @throws InvalidMessageException if the named columns have no dates, or the first dates are
   *     ambiguous
   */
  static SeriesDates of(SeriesFile file, SeriesLook look, DatasetSpec.Series spec) {
    if (look.rows() == 0) {
      return none(file, "the file has no rows");
    }
    if (spec == null || spec.dateColumn() == null) {
      return found(file, look, spec);
    }
    if (spec.dateColumn().isNone()) {
      return none(file, "date_column is null: the rows stay in the order of the file");
    }
    List<Integer> columns =
        spec.dateColumn().names().stream().map(name -> file.column(FIELD, name)).toList();
    if (columns.size() == 2 && spec.dateFormat() != null) {
      return new SeriesDates(file, columns, DateReader.ofFormat(spec.dateFormat()), null);
    }
    return new SeriesDates(file, columns, reader(look.columns().get(columns.get(0)), spec), null);
  }

  /** The reader for the dates of a column. */
  private static DateReader reader(ColumnLook column, DatasetSpec.Series spec) {
    if (!column.isOfDates()) {
      throw noDate(column, spec == null ? null : spec.dateFormat());
    }
    if (column.isAmbiguous()) {
      throw new InvalidMessageException(
          FORMAT_FIELD,
          "is required: no date in column "
              + Check.quote(column.name())
              + " shows whether the month or the day comes first; give a pattern such as %m/%d/%Y"
              + " or %d/%m/%Y, or date_column: null if the rows are sorted by time");
    }
    return column.reader();
  }

  private static SeriesDates found(SeriesFile file, SeriesLook look, DatasetSpec.Series spec) {
    ColumnLook first = null;
    ColumnLook rising = null;
    ColumnLook broken = null;
    for (ColumnLook column : look.columns()) {
      if (isOfValues(column, spec)) {
        continue;
      }
      first = first == null && column.isOfDates() ? column : first;
      rising = rising == null && column.isRisingIso() ? column : rising;
      broken = broken == null && !column.isOfDates() && column.beganWithDate() ? column : broken;
    }
    boolean hasFormat = spec != null && spec.dateFormat() != null;
    ColumnLook chosen = rising == null || hasFormat ? first : rising;
    if (chosen != null) {
      int place = look.columns().indexOf(chosen);
      return new SeriesDates(file, List.of(place), reader(chosen, spec), null);
    }
    if (hasFormat) {
      throw new InvalidMessageException(
          FORMAT_FIELD,
          "no column starts with a date in the format "
              + Check.quote(spec.dateFormat())
              + "; give date_column and the format of its cells");
    }
    if (broken != null && broken.beginsWithDay()) {
      throw noDate(broken, null);
    }
    return none(file, why(look, broken, spec));
  }

  /** Whether a request uses the values of a column. */
  private static boolean isOfValues(ColumnLook column, DatasetSpec.Series spec) {
    return spec != null && ValueColumns.of(spec).find(column.name()).isPresent();
  }

  private static String why(SeriesLook look, ColumnLook broken, DatasetSpec.Series spec) {
    ColumnLook doubtful = broken;
    for (ColumnLook column : look.columns()) {
      String cell = column.flaw();
      boolean isLike =
          cell != null
              && !isOfValues(column, spec)
              && (column.numbers().isNumeric()
                  ? NAME_OF_NUMBERS.matcher(column.name()).matches()
                  : DATE_NAME.matcher(column.name()).matches()
                      || DATE_CELL.matcher(cell).matches());
      doubtful = doubtful == null && isLike ? column : doubtful;
    }
    String order = "; the rows stay in the order of the file";
    return doubtful == null
        ? "no column has dates" + order
        : "the dates in column "
            + quote(doubtful.name())
            + " cannot be read: "
            + quote(doubtful.flaw())
            + " on line "
            + doubtful.flawLine()
            + (doubtful == broken ? " is not written like the dates before it" : "")
            + "; give date_format"
            + order;
  }

  private static String quote(String name) {
    return Check.quote(Check.cut(name, MAX_NAME));
  }

  /** Whether a column is a date column. */
  boolean holds(int column) {
    return columns.contains(column);
  }

  /**
   * The time of a row.
   *
   * @param cells the cells of the row, by column
   * @throws InvalidMessageException if it is not a time
   */
  long read(String[] cells, int line) {
    String day = cells[columns.get(0)];
    if (columns.size() == 1) {
      return require(reader.read(day), day, line);
    }
    String timeOfDay = cells[columns.get(1)];
    String both = day + " " + timeOfDay;
    if (!(reader instanceof DateReader.Known)) {
      return require(reader.read(both), both, line);
    }
    long start = require(reader.read(day), day, line);
    if (DateColumn.precision(start) != Precision.DAY) {
      throw noDate(day, line, "a day without a time of day");
    }
    return require(TimeOfDay.add(start, timeOfDay), timeOfDay, line);
  }

  private long require(long time, String cell, int line) {
    if (time == DateColumn.NONE) {
      throw noDate(
          cell, line, (columns.size() == 1 ? "" : "a time of day or ") + kind(reader.format()));
    }
    return time;
  }

  private static String kind(String format) {
    return "a date in the format " + format;
  }

  private static InvalidMessageException noDate(ColumnLook column, String format) {
    return noDate(
        column.flaw(),
        column.flawLine(),
        format != null
            ? kind(format)
            : column.beganWithDate()
                ? "a date written like those before it"
                : "a date such as 2020-10-01 or 2020-10; give date_format");
  }

  /** Creates the exception for a cell that is not a date. */
  private static InvalidMessageException noDate(String cell, int line, String what) {
    return new InvalidMessageException(
        FIELD, Check.quote(cell) + " on line " + line + " is not " + what);
  }

  /**
   * The description of the dates for the user.
   *
   * @param dates of the rows, in the order of time
   * @param isSorted whether the file has this order
   */
  SeriesTime describe(DateColumn dates, boolean isSorted) {
    if (columns.isEmpty()) {
      return SeriesTime.none(note);
    }
    var step = TimeStep.of(dates);
    long first = dates.get(0);
    return new SeriesTime(
        columns.stream()
            .map(column -> Check.cut(file.columns().get(column), MAX_NAME * 2))
            .toList(),
        reader.format(),
        DateColumn.precision(first) == Precision.ZONED ? "UTC" : null,
        DateColumn.text(first),
        DateColumn.text(dates.get(dates.size() - 1)),
        step.map(TimeStep::text).orElse(null),
        step.map(TimeStep::gaps).orElse(null),
        isSorted,
        null);
  }
}
