package io.millrace.results.query;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A run by epochs. */
@Schema(description = "A run by epochs, at most the 10,000 that a request may ask for.")
public record History(
    @Schema(description = "The run's id.") String run,
    @Schema(description = "The epochs that are done, in order.") List<EpochView> epochs) {

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
              description = "By Keras' names; a number that is not finite is left out.",
              examples = "{\"loss\": 0.41, \"acc\": 0.85, \"val_loss\": 0.45, \"val_acc\": 0.83}")
          Map<String, Object> metrics) {}
}
