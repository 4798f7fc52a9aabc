package io.millrace.results.dataset;

import io.millrace.contracts.dataset.DatasetAnnouncement;
import io.millrace.contracts.dataset.DatasetKind;
import io.millrace.contracts.dataset.LeftOut;
import io.millrace.contracts.dataset.SeriesTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A data set as the augmentation services announce it. */
@Schema(description = "A data set. Unknown values are left out.")
public record DatasetView(
    @Schema(description = "The name of the data set in requests.") String dataset,
    @Schema(description = "Whether runs can train on it.") boolean usable,
    @Schema(description = "images or series.") DatasetKind kind,
    @Schema(description = "Images: the classes, in the order of their indices.")
        List<String> classes,
    @Schema(description = "Images: number of samples by class.") List<Integer> classCounts,
    @Schema(description = "Images: [height, width, channels] of the first image.")
        List<Integer> sampleShape,
    @Schema(description = "Series: the numeric columns.") List<String> columns,
    @Schema(description = "Series: the date columns.") List<String> dateColumns,
    @Schema(description = "CSV files: columns that are not only numbers or dates.")
        List<String> textColumns,
    @Schema(description = "Number of images, or of rows of a series.") Long samples,
    @Schema(description = "Series: the first date.") String from,
    @Schema(description = "Series: the last date.") String to,
    @Schema(description = "Series: how its dates were read, or why they could not be read.")
        SeriesTime time,
    @Schema(description = "Number of files or rows that cannot be read and are left out.")
        Integer skipped,
    @Schema(description = "Images: files that are not samples, by cause, with the first files.")
        List<LeftOut> leftOut,
    @Schema(description = "Images: warnings, one sentence each.") List<String> warnings,
    @Schema(description = "SHA-256 of the content; equal data has an equal fingerprint everywhere.")
        String fingerprint,
    @Schema(description = "Why the data set cannot be opened.") String problem,
    @Schema(description = "When an augmentation service last read the data set.") Instant at,
    @Schema(description = "The augmentation services that have the data set.")
        List<String> augmenters,
    @Schema(
            description =
                "Differences between the augmentation services, one sentence each. Runs may fail"
                    + " until they are resolved.")
        List<String> differences) {

  /**
   * Combines the announcements of several augmentation services: the first one that is usable, and
   * the differences of the others.
   *
   * @param announcements not empty
   */
  public static DatasetView of(List<DatasetAnnouncement> announcements) {
    DatasetAnnouncement first =
        announcements.stream()
            .filter(DatasetAnnouncement::isUsable)
            .findFirst()
            .orElse(announcements.get(0));
    return new DatasetView(
        first.dataset(),
        first.isUsable(),
        first.kind(),
        first.classes(),
        first.classCounts(),
        first.sampleShape(),
        first.columns(),
        first.dateColumns(),
        first.textColumns(),
        first.samples(),
        first.from(),
        first.to(),
        first.time(),
        first.skipped(),
        first.leftOut(),
        first.warnings(),
        first.fingerprint(),
        first.problem(),
        announcements.stream()
            .map(DatasetAnnouncement::at)
            .max(Instant::compareTo)
            .orElse(first.at()),
        announcements.stream().map(DatasetAnnouncement::augmenter).toList(),
        differences(first, announcements));
  }

  private static List<String> differences(
      DatasetAnnouncement first, List<DatasetAnnouncement> announcements) {
    var differences = new ArrayList<String>();
    for (DatasetAnnouncement other : announcements) {
      if (!other.isUsable() && first.isUsable()) {
        differences.add(other.augmenter() + " cannot open it: " + other.problem());
      } else if (other.isUsable()) {
        compare("kind", DatasetAnnouncement::kind, first, other, differences);
        compare("classes", DatasetAnnouncement::classes, first, other, differences);
        compare("columns", DatasetAnnouncement::columns, first, other, differences);
        compare("samples", DatasetAnnouncement::samples, first, other, differences);
        compare("fingerprint", DatasetAnnouncement::fingerprint, first, other, differences);
      }
    }
    return List.copyOf(differences);
  }

  private static void compare(
      String what,
      Function<DatasetAnnouncement, Object> value,
      DatasetAnnouncement first,
      DatasetAnnouncement other,
      List<String> differences) {
    if (!Objects.equals(value.apply(first), value.apply(other))) {
      differences.add(
          other.augmenter()
              + " and "
              + first.augmenter()
              + " differ in "
              + what
              + ": "
              + value.apply(other)
              + " and "
              + value.apply(first));
    }
  }
}
