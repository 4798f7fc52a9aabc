package io.millrace.results.run;

import io.millrace.results.request.Change;
import io.millrace.results.request.RequestChanges;
import io.millrace.results.store.RunState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** All that is known of a run but its curves. */
@Schema(description = "All that is known of a run but its curves. What is not known is left out.")
public record RunView(
    @Schema(description = "The run's id.", examples = "flowers-augmented-1") String run,
    @Schema(description = "The question that it belongs to.") String experiment,
    @Schema(description = "The answer that it tries.") String variant,
    @Schema(description = "What its random numbers start from.") Long seed,
    RunState state,
    @Schema(description = "Why it ended badly.") String reason,
    @Schema(description = "The step at which it failed or was cancelled.") Long failedAtStep,
    @Schema(
            description =
                "The training request; once the run has started, with every default filled in.")
        Map<String, Object> request,
    @Schema(description = "The trainer that took it up last.") String trainer,
    @Schema(description = "The device on which it trains, and why.") String device,
    @Schema(description = "How many times the request was handed out to a trainer.")
        Integer delivery,
    @Schema(description = "The step from which it went on last; 0 where it never stopped.")
        Long resumedAtStep,
    @Schema(description = "When its request was published.") Instant queuedAt,
    @Schema(description = "When a trainer first took it up.") Instant startedAt,
    @Schema(description = "When it ended, well or badly.") Instant endedAt,
    @Schema(description = "Epochs trained so far.") int epochsDone,
    @Schema(description = "Epochs that were asked for.") Integer epochs,
    @Schema(description = "Optimizer steps made so far.") long stepsDone,
    @Schema(description = "Optimizer steps of an epoch.") Integer stepsPerEpoch,
    @Schema(
            description = "Samples of the parts.",
            examples = "{\"train\": 1600, \"validation\": 0, \"test\": 400}")
        Map<String, Object> samples,
    @Schema(
            description =
                "What was noted of the data: of a series time (what was understood of its dates)"
                    + " and gaps (what it misses), of images left_out (what is no sample, by"
                    + " cause), and warnings. Absent where nothing was.")
        Map<String, Object> dataNotes,
    @Schema(
            description =
                "Of the data that it was trained on, as the augmentation service told it: SHA-256."
                    + " Absent where none was told.")
        String datasetFingerprint,
    @Schema(description = "The part on which every epoch is validated: validation or test.")
        String validationPart,
    @Schema(
            description =
                "The network from input to output: name, type, output_shape, parameters of each"
                    + " layer.")
        List<Object> layers,
    @Schema(description = "Trainable parameters, in all.") Long parameters,
    @Schema(description = "Of the latest epoch, by Keras' names.") Map<String, Object> metrics,
    @Schema(description = "Of the evaluation on the test part.") Map<String, Object> test,
    @Schema(description = "The naive answer's score on the test part: name, metrics.")
        Map<String, Object> baseline,
    @Schema(description = "The stored model.") Model model,
    @Schema(
            description =
                "From its first start to its end, without the pauses before its extensions; of"
                    + " completed runs.")
        Double seconds,
    @Schema(
            description =
                "Whether a callback ended it before its last epoch; of completed runs with one that"
                    + " could.")
        Boolean stoppedEarly,
    @Schema(
            description =
                "The best epoch, from 0, by the callback that says which weights the model has, or"
                    + " else by the one that may end the run; of completed runs with either.")
        Integer bestEpoch,
    @Schema(
            description =
                "Requests that were refused under this id, oldest first; at most the latest 100.")
        List<Refusal> rejections,
    @Schema(description = "True where it is archived: hidden from lists and comparisons.")
        Boolean archived,
    @Schema(
            description =
                "Names to find it by: those of its request, or what PATCH has put in their place.",
            examples = "[\"night\"]")
        List<String> tags,
    @Schema(description = "What users wrote of it, Markdown. Absent where they wrote nothing.")
        String note,
    @Schema(
            description =
                "The baseline of its experiment, where that is another variant than the run's.")
        String comparedTo,
    @Schema(
            description =
                "How its request differs from that of the baseline's newest run, at most 50"
                    + " changes; absent where it is compared to none.")
        List<Change> changes,
    @Schema(description = "True where there are more than 50 changes.") Boolean changesTruncated) {

  /** The same with what it changes; null where that is not known. */
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

  /** The stored model. */
  @Schema(description = "The file of a trained model.")
  public record Model(
      @Schema(description = "Relative to the model store's root.") String path,
      @Schema(description = "Its size in bytes.") Long bytes,
      @Schema(description = "Its digest, in hexadecimal.") String sha256) {}

  /** A refused request. */
  @Schema(description = "A request that was refused.")
  public record Refusal(
      @Schema(description = "When.") Instant at,
      @Schema(description = "The field to blame, as a path in the request.") String field,
      @Schema(description = "Why, in one sentence.") String reason,
      @Schema(description = "Whether because another request has this id.") boolean conflict) {}
}
