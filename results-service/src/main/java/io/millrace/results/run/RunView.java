package io.millrace.results.run;

import io.millrace.results.request.Change;
import io.millrace.results.request.RequestChanges;
import io.millrace.results.store.RunState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A run's details, without its curves. */
@Schema(description = "A run's details, without its curves. Unknown values are left out.")
public record RunView(
    @Schema(description = "The run's id.", examples = "flowers-augmented-1") String run,
    @Schema(description = "The experiment of the run.") String experiment,
    @Schema(description = "The variant of the run.") String variant,
    @Schema(description = "The seed of the run.") Long seed,
    RunState state,
    @Schema(description = "Why the run failed, was cancelled or was rejected.") String reason,
    @Schema(description = "The step at which the run failed or was cancelled.") Long failedAtStep,
    @Schema(
            description =
                "The training request; after the run has started, with all defaults filled in.")
        Map<String, Object> request,
    @Schema(description = "The last trainer of the run.") String trainer,
    @Schema(description = "The device that the run trains on, and why.") String device,
    @Schema(description = "How many times a trainer received the request.") Integer delivery,
    @Schema(
            description =
                "The step from which the run last resumed; 0 if it was never interrupted.")
        Long resumedAtStep,
    @Schema(description = "When the request was published.") Instant queuedAt,
    @Schema(description = "When a trainer first started the run.") Instant startedAt,
    @Schema(description = "When the run ended.") Instant endedAt,
    @Schema(description = "Epochs completed so far.") int epochsDone,
    @Schema(description = "Requested number of epochs.") Integer epochs,
    @Schema(description = "Optimizer steps so far.") long stepsDone,
    @Schema(description = "Optimizer steps per epoch.") Integer stepsPerEpoch,
    @Schema(
            description = "Number of samples in each part.",
            examples = "{\"train\": 1600, \"validation\": 0, \"test\": 400}")
        Map<String, Object> samples,
    @Schema(
            description =
                "Notes on the data. For a series: time (how its dates were read) and gaps (missing"
                    + " rows). For images: left_out (files that are not samples, by cause) and"
                    + " warnings. Absent if there are none.")
        Map<String, Object> dataNotes,
    @Schema(
            description =
                "SHA-256 fingerprint of the training data, from the augmentation service; absent if"
                    + " it reported none.")
        String datasetFingerprint,
    @Schema(description = "The part on which every epoch is validated: validation or test.")
        String validationPart,
    @Schema(
            description =
                "The layers of the network from input to output, each with name, type, output_shape"
                    + " and parameters.")
        List<Object> layers,
    @Schema(description = "Number of trainable parameters.") Long parameters,
    @Schema(description = "Metrics of the latest epoch, by their Keras names.")
        Map<String, Object> metrics,
    @Schema(description = "Metrics of the evaluation on the test part.") Map<String, Object> test,
    @Schema(description = "The naive baseline on the test part: name, metrics.")
        Map<String, Object> baseline,
    @Schema(description = "The model in the store.") Model model,
    @Schema(
            description =
                "Seconds from the first start to the end, without the pauses before extensions; for"
                    + " completed runs.")
        Double seconds,
    @Schema(
            description =
                "Whether a callback stopped the run before its last epoch; for completed runs with"
                    + " a callback that can.")
        Boolean stoppedEarly,
    @Schema(
            description =
                "The best epoch, counted from 0, according to the callback that chooses the weights"
                    + " of the model, or otherwise the one that can stop the run; for completed"
                    + " runs with such a callback.")
        Integer bestEpoch,
    @Schema(description = "Rejected requests with this id, oldest first; at most the latest 100.")
        List<Refusal> rejections,
    @Schema(description = "True if the run is archived: hidden from lists and comparisons.")
        Boolean archived,
    @Schema(
            description = "The run's tags: those of its request, or those that PATCH has set.",
            examples = "[\"night\"]")
        List<String> tags,
    @Schema(description = "The note on the run, in Markdown; absent if there is none.") String note,
    @Schema(
            description =
                "The baseline of the experiment, if it is another variant than the run's.")
        String comparedTo,
    @Schema(
            description =
                "How the request differs from that of the baseline's newest run, at most 50"
                    + " changes; absent if there is nothing to compare.")
        List<Change> changes,
    @Schema(description = "True if there are more than 50 changes.") Boolean changesTruncated) {

  /** This run with its changes; null if they are unknown. */
  public RunView against(String baseline, RequestChanges found) {
    return found == null
        ? this
        : new RunView(
            run,
            experiment,
            variant,
            seed,
            state,
            reason,
            failedAtStep,
            request,
            trainer,
            device,
            delivery,
            resumedAtStep,
            queuedAt,
            startedAt,
            endedAt,
            epochsDone,
            epochs,
            stepsDone,
            stepsPerEpoch,
            samples,
            dataNotes,
            datasetFingerprint,
            validationPart,
            layers,
            parameters,
            metrics,
            test,
            this.baseline,
            model,
            seconds,
            stoppedEarly,
            bestEpoch,
            rejections,
            archived,
            tags,
            note,
            baseline,
            found.changes(),
            found.truncated() ? true : null);
  }

  /** The file of a trained model. */
  @Schema(description = "The file of a trained model.")
  public record Model(
      @Schema(description = "The path in the model store, relative to its root.") String path,
      @Schema(description = "The size in bytes.") Long bytes,
      @Schema(description = "The SHA-256 digest in hexadecimal.") String sha256) {}

  /** A rejected request. */
  @Schema(description = "A rejected request.")
  public record Refusal(
      @Schema(description = "When.") Instant at,
      @Schema(description = "The path of the faulty field in the request.") String field,
      @Schema(description = "What is wrong, in one sentence.") String reason,
      @Schema(description = "Whether the cause is another request with this id.")
          boolean conflict) {}
}
