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
 * @param model what the trainer noted of the model beside the data, in words for the user; null
 *     where it noted nothing
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DataNotes(
    SeriesTime time,
    SeriesGaps gaps,
    List<LeftOut> leftOut,
    List<String> warnings,
    List<String> model) {
  public DataNotes {
    leftOut = leftOut == null ? null : List.copyOf(leftOut);
    warnings = warnings == null ? null : List.copyOf(warnings);
    model = model == null || model.isEmpty() ? null : List.copyOf(model);
  }

  /** What an augmenter noted. */
  public DataNotes(SeriesTime time, SeriesGaps gaps, List<LeftOut> leftOut, List<String> warnings) {
    this(time, gaps, leftOut, warnings, null);
  }

  /**
   * The same with what a trainer noted.
   *
   * @param notes of the augmenter; null where it noted nothing
   * @return null where neither noted anything
   */
  public static DataNotes with(DataNotes notes, List<String> model) {
    if (model.isEmpty()) {
      return notes;
    }
    return notes == null
        ? new DataNotes(null, null, null, null, model)
        : new DataNotes(notes.time, notes.gaps, notes.leftOut, notes.warnings, model);
  }
}
