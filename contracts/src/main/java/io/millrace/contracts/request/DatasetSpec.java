package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.DatasetSpecDeserializer;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which data a run uses and how they are split. An object with a field that only a {@link Series}
 * has, such as {@code column}, is one; of the others, one with {@code target} or {@code features}
 * is a {@link Rows}, and any other an {@link Images}.
 */
@JsonDeserialize(using = DatasetSpecDeserializer.class)
public sealed interface DatasetSpec {

  /** The name under which the augmentation service finds the data in its roots. */
  String name();

  /** The share of what is not for the test that is for validation; 0: none, the test part is. */
  Double validationFraction();

  /** The most bytes that one sample takes in a batch, as far as the request tells. */
  @JsonIgnore
  long sampleBytes();

  /** What the labels are: classes or numbers; empty where the data will tell. */
  @JsonIgnore
  Optional<TargetType> labels();

  /** Whether samples are images. */
  @JsonIgnore
  default boolean isOfImages() {
    return this instanceof Images;
  }

  /**
   * Labelled images: a folder with a subfolder of image files for each class, or another form that
   * the augmentation service reads.
   *
   * @param name the data set
   * @param classes the classes to use, in the order of their indices; by default all, sorted
   * @param imageSize {@code [height, width]} in pixels, each 1..4,096; images of another size are
   *     resampled; by default the size of the data set's first image
   * @param colorMode {@code rgb} or {@code grayscale} as Keras names it; by default that of the
   *     data set's first image
   * @param testFraction the share of the samples that are for the test, of each class alike, 0 &lt;
   *     f &lt; 1; default 0.2
   * @param validationFraction the share of the remaining samples that are for validation, 0 ≤ f
   *     &lt; 1; default 0: then every epoch is validated on the test part
   * @param splitSeed draws the split; runs are comparable only under the same one; default 0
   * @param exifOrientation whether images are turned as the orientation in their Exif data says;
   *     null for true; false for what Keras does
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonDeserialize
  record Images(
      String name,
      List<String> classes,
      IntPair imageSize,
      ColorMode colorMode,
      Double testFraction,
      Double validationFraction,
      Long splitSeed,
      Boolean exifOrientation)
      implements DatasetSpec {
    /** Images that are turned as they say. */
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
      Check.name("name", name);
      if (classes != null) {
        classes = List.copyOf(Check.size("classes", classes, 2, 1_000));
        var seen = new HashSet<String>();
        for (int i = 0; i < classes.size(); i++) {
          Check.name("classes[" + i + "]", classes.get(i));
          if (!seen.add(classes.get(i))) {
            throw new InvalidMessageException(
                "classes[" + i + "]", Check.quote(classes.get(i)) + " is there twice");
          }
        }
      }
      if (imageSize != null) {
        imageSize.within("image_size", 1, 4_096);
      }
      testFraction = fraction("test_fraction", Check.orElse(testFraction, 0.2));
      validationFraction =
          Check.below("validation_fraction", Check.orElse(validationFraction, 0.0), 0, 1);
      splitSeed = Check.orElse(splitSeed, 0L);
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

    /** Whether images are turned as they say. */
    public boolean turnsImages() {
      return !Boolean.FALSE.equals(exifOrientation);
    }

    /** The fewest values that an image of the given size can have. */
    long leastValues() {
      return (long) imageSize.rows() * imageSize.columns() * (colorMode == ColorMode.RGB ? 3 : 1);
    }
  }

  /**
   * Columns of a CSV file as a series: from {@code window} rows the values of the next {@code
   * horizon} ones are predicted, or, with {@code label}, the class of the window.
   *
   * @param name the data set
   * @param column the column of the values, seen and predicted; or
   * @param dateColumn the column of the dates, or two: the day and the time of day; {@link
   *     DateColumns#NONE} for rows in the order of time; by default the first column that holds
   *     dates
   * @param window rows seen at a time, 1..10,000; default 60
   * @param horizon rows predicted, 1..1,000; default 1
   * @param scaler fitted on the training part only, for each column; default {@code min_max}
   * @param testFrom the first date, or date and time, of the test part; or
   * @param testFraction the share of the rows at the end that are for the test; default 0.2 where
   *     {@code test_from} is absent
   * @param validationFraction the share of the rows before the test part, at their end, that are
   *     for validation; default 0: then every epoch is validated on the test part
   * @param dateFormat how the dates are written: {@code epoch_seconds}, {@code epoch_milliseconds},
   *     or a pattern of Python's {@code strptime}, see {@link SeriesSpelling}; by default what the
   *     file shows
   * @param seriesKey of a file that holds several series, the one that is meant, or the column by
   *     which they are told apart; default: all rows are one
   * @param missing what becomes of missing values and of missing steps; default: the series is
   *     refused
   * @param delimiter between cells: {@code ,}, {@code ;}, a tab or {@code |}; default: what the
   *     file shows
   * @param decimal {@code .} or {@code ,}; default: what the column shows
   * @param thousands between groups of three digits: {@code ,}, {@code .}, a blank or {@code '};
   *     default: what the column shows
   * @param header whether the first row names the columns; else they are called {@code 0}, {@code
   *     1} and so on; default: what the file shows
   * @param columns the columns that are seen, 1..{@value #MAX_COLUMNS}, in this order; null where
   *     {@code column} is given
   * @param target the columns that are predicted, 1..{@value #MAX_TARGETS}; null with {@code
   *     column}, and with {@code label}
   * @param label the column of the windows' classes; null where values are predicted
   * @param categorical those of {@code columns} that are one-hot encoded; null for none
   * @param calendar features of a row's date that are seen too, as sine and cosine; null for none
   * @param stride rows from a sample to the next, 1..10,000; null for 1
   * @param season rows of a season, 1..10,000: the seasonal baseline says what was so long before;
   *     null for no such baseline
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonDeserialize
  record Series(
      String name,
      String column,
      DateColumns dateColumn,
      Integer window,
      Integer horizon,
      Scaler scaler,
      String testFrom,
      Double testFraction,
      Double validationFraction,
      String dateFormat,
      SeriesKey seriesKey,
      Missing missing,
      String delimiter,
      String decimal,
      String thousands,
      Boolean header,
      List<String> columns,
      @JsonFormat(with = JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY) List<String> target,
      String label,
      List<String> categorical,
      List<CalendarFeature> calendar,
      Integer stride,
      Integer season)
      implements DatasetSpec {
    /** The most columns that are seen. */
    public static final int MAX_COLUMNS = 256;

    /** The most columns that are predicted. */
    public static final int MAX_TARGETS = 16;

    private static final int MAX_ROWS = 10_000;

    /** A column that is written as most are. */
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
      Check.name("name", name);
      columns = columns == null ? null : ColumnNames.check("columns", columns, MAX_COLUMNS);
      target = target == null ? null : ColumnNames.check("target", target, MAX_TARGETS);
      checkColumns(column, columns, target, label);
      SeriesSpelling.checkDates(dateColumn, dateFormat);
      SeriesSpelling.checkNumbers(delimiter, decimal, thousands);
      window = Check.range("window", Check.orElse(window, 60), 1, MAX_ROWS);
      if (label != null && horizon != null) {
        throw new InvalidMessageException(
            "horizon", "stands beside label, which gives a window its class; give one of the two");
      }
      horizon = label != null ? null : Check.range("horizon", Check.orElse(horizon, 1), 1, 1_000);
      scaler = Check.orElse(scaler, Scaler.MIN_MAX);
      if (testFrom != null) {
        if (testFraction != null) {
          throw new InvalidMessageException(
              "test_fraction", "stands beside test_from; give one of the two");
        }
        parseTime("test_from", testFrom);
      } else {
        testFraction = fraction("test_fraction", Check.orElse(testFraction, 0.2));
      }
      validationFraction =
          Check.below("validation_fraction", Check.orElse(validationFraction, 0.0), 0, 1);
      categorical = ColumnNames.checkCategorical(categorical, column, columns, "columns");
      if (categorical != null && target != null) {
        for (int i = 0; i < target.size(); i++) {
          if (categorical.contains(target.get(i))) {
            throw new InvalidMessageException(
                "target[" + i + "]",
                Check.quote(target.get(i)) + " is categorical; numbers are predicted");
          }
        }
      }
      calendar = checkCalendar(calendar, dateColumn);
      stride = stride == null ? null : Check.range("stride", stride, 1, MAX_ROWS);
      stride = stride == null || stride == 1 ? null : stride;
      season = season == null ? null : Check.range("season", season, 1, MAX_ROWS);
      if (season != null && label != null) {
        throw new InvalidMessageException(
            "season", "is of predicted values, and label gives a window its class; leave it out");
      }
    }

    private static void checkColumns(
        String column, List<String> columns, List<String> target, String label) {
      if (label != null) {
        Check.text("label", label, ColumnNames.MAX);
        if (target != null) {
          throw new InvalidMessageException(
              "target", "stands beside label, which gives a window its class; give one of the two");
        }
      }
      if (columns == null) {
        Check.text("column", column, ColumnNames.MAX);
        if (target != null) {
          throw new InvalidMessageException(
              "target",
              "stands beside column, which is both seen and predicted; give columns instead of"
                  + " column");
        }
        return;
      }
      if (column != null) {
        throw new InvalidMessageException("column", "stands beside columns; give one of the two");
      }
      if (target == null && label == null) {
        throw new InvalidMessageException(
            "target", "is required beside columns: what is predicted; or give label");
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
              "calendar[" + i + "]", calendar.get(i).json() + " is there twice");
        }
      }
      if (dates != null && dates.isNone()) {
        throw new InvalidMessageException(
            "calendar", "is of the dates, and date_column is null; leave one of them out");
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

    /** The columns that are seen. */
    public List<String> seen() {
      return columns == null ? List.of(column) : columns;
    }

    /** The columns that are predicted; none where windows have classes. */
    public List<String> predicted() {
      return label != null ? List.of() : target == null ? List.of(column) : target;
    }

    /** Whether a column is one-hot encoded. */
    public boolean isCategorical(String name) {
      return categorical != null && categorical.contains(name);
    }

    /** Rows from a sample to the next. */
    public int step() {
      return Check.orElse(stride, 1);
    }

    /** Whether the request says which rows are taken, or how they are written. */
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

  /**
   * The rows of a CSV file, each a sample: from its features a class or a number is predicted.
   *
   * @param name the data set
   * @param features the columns that are seen, 1..{@value Series#MAX_COLUMNS}, in this order; null
   *     for all but the target, in the order of the file
   * @param target the column that is predicted
   * @param targetType whether that is a class or a number; null for a number where every cell is
   *     one, else a class
   * @param categorical those of the features that are one-hot encoded; null for those that are not
   *     all numbers
   * @param scaler of the features that are numbers, and of a target that is one; fitted on the
   *     training part only; default {@code standard}
   * @param testFraction the share of the rows that are for the test, of each class alike, 0 &lt; f
   *     &lt; 1; default 0.2
   * @param validationFraction the share of the remaining rows that are for validation, 0 ≤ f &lt;
   *     1; default 0: then every epoch is validated on the test part
   * @param splitSeed draws the split; runs are comparable only under the same one; default 0
   * @param missing what becomes of rows in which a value is missing; null: the data set is refused
   * @param delimiter between cells, see {@link Series}
   * @param decimal before a number's fraction, see {@link Series}
   * @param thousands between groups of three digits, see {@link Series}
   * @param header whether the first row names the columns, see {@link Series}
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @JsonDeserialize
  record Rows(
      String name,
      List<String> features,
      String target,
      TargetType targetType,
      List<String> categorical,
      Scaler scaler,
      Double testFraction,
      Double validationFraction,
      Long splitSeed,
      MissingRows missing,
      String delimiter,
      String decimal,
      String thousands,
      Boolean header)
      implements DatasetSpec {
    public Rows {
      Check.name("name", name);
      Check.text("target", target, ColumnNames.MAX);
      features =
          features == null ? null : ColumnNames.check("features", features, Series.MAX_COLUMNS);
      if (features != null && features.contains(target)) {
        throw new InvalidMessageException(
            "features[" + features.indexOf(target) + "]",
            Check.quote(target) + " is the target, which is not seen; leave it out");
      }
      categorical = ColumnNames.checkCategorical(categorical, null, features, "features");
      if (categorical != null && categorical.contains(target)) {
        throw new InvalidMessageException(
            "categorical[" + categorical.indexOf(target) + "]",
            Check.quote(target) + " is the target; give target_type: class");
      }
      SeriesSpelling.checkNumbers(delimiter, decimal, thousands);
      scaler = Check.orElse(scaler, Scaler.STANDARD);
      testFraction = fraction("test_fraction", Check.orElse(testFraction, 0.2));
      validationFraction =
          Check.below("validation_fraction", Check.orElse(validationFraction, 0.0), 0, 1);
      splitSeed = Check.orElse(splitSeed, 0L);
    }

    @Override
    public long sampleBytes() {
      return (long) Float.BYTES * (1 + (features == null ? 1 : features.size()));
    }

    @Override
    public Optional<TargetType> labels() {
      return Optional.ofNullable(targetType);
    }

    /** Whether the request says how the file is written. */
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

  private static double fraction(String field, Double value) {
    if (!(value > 0 && value < 1)) {
      throw new InvalidMessageException(
          field, Check.plain(value) + " is not a fraction; give a number above 0 and below 1");
    }
    return value;
  }
}
