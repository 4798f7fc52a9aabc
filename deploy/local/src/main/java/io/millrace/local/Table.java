package io.millrace.local;

import java.util.ArrayList;
import java.util.List;

/**
 * A table of text: the first column to the left, the others to the right where they are numbers.
 */
final class Table {
  private final List<String[]> rows = new ArrayList<>();

  Table(String... header) {
    rows.add(header);
  }

  void row(String... cells) {
    rows.add(cells);
  }

  @Override
  public String toString() {
    int columns = rows.get(0).length;
    int[] widths = new int[columns];
    for (String[] row : rows) {
      for (int c = 0; c < columns; c++) {
        widths[c] = Math.max(widths[c], row[c].length());
      }
    }
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
        int width = 2 * (columns - 1);
        for (int w : widths) {
          width += w;
        }
        text.append("─".repeat(width)).append('\n');
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
