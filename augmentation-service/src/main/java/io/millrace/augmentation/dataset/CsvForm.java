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
 * The format of a CSV file.
 *
 * @param delimiter between cells
 * @param hasHeader whether the first row names the columns
 */
record CsvForm(char delimiter, boolean hasHeader) {
  private static final char COMMA = ',';
  private static final List<Character> DELIMITERS = List.of(COMMA, ';', '\t');

  /** The number of characters and rows that are examined. */
  private static final int SAMPLE = 65_536;

  private static final int ROWS = 20;
  private static final Pattern INDEX = Pattern.compile("\\d+");

  /**
   * Determines the format from the request, or else from the file.
   *
   * @param most the maximum number of bytes, uncompressed
   * @param options the options of the request
   */
  static CsvForm of(DataFile file, int most, CsvSpelling options) throws IOException {
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
        options.delimiter() == null
            ? delimiter(file, start, length == SAMPLE, options)
            : options.delimiter().charAt(0);
    return new CsvForm(delimiter, hasHeader(file, start, delimiter, options));
  }

  /** The delimiter that splits all rows into the same number of cells; a comma if none does. */
  private static char delimiter(DataFile file, String start, boolean isCut, CsvSpelling options) {
    boolean isDecimal = ",".equals(options.decimal());
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
        lengths.remove(lengths.size() - 1); // The last row may be incomplete.
      }
    } catch (InvalidMessageException e) {
      if (!isCut || lengths.size() < 2) {
        return false; // Quotes are wrong under this delimiter, or a row is longer than the sample.
      }
    } catch (IOException e) {
      throw new IllegalStateException("a text in memory is always readable", e);
    }
    return new HashSet<>(lengths).size() == 1 && lengths.get(0) > 1;
  }

  private static boolean hasHeader(DataFile file, String start, char delimiter, CsvSpelling options)
      throws IOException {
    if (options.header() != null) {
      return options.header();
    }
    var cells = new ArrayList<String>();
    try {
      new CsvReader(file, new StringReader(start), delimiter)
          .row(column -> true, (text, column) -> cells.add(text.strip()));
    } catch (InvalidMessageException e) {
      return true; // Its quotes are wrong or do not end within the sample; reading the file reports
      // that.
    }
    return options.names().stream().anyMatch(cells::contains) || !isData(cells);
  }

  /**
   * Whether the cells of a row cannot be column names: all are numbers, dates or missing, and they
   * are neither distinct whole numbers, such as years, nor all dates.
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
