package io.millrace.contracts.dataset;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * Notes on a run's data by the augmentation service, and on its model by the trainer.
 *
 * @param time how the dates of a series were read; null for other data
 * @param gaps the missing values of a series; null if none were missing
 * @param leftOut files and folders of an image data set that are not samples, by cause; null if
 *     there are none
 * @param warnings warnings for the user, in words; null if there are none
 * @param model the trainer's notes on the model, in words for the user; null if there are none
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

  /** Notes without any on the model. */
  public DataNotes(SeriesTime time, SeriesGaps gaps, List<LeftOut> leftOut, List<String> warnings) {
    this(time, gaps, leftOut, warnings, null);
  }

  /**
   * Adds a trainer's notes on the model.
   *
   * @param notes those of the augmentation service; null if there are none
   * @return null if there are no notes
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
