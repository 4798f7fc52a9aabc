package io.millrace.contracts.request;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.json.DatasetSpecDeserializer;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Which data a run uses and how they are split. An object with {@code column} is a {@link Series},
 * any other an {@link Images}.
 */
@JsonDeserialize(using = DatasetSpecDeserializer.class)
public sealed interface DatasetSpec {

  /** The name under which the augmentation service finds the data in its roots. */
  String name();

  /** The most bytes that one sample takes in a batch. */
  @JsonIgnore
  long sampleBytes();

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
   * A column of a CSV file as a series: from {@code window} values the next {@code horizon} ones
   * are predicted.
   *
   * @param name the data set
   * @param column the column of the values
   * @param dateColumn the column of the dates, or two: the day and the time of day; {@link
   *     DateColumns#NONE} for rows in the order of time; by default the first column that holds
   *     dates
   * @param window values seen at a time, 1..10,000; default 60
   * @param horizon values predicted, 1..1,000; default 1
   * @param scaler fitted on the training part only; default {@code min_max}
   * @param testFrom the first date, or date and time, of the test part; or
   * @param testFraction the share of the values at the end that are for the test; default 0.2 where
   *     {@code test_from} is absent
   * @param validationFraction the share of the values before the test part, at their end, that are
   *     for validation; default 0: then every epoch is validated on the test part
   * @param dateFormat how the dates are written: {@code epoch_seconds}, {@code epoch_milliseconds},
   *     or a pattern of Python's {@code strptime}, see {@link SeriesSpelling}; by default what the
   *     file shows
   * @param seriesKey of a file that holds several series, the one that is meant; default: all rows
   * @param missing what becomes of missing values and of missing steps; default: the series is
   *     refused
   * @param delimiter between cells: {@code ,}, {@code ;}, a tab or {@code |}; default: what the
   *     file shows
   * @param decimal {@code .} or {@code ,}; default: what the column shows
   * @param thousands between groups of three digits: {@code ,}, {@code .}, a blank or {@code '};
   *     default: what the column shows
   * @param header whether the first row names the columns; else they are called {@code 0}, {@code
   *     1} and so on; default: what the file shows
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
      Boolean header)
      implements DatasetSpec {
    /** A series that is written as most are. */
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
          null);
    }

    public Series {
      Check.name("name", name);
      Check.text("column", column, 200);
      SeriesSpelling.checkDates(dateColumn, dateFormat);
      SeriesSpelling.checkNumbers(delimiter, decimal, thousands);
      window = Check.range("window", Check.orElse(window, 60), 1, 10_000);
      horizon = Check.range("horizon", Check.orElse(horizon, 1), 1, 1_000);
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
    }

    @Override
    public long sampleBytes() {
      return 4L * (window + horizon);
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
