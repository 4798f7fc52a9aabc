package io.millrace.contracts.network;

import io.millrace.contracts.request.ColorMode;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.contracts.task.DatasetDescription.ColumnScale;
import io.millrace.contracts.task.DatasetDescription.SeriesScale;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Derives the shape of the data from a request alone. If the request determines it, the network is
 * planned, and refused if it is too large, before anything is created for the run.
 */
public final class ForeseenData {
  private ForeseenData() {}

  /**
   * The data that a request determines: their shape and labels, with one sample in each part that
   * has any.
   *
   * @return empty if some of it depends on the data set
   */
  public static Optional<DatasetDescription> of(TrainingRequest request) {
    if (request.dataset() instanceof DatasetSpec.Series series) {
      return of(series);
    }
    if (request.dataset() instanceof DatasetSpec.Rows) {
      // The number of features depends on which columns hold names, which only the data show.
      return Optional.empty();
    }
    DatasetSpec.Images images = (DatasetSpec.Images) request.dataset();
    if (images.imageSize() == null || images.colorMode() == null || images.classes() == null) {
      return Optional.empty();
    }
    int channels = images.colorMode() == ColorMode.RGB ? 3 : 1;
    return Optional.of(
        describe(
            List.of(images.imageSize().rows(), images.imageSize().columns(), channels),
            images.classes(),
            null));
  }

  private static Optional<DatasetDescription> of(DatasetSpec.Series series) {
    if (series.label() != null || series.categorical() != null) {
      return Optional.empty();
    }
    int dates = series.calendar() == null ? 0 : 2 * series.calendar().size();
    return Optional.of(
        describe(
            List.of(series.window(), series.seen().size() + dates),
            null,
            unscaled(series.horizon(), series.predicted())));
  }

  private static SeriesScale unscaled(int horizon, List<String> targets) {
    List<ColumnScale> scales =
        targets.size() == 1
            ? null
            : targets.stream().map(name -> new ColumnScale(name, 1.0, 0.0)).toList();
    return new SeriesScale(1.0, 0.0, horizon, null, null, null, null, scales);
  }

  private static DatasetDescription describe(
      List<Integer> shape, List<String> classes, SeriesScale series) {
    // Only balanced class weights use the counts, so equal counts serve here.
    List<Integer> counts = classes == null ? null : Collections.nCopies(classes.size(), 1);
    return new DatasetDescription(null, shape, 1, 0, 1, classes, counts, series, null);
  }
}
