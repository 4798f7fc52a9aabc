package io.millrace.augmentation.dataset;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.request.MissingRows;
import io.millrace.contracts.request.TargetType;
import io.millrace.contracts.task.Part;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The rows of a CSV file, or of one file per part, with feature columns and a target column.
 *
 * @param spec the request for which it was read
 * @param features the feature columns, with the values of all rows
 * @param target the target column
 * @param parts the first row of each part's file and the row after its last one; only training if
 *     there is one file
 * @param dropped the number of rows that were skipped because a value is missing
 */
record RowsTable(
    DatasetSpec.Rows spec,
    List<Column> features,
    Column target,
    Map<Part, RowRange> parts,
    int dropped) {
  private static final String ADVICE = "; give missing: drop_rows";

  /** The maximum number of values, given enough memory. */
  private static final long MOST_VALUES = 128L << 20;

  /** The rows {@code from..to-1}. */
  record RowRange(int from, int to) {
    int rows() {
      return to - from;
    }
  }

  /**
   * A column.
   *
   * @param names the names in the order of their values; null for numbers
   */
  record Column(String name, double[] values, List<String> names) {}

  /** Whether another request for the same files needs the same table. */
  boolean serves(DatasetSpec.Rows other) {
    return Arrays.equals(read(spec), read(other));
  }

  /** The fields of a request on which the table depends. */
  private static Object[] read(DatasetSpec.Rows spec) {
    return new Object[] {
      spec.features(),
      spec.target(),
      spec.targetType(),
      spec.categorical(),
      spec.missing(),
      spec.delimiter(),
      spec.decimal(),
      spec.thousands(),
      spec.header()
    };
  }

  /**
   * Reads the columns that a request names.
   *
   * @param files by part; the rows of a single file are split
   * @throws InvalidMessageException naming the field, and the line that is wrong
   */
  static RowsTable read(Map<Part, DataFile> files, DatasetLimits limits, DatasetSpec.Rows spec)
      throws IOException {
    return new Reader(files, limits, spec).read();
  }

  /** Reads the files twice: first to examine the columns, then for their values. */
  private static final class Reader implements SeriesFile.Rows {
    private final DatasetSpec.Rows spec;
    private final Map<Part, SeriesFile> files = new TreeMap<>();
    private final List<String> names;

    /** For each column of the file, the request's field that names it; null if none does. */
    private final String[] fields;

    private final String[] cells;
    private RowValues[] columns;
    private final boolean drops;

    /** Not a constant, because a native executable would keep the value of the build machine. */
    private final long mostValues = DatasetLimits.values(MOST_VALUES);

    private InvalidMessageException missing;
    private int rows;
    private int dropped;

    Reader(Map<Part, DataFile> files, DatasetLimits limits, DatasetSpec.Rows spec)
        throws IOException {
      this.spec = spec;
      for (var file : files.entrySet()) {
        this.files.put(
            file.getKey(),
            new SeriesFile(file.getValue(), limits.csvBytes(), CsvSpelling.of(spec)));
      }
      SeriesFile first = this.files.values().iterator().next();
      names = first.columns();
      for (SeriesFile file : this.files.values()) {
        if (!file.columns().equals(names)) {
          throw new InvalidMessageException(
              "dataset.name",
              file.name() + " must have the columns of " + first.name() + ", in the same order");
        }
      }
      cells = new String[names.size()];
      drops = spec.missing() == MissingRows.DROP_ROWS;
      fields = fields(first);
    }

    private String[] fields(SeriesFile file) {
      var fields = new String[names.size()];
      int target = file.column("dataset.target", spec.target());
      if (spec.features() == null) {
        Arrays.fill(fields, "dataset.features");
      } else {
        for (int i = 0; i < spec.features().size(); i++) {
          String field = "dataset.features[" + i + "]";
          fields[file.column(field, spec.features().get(i))] = field;
        }
      }
      if (spec.features() == null && names.size() - 1 > DatasetLimits.ROW_FEATURES) {
        throw new InvalidMessageException(
            "dataset.features",
            "is required: the file has "
                + names.size()
                + " columns; at most "
                + DatasetLimits.ROW_FEATURES
                + " are used without it");
      }
      fields[target] = "dataset.target";
      for (int i = 0; spec.categorical() != null && i < spec.categorical().size(); i++) {
        file.column("dataset.categorical[" + i + "]", spec.categorical().get(i));
      }
      return fields;
    }

    /** Examines the columns of all files. */
    private final class Look implements SeriesFile.Rows {
      private final NumberLook[] looks = new NumberLook[names.size()];

      Look(List<NumberForm> forms) {
        for (int i = 0; i < looks.length; i++) {
          looks[i] = fields[i] == null ? null : new NumberLook(fields[i], names.get(i), forms);
        }
      }

      @Override
      public boolean wants(int column) {
        return looks[column] != null && looks[column].isOpen();
      }

      @Override
      public void cell(String text, int column) {
        cells[column] = text;
      }

      @Override
      public void end(int line) {
        for (int i = 0; i < looks.length; i++) {
          if (wants(i)) {
            looks[i].take(cells[i], line);
          }
        }
      }
    }

    RowsTable read() throws IOException {
      var look = new Look(files.values().iterator().next().numberForms());
      for (SeriesFile file : files.values()) {
        file.read(look);
      }
      columns =
          IntStream.range(0, fields.length)
              .filter(i -> fields[i] != null)
              .mapToObj(i -> values(i, look.looks[i]))
              .toArray(RowValues[]::new);
      var parts = new TreeMap<Part, RowRange>();
      for (var file : files.entrySet()) {
        int from = rows;
        file.getValue().read(this);
        parts.put(file.getKey(), new RowRange(from, rows));
      }
      if (missing != null && !drops) {
        throw missing;
      }
      int[] all = IntStream.range(0, rows).toArray();
      var byName = new TreeMap<String, Column>();
      for (RowValues column : columns) {
        String name = column.requested().name();
        byName.put(name, new Column(name, column.of(all), column.names()));
      }
      List<String> seen =
          spec.features() == null
              ? names.stream().filter(name -> !name.equals(spec.target())).toList()
              : spec.features();
      return new RowsTable(
          spec, seen.stream().map(byName::get).toList(), byName.get(spec.target()), parts, dropped);
    }

    private RowValues values(int place, NumberLook look) {
      String name = names.get(place);
      boolean isTarget = name.equals(spec.target());
      boolean isCategory = isTarget ? isOfClasses(look) : isCategorical(name, look);
      if (!isTarget && names.indexOf(name) != place) {
        throw new InvalidMessageException(
            "dataset.features", "is required: two columns are named " + Check.quote(name));
      }
      return new RowValues(
          new ValueColumns.Requested(fields[place], name, isCategory),
          place,
          isCategory ? null : look.form(),
          isTarget ? RowValues.MOST_CLASSES : RowValues.MOST_CATEGORIES);
    }

    private boolean isOfClasses(NumberLook look) {
      return spec.targetType() == null ? !look.isNumeric() : spec.targetType() == TargetType.CLASS;
    }

    private boolean isCategorical(String name, NumberLook look) {
      return spec.categorical() == null ? !look.isNumeric() : spec.categorical().contains(name);
    }

    @Override
    public boolean wants(int column) {
      return fields[column] != null;
    }

    @Override
    public void cell(String text, int column) {
      cells[column] = text;
    }

    @Override
    public void end(int line) {
      for (RowValues column : columns) {
        String cell = cells[column.place()];
        if (MissingCell.is(cell)) {
          if (missing == null) {
            InvalidMessageException complaint = column.missing(cell, line);
            missing = new InvalidMessageException(complaint.field(), complaint.reason() + ADVICE);
          }
          if (drops) {
            dropped++;
            return;
          }
        }
      }
      if ((rows + 1L) * columns.length > mostValues || rows == DatasetLimits.SAMPLES) {
        throw new InvalidMessageException(
            "dataset.features",
            "have too many values; give at most "
                + mostValues
                + " values in at most "
                + DatasetLimits.SAMPLES
                + " rows");
      }
      for (RowValues column : columns) {
        column.add(cells[column.place()], line);
      }
      rows++;
    }
  }
}
