package io.millrace.trainer.training;

import io.millrace.contracts.event.TrainingEvent.Baseline;
import io.millrace.contracts.event.TrainingEvent.Prediction;
import io.millrace.contracts.event.TrainingEvent.RunEvaluated;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.contracts.task.DatasetDescription.SeriesScale;
import io.millrace.trainer.network.Batch;
import io.millrace.trainer.network.Network.Outputs;
import java.nio.FloatBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Predicted against true values, and the score of persistence: that every value to come is the
 * window's last one. Metrics are of the scaled values, as in training; the prediction is in the
 * column's units.
 */
final class SeriesScore implements TestScore {
  private final TrainingRequest request;
  private final SeriesScale scale;
  private final List<Double> truth = new ArrayList<>();
  private final List<Double> predicted = new ArrayList<>();
  private MetricSums model = MetricSums.ZERO;
  private MetricSums naive = MetricSums.ZERO;
  private double modelSquares;
  private double naiveSquares;

  SeriesScore(TrainingRequest request, DatasetDescription data) {
    this.request = request;
    scale = data.series();
  }

  @Override
  public void add(Batch batch, Outputs outputs) {
    Labels labels = Labels.of(batch.labels());
    int width = outputs.values().length / labels.size();
    Outputs persistence = persistence(batch, labels, width);
    model = model.plus(outputs, labels);
    naive = naive.plus(persistence, labels);
    modelSquares += squares(outputs.values(), labels, width);
    naiveSquares += persistence.loss() * outputs.values().length;
    for (int i = 0; i < labels.size() && truth.size() < Prediction.MAX_VALUES; i++) {
      truth.add(inUnits(labels.target(i, 0, width)));
      predicted.add(inUnits(outputs.values()[i * width]));
    }
  }

  @Override
  public RunEvaluated event(Instant at) {
    List<String> dates = scale.testDates();
    var prediction =
        new Prediction(
            dates == null || dates.size() < truth.size() ? null : dates.subList(0, truth.size()),
            truth,
            predicted,
            Math.sqrt(modelSquares / model.values()) * scale.scale(),
            model.absoluteError() / model.values() * scale.scale(),
            Math.sqrt(naiveSquares / naive.values()) * scale.scale(),
            naive.absoluteError() / naive.values() * scale.scale());
    return new RunEvaluated(
        null,
        request.run(),
        at,
        Math.toIntExact(model.samples()),
        model.means("", request.metrics()),
        new Baseline("persistence", naive.means("", request.metrics())),
        null,
        prediction);
  }

  /** What persistence says, its mean squared error as the loss. */
  private static Outputs persistence(Batch batch, Labels labels, int width) {
    FloatBuffer windows = batch.features().data().asFloatBuffer();
    int window = batch.features().spec().elements() / labels.size();
    float[] values = new float[labels.size() * width];
    for (int i = 0; i < labels.size(); i++) {
      float last = windows.get((i + 1) * window - 1) * batch.scale() + batch.offset();
      Arrays.fill(values, i * width, (i + 1) * width, last);
    }
    return new Outputs(squares(values, labels, width) / values.length, values);
  }

  private static double squares(float[] values, Labels labels, int width) {
    double sum = 0;
    for (int k = 0; k < values.length; k++) {
      double error = values[k] - labels.target(k / width, k % width, width);
      sum += error * error;
    }
    return sum;
  }

  private double inUnits(double scaled) {
    return scaled * scale.scale() + scale.offset();
  }
}
