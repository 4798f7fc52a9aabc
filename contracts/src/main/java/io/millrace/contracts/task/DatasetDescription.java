package io.millrace.contracts.task;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.dataset.DataNotes;
import io.millrace.contracts.dataset.LeftOut;
import io.millrace.contracts.dataset.SeriesGaps;
import io.millrace.contracts.dataset.SeriesTime;
import java.util.List;

/**
 * A description of a data set, split according to the request.
 *
 * @param version 1
 * @param sampleShape shape of a sample's features: {@code [height, width, channels]} for images,
 *     {@code [window, features]} for a series, {@code [features]} for rows
 * @param train number of training samples
 * @param validation number of validation samples; 0 if the test part is used for validation
 * @param test number of test samples
 * @param classes class names by index; null if the labels are numbers
 * @param trainClassCounts training samples per class; null if the labels are numbers, and from
 *     augmentation services that do not count them
 * @param series how a series or rows were scaled; null for images
 * @param skipped number of files or rows that are left out because they cannot be read
 * @param fingerprint fingerprint of the data, see {@link
 *     io.millrace.contracts.dataset.DatasetAnnouncement}; null from augmentation services that do
 *     not compute it
 * @param leftOut files and folders of an image data set that are not samples, by cause; null if
 *     there are none
 * @param warnings warnings for the user, in words; null if there are none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DatasetDescription(
    Integer version,
    List<Integer> sampleShape,
    Integer train,
    Integer validation,
    Integer test,
    List<String> classes,
    List<Integer> trainClassCounts,
    SeriesScale series,
    Integer skipped,
    String fingerprint,
    List<LeftOut> leftOut,
    List<String> warnings) {
  /** A description without left-out files and warnings. */
  public DatasetDescription(
      Integer version,
      List<Integer> sampleShape,
      Integer train,
      Integer validation,
      Integer test,
      List<String> classes,
      List<Integer> trainClassCounts,
      SeriesScale series,
      Integer skipped,
      String fingerprint) {
    this(
        version,
        sampleShape,
        train,
        validation,
        test,
        classes,
        trainClassCounts,
        series,
        skipped,
        fingerprint,
        null,
        null);
  }

  /** A description of data without a fingerprint. */
  public DatasetDescription(
      Integer version,
      List<Integer> sampleShape,
      Integer train,
      Integer validation,
      Integer test,
      List<String> classes,
      List<Integer> trainClassCounts,
      SeriesScale series,
      Integer skipped) {
    this(
        version,
        sampleShape,
        train,
        validation,
        test,
        classes,
        trainClassCounts,
        series,
        skipped,
        null);
  }

  public DatasetDescription {
    version = Check.orElse(version, 1);
    sampleShape = List.copyOf(Check.size("sample_shape", sampleShape, 1, 4));
    train = Check.range("train", train, 1, Integer.MAX_VALUE);
    validation = Check.range("validation", validation, 0, Integer.MAX_VALUE);
    test = Check.range("test", test, 1, Integer.MAX_VALUE);
    classes = classes == null ? null : List.copyOf(Check.size("classes", classes, 2, 1_000));
    skipped = Check.orElse(skipped, 0);
    leftOut = leftOut == null ? null : List.copyOf(leftOut);
    warnings = warnings == null ? null : List.copyOf(warnings);
    boolean hasValues = series != null && series.horizon > 0;
    if ((classes == null) != hasValues) {
      throw new InvalidMessageException(
          "classes", "does not fit series.horizon; give either classes or a horizon above 0");
    }
    if (trainClassCounts != null) {
      int size = classes == null ? 0 : classes.size();
      trainClassCounts =
          List.copyOf(Check.size("train_class_counts", trainClassCounts, size, size));
      for (int i = 0; i < size; i++) {
        Check.range("train_class_counts[" + i + "]", trainClassCounts.get(i), 0, train);
      }
    }
  }

  /** A copy without the dates of the test part of a series. */
  public DatasetDescription withoutDates() {
    return series == null
        ? this
        : new DatasetDescription(
            version,
            sampleShape,
            train,
            validation,
            test,
            classes,
            trainClassCounts,
            series.withoutDates(),
            skipped,
            fingerprint,
            leftOut,
            warnings);
  }

  /** A copy with this fingerprint. */
  public DatasetDescription of(String data) {
    return new DatasetDescription(
        version,
        sampleShape,
        train,
        validation,
        test,
        classes,
        trainClassCounts,
        series,
        skipped,
        data,
        leftOut,
        warnings);
  }

  /** The notes on the data; null if there are none. */
  public DataNotes notes() {
    var notes =
        new DataNotes(
            series == null ? null : series.time,
            series == null ? null : series.gaps,
            leftOut,
            warnings);
    return notes.equals(new DataNotes(null, null, null, null)) ? null : notes;
  }

  /** Whether the labels are classes rather than numbers. */
  public boolean predictsClasses() {
    return classes != null;
  }

  /** The number of values in a label of numbers: steps times targets. */
  public int labelValues() {
    return series.horizon * series.targetScales().size();
  }

  /** The number of samples in a part. */
  public int samples(Part part) {
    return switch (part) {
      case TRAIN -> train;
      case VALIDATION -> validation;
      case TEST -> test;
    };
  }

  /** The part on which every epoch is validated. */
  public Part validationPart() {
    return validation > 0 ? Part.VALIDATION : Part.TEST;
  }

  /**
   * How a series was scaled: {@code original = scaled · scale + offset}.
   *
   * @param scale above 0; with several targets, that of the first
   * @param offset in units of the column; with several targets, that of the first
   * @param horizon number of predicted steps; 1 for rows, 0 if the labels are classes
   * @param testDates the date of the first predicted value of each test window, in order; null if
   *     there are more than 10,000
   * @param time how the dates were read; null from augmentation services that do not report it
   * @param gaps the missing values; null if none were missing
   * @param features the features of a row, in the order of a sample's last axis; null for a single
   *     column
   * @param targets the predicted columns, in the order of the outputs of a step; null for a single
   *     column, and if the labels are classes
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record SeriesScale(
      Double scale,
      Double offset,
      Integer horizon,
      List<String> testDates,
      SeriesTime time,
      SeriesGaps gaps,
      List<ColumnScale> features,
      List<ColumnScale> targets) {
    /** The most test dates that a description lists. */
    public static final int MAX_DATES = 10_000;

    /** The scale of a series without date notes. */
    public SeriesScale(Double scale, Double offset, Integer horizon, List<String> testDates) {
      this(scale, offset, horizon, testDates, null, null, null, null);
    }

    public SeriesScale {
      Check.required("scale", scale);
      Check.required("offset", offset);
      Check.required("horizon", horizon);
      testDates =
          testDates == null
              ? null
              : List.copyOf(Check.size("test_dates", testDates, 0, Integer.MAX_VALUE));
      features = features == null ? null : List.copyOf(features);
      targets = targets == null ? null : List.copyOf(Check.size("targets", targets, 1, 1_000));
    }

    /** How each target was scaled. */
    public List<ColumnScale> targetScales() {
      return targets == null ? List.of(new ColumnScale(null, scale, offset)) : targets;
    }

    private SeriesScale withoutDates() {
      return new SeriesScale(scale, offset, horizon, null, time, gaps, features, targets);
    }
  }

  /**
   * How a column was scaled: {@code original = scaled · scale + offset}.
   *
   * @param name the column's name; followed by {@code =} and a value if it is one-hot encoded, and
   *     by {@code _sin} or {@code _cos} for a calendar feature; null if there is only one column
   * @param scale above 0; 1 if the column is not scaled
   * @param offset in units of the column
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record ColumnScale(String name, Double scale, Double offset) {
    public ColumnScale {
      Check.required("scale", scale);
      Check.required("offset", offset);
    }
  }
}
