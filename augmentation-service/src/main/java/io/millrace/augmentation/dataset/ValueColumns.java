package io.millrace.augmentation.dataset;

import io.millrace.contracts.request.DatasetSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The columns of a file whose values a request needs, each once.
 *
 * @param columns first the input columns, then the target columns, then the label column
 */
record ValueColumns(List<Requested> columns) {
  /** The field of a request that names a single numeric column. */
  static final String FIELD = "dataset.column";

  ValueColumns {
    columns = List.copyOf(columns);
  }

  /**
   * A column.
   *
   * @param field the request's field that names it
   * @param isCategory whether its cells are names instead of numbers
   */
  record Requested(String field, String name, boolean isCategory) {}

  /** The columns of a request. */
  static ValueColumns of(DatasetSpec.Series spec) {
    var columns = new ArrayList<Requested>();
    List<String> seen = spec.seen();
    for (int i = 0; i < seen.size(); i++) {
      String field = spec.columns() == null ? FIELD : "dataset.columns[" + i + "]";
      columns.add(new Requested(field, seen.get(i), spec.isCategorical(seen.get(i))));
    }
    List<String> predicted = spec.predicted();
    for (int i = 0; i < predicted.size(); i++) {
      if (!seen.contains(predicted.get(i))) {
        columns.add(new Requested("dataset.target[" + i + "]", predicted.get(i), false));
      }
    }
    if (spec.label() != null) {
      columns.add(new Requested("dataset.label", spec.label(), true));
    }
    return new ValueColumns(columns);
  }

  /** The column with a name; empty if it is not requested. */
  Optional<Requested> find(String name) {
    return columns.stream().filter(column -> column.name().equals(name)).findFirst();
  }

  /** The index of a column in this list. */
  int place(String name) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(name)) {
        return i;
      }
    }
    throw new IllegalArgumentException(name + " is not requested");
  }

  /** Whether a column is requested as numbers. */
  boolean areNumbersOf(String name) {
    return find(name).filter(column -> !column.isCategory()).isPresent();
  }
}
