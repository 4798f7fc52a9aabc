package io.millrace.contracts.dataset;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.contracts.Check;
import java.util.List;

/**
 * What was understood of a series' dates. Where nothing was, {@code note} says why, and all else is
 * null: the rows are taken in the order of the file.
 *
 * @param columns the column of the dates, or two: the day and the time of day
 * @param format {@code iso}, {@code year_first}, {@code month_first}, {@code day_first}, {@code
 *     month_name}, {@code epoch_seconds}, {@code epoch_milliseconds}, or the request's pattern
 * @param zone {@code UTC} where the dates tell a zone, in which they are then given; null where
 *     they tell none
 * @param from the first date
 * @param to the last date
 * @param step from one row to the next: {@code 1 month}, {@code 7 days}, {@code 1 working day},
 *     {@code 3600 seconds}; null where it is not regular
 * @param gaps steps that are missing between {@code from} and {@code to}, of working days the
 *     holidays; null where the step is not regular
 * @param sorted whether the rows stand in the order of time; where not, they were sorted
 * @param note what a user should know: why the dates were not understood, or what a request has to
 *     say something about, such as missing values
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SeriesTime(
    List<String> columns,
    String format,
    String zone,
    String from,
    String to,
    String step,
    Integer gaps,
    Boolean sorted,
    String note) {
  /** A step of days that leave out Saturdays and Sundays. */
  public static final String WORKING_DAY = "1 working day";

  private static final int MAX_NOTE = 500;

  public SeriesTime {
    columns = columns == null ? null : List.copyOf(Check.size("columns", columns, 1, 2));
    note = note == null ? null : Check.cut(note, MAX_NOTE);
  }

  /** Whether the gaps are holidays. */
  @JsonIgnore
  public boolean isOfWorkingDays() {
    return WORKING_DAY.equals(step);
  }

  /** Of rows in the order of the file. */
  public static SeriesTime none(String why) {
    return new SeriesTime(null, null, null, null, null, null, null, null, why);
  }

  /** The same with a note. */
  public SeriesTime noting(String text) {
    return new SeriesTime(columns, format, zone, from, to, step, gaps, sorted, text);
  }
}
