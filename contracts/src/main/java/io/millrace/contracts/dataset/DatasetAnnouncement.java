package io.millrace.contracts.dataset;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.contracts.Check;
import java.time.Instant;
import java.util.List;

/**
 * What an augmenter has under the name of a data set, on the compacted topic {@code datasets}; the
 * record's key is {@code <dataset>@<augmenter>}, and a record without a value says that the
 * augmenter has it no longer.
 *
 * @param version 1
 * @param dataset the name
 * @param augmenter who has it
 * @param at when it looked
 * @param kind images or a series; null where it cannot be opened, and while it is read for the
 *     first time: then no more than the name is known
 * @param classes of images: the names, in the order of their indices; null for a series
 * @param classCounts of images: samples by class; null for a series
 * @param sampleShape of images: {@code [height, width, channels]} of the first image, which is the
 *     default for all; null for a series
 * @param columns of a series: the columns of numbers, as a request may name them; null for images
 * @param dateColumns of a series: the columns of dates; null for images
 * @param samples images, or rows of a series; null where it cannot be opened
 * @param from of a series: its first date; null where it has none
 * @param to of a series: its last date; null where it has none
 * @param skipped files or rows that were left out because they could not be read
 * @param fingerprint SHA-256 of the content, 64 hexadecimal digits: the same data give the same one
 *     on any machine; null where it cannot be opened
 * @param problem why it cannot be opened, in words for the user; null where it can
 * @param time of a series: what was understood of its dates; null for images
 * @param leftOut of images: what in the folder is no sample, by cause; null where nothing is
 * @param warnings of images: what may surprise, in words for the user; null where nothing does
 * @param textColumns of a CSV file: the columns that are not all numbers or dates, as a request may
 *     name them; null for images
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DatasetAnnouncement(
    Integer version,
    String dataset,
    String augmenter,
    Instant at,
    DatasetKind kind,
    List<String> classes,
    List<Integer> classCounts,
    List<Integer> sampleShape,
    List<String> columns,
    List<String> dateColumns,
    Long samples,
    String from,
    String to,
    Integer skipped,
    String fingerprint,
    String problem,
    SeriesTime time,
    List<LeftOut> leftOut,
    List<String> warnings,
    List<String> textColumns) {
  /** An announcement of data of which nothing is left out. */
  public DatasetAnnouncement(
      Integer version,
      String dataset,
      String augmenter,
      Instant at,
      DatasetKind kind,
      List<String> classes,
      List<Integer> classCounts,
      List<Integer> sampleShape,
      List<String> columns,
      List<String> dateColumns,
      Long samples,
      String from,
      String to,
      Integer skipped,
      String fingerprint,
      String problem) {
    this(
        version,
        dataset,
        augmenter,
        at,
        kind,
        classes,
        classCounts,
        sampleShape,
        columns,
        dateColumns,
        samples,
        from,
        to,
        skipped,
        fingerprint,
        problem,
        null,
        null,
        null,
        null);
  }

  /**
   * The most columns of a series that an announcement names; where it names so many, others may
   * follow.
   */
  public static final int MAX_COLUMNS = 1_000;

  public DatasetAnnouncement {
    version = Check.orElse(version, 1);
    Check.name("dataset", dataset);
    Check.required("augmenter", augmenter);
    Check.required("at", at);
    classes = copy(classes);
    classCounts = copy(classCounts);
    sampleShape = copy(sampleShape);
    columns = copy(columns);
    dateColumns = copy(dateColumns);
    skipped = Check.orElse(skipped, 0);
    leftOut = copy(leftOut);
    warnings = copy(warnings);
    textColumns = copy(textColumns);
  }

  /** The key of its record. */
  public String key() {
    return dataset + "@" + augmenter;
  }

  /** Whether it can be trained on. */
  public boolean isUsable() {
    return problem == null;
  }

  private static <V> List<V> copy(List<V> list) {
    return list == null ? null : List.copyOf(list);
  }
}
