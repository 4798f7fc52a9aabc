package io.millrace.augmentation.dataset;

import io.millrace.augmentation.dataset.SampleRange.Reach;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.dataset.SeriesGaps;
import io.millrace.contracts.request.CalendarFeature;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.request.IsoTime;
import io.millrace.contracts.request.IsoTime.Precision;
import io.millrace.contracts.request.Missing;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.contracts.task.DatasetDescription.ColumnScale;
import io.millrace.contracts.task.DatasetDescription.SeriesScale;
import io.millrace.contracts.task.Part;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * A series, scaled, cut into windows and split by time; if a file has several series, each one is
 * split separately. A sample is {@code window} rows and the targets of the {@code horizon} rows
 * after them. It belongs to the part that contains all its targets; its window may reach back into
 * the part before, as for a real forecast. If windows have classes, a sample is a window that lies
 * within its part and whose rows all have the same class. The scaler is fitted to the training part
 * only. Windows with missing values are skipped if the request says so.
 */
public final class SeriesDataset implements TableDataset {
  private final DatasetSpec.Series spec;
  private final Reach reach;
  private final List<ScaledColumn> features;
  private final List<ScaledColumn> targets;

  /** The classes of the rows; null if the targets are numbers. */
  private final double[] classes;

  private final Map<Part, SampleRange> parts;
  private final int[] seriesStarts;
  private final DatasetDescription description;
  private final DatasetContent content;

  private SeriesDataset(
      DatasetSpec.Series spec,
      SeriesTable table,
      Columns columns,
      Map<Part, SampleRange> parts,
      DatasetDescription description,
      DatasetContent content) {
    this.spec = spec;
    this.reach = reach(spec);
    this.features = columns.features;
    this.targets = columns.targets;
    this.classes = spec.label() == null ? null : table.values(spec.label());
    this.parts = parts;
    this.seriesStarts = table.series().starts();
    this.description = description;
    this.content = content;
  }

  /** The input columns and the target columns. */
  private record Columns(List<ScaledColumn> features, List<ScaledColumn> targets) {}

  private static Reach reach(DatasetSpec.Series spec) {
    return spec.label() == null
        ? new Reach(spec.window(), spec.horizon())
        : new Reach(0, spec.window());
  }

  /**
   * Scales and splits a series.
   *
   * @param content the files from which the table was read
   * @throws InvalidMessageException if a part has no samples
   */
  static SeriesDataset of(SeriesTable table, DatasetSpec.Series spec, DatasetContent content) {
    Splits splits = Splits.of(table, spec);
    Reach reach = reach(spec);
    Map<Part, SampleRange> all = splits.samples(reach, spec.step());
    var whole = new TreeMap<Part, SampleRange>();
    all.forEach((part, range) -> whole.put(part, range.without(table.series().missing(), reach)));
    int touched = samples(all) - samples(whole);
    Map<Part, SampleRange> parts = spec.missing() == Missing.DROP_WINDOWS ? whole : all;
    int mixed = 0;
    if (spec.label() != null) {
      double[] classes = table.values(spec.label());
      var pure = new TreeMap<Part, SampleRange>();
      parts.forEach(
          (part, range) -> pure.put(part, range.where(row -> isPure(classes, row, reach))));
      mixed = samples(parts) - samples(pure);
      parts = pure;
    }
    requireSamples(spec, parts, splits);
    Columns columns = columns(table, spec, splits);
    return new SeriesDataset(
        spec,
        table,
        columns,
        parts,
        describe(table, spec, parts, columns, gaps(table, spec, touched), mixed),
        content);
  }

  /** Whether all rows of a window have the same class. */
  private static boolean isPure(double[] classes, int row, Reach reach) {
    for (int i = row + 1; i < row + reach.ahead(); i++) {
      if (classes[i] != classes[row]) {
        return false;
      }
    }
    return true;
  }

  private static Columns columns(SeriesTable table, DatasetSpec.Series spec, Splits splits) {
    var known = new TreeMap<String, ScaledColumn>();
    var features = new ArrayList<ScaledColumn>();
    for (String name : spec.seen()) {
      if (spec.isCategorical(name)) {
        features.addAll(ScaledColumn.oneHot(name, table.values(name), table.names(name)));
      } else {
        features.add(known.computeIfAbsent(name, of -> scaled(table, spec, splits, of)));
      }
    }
    if (spec.calendar() != null) {
      if (table.dates().isEmpty()) {
        throw new InvalidMessageException(
            "dataset.calendar",
            "needs dates, but the data set has no date column that can be read; give"
                + " date_column, or remove calendar");
      }
      for (CalendarFeature feature : spec.calendar()) {
        features.addAll(ScaledColumn.calendar(feature, table.dates()));
      }
    }
    return new Columns(
        features,
        spec.predicted().stream()
            .map(name -> known.computeIfAbsent(name, of -> scaled(table, spec, splits, of)))
            .toList());
  }

  private static ScaledColumn scaled(
      SeriesTable table, DatasetSpec.Series spec, Splits splits, String name) {
    double[] values = table.values(name);
    return ScaledColumn.of(name, values, spec.scaler(), splits.training(values));
  }

  private static DatasetDescription describe(
      SeriesTable table,
      DatasetSpec.Series spec,
      Map<Part, SampleRange> parts,
      Columns columns,
      SeriesGaps gaps,
      int mixed) {
    boolean isPlain = spec.columns() == null && spec.calendar() == null;
    ColumnScale first =
        columns.targets.isEmpty()
            ? new ColumnScale(null, 1.0, 0.0)
            : columns.targets.get(0).scale();
    var scale =
        new SeriesScale(
            first.scale(),
            first.offset(),
            spec.label() == null ? spec.horizon() : 0,
            dates(table, parts.get(Part.TEST)),
            table.time(),
            gaps,
            isPlain ? null : columns.features.stream().map(ScaledColumn::scale).toList(),
            isPlain || spec.label() != null
                ? null
                : columns.targets.stream().map(ScaledColumn::scale).toList());
    return new DatasetDescription(
        null,
        List.of(spec.window(), columns.features.size()),
        parts.get(Part.TRAIN).samples(),
        parts.get(Part.VALIDATION).samples(),
        parts.get(Part.TEST).samples(),
        spec.label() == null ? null : table.names(spec.label()),
        spec.label() == null ? null : counts(table, spec, parts.get(Part.TRAIN)),
        scale,
        0,
        null,
        null,
        mixed == 0
            ? null
            : List.of(
                mixed
                    + (mixed == 1 ? " window is" : " windows are")
                    + " skipped: the rows have more than one class"));
  }

  private static List<Integer> counts(
      SeriesTable table, DatasetSpec.Series spec, SampleRange training) {
    int[] counts = new int[table.names(spec.label()).size()];
    double[] classes = table.values(spec.label());
    for (int sample = 0; sample < training.samples(); sample++) {
      counts[(int) classes[training.row(sample)]]++;
    }
    return IntStream.of(counts).boxed().toList();
  }

  private static int samples(Map<Part, SampleRange> parts) {
    return parts.values().stream().mapToInt(SampleRange::samples).sum();
  }

  private static SeriesGaps gaps(SeriesTable table, DatasetSpec.Series spec, int windows) {
    int values = table.series().missingValues();
    int steps = table.series().missingSteps();
    return values + steps == 0 ? null : new SeriesGaps(spec.missing(), values, steps, windows);
  }

  /**
   * The boundaries of the parts of each series.
   *
   * @param starts the first row of each series
   * @param validation the first row of each validation part
   * @param test the first row of each test part
   * @param ends the row after the last row of each series
   */
  private record Splits(int[] starts, int[] validation, int[] test, int[] ends) {
    static Splits of(SeriesTable table, DatasetSpec.Series spec) {
      int[] starts = table.series().starts();
      int[] validation = new int[starts.length];
      int[] test = new int[starts.length];
      int[] ends = new int[starts.length];
      for (int i = 0; i < starts.length; i++) {
        ends[i] = table.series().end(i);
        int before = testStart(table, spec, starts[i], ends[i]) - starts[i];
        test[i] = starts[i] + before;
        validation[i] = test[i] - rounded(before, spec.validationFraction());
      }
      return new Splits(starts, validation, test, ends);
    }

    Map<Part, SampleRange> samples(Reach reach, int stride) {
      return new TreeMap<>(
          Map.of(
              Part.TRAIN, samples(starts, validation, reach, stride),
              Part.VALIDATION, samples(validation, test, reach, stride),
              Part.TEST, samples(test, ends, reach, stride)));
    }

    private SampleRange samples(int[] from, int[] to, Reach reach, int stride) {
      return SampleRange.join(
          IntStream.range(0, starts.length)
              .mapToObj(i -> SampleRange.of(starts[i], from[i], to[i], reach, stride))
              .toList());
    }

    /** The known values of the training rows. */
    double[] training(double[] values) {
      return IntStream.range(0, starts.length)
          .flatMap(i -> IntStream.range(starts[i], validation[i]))
          .mapToDouble(row -> values[row])
          .filter(value -> !Double.isNaN(value))
          .toArray();
    }

    int rows() {
      return ends[ends.length - 1];
    }

    int trainingRows() {
      return IntStream.range(0, starts.length).map(i -> validation[i] - starts[i]).max().orElse(0);
    }
  }

  private static int testStart(SeriesTable table, DatasetSpec.Series spec, int start, int end) {
    IsoTime from = spec.testFromTime();
    if (from == null) {
      return end - rounded(end - start, spec.testFraction());
    }
    if (table.dates().isEmpty()) {
      throw new InvalidMessageException(
          "dataset.test_from",
          "needs dates, but the data set has no date column; give test_fraction");
    }
    if (from.precision() == Precision.ZONED
        && DateColumn.precision(table.dates().get(0)) != Precision.ZONED) {
      throw new InvalidMessageException(
          "dataset.test_from",
          "has a time zone, but the dates of the data set have none; give a date without one");
    }
    return start + table.dates().part(start, end).before(from);
  }

  private static int rounded(int rows, double fraction) {
    return BigDecimal.valueOf(fraction)
        .multiply(BigDecimal.valueOf(rows))
        .setScale(0, RoundingMode.HALF_UP)
        .intValueExact();
  }

  private static void requireSamples(
      DatasetSpec.Series spec, Map<Part, SampleRange> parts, Splits splits) {
    boolean isOfClasses = spec.label() != null;
    String without =
        (spec.missing() == Missing.DROP_WINDOWS ? " without a missing value" : "")
            + (isOfClasses ? " of one class" : "");
    String sample =
        isOfClasses
            ? "sample of " + Check.count(spec.window(), "row")
            : "sample of " + Check.count(spec.horizon(), "predicted value");
    if (parts.get(Part.TEST).samples() == 0) {
      throw new InvalidMessageException(
          spec.testFrom() == null ? "dataset.test_fraction" : "dataset.test_from",
          "leaves no test " + sample + " in " + splits.rows() + " rows" + without);
    }
    if (parts.get(Part.TRAIN).samples() == 0) {
      throw new InvalidMessageException(
          "dataset.window",
          (isOfClasses ? "a window needs " : "a window and its horizon need ")
              + (spec.window() + (isOfClasses ? 0 : spec.horizon()))
              + " rows, but the training part has "
              + splits.trainingRows()
              + without);
    }
    if (parts.get(Part.VALIDATION).samples() == 0 && spec.validationFraction() > 0) {
      throw new InvalidMessageException(
          "dataset.validation_fraction", "leaves no validation " + sample + without);
    }
  }

  private static List<String> dates(SeriesTable table, SampleRange test) {
    return table.dates().isEmpty() || test.samples() > SeriesScale.MAX_DATES
        ? null
        : IntStream.range(0, test.samples())
            .mapToObj(sample -> DateColumn.text(table.dates().get(test.row(sample))))
            .toList();
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
    return spec.window();
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
    int first = parts.get(part).row(sample) - reach.back();
    int count = features.size();
    for (int feature = 0; feature < count; feature++) {
      ScaledColumn column = features.get(feature);
      for (int i = 0; i < spec.window(); i++) {
        values[i * count + feature] = column.at(first + i);
      }
    }
  }

  @Override
  public int labelValues() {
    return classes == null ? spec.horizon() * targets.size() : 0;
  }

  @Override
  public void label(Part part, int sample, float[] values) {
    int row = parts.get(part).row(sample);
    for (int i = 0; i < values.length; i++) {
      values[i] = targets.get(i % targets.size()).at(row + i / targets.size());
    }
  }

  @Override
  public int labelClass(Part part, int sample) {
    return (int) classes[parts.get(part).row(sample)];
  }

  @Override
  public Map<String, Answer> answers() {
    var answers = new TreeMap<String, Answer>();
    if (classes == null && spec.columns() != null) {
      answers.put("persistence", this::persistence);
    }
    if (spec.season() != null) {
      answers.put("seasonal", this::seasonal);
    }
    return answers;
  }

  private void persistence(int sample, float[] values) {
    int row = parts.get(Part.TEST).row(sample) - 1;
    for (int i = 0; i < values.length; i++) {
      values[i] = targets.get(i % targets.size()).at(row);
    }
  }

  /** The value one season before, or as many seasons as needed to reach a known row. */
  private void seasonal(int sample, float[] values) {
    int first = parts.get(Part.TEST).row(sample);
    int start = start(first);
    for (int i = 0; i < values.length; i++) {
      ScaledColumn target = targets.get(i % targets.size());
      int row = first + i / targets.size();
      do {
        row -= spec.season();
      } while (row >= first || row >= start && Float.isNaN(target.at(row)));
      values[i] = row < start ? target.at(first - 1) : target.at(row);
    }
  }

  /** The first row of the series that a row belongs to. */
  private int start(int row) {
    int start = 0;
    for (int next : seriesStarts) {
      start = next <= row ? next : start;
    }
    return start;
  }
}
