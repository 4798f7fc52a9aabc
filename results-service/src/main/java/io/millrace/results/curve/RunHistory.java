package io.millrace.results.curve;

import io.millrace.results.query.Table;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A run by epochs. */
@Schema(
    name = "History",
    description = "A run by epochs, at most the 10,000 that a request may ask for.")
public record RunHistory(
    @Schema(description = "The run's id.") String run,
    @Schema(description = "The epochs that are done, in order.") List<EpochView> epochs)
    implements Table.Tabular {

  /** A row an epoch; a column for each metric that any of them has. */
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

  /** An epoch. */
  @Schema(description = "The end of an epoch.")
  public record EpochView(
      @Schema(description = "Counts from 0.") int epoch,
      @Schema(description = "Steps that the run had made at its end.") long step,
      @Schema(description = "When it ended.") Instant at,
      @Schema(description = "Of the whole epoch, validation included.") Double seconds,
      @Schema(description = "Of training, validation not included.") Double samplesPerSecond,
      @Schema(description = "For which training waited for batches.") Double dataWaitSeconds,
      @Schema(
              description = "By Keras' names; null: not finite.",
              examples = "{\"loss\": 0.41, \"acc\": 0.85, \"val_loss\": 0.45, \"val_acc\": 0.83}")
          Map<String, Object> metrics) {}
}
