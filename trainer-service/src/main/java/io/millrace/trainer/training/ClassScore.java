package io.millrace.trainer.training;

import io.millrace.contracts.event.TrainingEvent.Baseline;
import io.millrace.contracts.event.TrainingEvent.Confusion;
import io.millrace.contracts.event.TrainingEvent.RunEvaluated;
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

/**
 * The confusion matrix, and the accuracy of always naming the training part's commonest class, the
 * first of equal ones. It is known from the data set's description, not from the labels that were
 * trained with, which may be mixed; where an older augmenter does not tell it, there is no
 * baseline.
 */
final class ClassScore implements TestScore {
  private final TrainingRequest request;
  private final List<String> classes;
  private final List<Integer> trained;
  private final int[][] confusion;
  private MetricSums sums = MetricSums.ZERO;

  ClassScore(TrainingRequest request, DatasetDescription data) {
    this.request = request;
    classes = data.classes();
    trained = data.trainClassCounts();
    confusion = new int[classes.size()][classes.size()];
  }

  @Override
  public void add(Batch batch, Outputs outputs) {
    Labels labels = Labels.of(batch, request.dataset());
    int width = outputs.values().length / labels.size();
    sums = sums.plus(outputs, labels, request.metrics());
    for (int i = 0; i < labels.size(); i++) {
      confusion[labels.classOf(i)][MetricSums.predictedClass(outputs.values(), i, width)]++;
    }
  }

  @Override
  public RunEvaluated event(Instant at) {
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
        null);
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
