package io.millrace.trainer.training;

import io.millrace.contracts.event.TrainingEvent.Baseline;
import io.millrace.contracts.event.TrainingEvent.Prediction;
import io.millrace.contracts.event.TrainingEvent.RunEvaluated;
import io.millrace.contracts.request.Loss;
import io.millrace.contracts.request.Metric;
import io.millrace.contracts.request.MetricType;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.contracts.task.DatasetDescription.SeriesScale;
import io.millrace.trainer.network.Batch;
import io.millrace.trainer.network.Labels;
import io.millrace.trainer.network.Network.Outputs;
import java.nio.FloatBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

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
  private Tally modelErrors = Tally.of(Metric.MAE, 1);
  private Tally naiveErrors = Tally.of(Metric.MAE, 1);
  private Tally modelSquares = Tally.of(new Metric(MetricType.RMSE, null), 1);
  private Tally naiveSquares = Tally.of(new Metric(MetricType.RMSE, null), 1);

  SeriesScore(TrainingRequest request, DatasetDescription data) {
    this.request = request;
    scale = data.series();
  }

  @Override
  public void add(Batch batch, Outputs outputs) {
    Labels labels = Labels.of(batch, request.dataset());
    int width = outputs.values().length / labels.size();
    float[] targets = labels.targets(width);
    Outputs persistence = persistence(batch, targets, labels.size());
    model = model.plus(outputs, labels, request.metrics());
    naive = naive.plus(persistence, labels, request.metrics());
    var ofModel = new Tally.Seen(outputs.values(), targets, labels, width);
    var ofNaive = new Tally.Seen(persistence.values(), targets, labels, width);
    modelErrors = modelErrors.plus(ofModel);
    modelSquares = modelSquares.plus(ofModel);
    naiveErrors = naiveErrors.plus(ofNaive);
    naiveSquares = naiveSquares.plus(ofNaive);
    for (int i = 0; i < labels.size() && truth.size() < Prediction.MAX_VALUES; i++) {
      truth.add(inUnits(targets[i * width]));
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
            modelSquares.value() * scale.scale(),
            modelErrors.value() * scale.scale(),
            naiveSquares.value() * scale.scale(),
            naiveErrors.value() * scale.scale());
    return new RunEvaluated(
        null,
        request.run(),
        at,
        Math.toIntExact(model.samples()),
        model.means("", request.metrics()),
        new Baseline("persistence", naiveMeans()),
        null,
        prediction);
  }

  /** Its loss is known where that is the mean squared error. */
  private Map<String, Double> naiveMeans() {
    Map<String, Double> means = naive.means("", request.metrics());
    if (request.loss().type() != Loss.MSE) {
      means.remove("loss");
    }
    return means;
  }

  /** What persistence says, its mean squared error as the loss. */
  private static Outputs persistence(Batch batch, float[] targets, int size) {
    FloatBuffer windows = batch.features().data().asFloatBuffer();
    int window = batch.features().spec().elements() / size;
    int width = targets.length / size;
    float[] values = new float[targets.length];
    for (int i = 0; i < size; i++) {
      float last = windows.get((i + 1) * window - 1) * batch.scale() + batch.offset();
      Arrays.fill(values, i * width, (i + 1) * width, last);
    }
    return new Outputs(squares(values, targets) / values.length, values);
  }

  private static double squares(float[] values, float[] targets) {
    double sum = 0;
    for (int k = 0; k < values.length; k++) {
      double error = (double) values[k] - targets[k];
      sum += error * error;
    }
    return sum;
  }

  private double inUnits(double scaled) {
    return scaled * scale.scale() + scale.offset();
  }
}
