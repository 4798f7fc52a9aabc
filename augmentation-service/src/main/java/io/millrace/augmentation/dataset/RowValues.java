package io.millrace.augmentation.dataset;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The values of one column, row by row as they are read. */
final class RowValues {
  /** The most different values of a column that is one-hot encoded. */
  static final int MOST_CATEGORIES = 100;

  /** The most classes. */
  static final int MOST_CLASSES = 1_000;

  private final ValueColumns.Asked asked;
  private final int place;

  /** Null for names. */
  private final NumberForm form;

  private final int most;
  private final Map<String, Integer> codes = new HashMap<>();
  private double[] values = new double[16];
  private int rows;

  /**
   * @param place of the column in the file
   * @param form of its numbers; null for names
   * @param most names, of which there may be so many
   */
  RowValues(ValueColumns.Asked asked, int place, NumberForm form, int most) {
    this.asked = asked;
    this.place = place;
    this.form = form;
    this.most = most;
  }

  ValueColumns.Asked asked() {
    return asked;
  }

  /** Its place in the file. */
  int place() {
    return place;
  }

  /** The complaint about a missing value, but for what would help. */
  InvalidMessageException missing(String cell, int line) {
    return complaint(cell, line, "is a missing value");
  }

  private InvalidMessageException complaint(String cell, int line, String what) {
    return new InvalidMessageException(
        asked.field(),
        Check.quote(asked.name())
            + " holds "
            + Check.quote(cell)
            + " on line "
            + line
            + ", which "
            + what);
  }

  /**
   * Adds the cell of the next row.
   *
   * @return whether it holds a value
   */
  boolean add(String cell, int line) {
    if (MissingCell.is(cell)) {
      add(Double.NaN);
      return false;
    }
    add(form == null ? code(cell, line) : number(cell, line));
    return true;
  }

  private double number(String cell, int line) {
    double parsed = form.parse(cell);
    if (Double.isNaN(parsed)) {
      throw complaint(cell, line, "is not a number");
    }
    return parsed;
  }

  private double code(String cell, int line) {
    Integer code = codes.get(cell);
    if (code == null) {
      if (codes.size() == most) {
        throw complaint(cell, line, "is one different value too many; at most " + most + " may be");
      }
      code = codes.size();
      codes.put(cell, code);
    }
    return code;
  }

  /** Adds a value of the next row; not a number where there is none. */
  void add(double value) {
    if (rows == values.length) {
      values = Arrays.copyOf(values, rows * 2);
    }
    values[rows++] = value;
  }

  /** The names, sorted: by their numbers where all are numbers. Null for a column of numbers. */
  List<String> names() {
    if (form != null) {
      return null;
    }
    var names = new ArrayList<>(codes.keySet());
    NumberForm plain = NumberForm.of(CsvSpelling.SHOWN).get(0);
    boolean areNumbers = names.stream().noneMatch(name -> Double.isNaN(plain.parse(name)));
    names.sort(
        areNumbers
            ? (one, other) -> Double.compare(plain.parse(one), plain.parse(other))
            : (one, other) -> one.compareTo(other));
    return List.copyOf(names);
  }

  /** The values of some rows: numbers, or the places of names among {@link #names}. */
  double[] of(int[] order) {
    int[] places = places();
    double[] picked = new double[order.length];
    for (int i = 0; i < order.length; i++) {
      double value = values[order[i]];
      picked[i] = form == null && !Double.isNaN(value) ? places[(int) value] : value;
    }
    return picked;
  }

  private int[] places() {
    int[] places = new int[codes.size()];
    List<String> names = names();
    for (int i = 0; i < places.length; i++) {
      places[codes.get(names.get(i))] = i;
    }
    return places;
  }
}
