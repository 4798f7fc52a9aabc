package io.millrace.augmentation.dataset;

import java.util.Locale;
import java.util.Set;

/** Recognizes cells without a value. */
final class MissingCell {
  private static final Set<String> TEXTS = Set.of("", "na", "n/a", "nan", "null", "?");
  private static final int LONGEST = 4;

  private MissingCell() {}

  /** Whether a cell, without surrounding blanks, has no value. */
  static boolean is(String cell) {
    return cell.length() <= LONGEST && TEXTS.contains(cell.toLowerCase(Locale.ROOT));
  }
}
