package io.millrace.augmentation.dataset;

import io.millrace.contracts.Check;
import java.util.List;
import java.util.stream.Collectors;

/** The names of which a request gave none, for the error that says so. */
final class KnownNames {
  /** The most that are listed. */
  private static final int MOST = 50;

  private KnownNames() {}

  /** The first names, each cut to a length that fits an error. */
  static String list(List<String> names) {
    return names.stream().limit(MOST).map(Check::cut).collect(Collectors.joining(", "))
        + (names.size() > MOST ? ", ..." : "");
  }
}
