package io.millrace.contracts.request;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import java.util.List;

/** The rules for the names of columns in a request. */
final class ColumnNames {
  /** The most characters of a name. */
  static final int MAX = 200;

  private ColumnNames() {}

  /** Names that are there, and no name twice. */
  static List<String> check(String field, List<String> names, int most) {
    Check.size(field, names, 1, most);
    for (int i = 0; i < names.size(); i++) {
      String each = field + "[" + i + "]";
      Check.text(each, names.get(i), MAX);
      if (names.indexOf(names.get(i)) < i) {
        throw new InvalidMessageException(each, Check.quote(names.get(i)) + " is there twice");
      }
    }
    return List.copyOf(names);
  }

  /**
   * Those columns that are one-hot encoded; null for none of them.
   *
   * @param column the only one that is seen; null where there are {@code columns}
   * @param columns that are seen; null where the file says which
   * @param seen the name of the field of those
   */
  static List<String> checkCategorical(
      List<String> names, String column, List<String> columns, String seen) {
    if (names == null || names.isEmpty()) {
      return null;
    }
    if (column != null) {
      throw new InvalidMessageException(
          "categorical", "stands beside column, which holds numbers; give columns instead");
    }
    List<String> checked = check("categorical", names, DatasetSpec.Series.MAX_COLUMNS);
    for (int i = 0; columns != null && i < checked.size(); i++) {
      if (!columns.contains(checked.get(i))) {
        throw new InvalidMessageException(
            "categorical[" + i + "]",
            Check.quote(checked.get(i)) + " is none of the " + seen + "; add it to them");
      }
    }
    return checked;
  }
}
