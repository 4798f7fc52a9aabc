package io.millrace.contracts.dataset;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.millrace.contracts.Check;
import java.time.Instant;
import java.util.List;

/**
 * An entry of the catalogue: the data set that an augmentation service has under a name. It is a
 * record on the compacted topic {@code datasets} with the key {@code <dataset>@<augmenter>}; a
 * record without a value says that the service no longer has it.
 *
 * @param version 1
 * @param dataset the data set's name
 * @param augmenter the augmentation service that has it
 * @param at when the service last looked
 * @param kind images or a series; null if the data set cannot be opened, and while it is read for
 *     the first time: until then only its name is known
 * @param classes class names of an image data set, by index; null for a series
 * @param classCounts samples per class; null for a series
 * @param sampleShape {@code [height, width, channels]} of the first image, the default for all
 *     images; null for a series
 * @param columns numeric columns of a series, by the names that requests use; null for images
 * @param dateColumns date columns of a series; null for images
 * @param samples number of images, or of rows of a series; null if the data set cannot be opened
 * @param from first date of a series; null if it has no dates
 * @param to last date of a series; null if it has no dates
 * @param skipped number of files or rows that are left out because they cannot be read
 * @param fingerprint SHA-256 of the content, 64 hexadecimal digits; the same data have the same
 *     fingerprint on every machine; null if the data set cannot be opened
 * @param problem why the data set cannot be opened, in words for the user; null if it can
 * @param time how the dates of a series were read; null for images
 * @param leftOut files and folders of an image data set that are not samples, by cause; null if
 *     there are none
 * @param warnings warnings about images, in words for the user; null if there are none
 * @param textColumns columns of a CSV file that hold values other than numbers or dates, by the
 *     names that requests use; null for images
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
  /** An announcement without date notes, left-out files, warnings and text columns. */
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
   * The most columns of one kind that an announcement names. If it names this many, the file may
   * have more.
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

  /** The key of the announcement's record, {@code <dataset>@<augmenter>}. */
  public String key() {
    return dataset + "@" + augmenter;
  }

  /** Whether a run can train on the data set. */
  public boolean isUsable() {
    return problem == null;
  }

  private static <V> List<V> copy(List<V> list) {
    return list == null ? null : List.copyOf(list);
  }
}
