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

/** A data set as its augmenters announce it. */
@Schema(description = "A data set. What is not known is left out.")
public record DatasetView(
    @Schema(description = "The name that a request gives.") String dataset,
    @Schema(description = "Whether it can be trained on.") boolean usable,
    @Schema(description = "images or series.") DatasetKind kind,
    @Schema(description = "Of images: the classes, in the order of their indices.")
        List<String> classes,
    @Schema(description = "Of images: samples by class.") List<Integer> classCounts,
    @Schema(description = "Of images: [height, width, channels] of the first one.")
        List<Integer> sampleShape,
    @Schema(description = "Of a series: the columns of numbers.") List<String> columns,
    @Schema(description = "Of a series: the columns of dates.") List<String> dateColumns,
    @Schema(description = "Of a CSV file: the columns that are not all numbers or dates.")
        List<String> textColumns,
    @Schema(description = "Images, or rows of a series.") Long samples,
    @Schema(description = "Of a series: the first date.") String from,
    @Schema(description = "Of a series: the last date.") String to,
    @Schema(description = "Of a series: what was understood of its dates, or why nothing was.")
        SeriesTime time,
    @Schema(description = "Files or rows that cannot be read and are left out.") Integer skipped,
    @Schema(description = "Of images: what is no sample, by cause, with the first files.")
        List<LeftOut> leftOut,
    @Schema(description = "Of images: what may surprise, a sentence each.") List<String> warnings,
    @Schema(description = "SHA-256 of the content: the same data give the same one anywhere.")
        String fingerprint,
    @Schema(description = "Why it cannot be opened.") String problem,
    @Schema(description = "When an augmenter looked last.") Instant at,
    @Schema(description = "Who has it.") List<String> augmenters,
    @Schema(
            description =
                "What differs between the augmenters, a sentence each: runs may fail until it does"
                    + " not.")
        List<String> differences) {

  /**
   * One view of what several augmenters say: that of the first which can serve it, and what the
   * others say otherwise.
   *
   * @param said not empty
   */
  public static DatasetView of(List<DatasetAnnouncement> said) {
    DatasetAnnouncement first =
        said.stream().filter(DatasetAnnouncement::isUsable).findFirst().orElse(said.get(0));
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
        said.stream().map(DatasetAnnouncement::at).max(Instant::compareTo).orElse(first.at()),
        said.stream().map(DatasetAnnouncement::augmenter).toList(),
        differences(first, said));
  }

  private static List<String> differences(
      DatasetAnnouncement first, List<DatasetAnnouncement> said) {
    var differences = new ArrayList<String>();
    for (DatasetAnnouncement other : said) {
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
              + " has other "
              + what
              + " than "
              + first.augmenter()
              + ": "
              + value.apply(other)
              + ", not "
              + value.apply(first));
    }
  }
}
