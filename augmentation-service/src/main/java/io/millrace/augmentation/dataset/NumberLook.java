package io.millrace.augmentation.dataset;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.util.List;

/** What the cells of a column say of how its numbers are written, all rows together. */
final class NumberLook {
  private final String field;
  private final String column;
  private final List<NumberForm> forms;

  /** A bit for each form of which all cells so far are numbers. */
  private int left;

  private boolean hasNumber;
  private int missing;

  /** Whether a point or comma was seen, which the forms may read otherwise. */
  private boolean hasMark;

  private boolean isPercent;

  /** The complaint about the first cell that is no number as those before it are; null if none. */
  private InvalidMessageException flaw;

  /**
   * @param field of the request that names the column
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

  /** Whether all cells are numbers, or missing. */
  boolean isNumeric() {
    return flaw == null && hasNumber;
  }

  /** How many cells are missing, of a column of numbers. */
  int missing() {
    return missing;
  }

  /** Takes the cell of the next row. */
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
              cell, line, "has " + (isPercent ? "no" : "a") + " percent sign, unlike those before");
    }
    isPercent = NumberForm.isPercent(cell);
    hasNumber = true;
  }

  /** The forms that are left when a cell is of them too. */
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

  /** Whether a cell is a few digits, which all forms read alike. */
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
            ? "is not a number written as those before it; give decimal and thousands"
            : "is not a number");
  }

  private InvalidMessageException complaint(String cell, int line, String what) {
    return new InvalidMessageException(
        field,
        Check.quote(column)
            + " holds "
            + Check.quote(cell)
            + " on line "
            + line
            + ", which "
            + what);
  }

  /**
   * How the numbers are written.
   *
   * @throws InvalidMessageException where a cell is no number, or the cells do not tell
   */
  NumberForm form() {
    if (flaw != null) {
      throw flaw;
    }
    NumberForm first = forms.get(Integer.numberOfTrailingZeros(left));
    if (first.isPlain()) {
      return first; // Also where only whole numbers were seen.
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
