package io.millrace.augmentation.dataset;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.dataset.DatasetAnnouncement;
import io.millrace.contracts.dataset.SeriesTime;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Examines a CSV file for the catalogue: the columns that a request may name, and the dates if the
 * request does not name any.
 */
final class SeriesSurvey {
  /** The maximum length of a column name in a request. */
  private static final int NAME = 200;

  private final SeriesFile file;

  SeriesSurvey(SeriesFile file) {
    this.file = file;
  }

  /** Collects the times of the rows and their lines. */
  private static final class Times implements SeriesFile.Rows {
    private final SeriesDates written;
    private final String[] cells;
    private final DateColumn dates = new DateColumn();
    private int[] lines = new int[16];

    Times(SeriesDates written) {
      this.written = written;
      cells = new String[written.file().columns().size()];
    }

    @Override
    public boolean wants(int column) {
      return written.holds(column);
    }

    @Override
    public void cell(String text, int column) {
      cells[column] = text;
    }

    @Override
    public void end(int line) {
      int row = dates.size();
      if (row == lines.length) {
        lines = Arrays.copyOf(lines, row * 2);
      }
      lines[row] = line;
      dates.add(written.read(cells, line));
    }
  }

  /** The number of rows of a file, which must all have the length of the header. */
  static int rows(SeriesFile file) throws IOException {
    return file.read(
        new SeriesFile.Rows() {
          @Override
          public boolean wants(int column) {
            return false;
          }

          @Override
          public void cell(String text, int column) {}

          @Override
          public void end(int line) {}
        });
  }

  /**
   * Reads the columns, rows and dates.
   *
   * @throws InvalidMessageException with the message that a task would get, if no task can use the
   *     file
   */
  DatasetFacts read() throws IOException {
    SeriesLook look = SeriesLook.at(file);
    if (look.rows() == 0) {
      return DatasetFacts.problem(file.name() + " has no rows");
    }
    var numbers = new ArrayList<String>();
    var dates = new ArrayList<String>();
    var texts = new ArrayList<String>();
    List<String> names = file.columns();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      if (name.isBlank() || name.length() > NAME || names.indexOf(name) != i) {
        continue; // Too long for a request.
      }
      ColumnLook column = look.columns().get(i);
      if (column.numbers().isNumeric()) {
        add(name, numbers);
      }
      if (column.isOfDates() && !column.isAmbiguous()) {
        add(name, dates);
      }
      if (!column.numbers().isNumeric() && !column.isOfDates()) {
        add(name, texts);
      }
    }
    return numbers.isEmpty()
        ? DatasetFacts.problem(file.name() + " has no numeric column")
        : DatasetFacts.series(numbers, dates, texts, look.rows(), noted(time(look), look, numbers));
  }

  private SeriesTime time(SeriesLook look) throws IOException {
    try {
      SeriesDates written = SeriesDates.of(file, look, null);
      if (written.reader() == null) {
        return written.describe(new DateColumn(), true);
      }
      var times = new Times(written);
      file.read(times);
      boolean isSorted = times.dates.rises();
      int[] order = times.dates.order();
      DateColumn sorted = times.dates.in(order);
      SeriesTime time = written.describe(sorted, isSorted);
      try {
        SeriesReader.requireDifferent(sorted, order, times.lines);
      } catch (InvalidMessageException e) {
        return time.noting(e.getMessage());
      }
      return time;
    } catch (InvalidMessageException e) {
      return SeriesTime.none(e.getMessage());
    }
  }

  /** Adds notes about missing rows and values, for which a request must give an option. */
  private static SeriesTime noted(SeriesTime time, SeriesLook look, List<String> numbers) {
    var notes = new ArrayList<String>();
    if (time.note() != null) {
      notes.add(time.note());
    }
    if (time.note() == null && time.gaps() != null && time.gaps() > 0 && !time.isOfWorkingDays()) {
      notes.add("missing steps of " + time.step() + ": " + time.gaps() + "; give missing");
    }
    List<String> incomplete =
        look.columns().stream()
            .filter(column -> numbers.contains(column.name()) && column.numbers().missing() > 0)
            .map(column -> column.name() + " (" + column.numbers().missing() + ")")
            .toList();
    if (!incomplete.isEmpty()) {
      notes.add("values are missing in " + KnownNames.list(incomplete) + "; give missing");
    }
    return notes.isEmpty() ? time : time.noting(String.join("; ", notes));
  }

  private static void add(String name, List<String> names) {
    if (names.size() < DatasetAnnouncement.MAX_COLUMNS) {
      names.add(name);
    }
  }
}
