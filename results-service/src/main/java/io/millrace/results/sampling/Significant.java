package io.millrace.results.sampling;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Numbers for charts: six significant digits, null if not finite. */
public final class Significant {
  private static final MathContext DIGITS = new MathContext(6);

  private Significant() {}

  /** The numbers of a column; null stays null. */
  public static List<Number> column(double[] values) {
    if (values == null) {
      return null;
    }
    var column = new ArrayList<Number>(values.length);
    for (double value : values) {
      column.add(number(value));
    }
    return Collections.unmodifiableList(column);
  }

  /** A number with six significant digits; whole numbers up to 2^53 keep all digits. */
  public static Number number(double value) {
    if (!Double.isFinite(value)) {
      return null;
    }
    if (value == Math.rint(value) && Math.abs(value) <= 1L << 53) {
      return (long) value;
    }
    return new BigDecimal(value).round(DIGITS).doubleValue();
  }
}
