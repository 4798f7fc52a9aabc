package io.millrace.augmentation.dataset;

import io.millrace.contracts.InvalidMessageException;
import java.io.IOException;
import java.io.Reader;
import java.util.function.IntPredicate;
import java.util.function.ObjIntConsumer;

/**
 * Reads a CSV file (RFC 4180: quotes, and commas or another delimiter) row by row, and creates
 * strings only for the requested cells: it needs a few kilobytes, whatever the size of the file or
 * a cell. (FastCSV 4.0 keeps every field completely in its buffer.)
 */
final class CsvReader {
  /** The maximum length of a cell in characters; a longer one is cut and ends with dots. */
  private static final int CELL = 1_000;

  private static final int END = -1;

  private final DataFile file;
  private final Reader text;
  private final char delimiter;
  private final char[] buffer = new char[8_192];
  private int at;
  private int filled;
  private int line = 1;
  private int start = 1;
  private int blanks;
  private final StringBuilder cell = new StringBuilder();

  /** Whether the current cell was requested. */
  private boolean isKept;

  /** Whether the current row has anything but blanks. */
  private boolean hasText;

  /**
   * Creates a reader.
   *
   * @param file for messages
   * @param text the content; a leading byte order mark is skipped
   * @param delimiter between cells
   */
  CsvReader(DataFile file, Reader text, char delimiter) throws IOException {
    this.file = file;
    this.text = text;
    this.delimiter = delimiter;
    if (peek() == '\uFEFF') {
      at++;
    }
  }

  /** The line on which the last row starts, from 1. */
  int line() {
    return start;
  }

  /** The number of blank lines directly before the last row. */
  int blanks() {
    return blanks;
  }

  /** Whether the last row has anything but blanks and delimiters. */
  boolean hasText() {
    return hasText;
  }

  /**
   * Reads the next non-blank row.
   *
   * @param wanted whether the cell of a column, from 0, is requested
   * @param taker receives the requested cells with their columns
   * @return the number of cells; 0 at the end of the file
   * @throws InvalidMessageException if the quotes are wrong
   */
  int row(IntPredicate wanted, ObjIntConsumer<String> taker) throws IOException {
    hasText = false;
    blanks = 0;
    while (isBreak(peek())) {
      skipBreak();
      blanks++;
    }
    if (peek() == END) {
      return 0;
    }
    start = line;
    int column = 0;
    cell(column, wanted, taker);
    while (peek() == delimiter) {
      at++;
      cell(++column, wanted, taker);
    }
    skipBreak();
    return column + 1;
  }

  private void cell(int column, IntPredicate wanted, ObjIntConsumer<String> taker)
      throws IOException {
    isKept = wanted.test(column);
    cell.setLength(0);
    if (peek() == '"') {
      quoted();
    } else {
      plain();
    }
    if (isKept) {
      taker.accept(
          cell.length() > CELL ? cell.substring(0, CELL) + "..." : cell.toString(), column);
    }
  }

  private void plain() throws IOException {
    while (!isCellEnd(peek())) {
      keep(next());
    }
  }

  private void quoted() throws IOException {
    int opened = line;
    at++;
    while (true) {
      if (peek() == END) {
        throw flaw(opened, "opens a quote that is never closed");
      }
      char c = next();
      if (c == '"') {
        if (peek() != '"') {
          break;
        }
        at++;
      }
      if (c == '\n' || c == '\r' && peek() != '\n') {
        line++;
      }
      keep(c);
    }
    if (!isCellEnd(peek())) {
      throw flaw(line, "has text after a closing quote");
    }
  }

  private void keep(char c) {
    hasText = hasText || !Character.isWhitespace(c);
    if (isKept && cell.length() <= CELL) {
      cell.append(c);
    }
  }

  private void skipBreak() throws IOException {
    if (!isBreak(peek())) {
      return; // The end of the file.
    }
    line++;
    if (next() == '\r' && peek() == '\n') {
      at++;
    }
  }

  private boolean isCellEnd(int c) {
    return c == END || c == delimiter || isBreak(c);
  }

  private static boolean isBreak(int c) {
    return c == '\n' || c == '\r';
  }

  /** The next character, without consuming it; {@link #END} at the end. */
  private int peek() throws IOException {
    if (at == filled) {
      at = 0;
      filled = Math.max(0, text.read(buffer));
    }
    return filled == 0 ? END : buffer[at];
  }

  /** Consumes the next character. */
  private char next() {
    return buffer[at++];
  }

  /** Creates the exception for a line. */
  InvalidMessageException flaw(int where, String reason) {
    return new InvalidMessageException(
        "dataset.name", file.name() + ", line " + where + ": " + reason);
  }
}
