package io.millrace.augmentation.dataset;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Collects the values of a column, row by row. */
final class RowValues {
  /** The maximum number of distinct values of a one-hot encoded column. */
  static final int MOST_CATEGORIES = 100;

  /** The maximum number of classes. */
  static final int MOST_CLASSES = 1_000;

  private final ValueColumns.Requested requested;
  private final int place;

  /** The number format; null for names. */
  private final NumberForm form;

  private final int most;
  private final Map<String, Integer> codes = new HashMap<>();
  private double[] values = new double[16];
  private int rows;

  /**
   * @param place the index of the column in the file
   * @param form the number format; null for names
   * @param most the maximum number of distinct names
   */
  RowValues(ValueColumns.Requested requested, int place, NumberForm form, int most) {
    this.requested = requested;
    this.place = place;
    this.form = form;
    this.most = most;
  }

  ValueColumns.Requested requested() {
    return requested;
  }

  /** The index of the column in the file. */
  int place() {
    return place;
  }

  /** The exception for a missing value, without advice. */
  InvalidMessageException missing(String cell, int line) {
    return complaint(cell, line, "is a missing value");
  }

  private InvalidMessageException complaint(String cell, int line, String what) {
    return new InvalidMessageException(
        requested.field(),
        Check.quote(cell)
            + " on line "
            + line
            + " of column "
            + Check.quote(requested.name())
            + " "
            + what);
  }

  /**
   * Adds the cell of the next row.
   *
   * @return whether it has a value
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
        throw complaint(cell, line, "is one distinct value too many; give at most " + most);
      }
      code = codes.size();
      codes.put(cell, code);
    }
    return code;
  }

  /** Adds the value of the next row; NaN for a missing value. */
  void add(double value) {
    if (rows == values.length) {
      values = Arrays.copyOf(values, rows * 2);
    }
    values[rows++] = value;
  }

  /** The distinct names, sorted, by value if all of them are numbers. Null for a numeric column. */
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

  /** The values of the given rows: numbers, or indices into {@link #names}. */
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
