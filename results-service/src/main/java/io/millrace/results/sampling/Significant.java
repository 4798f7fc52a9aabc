package io.millrace.results.sampling;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Numbers as charts need them: six significant digits, null where not finite. */
public final class Significant {
  private static final MathContext DIGITS = new MathContext(6);

  private Significant() {}

  /** A column; null stays null. */
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

  /** A number; whole ones up to 2^53 keep all their digits. */
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
