package io.millrace.trainer.training;

import io.millrace.contracts.event.TrainingEvent.Baseline;
import io.millrace.contracts.event.TrainingEvent.Prediction;
import io.millrace.contracts.event.TrainingEvent.RunEvaluated;
import io.millrace.contracts.event.TrainingEvent.StepAhead;
import io.millrace.contracts.network.Units;
import io.millrace.contracts.request.TrainingRequest;
import io.millrace.contracts.task.DatasetDescription;
import io.millrace.trainer.network.Batch;
import io.millrace.trainer.network.Labels;
import io.millrace.trainer.network.Network.Outputs;
import io.millrace.trainer.network.OutputLoss;
import java.nio.FloatBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Predicted against true values, and the score of persistence: that every value to come is the
 * window's last one. Loss and metrics are those of training; the prediction and its errors are in
 * the column's units, over all steps ahead and by each.
 */
final class SeriesScore implements TestScore {
  private final TrainingRequest request;
  private final DatasetDescription data;
  private final Units units;
  private final OutputLoss loss;
  private final List<Double> truth = new ArrayList<>();
  private final List<Double> predicted = new ArrayList<>();
  private MetricSums model = MetricSums.ZERO;
  private MetricSums naive = MetricSums.ZERO;
  private final Errors ofModel;
  private final Errors ofNaive;

  /** Sums of errors by step ahead, scaled as the network's outputs are. */
  private static final class Errors {
    private final double[] absolute;
    private final double[] squares;
    private long samples;

    Errors(int horizon) {
      absolute = new double[horizon];
      squares = new double[horizon];
    }

    void add(float[] values, float[] targets) {
      for (int k = 0; k < values.length; k++) {
        double error = (double) values[k] - targets[k];
        absolute[k % absolute.length] += Math.abs(error);
        squares[k % squares.length] += error * error;
      }
      samples += values.length / absolute.length;
    }

    double mae(int step) {
      return absolute[step] / samples;
    }

    double rmse(int step) {
      return Math.sqrt(squares[step] / samples);
    }

    double mae() {
      return Arrays.stream(absolute).sum() / (samples * absolute.length);
    }

    double rmse() {
      return Math.sqrt(Arrays.stream(squares).sum() / (samples * squares.length));
    }
  }

  SeriesScore(TrainingRequest request, DatasetDescription data) {
    this.request = request;
    this.data = data;
    units = Units.of(data);
    int horizon = data.series().horizon();
    loss = new OutputLoss(request.loss(), horizon, units);
    ofModel = new Errors(horizon);
    ofNaive = new Errors(horizon);
  }

  @Override
  public void add(Batch batch, Outputs outputs) {
    Labels labels = Labels.of(batch, request.dataset());
    int width = outputs.values().length / labels.size();
    float[] targets = labels.targets(width);
    float[] persistence = persistence(batch, targets.length, labels.size());
    model = model.plus(outputs, labels, request.metrics(), units);
    var asOutputs = new Outputs(loss.mean(persistence, targets), persistence);
    naive = naive.plus(asOutputs, labels, request.metrics(), units);
    ofModel.add(outputs.values(), targets);
    ofNaive.add(persistence, targets);
    for (int i = 0; i < labels.size() && truth.size() < Prediction.MAX_VALUES; i++) {
      truth.add(units.original(targets[i * width]));
      predicted.add(units.original(outputs.values()[i * width]));
    }
  }

  @Override
  public RunEvaluated event(Instant at) {
    List<String> dates = data.series().testDates();
    var prediction =
        new Prediction(
            dates == null || dates.size() < truth.size() ? null : dates.subList(0, truth.size()),
            truth,
            predicted,
            ofModel.rmse() * units.scale(),
            ofModel.mae() * units.scale(),
            ofNaive.rmse() * units.scale(),
            ofNaive.mae() * units.scale(),
            stepsAhead());
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

  private List<StepAhead> stepsAhead() {
    int horizon = data.series().horizon();
    return horizon == 1
        ? null
        : IntStream.range(0, horizon)
            .mapToObj(
                step ->
                    new StepAhead(
                        ofModel.rmse(step) * units.scale(),
                        ofModel.mae(step) * units.scale(),
                        ofNaive.rmse(step) * units.scale(),
                        ofNaive.mae(step) * units.scale()))
            .toList();
  }

  /** What persistence says. */
  private static float[] persistence(Batch batch, int length, int size) {
    FloatBuffer windows = batch.features().data().asFloatBuffer();
    int window = batch.features().spec().elements() / size;
    int width = length / size;
    float[] values = new float[length];
    for (int i = 0; i < size; i++) {
      float last = windows.get((i + 1) * window - 1) * batch.scale() + batch.offset();
      Arrays.fill(values, i * width, (i + 1) * width, last);
    }
    return values;
  }
}
