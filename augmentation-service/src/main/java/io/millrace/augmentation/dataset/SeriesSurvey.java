package io.millrace.augmentation.dataset;

import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.dataset.DatasetAnnouncement;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;

/** Goes once through a CSV file, and says which columns a request may name. */
final class SeriesSurvey {
  /** The most characters of a column's name in a request. */
  private static final int NAME = 200;

  private final CsvReader csv;
  private final DataFile file;
  private final Matcher number = SeriesReader.NUMBER.matcher("");
  private List<String> columns;
  private boolean[] isNumeric;
  private Dates[] dates;
  private long rows;

  /** The first column that begins with a date: a request that names none gets this one. */
  private Dates ofDefault;

  /** A column that has held nothing but rising dates so far. */
  private static final class Dates {
    private final String from;
    private LocalDate last;
    private String to;

    /** The first cell that does not go on with them; null where there is none. */
    private InvalidMessageException flaw;

    Dates(LocalDate day, String text) {
      from = text;
      last = day;
      to = text;
    }
  }

  SeriesSurvey(CsvReader csv, DataFile file) {
    this.csv = csv;
    this.file = file;
  }

  /**
   * The columns, rows and dates.
   *
   * @throws InvalidMessageException in the words that a task would get, where the file serves none
   */
  DatasetFacts read() throws IOException {
    columns = SeriesReader.header(csv, file);
    isNumeric = new boolean[columns.size()];
    dates = new Dates[columns.size()];
    int cells = csv.row(this::isWanted, this::take);
    while (cells > 0) {
      SeriesReader.requireRow(csv, cells, columns.size(), rows);
      rows++;
      cells = csv.row(this::isWanted, this::take);
    }
    return facts();
  }

  private boolean isWanted(int column) {
    return column < columns.size()
        && (rows == 0 || isNumeric[column] || dates[column] != null && dates[column].flaw == null);
  }

  private void take(String text, int column) {
    String cell = text.strip();
    if (rows == 0) {
      isNumeric[column] = !Double.isNaN(SeriesReader.number(number, cell));
      LocalDate day = SeriesReader.date(cell);
      dates[column] = day == null ? null : new Dates(day, cell);
      ofDefault = ofDefault == null ? dates[column] : ofDefault;
      return;
    }
    isNumeric[column] = isNumeric[column] && !Double.isNaN(SeriesReader.number(number, cell));
    if (dates[column] != null && dates[column].flaw == null) {
      goOn(dates[column], cell);
    }
  }

  private void goOn(Dates column, String cell) {
    LocalDate day = SeriesReader.date(cell);
    if (day == null) {
      column.flaw = SeriesReader.noDate(csv, cell);
    } else if (!day.isAfter(column.last)) {
      column.flaw = SeriesReader.notRising(csv, cell, column.to);
    } else {
      column.last = day;
      column.to = cell;
    }
  }

  private DatasetFacts facts() {
    if (rows == 0) {
      return DatasetFacts.problem(file.name() + " has no rows");
    }
    var numbers = new ArrayList<String>();
    var ofDates = new ArrayList<String>();
    Dates first = ofDefault != null && ofDefault.flaw == null ? ofDefault : null;
    for (int column = 0; column < columns.size(); column++) {
      String name = columns.get(column);
      if (name.isBlank() || name.length() > NAME || columns.indexOf(name) != column) {
        continue; // A request cannot name it.
      }
      if (isNumeric[column]) {
        add(name, numbers);
      }
      if (dates[column] != null && dates[column].flaw == null) {
        add(name, ofDates);
        first = first == null ? dates[column] : first;
      }
    }
    if (numbers.isEmpty()) {
      return DatasetFacts.problem(file.name() + " has no column of numbers");
    }
    if (ofDates.isEmpty() && ofDefault != null && ofDefault.flaw != null) {
      return DatasetFacts.problem(ofDefault.flaw.reason());
    }
    return DatasetFacts.series(
        numbers, ofDates, rows, first == null ? null : first.from, first == null ? null : first.to);
  }

  private static void add(String name, List<String> names) {
    if (names.size() < DatasetAnnouncement.MAX_COLUMNS) {
      names.add(name);
    }
  }
}
