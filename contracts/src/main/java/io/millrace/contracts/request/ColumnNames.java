package io.millrace.contracts.request;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.field.FieldRules;
import java.util.List;

/** The rules for the names of columns in a request. */
final class ColumnNames {
  /** The most characters of a name. */
  static final int MAX = 200;

  private ColumnNames() {}

  /** The checked names of a field, of which no two are alike; null where it is absent. */
  static List<String> check(FieldRules rules, String field, List<String> names) {
    List<String> checked = rules.check(field, names);
    for (int i = 0; checked != null && i < checked.size(); i++) {
      if (checked.indexOf(checked.get(i)) < i) {
        throw new InvalidMessageException(
            field + "[" + i + "]", Check.quote(checked.get(i)) + " is given twice");
      }
    }
    return checked;
  }

  /**
   * Those columns that are one-hot encoded; null for none of them.
   *
   * @param column the only one that is seen; null where there are {@code columns}
   * @param columns that are seen; null where the file says which
   * @param seen the name of the field of those
   */
  static List<String> checkCategorical(
      FieldRules rules, List<String> names, String column, List<String> columns, String seen) {
    if (names == null || names.isEmpty()) {
      return null;
    }
    if (column != null) {
      throw new InvalidMessageException(
          "categorical",
          "cannot be combined with column, which holds numbers; give columns instead of column");
    }
    List<String> checked = check(rules, "categorical", names);
    for (int i = 0; columns != null && i < checked.size(); i++) {
      if (!columns.contains(checked.get(i))) {
        throw new InvalidMessageException(
            "categorical[" + i + "]",
            Check.quote(checked.get(i)) + " is not one of the " + seen + "; add it to them");
      }
    }
    return checked;
  }
}
