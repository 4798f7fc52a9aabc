package io.millrace.augmentation.dataset;

import io.millrace.contracts.request.DatasetSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The columns of a file whose values a request asks for, each once.
 *
 * @param columns those that are seen come first, then those that are predicted, then the labels
 */
record ValueColumns(List<Asked> columns) {
  /** The field of a request that names one column of numbers. */
  static final String FIELD = "dataset.column";

  ValueColumns {
    columns = List.copyOf(columns);
  }

  /**
   * A column.
   *
   * @param field of the request that names it
   * @param isCategory whether its cells are names, rather than numbers
   */
  record Asked(String field, String name, boolean isCategory) {}

  /** Those of a request. */
  static ValueColumns of(DatasetSpec.Series spec) {
    var columns = new ArrayList<Asked>();
    List<String> seen = spec.seen();
    for (int i = 0; i < seen.size(); i++) {
      String field = spec.columns() == null ? FIELD : "dataset.columns[" + i + "]";
      columns.add(new Asked(field, seen.get(i), spec.isCategorical(seen.get(i))));
    }
    List<String> predicted = spec.predicted();
    for (int i = 0; i < predicted.size(); i++) {
      if (!seen.contains(predicted.get(i))) {
        columns.add(new Asked("dataset.target[" + i + "]", predicted.get(i), false));
      }
    }
    if (spec.label() != null) {
      columns.add(new Asked("dataset.label", spec.label(), true));
    }
    return new ValueColumns(columns);
  }

  /** The one of a name; empty where none is asked for. */
  Optional<Asked> find(String name) {
    return columns.stream().filter(column -> column.name().equals(name)).findFirst();
  }

  /** The place of a column among these. */
  int place(String name) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(name)) {
        return i;
      }
    }
    throw new IllegalArgumentException(name + " is not asked for");
  }

  /** Whether numbers are asked for of a column. */
  boolean areNumbersOf(String name) {
    return find(name).filter(column -> !column.isCategory()).isPresent();
  }
}
