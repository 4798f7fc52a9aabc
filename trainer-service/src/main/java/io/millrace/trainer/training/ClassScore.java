package io.millrace.trainer.training;

import io.millrace.contracts.event.SampleAnswers;
import io.millrace.contracts.event.TrainingEvent.Baseline;
import io.millrace.contracts.event.TrainingEvent.Confusion;
import io.millrace.contracts.event.TrainingEvent.RunEvaluated;
import io.millrace.contracts.json.Messages;
import io.millrace.contracts.request.Metric;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.trainer.network.Batch;
import io.millrace.trainer.network.Labels;
import io.millrace.trainer.network.Network.Outputs;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;

/**
 * Scores class predictions: the confusion matrix, the prediction for each sample, and the accuracy
 * of always predicting the training part's most common class (the first one of equals). That class
 * comes from the data set's description, not from the training labels, which may be mixed; without
 * class counts in the description there is no baseline.
 */
final class ClassScore implements TestScore {
  private static final Logger LOG = Logger.getLogger(ClassScore.class);

  private final TrainingRequest request;
  private final List<String> classes;
  private final List<Integer> trained;
  private final int[][] confusion;

  /** Null if the test part is too large. */
  private final SampleAnswers.Recorder answers;

  private final int samples;
  private MetricSums sums = MetricSums.ZERO;

  ClassScore(TrainingRequest request, DatasetDescription data) {
    this.request = request;
    classes = data.classes();
    trained = data.trainClassCounts();
    confusion = new int[classes.size()][classes.size()];
    samples = data.test();
    answers =
        samples <= SampleAnswers.MAX_SAMPLES
            ? new SampleAnswers.Recorder(samples, classes.size())
            : null;
  }

  @Override
  public void add(Batch batch, Outputs outputs) {
    Labels labels = Labels.of(batch, request.dataset());
    int width = outputs.values().length / labels.size();
    sums = sums.plus(outputs, labels, request.metrics());
    for (int i = 0; i < labels.size(); i++) {
      int answer = MetricSums.predictedClass(outputs.values(), i, width);
      confusion[labels.classOf(i)][answer]++;
      if (answers != null) {
        answers.add(labels.classOf(i), answer, confidence(outputs.values(), i, width, answer));
      }
    }
  }

  /** The output for the predicted class; a single output belongs to the second class. */
  private static float confidence(float[] outputs, int sample, int width, int answer) {
    if (width > 1) {
      return outputs[sample * width + answer];
    }
    return answer == 1 ? outputs[sample] : 1 - outputs[sample];
  }

  /** The event. It leaves out the predictions if the message would be too large. */
  @Override
  public RunEvaluated event(Instant at) {
    if (answers == null) {
      return leftOut(
          at,
          "%d test samples; predictions are stored for at most %d"
              .formatted(samples, SampleAnswers.MAX_SAMPLES));
    }
    RunEvaluated all = event(at, answers.answers().base64(), null);
    int bytes = Messages.write(all).length;
    return bytes <= Messages.MAX_BYTES
        ? all
        : leftOut(
            at,
            "with predictions the evaluation has %d bytes; a message has at most %d"
                .formatted(bytes, Messages.MAX_BYTES));
  }

  private RunEvaluated leftOut(Instant at, String reason) {
    LOG.warnf("The predictions for the test samples are not stored: %s", reason);
    return event(at, null, reason);
  }

  private RunEvaluated event(Instant at, String kept, String reason) {
    List<List<Integer>> matrix =
        Arrays.stream(confusion).map(row -> Arrays.stream(row).boxed().toList()).toList();
    return new RunEvaluated(
        null,
        request.run(),
        at,
        Math.toIntExact(sums.samples()),
        sums.means("", request.metrics()),
        baseline(),
        new Confusion(classes, matrix),
        null,
        null,
        kept,
        reason);
  }

  private Baseline baseline() {
    if (trained == null) {
      return null;
    }
    int majority = trained.indexOf(Collections.max(trained));
    double hits = Arrays.stream(confusion[majority]).sum();
    return new Baseline("majority_class", Map.of(Metric.ACC.json(), hits / sums.samples()));
  }
}
