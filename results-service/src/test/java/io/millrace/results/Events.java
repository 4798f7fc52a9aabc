package io.millrace.results;

import io.millrace.contracts.dataset.DataNotes;
import io.millrace.contracts.dataset.SeriesGaps;
import io.millrace.contracts.dataset.SeriesTime;
import io.millrace.contracts.event.RefusedBy;
import io.millrace.contracts.event.SampleAnswers;
import io.millrace.contracts.event.TrainingEvent;
import io.millrace.contracts.event.TrainingEvent.Baseline;
import io.millrace.contracts.event.TrainingEvent.Confusion;
import io.millrace.contracts.event.TrainingEvent.EpochCompleted;
import io.millrace.contracts.event.TrainingEvent.LayerSummary;
import io.millrace.contracts.event.TrainingEvent.Prediction;
import io.millrace.contracts.event.TrainingEvent.RunCancelled;
import io.millrace.contracts.event.TrainingEvent.RunCompleted;
import io.millrace.contracts.event.TrainingEvent.RunEvaluated;
import io.millrace.contracts.event.TrainingEvent.RunFailed;
import io.millrace.contracts.event.TrainingEvent.RunQueued;
import io.millrace.contracts.event.TrainingEvent.RunRejected;
import io.millrace.contracts.event.TrainingEvent.RunStarted;
import io.millrace.contracts.event.TrainingEvent.StepAhead;
import io.millrace.contracts.event.TrainingEvent.StepsCompleted;
import io.millrace.contracts.event.TrainingEvent.TargetScore;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.DatasetSpec;
import io.millrace.contracts.request.Missing;
import io.millrace.contracts.request.TrainingRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Builds the events of a run, one second apart, as its trainer would publish them. */
final class Events {
  private static final Instant START = Instant.parse("2026-01-01T12:00:00Z");
  static final int STEPS_PER_EPOCH = 3;

  /** The test class that each run id belongs to. */
  private static final Map<String, String> OWNERS = new ConcurrentHashMap<>();

  private final String run;
  private final TrainingRequest request;
  private int seconds;

  private Events(String run, TrainingRequest request) {
    this.run = run;
    this.request = request;
  }

  static Events ofImages(String run, String experiment, String variant, long seed) {
    return new Events(run, Messages.readRequest(imageRequest(run, experiment, variant, seed)));
  }

  /** The events of a queued run. */
  static Events of(TrainingRequest request) {
    return new Events(request.run(), request);
  }

  /** A learning-rate range test from 0.001 to 1,000 in 30 steps. */
  static Events ofRangeTest(String run) {
    String request = new String(imageRequest(run, "ranges", "sgd", 0), StandardCharsets.UTF_8);
    String optimizer =
        "\"optimizer\": {\"type\": \"SGD\", \"learning_rate\": {\"type\": \"RangeTest\","
            + " \"initial_learning_rate\": 0.001, \"end_learning_rate\": 1000,"
            + " \"total_steps\": 30}}, \"epochs\"";
    return new Events(
        run,
        Messages.readRequest(
            request.replace("\"epochs\"", optimizer).getBytes(StandardCharsets.UTF_8)));
  }

  static Events ofSeries(String run, String experiment, String variant, long seed) {
    return new Events(run, Messages.readRequest(seriesRequest(run, experiment, variant, seed)));
  }

  static byte[] imageRequest(String run, String experiment, String variant, long seed) {
    checkOwner(run);
    return """
    {%s"experiment": "%s", "variant": "%s", "seed": %d,
     "dataset": {"name": "fashion-mnist", "image_size": [28, 28], "color_mode": "grayscale"},
     "model": {"layers": [{"type": "Flatten"},
                          {"type": "Dense", "units": 10, "activation": "softmax"}]},
     "loss": "sparse_categorical_crossentropy", "metrics": ["acc"], "epochs": 2}
    """
        .formatted(run == null ? "" : "\"run\": \"" + run + "\", ", experiment, variant, seed)
        .getBytes(StandardCharsets.UTF_8);
  }

  /** Fails if another test class uses the run id, because test classes share a broker. */
  private static void checkOwner(String run) {
    if (run == null) {
      return;
    }
    String test =
        StackWalker.getInstance()
            .walk(
                frames ->
                    frames
                        .map(StackWalker.StackFrame::getClassName)
                        .filter(name -> name.endsWith("Test") || name.endsWith("IT"))
                        .findFirst())
            .orElseThrow();
    String owner = OWNERS.putIfAbsent(run, test);
    if (owner != null && !owner.equals(test)) {
      throw new IllegalArgumentException(
          "run " + run + " belongs to " + owner + "; " + test + " needs an id of its own");
    }
  }

  /** A search for a learning rate, with at most 9 epochs and 2 finalists with 2 seeds each. */
  static byte[] searchRequest(String experiment, String strategy, Integer trials, int concurrency) {
    String search =
        """
        "optimizer": {"type": "SGD",
                      "learning_rate": {"sweep": {"min": 1e-4, "max": 1e-1, "scale": "log"}}},
        "search": {"strategy": "%s", %s "max_epochs": 9, "concurrency": %d,
                   "finalists": {"count": 2, "seeds": 2}}
        """
            .formatted(strategy, trials == null ? "" : "\"trials\": " + trials + ",", concurrency);
    return new String(imageRequest(null, experiment, "plain", 7), StandardCharsets.UTF_8)
        .replace("\"variant\": \"plain\", ", "")
        .replace("\"grayscale\"", "\"grayscale\", \"validation_fraction\": 0.1")
        .replace("\"epochs\": 2", search)
        .getBytes(StandardCharsets.UTF_8);
  }

  static byte[] seriesRequest(String run, String experiment, String variant, long seed) {
    checkOwner(run);
    return """
    {"run": "%s", "experiment": "%s", "variant": "%s", "seed": %d,
     "dataset": {"name": "el-nino", "column": "NINO3.4", "window": 12},
     "model": {"layers": [{"type": "LSTM", "units": 4}, {"type": "Dense", "units": 1}]},
     "loss": "mse", "metrics": ["mae"], "epochs": 1}
    """
        .formatted(run, experiment, variant, seed)
        .getBytes(StandardCharsets.UTF_8);
  }

  /** All events of a run that completes, with one epoch for each validation loss. */
  List<TrainingEvent> imageLife(double testAcc, double... valLosses) {
    var events = new ArrayList<TrainingEvent>();
    events.add(started());
    for (int epoch = 0; epoch < valLosses.length; epoch++) {
      events.add(steps(epoch, 2.0 - epoch, 1.5 - epoch, 1.25 - epoch));
      events.add(epoch(epoch, 1.5 - epoch, valLosses[epoch]));
    }
    events.add(evaluatedImages(testAcc));
    events.add(completed(valLosses.length));
    return events;
  }

  RunQueued queued() {
    return new RunQueued(1, run, next(), request, "cluster/training-requests-0@1", null);
  }

  RunStarted started() {
    return started(null);
  }

  /**
   * The event of a run that starts.
   *
   * @param fingerprint of the data; null if the augmentation service reports none
   */
  RunStarted started(String fingerprint) {
    return new RunStarted(
        1,
        run,
        next(),
        request,
        "trainer-1",
        1,
        "CPU: no GPU was found",
        STEPS_PER_EPOCH,
        Map.of("train", 96, "test", 24),
        "test",
        List.of(
            new LayerSummary("flatten", "Flatten", List.of(784), 0L),
            new LayerSummary("dense", "Dense", List.of(10), 7_850L)),
        7_850L,
        0L,
        fingerprint,
        notes());
  }

  /** Notes on the dates and gaps of a series; null for images. */
  private DataNotes notes() {
    return request.dataset() instanceof DatasetSpec.Series
        ? new DataNotes(
            new SeriesTime(
                List.of("Date"),
                "month_first",
                null,
                "2015-01-02",
                "2020-12-31",
                "1 working day",
                7,
                false,
                null),
            new SeriesGaps(Missing.INTERPOLATE, 3, 2, 40),
            null,
            null)
        : null;
  }

  StepsCompleted steps(int epoch, Double... losses) {
    return new StepsCompleted(
        1, run, next(), epoch, (long) epoch * STEPS_PER_EPOCH, Arrays.asList(losses));
  }

  EpochCompleted epoch(int epoch, double loss, double valLoss) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("loss", loss);
    metrics.put("acc", 0.5);
    metrics.put("val_loss", valLoss);
    metrics.put("val_acc", 0.25);
    return new EpochCompleted(
        1,
        run,
        next(),
        epoch,
        (long) (epoch + 1) * STEPS_PER_EPOCH,
        metrics,
        1.5,
        64.0 + epoch,
        0.01);
  }

  RunEvaluated evaluatedImages(double acc) {
    return evaluatedImages(acc, 1.0);
  }

  RunEvaluated evaluatedImages(double acc, double loss) {
    return new RunEvaluated(
        1,
        run,
        next(),
        24,
        Map.of("loss", loss, "acc", acc),
        new Baseline("majority_class", Map.of("acc", 0.5)),
        new Confusion(List.of("bag", "coat"), List.of(List.of(10, 2), List.of(3, 9))),
        null);
  }

  /** An evaluation with the classes bag, coat and shoe. */
  RunEvaluated evaluatedSamples(SampleAnswers answers) {
    int[][] confusion = new int[3][3];
    for (int i = 0; i < answers.samples(); i++) {
      confusion[answers.classOf(i)][answers.answerOf(i)]++;
    }
    return evaluatedSamples(answers.samples(), confusion, answers.base64(), null);
  }

  /** An evaluation without the answers of its samples, and the reason why they are missing. */
  RunEvaluated evaluatedWithoutAnswers(String reason) {
    return evaluatedSamples(3, new int[][] {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, null, reason);
  }

  private RunEvaluated evaluatedSamples(
      int samples, int[][] confusion, String answers, String reason) {
    return new RunEvaluated(
        1,
        run,
        next(),
        samples,
        Map.of("loss", 1.0, "acc", 0.5),
        null,
        new Confusion(
            List.of("bag", "coat", "shoe"),
            Arrays.stream(confusion).map(row -> Arrays.stream(row).boxed().toList()).toList()),
        null,
        null,
        answers,
        reason);
  }

  RunEvaluated evaluatedSeries() {
    return new RunEvaluated(
        1,
        run,
        next(),
        3,
        Map.of("loss", 0.01, "mae", 0.08),
        new Baseline("persistence", Map.of("loss", 0.02, "mae", 0.11)),
        null,
        new Prediction(
            List.of("2020-10", "2020-11", "2020-12"),
            List.of(26.5, 26.25, 26.0),
            List.of(26.25, 26.0, 26.0),
            0.25,
            0.125,
            0.5,
            0.375,
            List.of(new StepAhead(0.2, 0.1, 0.4, 0.3), new StepAhead(0.3, 0.15, 0.6, 0.45)),
            0.625,
            0.5,
            List.of(
                new TargetScore("sea", 0.25, 0.125, 0.5, 0.375, 0.625, 0.5),
                new TargetScore("air", 2.0, 1.5, 3.0, 2.5, 3.5, 3.25))),
        new Baseline("seasonal", Map.of("loss", 0.04, "mae", 0.15)));
  }

  RunCompleted completed(int epochs) {
    return completed(epochs, null, null);
  }

  RunCompleted completed(int epochs, Boolean stoppedEarly, Integer bestEpoch) {
    return new RunCompleted(
        1,
        run,
        next(),
        epochs,
        (long) epochs * STEPS_PER_EPOCH,
        12.5,
        run + "/model.zip",
        1_234L,
        "ab".repeat(32),
        stoppedEarly,
        bestEpoch);
  }

  RunFailed failed(String reason) {
    return new RunFailed(1, run, next(), reason, 2L);
  }

  RunCancelled cancelled() {
    return new RunCancelled(1, run, next(), 2L);
  }

  RunRejected rejected(String field, String reason, boolean conflict) {
    return new RunRejected(1, run, next(), field, reason, conflict, RefusedBy.DESK);
  }

  private Instant next() {
    return START.plusSeconds(seconds++);
  }
}
