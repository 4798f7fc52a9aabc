package io.millrace.results.curve;

import io.millrace.results.query.Table;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A run's history by epoch. */
@Schema(
    name = "History",
    description = "A run's history by epoch; a request allows at most 10,000 epochs.")
public record RunHistory(
    @Schema(description = "The run's id.") String run,
    @Schema(description = "The completed epochs, in order.") List<EpochView> epochs)
    implements Table.Tabular {

  /** One row per epoch; a column for each metric that any epoch has. */
  @Override
  public Table table() {
    var names = new LinkedHashSet<String>();
    epochs.forEach(epoch -> names.addAll(epoch.metrics().keySet()));
    var columns =
        new ArrayList<>(
            List.of("epoch", "step", "at", "seconds", "samples_per_second", "data_wait_seconds"));
    columns.addAll(names);
    return new Table(
        run + "-history",
        columns,
        () -> epochs.stream().<List<?>>map(epoch -> row(epoch, names)).iterator());
  }

  private static List<?> row(EpochView epoch, Iterable<String> names) {
    var row =
        new ArrayList<Object>(
            Arrays.asList(
                epoch.epoch(),
                epoch.step(),
                epoch.at(),
                epoch.seconds(),
                epoch.samplesPerSecond(),
                epoch.dataWaitSeconds()));
    names.forEach(name -> row.add(epoch.metrics().get(name)));
    return row;
  }

  /** The end of an epoch. */
  @Schema(description = "The end of an epoch.")
  public record EpochView(
      @Schema(description = "The epoch, counted from 0.") int epoch,
      @Schema(description = "Steps of the run at the end of the epoch.") long step,
      @Schema(description = "When the epoch ended.") Instant at,
      @Schema(description = "Duration of the epoch, with validation.") Double seconds,
      @Schema(description = "Training speed, without validation.") Double samplesPerSecond,
      @Schema(description = "Time that training waited for batches.") Double dataWaitSeconds,
      @Schema(
              description = "Metrics by their Keras names; null: not finite.",
              examples = "{\"loss\": 0.41, \"acc\": 0.85, \"val_loss\": 0.45, \"val_acc\": 0.83}")
          Map<String, Object> metrics) {}
}
