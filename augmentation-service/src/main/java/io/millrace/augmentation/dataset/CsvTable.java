package io.millrace.augmentation.dataset;

import io.millrace.contracts.InvalidMessageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A CSV file (RFC 4180: commas, quotes, a header line) in UTF-8.
 *
 * @param columns their names
 * @param rows the cells of each row, as many as there are columns
 * @param lines the line of the file on which each row begins, from 1
 */
record CsvTable(List<String> columns, List<List<String>> rows, List<Integer> lines) {
  private static final int COLUMNS = 10_000;

  /**
   * Reads a file.
   *
   * @throws InvalidMessageException where it is over the limit, has no header, or a row has another
   *     number of cells than the header
   */
  static CsvTable read(DataFile file, DatasetLimits limits) throws IOException {
    String text = new String(file.read(limits.csvBytes()), StandardCharsets.UTF_8);
    var reader = new Reader(file, text.startsWith("\uFEFF") ? text.substring(1) : text);
    List<String> columns = reader.row();
    if (columns == null || columns.size() > COLUMNS) {
      throw new InvalidMessageException(
          "dataset.name", file.name() + " has no header of 1.." + COLUMNS + " columns");
    }
    var rows = new ArrayList<List<String>>();
    var lines = new ArrayList<Integer>();
    for (List<String> row = reader.row(); row != null; row = reader.row()) {
      int line = reader.start;
      if (row.size() != columns.size()) {
        throw reader.flaw(
            line, "has " + row.size() + " cells, and the header names " + columns.size());
      }
      if (rows.size() == DatasetLimits.SAMPLES) {
        throw reader.flaw(line, "is one too many; give at most " + DatasetLimits.SAMPLES + " rows");
      }
      rows.add(row);
      lines.add(line);
    }
    return new CsvTable(
        columns.stream().map(String::strip).toList(), List.copyOf(rows), List.copyOf(lines));
  }

  /** Goes through the text; {@code start} is the line on which the row begins. */
  private static final class Reader {
    private final DataFile file;
    private final String text;
    private int at;
    private int line = 1;
    private int start = 1;

    Reader(DataFile file, String text) {
      this.file = file;
      this.text = text;
    }

    /** The next row that is not blank; null at the end. */
    List<String> row() {
      while (at < text.length() && (text.charAt(at) == '\n' || text.charAt(at) == '\r')) {
        line += text.charAt(at++) == '\n' ? 1 : 0;
      }
      if (at == text.length()) {
        return null;
      }
      start = line;
      var cells = new ArrayList<String>();
      cells.add(cell());
      while (at < text.length() && text.charAt(at) == ',') {
        at++;
        cells.add(cell());
      }
      skipBreak();
      return List.copyOf(cells);
    }

    private String cell() {
      return text.startsWith("\"", at) ? quoted() : plain();
    }

    private boolean isBreak(int index) {
      return text.charAt(index) == '\n' || text.charAt(index) == '\r';
    }

    private void skipBreak() {
      if (text.startsWith("\r", at)) {
        at++;
      }
      if (text.startsWith("\n", at)) {
        at++;
        line++;
      }
    }

    private String plain() {
      int start = at;
      while (at < text.length() && text.charAt(at) != ',' && !isBreak(at)) {
        at++;
      }
      return text.substring(start, at);
    }

    private String quoted() {
      int opened = line;
      var cell = new StringBuilder();
      for (at++; at < text.length(); at++) {
        char c = text.charAt(at);
        if (c != '"') {
          line += c == '\n' ? 1 : 0;
          cell.append(c);
        } else if (text.startsWith("\"", at + 1)) {
          cell.append('"');
          at++;
        } else {
          at++;
          if (at < text.length() && text.charAt(at) != ',' && !isBreak(at)) {
            throw flaw(line, "has text after a closing quote");
          }
          return cell.toString();
        }
      }
      throw flaw(opened, "opens a quote that is never closed");
    }

    InvalidMessageException flaw(int where, String reason) {
      return new InvalidMessageException(
          "dataset.name", file.name() + ", line " + where + ": " + reason);
    }
  }
}
