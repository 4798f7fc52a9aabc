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
 * What happened to a run, on the topic {@code training-events}; the record's key is the run. Events
 * may be delivered more than once, and a resumed run tells again what it had told since its
 * checkpoint, with the same numbers: (run, step) and (run, epoch) are the natural keys.
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

  /** Beyond any epoch of a run. */
  int MAX_EPOCH = 1_000_000;

  /** Beyond any step of a run. */
  long MAX_STEP = 1_000_000_000_000_000L;

  /** No event happens as late as this. */
  Instant END_OF_TIME = Instant.parse("9999-12-31T00:00:00Z");

  /** See {@link #VERSION}. */
  Integer version();

  /** The run that it happened to. */
  String run();

  /** When it happened. */
  Instant at();

  /**
   * The request was accepted and waits for a trainer.
   *
   * @param request as understood, every default filled in
   * @param place of the record that asked for it: the cluster's id, {@code /}, {@code
   *     topic-partition@offset}
   * @param owner who submitted it over HTTP; null where nobody was asked, or it came over Kafka
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
   * A trainer took the run up, for the first time or again.
   *
   * @param request as understood, every default filled in
   * @param trainer who
   * @param delivery how many times the request was handed out, this one included
   * @param device on which it trains, and why
   * @param stepsPerEpoch optimizer steps of an epoch
   * @param samples of the parts: {@code train}, {@code validation}, {@code test}
   * @param validationPart on which every epoch is validated: {@code validation} or {@code test}
   * @param layers the summary, from input to output
   * @param parameters trainable ones, in all
   * @param resumedAtStep the first step that is trained now; 0 for a fresh run
   * @param datasetFingerprint of the data that it is trained on, see {@link
   *     io.millrace.contracts.dataset.DatasetAnnouncement}; null where the augmenter gave none
   * @param dataNotes what the augmenter noted of the data; null where it noted nothing
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
   * A line of the summary, as Keras prints it.
   *
   * @param outputShape without the batch dimension
   * @param parameters trainable ones
   * @param nonTrainableParameters those that no gradient moves: a batch normalization's running
   *     statistics, and all of a layer that is not trained; default 0
   * @param inputs names of the layers whose outputs it takes, {@code input} for the network's
   *     input; null for the layer before it
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

    /** Of a layer whose parameters are all trained. */
    public LayerSummary(String name, String type, List<Integer> outputShape, Long parameters) {
      this(name, type, outputShape, parameters, null, null);
    }
  }

  /**
   * Losses of consecutive steps of one epoch.
   *
   * @param epoch counts from 0
   * @param firstStep counts from 0 over the whole run
   * @param losses the mean loss of each step's batch, before its update; JSON's null stands for a
   *     number that is not finite
   */
  @JsonTypeName("steps-completed")
  record StepsCompleted(
      Integer version, String run, Instant at, Integer epoch, Long firstStep, List<Double> losses)
      implements TrainingEvent {
    /** The most losses of one event. */
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
   * @param step how many steps the run has made
   * @param metrics by Keras' names: {@code loss}, {@code acc}, {@code val_loss}, {@code val_acc},
   *     …, and {@code learning_rate}, that of the epoch's last step; null stands for a number that
   *     is not finite
   * @param seconds of the whole epoch, validation included
   * @param samplesPerSecond of training, validation not included
   * @param dataWaitSeconds for which the training loop waited for batches; as the two before it,
   *     null where it is not finite
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
   * @param samples of the test part
   * @param metrics of the model: {@code loss} and those of the request; null stands for a number
   *     that is not finite
   * @param baseline the naive answer, so that nobody mistakes a model for useful that is not; null
   *     where it is not known
   * @param confusion of a classification; else null
   * @param prediction of a series, or of rows whose target is a number; else null
   * @param seasonalBaseline what was one season before; null where no season was given
   * @param answers of a classification: what the model said of each test sample, as {@link
   *     SampleAnswers} in base64; null where they are not kept, and in events of earlier trainers
   * @param answersLeftOut why a classification's answers are not kept, in words for the user; null
   *     where they are
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
    /** An evaluation without single samples' answers. */
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
   * A naive model's score on the same test part.
   *
   * @param name {@code majority_class}: always the most frequent class of the training part; {@code
   *     persistence}: the window's last value; {@code mean}: of rows, the training part's mean;
   *     {@code seasonal}: what was one season before
   * @param metrics among those of the model; null likewise
   */
  record Baseline(String name, Map<String, Double> metrics) {
    public Baseline {
      metrics = finite(metrics);
    }
  }

  /**
   * A confusion matrix.
   *
   * @param classes names by index
   * @param matrix samples by true class (row) and predicted class (column)
   */
  record Confusion(List<String> classes, List<List<Integer>> matrix) {}

  /**
   * Predicted against true values in the column's units, of several targets the first one's. Null
   * stands for a number that is not finite.
   *
   * @param dates of the values; null where unknown
   * @param truth what happened: the first value of each test sample's horizon, of the first {@link
   *     #MAX_VALUES} samples
   * @param predicted what the model said of them
   * @param rmse root mean squared error over all samples and all steps ahead, in the column's units
   * @param mae mean absolute error likewise
   * @param baselineRmse of the baseline, likewise
   * @param baselineMae of the baseline, likewise
   * @param stepsAhead the same errors by step ahead, as many as the horizon has; null where it has
   *     one, and in events of earlier trainers
   * @param seasonalRmse of the seasonal baseline; null where no season was given
   * @param seasonalMae likewise
   * @param targets the errors of each target, over all samples and all steps ahead; null where
   *     there is one that the request does not name as such
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
    /** The prediction of a single column without a season. */
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

    /** The most values listed, the first ones of the test part. */
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

  /** The errors of a {@link Prediction} of one target, in its units. */
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
   * The run ended well and its model is stored.
   *
   * @param epochs trained
   * @param steps made
   * @param seconds from its first start to its end; of an extended run without the pauses before
   *     its extensions
   * @param model the file, relative to the model store's root
   * @param modelBytes its size
   * @param modelSha256 its digest, in hexadecimal
   * @param stoppedEarly whether a callback ended it before its last epoch; null where no callback
   *     could
   * @param bestEpoch the best epoch by the callback that says which weights the model has, or else
   *     by the one that may end the run; counts from 0, null where there is neither
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
   * The run ended badly.
   *
   * @param reason one sentence for the user
   * @param step at which it happened; null where it never came to one
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
   * The request could not be understood or cannot be run; the record lies on the dead-letter topic.
   *
   * @param field its path in the request; null where none is to blame
   * @param reason one sentence for the user, which names the field
   * @param conflict whether it was refused because another request already has this run id: then
   *     the state of that run stays what it is
   * @param request as it came, where it is a JSON object of at most {@value #MAX_REQUEST_BYTES}
   *     bytes; else null
   * @param experiment of the request, where it names one; else null
   * @param variant likewise
   * @param refusedBy null from earlier versions
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
    /** The largest request that is told with its rejection; the dead letter has any. */
    public static final int MAX_REQUEST_BYTES = 1 << 20;

    /** Of a request of which nothing is known. */
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
   * @param step how many steps it had made; null where it never came to one
   */
  @JsonTypeName("run-cancelled")
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record RunCancelled(Integer version, String run, Instant at, Long step) implements TrainingEvent {
    public RunCancelled {
      version = check(version, run, at);
    }
  }

  /**
   * A user hid the run from lists, or showed it again.
   *
   * @param archived whether it is hidden now
   */
  @JsonTypeName("run-archived")
  record RunArchived(Integer version, String run, Instant at, Boolean archived)
      implements TrainingEvent {
    public RunArchived {
      version = check(version, run, at);
      archived = Check.orElse(archived, true);
    }
  }

  /** A user deleted the run: all that was told of it before does not count. */
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
      throw new InvalidMessageException("at", at + " is not a time between 1970 and 9999");
    }
    return Check.orElse(version, VERSION);
  }

  /** JSON has no NaN and no infinity: null in their stead. */
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
