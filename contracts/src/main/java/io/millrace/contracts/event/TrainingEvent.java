package io.millrace.contracts.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.contracts.Check;
import io.millrace.contracts.InvalidMessageException;
import io.millrace.contracts.dataset.DataNotes;
import io.millrace.contracts.request.TrainingRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Something that happened to a run, on the topic {@code training-events}; the record's key is the
 * run id. Events may be delivered more than once. A resumed run repeats the events since its
 * checkpoint with the same numbers. (run, step) and (run, epoch) are the natural keys.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(TrainingEvent.RunQueued.class),
  @JsonSubTypes.Type(TrainingEvent.RunStarted.class),
  @JsonSubTypes.Type(TrainingEvent.StepsCompleted.class),
  @JsonSubTypes.Type(TrainingEvent.EpochCompleted.class),
  @JsonSubTypes.Type(TrainingEvent.RunEvaluated.class),
  @JsonSubTypes.Type(TrainingEvent.RunCompleted.class),
  @JsonSubTypes.Type(TrainingEvent.RunFailed.class),
  @JsonSubTypes.Type(TrainingEvent.RunRejected.class),
  @JsonSubTypes.Type(TrainingEvent.RunCancelled.class),
  @JsonSubTypes.Type(TrainingEvent.RunArchived.class),
  @JsonSubTypes.Type(TrainingEvent.RunDeleted.class)
})
@JsonInclude(JsonInclude.Include.NON_NULL)
public sealed interface TrainingEvent {
  /** The version of the message that this code writes. */
  int VERSION = 1;

  /** Above the epoch of any run. */
  int MAX_EPOCH = 1_000_000;

  /** Above the step of any run. */
  long MAX_STEP = 1_000_000_000_000_000L;

  /** Later than any event. */
  Instant END_OF_TIME = Instant.parse("9999-12-31T00:00:00Z");

  /** See {@link #VERSION}. */
  Integer version();

  /** The run's id. */
  String run();

  /** The time of the event. */
  Instant at();

  /**
   * The request is accepted and waits for a trainer.
   *
   * @param request the request with every default filled in
   * @param place the request's record: the cluster's id, {@code /}, {@code topic-partition@offset}
   * @param owner the user who submitted it over HTTP; null if the service needs no token, or if it
   *     came over Kafka
   */
  @JsonTypeName("run-queued")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record RunQueued(
      Integer version, String run, Instant at, TrainingRequest request, String place, String owner)
      implements TrainingEvent {
    public RunQueued {
      version = check(version, run, at);
      Check.required("request", request);
      Check.required("place", place);
    }
  }

  /**
   * A trainer started or resumed the run.
   *
   * @param request the request with every default filled in
   * @param trainer the trainer's name
   * @param delivery how many times the request was delivered, including this delivery
   * @param device the device on which it trains, and why
   * @param stepsPerEpoch optimizer steps per epoch
   * @param samples number of samples by part: {@code train}, {@code validation}, {@code test}
   * @param validationPart the part on which every epoch is validated: {@code validation} or {@code
   *     test}
   * @param layers the model summary, from input to output
   * @param parameters number of trainable parameters
   * @param resumedAtStep the first step of this start; 0 for a new run
   * @param datasetFingerprint fingerprint of the training data, see {@link
   *     io.millrace.contracts.dataset.DatasetAnnouncement}; null if the augmentation service gives
   *     none
   * @param dataNotes notes on the data and the model; null if there are none
   */
  @JsonTypeName("run-started")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record RunStarted(
      Integer version,
      String run,
      Instant at,
      TrainingRequest request,
      String trainer,
      Integer delivery,
      String device,
      Integer stepsPerEpoch,
      Map<String, Integer> samples,
      String validationPart,
      List<LayerSummary> layers,
      Long parameters,
      Long resumedAtStep,
      String datasetFingerprint,
      DataNotes dataNotes)
      implements TrainingEvent {
    public RunStarted {
      version = check(version, run, at);
      Check.required("request", request);
      samples = copy(samples);
      layers = List.copyOf(Check.size("layers", layers, 0, Integer.MAX_VALUE));
      Check.required("parameters", parameters);
      Check.required("steps_per_epoch", stepsPerEpoch);
      resumedAtStep = Check.orElse(resumedAtStep, 0L);
    }
  }

  /**
   * A line of the model summary, as Keras prints it.
   *
   * @param outputShape without the batch dimension
   * @param parameters number of trainable parameters
   * @param nonTrainableParameters number of parameters that no gradient changes: running statistics
   *     of batch normalization, and all parameters of a frozen layer; default 0
   * @param inputs names of the layers that feed this layer, {@code input} for the network's input;
   *     null for the previous layer
   */
  record LayerSummary(
      String name,
      String type,
      List<Integer> outputShape,
      Long parameters,
      Long nonTrainableParameters,
      @JsonInclude(JsonInclude.Include.NON_NULL) List<String> inputs) {
    public LayerSummary {
      outputShape = List.copyOf(Check.size("output_shape", outputShape, 0, Integer.MAX_VALUE));
      nonTrainableParameters = Check.orElse(nonTrainableParameters, 0L);
      inputs = inputs == null ? null : List.copyOf(inputs);
    }

    /** The line of a layer whose parameters are all trainable. */
    public LayerSummary(String name, String type, List<Integer> outputShape, Long parameters) {
      this(name, type, outputShape, parameters, null, null);
    }
  }

  /**
   * Losses of consecutive steps of one epoch.
   *
   * @param epoch counts from 0
   * @param firstStep counts from 0 over the whole run
   * @param losses the mean loss of each step's batch, before the update; JSON null means a number
   *     that is not finite
   */
  @JsonTypeName("steps-completed")
  record StepsCompleted(
      Integer version, String run, Instant at, Integer epoch, Long firstStep, List<Double> losses)
      implements TrainingEvent {
    /** The most losses in one event. */
    public static final int MAX_LOSSES = 1_000;

    public StepsCompleted {
      version = check(version, run, at);
      Check.range("epoch", epoch, 0, MAX_EPOCH);
      checkStep("first_step", firstStep);
      losses = finite(Check.required("losses", losses));
    }
  }

  /**
   * The end of an epoch.
   *
   * @param epoch counts from 0
   * @param step number of steps completed so far
   * @param metrics values by Keras' names: {@code loss}, {@code acc}, {@code val_loss}, {@code
   *     val_acc}, …, and {@code learning_rate}, that of the epoch's last step; null means a number
   *     that is not finite
   * @param seconds duration of the epoch, including validation; null if not finite
   * @param samplesPerSecond training throughput, without validation; null if not finite
   * @param dataWaitSeconds how long the training loop waited for batches; null if not finite
   */
  @JsonTypeName("epoch-completed")
  record EpochCompleted(
      Integer version,
      String run,
      Instant at,
      Integer epoch,
      Long step,
      Map<String, Double> metrics,
      Double seconds,
      Double samplesPerSecond,
      Double dataWaitSeconds)
      implements TrainingEvent {
    public EpochCompleted {
      version = check(version, run, at);
      Check.range("epoch", epoch, 0, MAX_EPOCH);
      checkStep("step", step);
      metrics = finite(metrics);
      seconds = finite(seconds);
      samplesPerSecond = finite(samplesPerSecond);
      dataWaitSeconds = finite(dataWaitSeconds);
    }
  }

  /**
   * The evaluation of the trained model on the test part.
   *
   * @param samples number of test samples
   * @param metrics the model's {@code loss} and the metrics of the request; null means a number
   *     that is not finite
   * @param baseline the score of a naive prediction, to compare the model with; null if unknown
   * @param confusion the confusion matrix of a classification; else null
   * @param prediction the predictions of a series, or of rows whose target is a number; else null
   * @param seasonalBaseline the score of the value one season before; null if the request has no
   *     season
   * @param answers a classification's prediction for each test sample, as {@link SampleAnswers} in
   *     base64; null if they are not kept, and in events of earlier trainers
   * @param answersLeftOut why a classification's predictions are not kept, in words for the user;
   *     null if they are
   */
  @JsonTypeName("run-evaluated")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record RunEvaluated(
      Integer version,
      String run,
      Instant at,
      Integer samples,
      Map<String, Double> metrics,
      Baseline baseline,
      Confusion confusion,
      Prediction prediction,
      Baseline seasonalBaseline,
      String answers,
      String answersLeftOut)
      implements TrainingEvent {
    /** An evaluation without predictions for single samples. */
    public RunEvaluated(
        Integer version,
        String run,
        Instant at,
        Integer samples,
        Map<String, Double> metrics,
        Baseline baseline,
        Confusion confusion,
        Prediction prediction,
        Baseline seasonalBaseline) {
      this(
          version,
          run,
          at,
          samples,
          metrics,
          baseline,
          confusion,
          prediction,
          seasonalBaseline,
          null,
          null);
    }

    /** An evaluation without a seasonal baseline. */
    public RunEvaluated(
        Integer version,
        String run,
        Instant at,
        Integer samples,
        Map<String, Double> metrics,
        Baseline baseline,
        Confusion confusion,
        Prediction prediction) {
      this(version, run, at, samples, metrics, baseline, confusion, prediction, null);
    }

    public RunEvaluated {
      version = check(version, run, at);
      metrics = finite(metrics);
      if (answers != null) {
        SampleAnswers.parse("answers", answers);
      }
    }
  }

  /**
   * The score of a naive prediction on the same test part.
   *
   * @param name {@code majority_class}: the most frequent class of the training part; {@code
   *     persistence}: the window's last value; {@code mean}: for rows, the mean of the training
   *     part; {@code seasonal}: the value one season before
   * @param metrics some of the model's metrics; null means a number that is not finite
   */
  record Baseline(String name, Map<String, Double> metrics) {
    public Baseline {
      metrics = finite(metrics);
    }
  }

  /**
   * A confusion matrix.
   *
   * @param classes class names by index
   * @param matrix samples by true class (row) and predicted class (column)
   */
  record Confusion(List<String> classes, List<List<Integer>> matrix) {}

  /**
   * Predicted and true values in the column's units; with several targets, those of the first. Null
   * means a number that is not finite.
   *
   * @param dates dates of the values; null if unknown
   * @param truth true values: the first value of each test sample's horizon, for the first {@link
   *     #MAX_VALUES} samples
   * @param predicted the model's predictions of these values
   * @param rmse root mean squared error over all samples and all steps ahead, in the column's units
   * @param mae mean absolute error over the same values
   * @param baselineRmse root mean squared error of the baseline
   * @param baselineMae mean absolute error of the baseline
   * @param stepsAhead the errors of each step ahead, one entry per step of the horizon; null for a
   *     horizon of 1, and in events of earlier trainers
   * @param seasonalRmse root mean squared error of the seasonal baseline; null if the request has
   *     no season
   * @param seasonalMae mean absolute error of the seasonal baseline; null if the request has no
   *     season
   * @param targets the errors of each target, over all samples and all steps ahead; null if the
   *     request has a single column without a {@code target}
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Prediction(
      List<String> dates,
      List<Double> truth,
      List<Double> predicted,
      @JsonInclude(JsonInclude.Include.ALWAYS) Double rmse,
      @JsonInclude(JsonInclude.Include.ALWAYS) Double mae,
      @JsonInclude(JsonInclude.Include.ALWAYS) Double baselineRmse,
      @JsonInclude(JsonInclude.Include.ALWAYS) Double baselineMae,
      List<StepAhead> stepsAhead,
      Double seasonalRmse,
      Double seasonalMae,
      List<TargetScore> targets) {
    /** The predictions for a single column without a season. */
    public Prediction(
        List<String> dates,
        List<Double> truth,
        List<Double> predicted,
        Double rmse,
        Double mae,
        Double baselineRmse,
        Double baselineMae,
        List<StepAhead> stepsAhead) {
      this(
          dates,
          truth,
          predicted,
          rmse,
          mae,
          baselineRmse,
          baselineMae,
          stepsAhead,
          null,
          null,
          null);
    }

    /** The most values listed, from the start of the test part. */
    public static final int MAX_VALUES = 10_000;

    public Prediction {
      truth = truth == null ? null : finite(truth);
      predicted = predicted == null ? null : finite(predicted);
      rmse = finite(rmse);
      mae = finite(mae);
      baselineRmse = finite(baselineRmse);
      baselineMae = finite(baselineMae);
      stepsAhead = stepsAhead == null ? null : List.copyOf(stepsAhead);
      seasonalRmse = finite(seasonalRmse);
      seasonalMae = finite(seasonalMae);
      targets = targets == null ? null : List.copyOf(targets);
    }
  }

  /** The errors of a {@link Prediction} for one target, in its units. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record TargetScore(
      String name,
      Double rmse,
      Double mae,
      Double baselineRmse,
      Double baselineMae,
      Double seasonalRmse,
      Double seasonalMae) {
    public TargetScore {
      rmse = finite(rmse);
      mae = finite(mae);
      baselineRmse = finite(baselineRmse);
      baselineMae = finite(baselineMae);
      seasonalRmse = finite(seasonalRmse);
      seasonalMae = finite(seasonalMae);
    }
  }

  /** The errors of a {@link Prediction} at one step ahead, over all test samples. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record StepAhead(
      @JsonInclude(JsonInclude.Include.ALWAYS) Double rmse,
      @JsonInclude(JsonInclude.Include.ALWAYS) Double mae,
      @JsonInclude(JsonInclude.Include.ALWAYS) Double baselineRmse,
      @JsonInclude(JsonInclude.Include.ALWAYS) Double baselineMae) {
    public StepAhead {
      rmse = finite(rmse);
      mae = finite(mae);
      baselineRmse = finite(baselineRmse);
      baselineMae = finite(baselineMae);
    }
  }

  /**
   * The run completed and its model is stored.
   *
   * @param epochs number of completed epochs
   * @param steps number of completed steps
   * @param seconds time from the first start to the end; for an extended run, without the pauses
   *     before its extensions
   * @param model the model file, relative to the model store's root
   * @param modelBytes size of the model file
   * @param modelSha256 SHA-256 of the model file, in hexadecimal
   * @param stoppedEarly whether a callback ended the run before its last epoch; null if no callback
   *     could
   * @param bestEpoch the best epoch according to the callback that selects the model's weights,
   *     else to the one that can end the run; counts from 0; null if the run has neither
   */
  @JsonTypeName("run-completed")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record RunCompleted(
      Integer version,
      String run,
      Instant at,
      Integer epochs,
      Long steps,
      Double seconds,
      String model,
      Long modelBytes,
      String modelSha256,
      Boolean stoppedEarly,
      Integer bestEpoch)
      implements TrainingEvent {
    public RunCompleted {
      version = check(version, run, at);
    }
  }

  /**
   * The run failed.
   *
   * @param reason one sentence for the user
   * @param step the step at which it failed; null if it failed before the first step
   */
  @JsonTypeName("run-failed")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record RunFailed(Integer version, String run, Instant at, String reason, Long step)
      implements TrainingEvent {
    public RunFailed {
      version = check(version, run, at);
      Check.required("reason", reason);
    }
  }

  /**
   * The request was refused because it is invalid or cannot be run. Its record is on the
   * dead-letter topic.
   *
   * @param field path of the invalid field in the request; null if no field is at fault
   * @param reason one sentence for the user
   * @param conflict whether it was refused because another request already has this run id; the
   *     state of that run does not change
   * @param request the request as received, if it is a JSON object of at most {@value
   *     #MAX_REQUEST_BYTES} bytes; else null
   * @param experiment the request's experiment; null if it names none
   * @param variant the request's variant; null if it names none
   * @param refusedBy the service that refused it; null in events of earlier versions
   */
  @JsonTypeName("run-rejected")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record RunRejected(
      Integer version,
      String run,
      Instant at,
      String field,
      String reason,
      Boolean conflict,
      JsonNode request,
      String experiment,
      String variant,
      RefusedBy refusedBy)
      implements TrainingEvent {
    /**
     * The largest request that the event includes; the dead-letter topic has requests of any size.
     */
    public static final int MAX_REQUEST_BYTES = 1 << 20;

    /** The rejection of a request that cannot be read. */
    public RunRejected(
        Integer version,
        String run,
        Instant at,
        String field,
        String reason,
        Boolean conflict,
        RefusedBy refusedBy) {
      this(version, run, at, field, reason, conflict, null, null, null, refusedBy);
    }

    public RunRejected {
      version = check(version, run, at);
      Check.required("reason", reason);
      conflict = Check.orElse(conflict, false);
      request = request == null || request.isNull() ? null : request;
    }
  }

  /**
   * A user cancelled the run.
   *
   * @param step number of steps completed; null if there were none
   */
  @JsonTypeName("run-cancelled")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record RunCancelled(Integer version, String run, Instant at, Long step) implements TrainingEvent {
    public RunCancelled {
      version = check(version, run, at);
    }
  }

  /**
   * A user archived the run, which hides it from lists, or restored it.
   *
   * @param archived whether it is now hidden
   */
  @JsonTypeName("run-archived")
  record RunArchived(Integer version, String run, Instant at, Boolean archived)
      implements TrainingEvent {
    public RunArchived {
      version = check(version, run, at);
      archived = Check.orElse(archived, true);
    }
  }

  /** A user deleted the run: its earlier events no longer count. */
  @JsonTypeName("run-deleted")
  record RunDeleted(Integer version, String run, Instant at) implements TrainingEvent {
    public RunDeleted {
      version = check(version, run, at);
    }
  }

  private static void checkStep(String field, Long step) {
    Check.required(field, step);
    if (step < 0 || step > MAX_STEP) {
      throw new InvalidMessageException(field, step + " is out of range; give 0.." + MAX_STEP);
    }
  }

  private static int check(Integer version, String run, Instant at) {
    Check.required("run", run);
    Check.required("at", at);
    if (at.isBefore(Instant.EPOCH) || !at.isBefore(END_OF_TIME)) {
      throw new InvalidMessageException(
          "at", at + " is out of range; give a time between the years 1970 and 9999");
    }
    return Check.orElse(version, VERSION);
  }

  /** JSON has neither NaN nor infinity, so null replaces them. */
  private static List<Double> finite(List<Double> values) {
    var finite = new ArrayList<>(values);
    finite.replaceAll(TrainingEvent::finite);
    return Collections.unmodifiableList(finite);
  }

  private static Map<String, Double> finite(Map<String, Double> values) {
    var finite = new LinkedHashMap<>(Check.orElse(values, Map.of()));
    finite.replaceAll((name, value) -> finite(value));
    return Collections.unmodifiableMap(finite);
  }

  private static Double finite(Double value) {
    return value != null && Double.isFinite(value) ? value : null;
  }

  private static <V> Map<String, V> copy(Map<String, V> map) {
    return Collections.unmodifiableMap(new LinkedHashMap<>(Check.orElse(map, Map.of())));
  }
}
