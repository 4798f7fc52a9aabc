package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.field.Default;
import io.millrace.contracts.field.Describe;
import io.millrace.contracts.field.FieldRules;
import io.millrace.contracts.field.Named;
import io.millrace.contracts.field.Range;
import io.millrace.contracts.field.Required;
import io.millrace.contracts.field.Size;
import io.millrace.contracts.field.Text;
import io.millrace.contracts.json.DatasetSpecDeserializer;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which data a run uses and how they are split. An object with a field that only a {@link Series}
 * has, such as {@code column}, is a series; of the others, an object with {@code target} or {@code
 * features} is a {@link Rows}, and any other is an {@link Images}.
 */
@JsonDeserialize(using = DatasetSpecDeserializer.class)
public sealed interface DatasetSpec {

  /** The name under which the augmentation service finds the data in its roots. */
  String name();

  /**
   * Share of the samples outside the test part that are in the validation part; 0 if there is none.
   */
  Double validationFraction();

  /** The most bytes of one sample in a batch, as far as the request determines them. */
  @JsonIgnore
  long sampleBytes();

  /** Type of the labels: classes or numbers; empty if it depends on the data. */
  @JsonIgnore
  Optional<TargetType> labels();

  /** Whether samples are images. */
  @JsonIgnore
  default boolean isOfImages() {
    return this instanceof Images;
  }

  /**
   * Labelled images: a folder with a subfolder of image files per class, or another format that the
   * augmentation service reads.
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonDeserialize
  record Images(
      @Describe(
              "The data set's name: the name under which the augmentation service finds the data.")
          @Named
          @Required
          String name,
      @Describe("The classes to use, in the order of their indices. Default: all, sorted.")
          @Named
          @Size(min = 2, max = 1_000)
          List<String> classes,
      @Describe(
              "[height, width] in pixels, or one number for both; images of another size are"
                  + " resampled. Default: the size of the data set's first image.")
          @Range(min = 1, max = 4_096)
          IntPair imageSize,
      @Describe("Channels, by Keras' names. Default: those of the data set's first image.")
          ColorMode colorMode,
      @Describe("Share of the samples in the test part, the same for each class.")
          @Range(above = 0, below = 1)
          @Default("0.2")
          Double testFraction,
      @Describe(
              "Share of the remaining samples in the validation part; 0: every epoch is"
                  + " validated on the test part.")
          @Range(min = 0, below = 1)
          @Default("0")
          Double validationFraction,
      @Describe("Seed of the split. Runs are comparable only with the same one.") @Default("0")
          Long splitSeed,
      @Describe(
              "Whether images are rotated or mirrored as their Exif orientation says; Keras does"
                  + " not do this. Default: true.")
          @Default("true")
          Boolean exifOrientation)
      implements DatasetSpec {
    private static final FieldRules RULES = FieldRules.of(Images.class);

    /** Images that are turned by their Exif orientation. */
    public Images(
        String name,
        List<String> classes,
        IntPair imageSize,
        ColorMode colorMode,
        Double testFraction,
        Double validationFraction,
        Long splitSeed) {
      this(name, classes, imageSize, colorMode, testFraction, validationFraction, splitSeed, null);
    }

    public Images {
      name = RULES.check("name", name);
      classes = RULES.check("classes", classes);
      if (classes != null) {
        var seen = new HashSet<String>();
        for (int i = 0; i < classes.size(); i++) {
          if (!seen.add(classes.get(i))) {
            throw new InvalidMessageException(
                "classes[" + i + "]", Check.quote(classes.get(i)) + " is given twice");
          }
        }
      }
      imageSize = RULES.check("image_size", imageSize);
      testFraction = RULES.check("test_fraction", testFraction);
      validationFraction = RULES.check("validation_fraction", validationFraction);
      splitSeed = RULES.check("split_seed", splitSeed);
    }

    @Override
    public long sampleBytes() {
      return imageSize == null
          ? 1
          : (long) imageSize.rows()
              * imageSize.columns()
              * (colorMode == ColorMode.GRAYSCALE ? 1 : 3);
    }

    @Override
    public Optional<TargetType> labels() {
      return Optional.of(TargetType.CLASS);
    }

    /** Whether images are turned by their Exif orientation. */
    public boolean turnsImages() {
      return !Boolean.FALSE.equals(exifOrientation);
    }

    /** The fewest values of an image of the given size. */
    long leastValues() {
      return (long) imageSize.rows() * imageSize.columns() * (colorMode == ColorMode.RGB ? 3 : 1);
    }
  }

  /**
   * Columns of a CSV file as a series: {@code window} rows predict the values of the next {@code
   * horizon} rows or, with {@code label}, the class of the window.
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonDeserialize
  record Series(
      @Describe(
              "The data set's name: the name under which the augmentation service finds the data.")
          @Named
          @Required
          String name,
      @Describe("The column that is both input and target. Give either column or columns.")
          @Text(max = ColumnNames.MAX)
          String column,
      @Describe(
              "The column of the dates, or two columns: the day and the time of day. null: the"
                  + " rows have no dates and are in the order of time. Default: the first column"
                  + " that holds dates.")
          DateColumns dateColumn,
      @Describe("Input rows of a sample.") @Range(min = 1, max = 10_000) @Default("60")
          Integer window,
      @Describe("Predicted rows. Default: 1, and none with label.") @Range(min = 1, max = 1_000)
          Integer horizon,
      @Describe("How the values of each column are scaled; fitted on the training part only.")
          @Default("min_max")
          Scaler scaler,
      @Describe(
              "First date of the test part: a day, a month, or a day with a time of day (ISO"
                  + " 8601; dates with a zone are compared in UTC unless test_from has a zone)."
                  + " Give either test_from or test_fraction.")
          String testFrom,
      @Describe("Share of the rows, at the end, in the test part. Default: 0.2 without test_from.")
          @Range(above = 0, below = 1)
          Double testFraction,
      @Describe(
              "Share of the rows before the test part, at their end, in the validation part; 0:"
                  + " every epoch is validated on the test part.")
          @Range(min = 0, below = 1)
          @Default("0")
          Double validationFraction,
      @Describe(
              "Format of the dates: epoch_seconds, epoch_milliseconds, or a pattern of Python's"
                  + " strptime of at most 100 characters, with %Y or %y, and any of %m %b %B %d %j"
                  + " %H %I %p %M %S %f %z %%, each at most once. The cells of two date columns"
                  + " are joined with a space. Default: found in the file.")
          String dateFormat,
      @Describe(
              "In a file with several series, the series to use, or the column that identifies"
                  + " the series. Default: all rows are one series.")
          SeriesKey seriesKey,
      @Describe(
              "What happens to missing values (an empty cell, NA, N/A, NaN, null, ?, a blank"
                  + " line) and to missing time steps of a regular series. Default: the series is"
                  + " rejected.")
          Missing missing,
      @Describe("Separator of the cells. Default: found in the file.") String delimiter,
      @Describe("Decimal separator; must differ from thousands. Default: found in the column.")
          String decimal,
      @Describe("Separator of groups of three digits. Default: found in the column.")
          String thousands,
      @Describe(
              "Whether the first row names the columns; otherwise they are called 0, 1 and so"
                  + " on. Default: found in the file.")
          Boolean header,
      @Describe("The input columns, in this order; needs target or label.")
          @Text(max = ColumnNames.MAX)
          @Size(min = 1, max = Series.MAX_COLUMNS)
          List<String> columns,
      @Describe("The predicted columns, one or a list; needs columns.")
          @Text(max = ColumnNames.MAX)
          @Size(min = 1, max = Series.MAX_TARGETS)
          @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY)
          List<String> target,
      @Describe(
              "The column with the classes of the windows; give it instead of target. Windows whose"
                  + " rows have more than one class are left out.")
          @Text(max = ColumnNames.MAX)
          String label,
      @Describe(
              "Those of columns that hold categories, at most 100 different ones each: each"
                  + " category becomes a feature that is 1 or 0. Default: none.")
          @Text(max = ColumnNames.MAX)
          @Size(max = Series.MAX_COLUMNS)
          List<String> categorical,
      @Describe(
              "Features of a row's date used as additional inputs, each as sine and cosine."
                  + " Default: none.")
          List<CalendarFeature> calendar,
      @Describe("Rows from one sample to the next.") @Range(min = 1, max = 10_000) @Default("1")
          Integer stride,
      @Describe(
              "Rows of a season: the seasonal baseline predicts the value one season earlier."
                  + " Default: no seasonal baseline.")
          @Range(min = 1, max = 10_000)
          Integer season)
      implements DatasetSpec {
    private static final FieldRules RULES = FieldRules.of(Series.class);

    /** The most input columns. */
    public static final int MAX_COLUMNS = 256;

    /** The most predicted columns. */
    public static final int MAX_TARGETS = 16;

    private static final int MAX_ROWS = 10_000;

    /** A series of one column in the usual format. */
    public Series(
        String name,
        String column,
        String dateColumn,
        Integer window,
        Integer horizon,
        Scaler scaler,
        String testFrom,
        Double testFraction,
        Double validationFraction) {
      this(
          name,
          column,
          DateColumns.of(dateColumn),
          window,
          horizon,
          scaler,
          testFrom,
          testFraction,
          validationFraction,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null);
    }

    public Series {
      name = RULES.check("name", name);
      columns = ColumnNames.check(RULES, "columns", columns);
      target = ColumnNames.check(RULES, "target", target);
      checkColumns(column, columns, target, label);
      SeriesSpelling.checkDates(dateColumn, dateFormat);
      SeriesSpelling.checkNumbers(delimiter, decimal, thousands);
      window = RULES.check("window", window);
      if (label != null && horizon != null) {
        throw new InvalidMessageException(
            "horizon", "cannot be combined with label, the class of a window; give one of the two");
      }
      horizon = label != null ? null : RULES.check("horizon", Check.orElse(horizon, 1));
      scaler = RULES.check("scaler", scaler);
      if (testFrom != null) {
        if (testFraction != null) {
          throw new InvalidMessageException(
              "test_fraction", "cannot be combined with test_from; give one of the two");
        }
        parseTime("test_from", testFrom);
      } else {
        testFraction = RULES.check("test_fraction", Check.orElse(testFraction, 0.2));
      }
      validationFraction = RULES.check("validation_fraction", validationFraction);
      categorical = ColumnNames.checkCategorical(RULES, categorical, column, columns, "columns");
      if (categorical != null && target != null) {
        for (int i = 0; i < target.size(); i++) {
          if (categorical.contains(target.get(i))) {
            throw new InvalidMessageException(
                "target[" + i + "]",
                Check.quote(target.get(i))
                    + " is categorical, and only numbers can be predicted; leave it out");
          }
        }
      }
      calendar = checkCalendar(calendar, dateColumn);
      stride = RULES.check("stride", stride);
      stride = stride == null || stride == 1 ? null : stride;
      season = RULES.check("season", season);
      if (season != null && label != null) {
        throw new InvalidMessageException(
            "season",
            "cannot be combined with label: the seasonal baseline predicts values; leave it out");
      }
    }

    private static void checkColumns(
        String column, List<String> columns, List<String> target, String label) {
      if (label != null) {
        RULES.check("label", label);
        if (target != null) {
          throw new InvalidMessageException(
              "target",
              "cannot be combined with label, the class of a window; give one of the two");
        }
      }
      if (columns == null) {
        RULES.check("column", Check.required("column", column));
        if (target != null) {
          throw new InvalidMessageException(
              "target",
              "cannot be combined with column, which is both input and target; give columns instead of"
                  + " column");
        }
        return;
      }
      if (column != null) {
        throw new InvalidMessageException(
            "column", "cannot be combined with columns; give one of the two");
      }
      if (target == null && label == null) {
        throw new InvalidMessageException(
            "target", "is required with columns: the predicted columns; or give label");
      }
    }

    private static List<CalendarFeature> checkCalendar(
        List<CalendarFeature> calendar, DateColumns dates) {
      if (calendar == null || calendar.isEmpty()) {
        return null;
      }
      Check.size("calendar", calendar, 1, CalendarFeature.values().length);
      for (int i = 0; i < calendar.size(); i++) {
        if (calendar.indexOf(Check.required("calendar[" + i + "]", calendar.get(i))) < i) {
          throw new InvalidMessageException(
              "calendar[" + i + "]", calendar.get(i).json() + " is given twice");
        }
      }
      if (dates != null && dates.isNone()) {
        throw new InvalidMessageException(
            "calendar", "needs dates, but date_column is null; leave one of them out");
      }
      return List.copyOf(calendar);
    }

    @Override
    public long sampleBytes() {
      long features = seen().size() + (calendar == null ? 0 : 2L * calendar.size());
      long labels = label == null ? (long) horizon * predicted().size() : 1;
      return Float.BYTES * (window * features + labels);
    }

    @Override
    public Optional<TargetType> labels() {
      return Optional.of(label == null ? TargetType.NUMBER : TargetType.CLASS);
    }

    /** The input columns. */
    public List<String> seen() {
      return columns == null ? List.of(column) : columns;
    }

    /** The predicted columns; none if windows have classes. */
    public List<String> predicted() {
      return label != null ? List.of() : target == null ? List.of(column) : target;
    }

    /** Whether a column is one-hot encoded. */
    public boolean isCategorical(String name) {
      return categorical != null && categorical.contains(name);
    }

    /** Rows from one sample to the next. */
    public int step() {
      return Check.orElse(stride, 1);
    }

    /** Whether the request gives the series or the format of the file. */
    @JsonIgnore
    public boolean isToldHowWritten() {
      return Stream.of(dateFormat, seriesKey, delimiter, decimal, thousands, header)
          .anyMatch(Objects::nonNull);
    }

    /**
     * {@code test_from} as a time, a day or month meaning its beginning; null where it is absent.
     */
    public IsoTime testFromTime() {
      return testFrom == null ? null : parseTime("test_from", testFrom);
    }
  }

  /** The rows of a CSV file. Each row is a sample whose features predict a class or a number. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonDeserialize
  record Rows(
      @Describe(
              "The data set's name: the name under which the augmentation service finds the data.")
          @Named
          @Required
          String name,
      @Describe(
              "The input columns, in this order. Default: all but the target, in the order of"
                  + " the file.")
          @Text(max = ColumnNames.MAX)
          @Size(min = 1, max = Series.MAX_COLUMNS)
          List<String> features,
      @Describe("The predicted column.") @Text(max = ColumnNames.MAX) @Required String target,
      @Describe(
              "Whether the target is a class or a number. Default: number if every cell is one,"
                  + " else class.")
          TargetType targetType,
      @Describe(
              "Features that hold categories, at most 100 different ones each: each category"
                  + " becomes a feature that is 1 or 0. Default: those that do not hold only"
                  + " numbers.")
          @Text(max = ColumnNames.MAX)
          @Size(max = Series.MAX_COLUMNS)
          List<String> categorical,
      @Describe(
              "How features that are numbers, and a target that is a number, are scaled; fitted"
                  + " on the training part only.")
          @Default("standard")
          Scaler scaler,
      @Describe("Share of the rows in the test part, the same for each class.")
          @Range(above = 0, below = 1)
          @Default("0.2")
          Double testFraction,
      @Describe(
              "Share of the remaining rows in the validation part; 0: every epoch is validated"
                  + " on the test part.")
          @Range(min = 0, below = 1)
          @Default("0")
          Double validationFraction,
      @Describe("Seed of the split. Runs are comparable only with the same one.") @Default("0")
          Long splitSeed,
      @Describe(
              "What happens to rows with a missing value (an empty cell, NA, N/A, NaN, null, ?)."
                  + " Default: the data set is rejected.")
          MissingRows missing,
      @Describe("Separator of the cells. Default: found in the file.") String delimiter,
      @Describe("Decimal separator; must differ from thousands. Default: found in the column.")
          String decimal,
      @Describe("Separator of groups of three digits. Default: found in the column.")
          String thousands,
      @Describe(
              "Whether the first row names the columns; otherwise they are called 0, 1 and so"
                  + " on. Default: found in the file.")
          Boolean header)
      implements DatasetSpec {
    private static final FieldRules RULES = FieldRules.of(Rows.class);

    public Rows {
      name = RULES.check("name", name);
      RULES.check("target", target);
      features = ColumnNames.check(RULES, "features", features);
      if (features != null && features.contains(target)) {
        throw new InvalidMessageException(
            "features[" + features.indexOf(target) + "]",
            Check.quote(target) + " is the target, which cannot be an input; leave it out");
      }
      categorical = ColumnNames.checkCategorical(RULES, categorical, null, features, "features");
      if (categorical != null && categorical.contains(target)) {
        throw new InvalidMessageException(
            "categorical[" + categorical.indexOf(target) + "]",
            Check.quote(target) + " is the target; give target_type: class");
      }
      SeriesSpelling.checkNumbers(delimiter, decimal, thousands);
      scaler = RULES.check("scaler", scaler);
      testFraction = RULES.check("test_fraction", testFraction);
      validationFraction = RULES.check("validation_fraction", validationFraction);
      splitSeed = RULES.check("split_seed", splitSeed);
    }

    @Override
    public long sampleBytes() {
      return (long) Float.BYTES * (1 + (features == null ? 1 : features.size()));
    }

    @Override
    public Optional<TargetType> labels() {
      return Optional.ofNullable(targetType);
    }

    /** Whether the request gives the format of the file. */
    @JsonIgnore
    public boolean isToldHowWritten() {
      return Stream.of(delimiter, decimal, thousands, header).anyMatch(Objects::nonNull);
    }
  }

  private static IsoTime parseTime(String field, String text) {
    return IsoTime.find(text)
        .orElseThrow(
            () ->
                new InvalidMessageException(
                    field,
                    Check.quote(text)
                        + " is not a date; give one such as 2020-10-01, 2020-10 or"
                        + " 2020-10-01T12:00"));
  }
}
