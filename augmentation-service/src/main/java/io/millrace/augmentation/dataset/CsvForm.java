package io.millrace.augmentation.dataset;

import io.millrace.contracts.InvalidMessageException;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;

/**
 * How a CSV file is written.
 *
 * @param delimiter between cells
 * @param hasHeader whether the first row names the columns
 */
record CsvForm(char delimiter, boolean hasHeader) {
  private static final char COMMA = ',';
  private static final List<Character> DELIMITERS = List.of(COMMA, ';', '\t');

  /** The characters and the rows that are looked at. */
  private static final int SAMPLE = 65_536;

  private static final int ROWS = 20;
  private static final Pattern INDEX = Pattern.compile("\\d+");

  /**
   * The form that a request says or a file shows.
   *
   * @param most the most bytes the file may have, unpacked
   * @param told what the request says
   */
  static CsvForm of(DataFile file, int most, CsvSpelling told) throws IOException {
    char[] sample = new char[SAMPLE];
    int length = 0;
    try (Reader text = file.text(most)) {
      int read = text.read(sample);
      while (read > 0) {
        length += read;
        read = length == SAMPLE ? 0 : text.read(sample, length, SAMPLE - length);
      }
    }
    var start = new String(sample, 0, length);
    char delimiter =
        told.delimiter() == null
            ? delimiter(file, start, length == SAMPLE, told)
            : told.delimiter().charAt(0);
    return new CsvForm(delimiter, hasHeader(file, start, delimiter, told));
  }

  /** The delimiter that divides all rows alike; a comma where none does. */
  private static char delimiter(DataFile file, String start, boolean isCut, CsvSpelling told) {
    boolean isDecimal = ",".equals(told.decimal());
    for (char delimiter : DELIMITERS) {
      if (!(isDecimal && delimiter == COMMA) && isRegular(file, start, isCut, delimiter)) {
        return delimiter;
      }
    }
    return isDecimal ? ';' : COMMA;
  }

  /** Whether the first rows have the same number of cells, and more than one. */
  private static boolean isRegular(DataFile file, String start, boolean isCut, char delimiter) {
    var lengths = new ArrayList<Integer>();
    try {
      var csv = new CsvReader(file, new StringReader(start), delimiter);
      int cells = csv.row(column -> false, (text, column) -> {});
      while (cells > 0 && lengths.size() < ROWS) {
        if (csv.hasText()) {
          lengths.add(cells);
        }
        cells = csv.row(column -> false, (text, column) -> {});
      }
      if (isCut && cells == 0 && lengths.size() > 1) {
        lengths.remove(lengths.size() - 1); // Not the whole row.
      }
    } catch (InvalidMessageException e) {
      if (!isCut || lengths.size() < 2) {
        return false; // Quotes are wrong under this delimiter, or a row is longer than what is
        // seen.
      }
    } catch (IOException e) {
      throw new IllegalStateException("a text in memory can be read", e);
    }
    return new HashSet<>(lengths).size() == 1 && lengths.get(0) > 1;
  }

  private static boolean hasHeader(DataFile file, String start, char delimiter, CsvSpelling told)
      throws IOException {
    if (told.header() != null) {
      return told.header();
    }
    var cells = new ArrayList<String>();
    try {
      new CsvReader(file, new StringReader(start), delimiter)
          .row(column -> true, (text, column) -> cells.add(text.strip()));
    } catch (InvalidMessageException e) {
      return true; // Its quotes are wrong, or do not end in what is seen; reading it tells.
    }
    return told.names().stream().anyMatch(cells::contains) || !isData(cells);
  }

  /**
   * Whether the cells of a row can be no names: all are numbers, dates or missing, and they are not
   * merely different whole numbers, such as years, or merely dates.
   */
  private static boolean isData(List<String> cells) {
    List<NumberForm> forms = NumberForm.of(CsvSpelling.SHOWN);
    var different = new HashSet<String>();
    boolean hasDate = false;
    boolean hasNumber = false;
    boolean hasOther = false;
    for (String cell : cells) {
      if (MissingCell.is(cell)) {
        continue;
      }
      boolean isNumber = forms.stream().anyMatch(form -> form.matches(cell));
      boolean isDate = DateReader.of("").stream().anyMatch(r -> r.read(cell) != DateColumn.NONE);
      if (!isNumber && !isDate) {
        return false;
      }
      hasNumber |= isNumber;
      hasDate |= isDate && !isNumber;
      hasOther |= isNumber && !INDEX.matcher(cell).matches() || !different.add(cell);
    }
    return hasNumber && (hasDate || hasOther);
  }
}
