package io.millrace.augmentation.dataset;

import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.contracts.task.DatasetDescription.ColumnScale;
import io.millrace.contracts.task.DatasetDescription.SeriesScale;
import io.millrace.contracts.task.Part;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * The rows of a table, scaled and split. Each row is a sample with features and a target to
 * predict. The split takes the same share of each class, or of all rows if the target is a number;
 * parts in separate files stay as they are. The scaler is fitted to the training part only.
 */
public final class RowsDataset implements TableDataset {
  private final List<ScaledColumn> features;

  /** Null if the target is a class. */
  private final ScaledColumn target;

  /** The classes of the rows. */
  private final double[] classes;

  private final Map<Part, int[]> parts;

  /** The mean of the training part's target, scaled. */
  private final float mean;

  private final DatasetDescription description;
  private final DatasetContent content;

  private RowsDataset(
      RowsTable table,
      List<ScaledColumn> features,
      ScaledColumn target,
      Map<Part, int[]> parts,
      DatasetContent content) {
    this.features = features;
    this.target = target;
    this.classes = table.target().values();
    this.parts = parts;
    this.content = content;
    double sum = 0;
    if (target != null) {
      for (int row : parts.get(Part.TRAIN)) {
        sum += target.at(row);
      }
    }
    mean = (float) (sum / parts.get(Part.TRAIN).length);
    description = describe(table, features, target, parts);
  }

  /**
   * Scales and splits a table.
   *
   * @param content the files from which it was read
   * @throws InvalidMessageException if a part has no samples
   */
  static RowsDataset of(RowsTable table, DatasetSpec.Rows spec, DatasetContent content) {
    List<String> names = table.target().names();
    if (names != null && names.size() < 2) {
      throw new InvalidMessageException(
          "dataset.target",
          "has "
              + Check.count(names.size(), "class", "classes")
              + "; give a column with at least 2");
    }
    Map<Part, int[]> parts = parts(table, spec);
    int[] training = parts.get(Part.TRAIN);
    var features = new ArrayList<ScaledColumn>();
    for (RowsTable.Column column : table.features()) {
      if (column.names() == null) {
        features.add(scaled(column, spec, training));
      } else {
        features.addAll(ScaledColumn.oneHot(column.name(), column.values(), column.names()));
      }
    }
    ScaledColumn target = names == null ? scaled(table.target(), spec, training) : null;
    return new RowsDataset(table, features, target, parts, content);
  }

  private static ScaledColumn scaled(
      RowsTable.Column column, DatasetSpec.Rows spec, int[] training) {
    double[] values = Arrays.stream(training).mapToDouble(row -> column.values()[row]).toArray();
    return ScaledColumn.of(column.name(), column.values(), spec.scaler(), values);
  }

  private static Map<Part, int[]> parts(RowsTable table, DatasetSpec.Rows spec) {
    RowsTable.RowRange drawn = table.parts().get(Part.TRAIN);
    boolean hasTest = table.parts().containsKey(Part.TEST);
    boolean hasValidation = table.parts().containsKey(Part.VALIDATION);
    List<int[]> rowsOf = rowsOfClasses(table.target(), drawn);
    List<String> names = table.target().names() == null ? List.of("") : table.target().names();
    StratifiedSplit split =
        StratifiedSplit.of(
            names,
            rowsOf.stream().mapToInt(rows -> rows.length).toArray(),
            hasTest ? 0 : spec.testFraction(),
            hasValidation ? 0 : spec.validationFraction(),
            spec.splitSeed());
    var parts = new TreeMap<Part, int[]>();
    parts.put(Part.TRAIN, rows(rowsOf, split.train()));
    parts.put(
        Part.VALIDATION,
        hasValidation ? all(table.parts().get(Part.VALIDATION)) : rows(rowsOf, split.validation()));
    parts.put(Part.TEST, hasTest ? all(table.parts().get(Part.TEST)) : rows(rowsOf, split.test()));
    require(parts, spec, drawn.rows(), hasTest, hasValidation);
    return parts;
  }

  private static List<int[]> rowsOfClasses(RowsTable.Column target, RowsTable.RowRange range) {
    if (target.names() == null) {
      return List.of(all(range));
    }
    return IntStream.range(0, target.names().size())
        .mapToObj(
            name ->
                IntStream.range(range.from(), range.to())
                    .filter(row -> target.values()[row] == name)
                    .toArray())
        .toList();
  }

  private static int[] all(RowsTable.RowRange range) {
    return IntStream.range(range.from(), range.to()).toArray();
  }

  /** The rows drawn from each class, in the order of the file. */
  private static int[] rows(List<int[]> rowsOf, List<int[]> drawn) {
    return IntStream.range(0, rowsOf.size())
        .flatMap(name -> Arrays.stream(drawn.get(name)).map(i -> rowsOf.get(name)[i]))
        .sorted()
        .toArray();
  }

  private static void require(
      Map<Part, int[]> parts,
      DatasetSpec.Rows spec,
      int rows,
      boolean hasTest,
      boolean hasValidation) {
    if (parts.get(Part.TEST).length == 0) {
      throw new InvalidMessageException(
          hasTest ? "dataset.name" : "dataset.test_fraction",
          "leaves no test samples; there are " + Check.count(rows, "row"));
    }
    if (parts.get(Part.TRAIN).length == 0) {
      throw new InvalidMessageException(
          "dataset.test_fraction",
          "leaves no training samples; there are " + Check.count(rows, "row"));
    }
    if (parts.get(Part.VALIDATION).length == 0 && spec.validationFraction() > 0) {
      throw new InvalidMessageException(
          hasValidation ? "dataset.name" : "dataset.validation_fraction",
          "leaves no validation samples; there are " + Check.count(rows, "row"));
    }
  }

  private static DatasetDescription describe(
      RowsTable table, List<ScaledColumn> features, ScaledColumn target, Map<Part, int[]> parts) {
    ColumnScale scale = target == null ? new ColumnScale(null, 1.0, 0.0) : target.scale();
    return new DatasetDescription(
        null,
        List.of(features.size()),
        parts.get(Part.TRAIN).length,
        parts.get(Part.VALIDATION).length,
        parts.get(Part.TEST).length,
        table.target().names(),
        target == null ? counts(table.target(), parts.get(Part.TRAIN)) : null,
        new SeriesScale(
            scale.scale(),
            scale.offset(),
            target == null ? 0 : 1,
            null,
            null,
            null,
            features.stream().map(ScaledColumn::scale).toList(),
            target == null ? null : List.of(scale)),
        table.dropped(),
        null,
        null,
        table.dropped() == 0
            ? null
            : List.of(
                table.dropped()
                    + (table.dropped() == 1 ? " row is" : " rows are")
                    + " skipped: a value is missing"));
  }

  private static List<Integer> counts(RowsTable.Column target, int[] training) {
    int[] counts = new int[target.names().size()];
    for (int row : training) {
      counts[(int) target.values()[row]]++;
    }
    return IntStream.of(counts).boxed().toList();
  }

  @Override
  public DatasetDescription description() {
    return description;
  }

  @Override
  public DatasetContent content() {
    return content;
  }

  @Override
  public int window() {
    return 1;
  }

  @Override
  public int features() {
    return features.size();
  }

  @Override
  public boolean[] areNumbers() {
    return ScaledColumn.areNumbers(features);
  }

  @Override
  public void features(Part part, int sample, float[] values) {
    int row = parts.get(part)[sample];
    for (int i = 0; i < values.length; i++) {
      values[i] = features.get(i).at(row);
    }
  }

  @Override
  public int labelValues() {
    return target == null ? 0 : 1;
  }

  @Override
  public void label(Part part, int sample, float[] values) {
    values[0] = target.at(parts.get(part)[sample]);
  }

  @Override
  public int labelClass(Part part, int sample) {
    return (int) classes[parts.get(part)[sample]];
  }

  @Override
  public Map<String, Answer> answers() {
    return target == null ? Map.of() : Map.of("mean", (sample, values) -> values[0] = mean);
  }
}
