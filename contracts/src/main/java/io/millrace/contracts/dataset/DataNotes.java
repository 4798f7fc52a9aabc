package io.millrace.contracts.dataset;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * What an augmenter noted of the data that a run is trained on.
 *
 * @param time of a series: what was understood of its dates
 * @param gaps of a series: what was missing; null where nothing was
 * @param leftOut of images: what in the classes' folders is no sample, by cause; null where nothing
 *     is
 * @param warnings what may surprise, in words for the user; null where nothing does
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DataNotes(
    SeriesTime time, SeriesGaps gaps, List<LeftOut> leftOut, List<String> warnings) {
  public DataNotes {
    leftOut = leftOut == null ? null : List.copyOf(leftOut);
    warnings = warnings == null ? null : List.copyOf(warnings);
  }
}
