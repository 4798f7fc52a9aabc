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
 * What an augmenter found in a data set, split as the request asks.
 *
 * @param version 1
 * @param sampleShape of a sample's features: {@code [height, width, channels]}, {@code [window,
 *     features]} or, of rows, {@code [features]}
 * @param train samples of the training part
 * @param validation samples of the validation part; 0 where the test part serves
 * @param test samples of the test part
 * @param classes names by index; null where numbers are predicted
 * @param trainClassCounts samples of the training part by class; null where numbers are predicted,
 *     and from augmenters that do not count them
 * @param series how a series or rows were scaled; null for images
 * @param skipped files or rows that were left out because they could not be read
 * @param fingerprint of the data, see {@link io.millrace.contracts.dataset.DatasetAnnouncement};
 *     null from augmenters that know none
 * @param leftOut of images: what in the classes' folders is no sample, by cause; null where nothing
 *     is
 * @param warnings what may surprise, in words for the user; null where nothing does
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
  /** A description of data of which nothing is left out. */
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

  /** A description of data whose fingerprint is not known. */
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
          "classes", "are predicted, or the values of a series; give just one of the two");
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

  /** The same without the dates of a series' test part. */
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

  /** The same with the fingerprint of the data. */
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

  /** What is noted of the data; null where nothing is. */
  public DataNotes notes() {
    var notes =
        new DataNotes(
            series == null ? null : series.time,
            series == null ? null : series.gaps,
            leftOut,
            warnings);
    return notes.equals(new DataNotes(null, null, null, null)) ? null : notes;
  }

  /** Whether classes are predicted, rather than numbers. */
  public boolean predictsClasses() {
    return classes != null;
  }

  /** Values of a sample's label where numbers are predicted: of each step, of each target. */
  public int labelValues() {
    return series.horizon * series.targetScales().size();
  }

  /** Samples of a part. */
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
   * @param scale above 0; of several targets that of the first
   * @param offset in units of the column; likewise
   * @param horizon steps that are predicted; 1 for rows, 0 where classes are predicted
   * @param testDates the date of the first predicted value of each test window, in order; null
   *     where there are more than 10,000
   * @param time what was understood of the dates; null from augmenters that do not tell
   * @param gaps what was missing; null where nothing was
   * @param features of a row, in the order of a sample's last axis; null for a single column
   * @param targets that are predicted, in the order of the outputs of a step; null for a single
   *     column, and where classes are predicted
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

    /** A scale of a series of whose dates nothing is told. */
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
   * @param name of the column; with {@code =} and a value where it is one-hot encoded, and with
   *     {@code _sin} or {@code _cos} for a feature of the date; null where there is only one
   * @param scale above 0; 1 where it is not scaled
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
