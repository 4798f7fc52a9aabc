package io.millrace.local;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** A table of text. The first column and texts are aligned left, columns of numbers right. */
final class TextTable {
  private final List<String[]> rows = new ArrayList<>();

  TextTable(String... header) {
    rows.add(header);
  }

  void row(String... cells) {
    rows.add(cells);
  }

  /**
   * Removes columns until the lines fit a width, or no removable column is left.
   *
   * @param columns the removable columns, the first one first
   * @return the removed columns
   */
  List<String> fit(int width, List<String> columns) {
    var removed = new ArrayList<String>();
    for (String column : columns) {
      int place = Arrays.asList(rows.get(0)).indexOf(column);
      if (place >= 0 && width(widths()) > width) {
        rows.replaceAll(
            row ->
                IntStream.range(0, row.length)
                    .filter(c -> c != place)
                    .mapToObj(c -> row[c])
                    .toArray(String[]::new));
        removed.add(column);
      }
    }
    return removed;
  }

  private int[] widths() {
    int[] widths = new int[rows.get(0).length];
    for (String[] row : rows) {
      for (int c = 0; c < widths.length; c++) {
        widths[c] = Math.max(widths[c], row[c].length());
      }
    }
    return widths;
  }

  private static int width(int[] columns) {
    return Arrays.stream(columns).sum() + 2 * (columns.length - 1);
  }

  @Override
  public String toString() {
    int[] widths = widths();
    int columns = widths.length;
    var text = new StringBuilder();
    for (int r = 0; r < rows.size(); r++) {
      var line = new StringBuilder();
      for (int c = 0; c < columns; c++) {
        String cell = rows.get(r)[c];
        String gap = " ".repeat(widths[c] - cell.length());
        line.append(c == 0 ? "" : "  ").append(c > 0 && isNumeric(c) ? gap + cell : cell + gap);
      }
      text.append(line.toString().stripTrailing()).append('\n');
      if (r == 0) {
        text.append("─".repeat(width(widths))).append('\n');
      }
    }
    return text.toString();
  }

  private boolean isNumeric(int column) {
    return rows.stream()
        .skip(1)
        .map(row -> row[column])
        .allMatch(cell -> cell.isEmpty() || cell.equals("–") || cell.matches("[-+]?[0-9].*"));
  }
}
