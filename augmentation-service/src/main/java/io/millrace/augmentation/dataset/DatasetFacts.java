package io.millrace.augmentation.dataset;

import io.millrace.contracts.dataset.DatasetAnnouncement;
import io.millrace.contracts.dataset.DatasetKind;
import io.millrace.contracts.dataset.LeftOut;
import io.millrace.contracts.dataset.SeriesTime;
import java.time.Instant;
import java.util.List;

/**
 * Facts about a data set, or why it cannot be opened; the components are those of a {@link
 * DatasetAnnouncement}.
 */
public record DatasetFacts(
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

  /** Facts about a data set that cannot be opened, with the reason for the user. */
  public static DatasetFacts problem(String reason) {
    return new DatasetFacts(
        null, null, null, null, null, null, null, null, null, 0, null, reason, null, null, null,
        null);
  }

  /** Images with a numeric target each. */
  static DatasetFacts images(int samples, ImageCensus census, int skipped, String fingerprint) {
    List<Integer> counts = List.of(samples);
    DatasetFacts facts = images(List.of(""), counts, census, skipped, fingerprint);
    return new DatasetFacts(
        facts.kind,
        null,
        null,
        facts.sampleShape,
        null,
        null,
        facts.samples,
        null,
        null,
        skipped,
        fingerprint,
        null,
        null,
        null,
        facts.warnings,
        null);
  }

  /** Labelled images. */
  static DatasetFacts images(
      List<String> classes,
      List<Integer> counts,
      ImageCensus census,
      int skipped,
      String fingerprint) {
    ImageHeader first = census.first();
    return new DatasetFacts(
        DatasetKind.IMAGES,
        List.copyOf(classes),
        List.copyOf(counts),
        List.of(first.uprightHeight(), first.uprightWidth(), first.channels()),
        null,
        null,
        counts.stream().mapToLong(Integer::longValue).sum(),
        null,
        null,
        skipped,
        fingerprint,
        null,
        null,
        null,
        ifAny(census.warnings(null, classes, counts)),
        null);
  }

  /** The list, or null if it is empty. */
  static <V> List<V> ifAny(List<V> list) {
    return list.isEmpty() ? null : List.copyOf(list);
  }

  /** A series. */
  static DatasetFacts series(
      List<String> columns,
      List<String> dateColumns,
      List<String> textColumns,
      long rows,
      SeriesTime time) {
    return new DatasetFacts(
        DatasetKind.SERIES,
        null,
        null,
        null,
        List.copyOf(columns),
        List.copyOf(dateColumns),
        rows,
        time.from(),
        time.to(),
        0,
        null,
        null,
        time,
        null,
        null,
        List.copyOf(textColumns));
  }

  /** The same facts with the rows of another part added. */
  DatasetFacts withRows(int more) {
    return isUsable()
        ? new DatasetFacts(
            kind,
            classes,
            classCounts,
            sampleShape,
            columns,
            dateColumns,
            samples + more,
            from,
            to,
            skipped,
            fingerprint,
            problem,
            time,
            leftOut,
            warnings,
            textColumns)
        : this;
  }

  /** The same facts with the fingerprint of the content. */
  DatasetFacts of(String digest) {
    return new DatasetFacts(
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
        digest,
        problem,
        time,
        leftOut,
        warnings,
        textColumns);
  }

  /** The same facts with the skipped files. */
  DatasetFacts of(List<LeftOut> files) {
    return new DatasetFacts(
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
        time,
        ifAny(files),
        warnings,
        textColumns);
  }

  /** Whether a run can use the data set. */
  public boolean isUsable() {
    return problem == null;
  }

  /** The announcement by an augmentation service. */
  public DatasetAnnouncement announcement(String dataset, String augmenter, Instant at) {
    return new DatasetAnnouncement(
        null,
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
        time,
        leftOut,
        warnings,
        textColumns);
  }
}
