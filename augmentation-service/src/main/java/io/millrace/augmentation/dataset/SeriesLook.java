package io.millrace.augmentation.dataset;

import io.millrace.contracts.request.DatasetSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Goes once through a file and says what its columns hold. It keeps one row at a time: how the
 * cells of a column are to be read is known only when all of them were seen.
 */
final class SeriesLook implements SeriesFile.Rows {
  private final List<ColumnLook> columns = new ArrayList<>();
  private final IntPredicate wanted;
  private final DatasetSpec.Series spec;
  private final KeyFilter key;
  private final String[] cells;
  private int rows;
  private int blankLines;
  private int blankRuns;

  private SeriesLook(SeriesFile file, IntPredicate wanted, DatasetSpec.Series spec) {
    this.wanted = wanted;
    this.spec = spec;
    key = new KeyFilter(file, spec == null ? null : spec.seriesKey());
    cells = new String[file.columns().size()];
    String format = spec == null ? null : spec.dateFormat();
    List<DateReader> told = format == null ? null : List.of(DateReader.told(format));
    List<NumberForm> forms = NumberForm.of(spec);
    for (String name : file.columns()) {
      columns.add(new ColumnLook(name, told == null ? DateReader.of(name) : told, forms));
    }
  }

  /**
   * Looks at a file.
   *
   * @param wanted the columns of which something is to be known
   * @param spec the request; null where there is none yet
   */
  static SeriesLook at(SeriesFile file, IntPredicate wanted, DatasetSpec.Series spec)
      throws IOException {
    var look = new SeriesLook(file, wanted, spec);
    file.read(look);
    look.key.requireRows(look.rows);
    return look;
  }

  /** The columns, in the order of the file. */
  List<ColumnLook> columns() {
    return columns;
  }

  /** How many rows there are. */
  int rows() {
    return rows;
  }

  /** Whether there is one blank line between any two rows, which are no values then. */
  boolean isDoubleSpaced() {
    return rows > 2 && blankRuns == rows - 1 && blankLines == blankRuns;
  }

  @Override
  public void blank(int line, int count) {
    blankRuns++;
    blankLines += count;
  }

  @Override
  public boolean wants(int column) {
    return isOpen(column) || key.wants(column);
  }

  /** For a request, numbers are looked at in its column only. */
  private boolean isOpen(int column) {
    ColumnLook look = columns.get(column);
    return wanted.test(column) && look.isOpen(spec == null || look.name().equals(spec.column()));
  }

  @Override
  public void cell(String text, int column) {
    cells[column] = text;
    key.cell(text, column);
  }

  @Override
  public void end(int line) {
    if (!key.isMet()) {
      return;
    }
    rows++;
    for (int i = 0; i < cells.length; i++) {
      if (isOpen(i)) {
        columns.get(i).take(cells[i], line);
      }
    }
  }
}
