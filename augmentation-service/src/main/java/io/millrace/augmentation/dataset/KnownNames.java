package io.millrace.augmentation.dataset;

import io.millrace.contracts.Check;
import java.util.List;
import java.util.stream.Collectors;

/** Lists the valid names for the error about an unknown one. */
final class KnownNames {
  /** The maximum number of names that are listed. */
  private static final int MOST = 50;

  private KnownNames() {}

  /** The first names, each cut to a length that fits into an error. */
  static String list(List<String> names) {
    return names.stream().limit(MOST).map(Check::cut).collect(Collectors.joining(", "))
        + (names.size() > MOST ? ", ..." : "");
  }
}
