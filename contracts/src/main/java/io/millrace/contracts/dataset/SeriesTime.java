package io.millrace.contracts.dataset;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.contracts.Check;
import java.util.List;

/**
 * How the dates of a series were read. If they could not be read, {@code note} says why, all other
 * fields are null, and the rows stay in the order of the file.
 *
 * @param columns the date column, or two columns: the day and the time of day
 * @param format {@code iso}, {@code year_first}, {@code month_first}, {@code day_first}, {@code
 *     month_name}, {@code epoch_seconds}, {@code epoch_milliseconds}, or the request's pattern
 * @param zone {@code UTC} if the dates have a time zone, and then all dates are given in UTC; null
 *     if they have none
 * @param from the first date
 * @param to the last date
 * @param step the interval from one row to the next: {@code 1 month}, {@code 7 days}, {@code 1
 *     working day}, {@code 3600 seconds}; null if it is not regular
 * @param gaps missing steps between {@code from} and {@code to}; for working days, the holidays;
 *     null if the step is not regular
 * @param sorted whether the rows of the file are in time order; if not, they were sorted
 * @param note what the user should know: why the dates could not be read, or what a request must
 *     decide, such as the treatment of missing values
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
  /** The step of a daily series without Saturdays and Sundays. */
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

  /** For a series whose dates could not be read. */
  public static SeriesTime none(String why) {
    return new SeriesTime(null, null, null, null, null, null, null, null, why);
  }

  /** A copy with this note. */
  public SeriesTime noting(String text) {
    return new SeriesTime(columns, format, zone, from, to, step, gaps, sorted, text);
  }
}
