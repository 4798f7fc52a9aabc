package io.millrace.augmentation.dataset;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.util.List;

/** Examines all cells of a column to find out how its numbers are written. */
final class NumberLook {
  private final String field;
  private final String column;
  private final List<NumberForm> forms;

  /** A bit for each format that matches all cells so far. */
  private int left;

  private boolean hasNumber;
  private int missing;

  /** Whether a cell had a point or comma, which the formats may interpret differently. */
  private boolean hasMark;

  private boolean isPercent;

  /**
   * The exception for the first cell that is not a number in the format of the cells before it;
   * null if none.
   */
  private InvalidMessageException flaw;

  /**
   * @param field the request's field that names the column
   */
  NumberLook(String field, String column, List<NumberForm> forms) {
    this.field = field;
    this.column = column;
    this.forms = forms;
    left = (1 << forms.size()) - 1;
  }

  /** Whether all cells so far may be numbers. */
  boolean isOpen() {
    return flaw == null;
  }

  /** Whether all cells are numbers or missing. */
  boolean isNumeric() {
    return flaw == null && hasNumber;
  }

  /** The number of missing cells of a numeric column. */
  int missing() {
    return missing;
  }

  /** Examines the cell of the next row. */
  void take(String cell, int line) {
    if (flaw != null) {
      return;
    }
    if (MissingCell.is(cell)) {
      missing++;
      return;
    }
    int before = left;
    left = formsOf(cell);
    if (left == 0) {
      flaw = noNumber(cell, line, before);
    } else if (hasNumber && NumberForm.isPercent(cell) != isPercent) {
      flaw =
          complaint(
              cell,
              line,
              "has " + (isPercent ? "no" : "a") + " percent sign, unlike the cells before it");
    }
    isPercent = NumberForm.isPercent(cell);
    hasNumber = true;
  }

  /** The formats that match a cell and all cells before it. */
  private int formsOf(String cell) {
    if (isWhole(cell)) {
      return left;
    }
    hasMark = hasMark || cell.indexOf(',') >= 0 || cell.indexOf('.') >= 0;
    int of = 0;
    boolean isPlain =
        forms.get(0).isPlain() && (left & 1) == 1 && !Double.isNaN(forms.get(0).parse(cell));
    if (isPlain && cell.indexOf('.') < 0) {
      return left;
    }
    for (int i = 0; i < forms.size(); i++) {
      boolean isAlike = isPlain && forms.get(i).decimal() == '.';
      if ((left >> i & 1) == 1 && (isAlike || !Double.isNaN(forms.get(i).parse(cell)))) {
        of |= 1 << i;
      }
    }
    return of;
  }

  /** Whether a cell is a few digits, which all formats read alike. */
  private static boolean isWhole(String cell) {
    for (int i = cell.startsWith("-") ? 1 : 0; i < cell.length(); i++) {
      if (cell.charAt(i) < '0' || cell.charAt(i) > '9') {
        return false;
      }
    }
    return cell.length() < 100 && !cell.equals("-");
  }

  private InvalidMessageException noNumber(String cell, int line, int before) {
    boolean isOther =
        Integer.bitCount(before) < forms.size() && forms.stream().anyMatch(f -> f.matches(cell));
    return complaint(
        cell,
        line,
        isOther
            ? "is not written like the numbers before it; give decimal and thousands"
            : "is not a number");
  }

  private InvalidMessageException complaint(String cell, int line, String what) {
    return new InvalidMessageException(
        field,
        Check.quote(cell) + " on line " + line + " of column " + Check.quote(column) + " " + what);
  }

  /**
   * The format of the numbers.
   *
   * @throws InvalidMessageException if a cell is not a number, or the format is ambiguous
   */
  NumberForm form() {
    if (flaw != null) {
      throw flaw;
    }
    NumberForm first = forms.get(Integer.numberOfTrailingZeros(left));
    if (first.isPlain()) {
      return first; // Also if there are only whole numbers.
    }
    for (int i = 0; i < forms.size(); i++) {
      if ((left >> i & 1) == 1 && forms.get(i).decimal() != first.decimal() && hasMark) {
        throw new InvalidMessageException(
            "dataset.decimal",
            "is required: the numbers of "
                + Check.quote(column)
                + " may have decimal commas or commas between thousands; give ',' or '.'");
      }
    }
    return first;
  }
}
